"""When a failed attempt runs again."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from shared.errors import Retryable
from shared.runtime.settings import Settings

REQUEUES = 3
"""How often the sweep starts a job with a retryable dead letter again by itself."""

REQUEUE_AFTER = timedelta(hours=1)
JITTER = 0.1

CONTENTION = "another job wrote a shared document first"
"""The reason of an attempt that lost a race: somebody made progress, so the next one comes soon and apart."""

CONTENTION_FIRST_S = 1.0
CONTENTION_JITTER = 0.8


def pause_s(settings: Settings, attempts: int, error: Exception, *, key: str) -> float:
    """Seconds until the next attempt: the other side's wish, else doubling from the first pause, ±10 %.

    The other side's wish is never undercut. The jitter comes from `key`, so that a simulation repeats itself.
    """
    jitter = JITTER
    if isinstance(error, Retryable) and error.reason == CONTENTION:
        wished, jitter = CONTENTION_FIRST_S * 2 ** (attempts - 1), CONTENTION_JITTER
    elif isinstance(error, Retryable) and error.retry_after_s is not None:
        wished = max(0.5, error.retry_after_s) / (1 - jitter)
    else:
        wished = settings.retry_first_s * 2 ** (attempts - 1)
    share = int(hashlib.sha256(key.encode()).hexdigest()[:4], 16) / 0xFFFF
    return min(wished, settings.retry_most_s) * (1 - jitter + 2 * jitter * share)


def requeue_at(requeues: int, now: datetime) -> datetime | None:
    """When the sweep starts a retryable dead letter again; None after the last time."""
    return now + REQUEUE_AFTER if requeues < REQUEUES else None
