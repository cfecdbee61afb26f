"""Suppressions: who is never mailed, and for how long (P9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.jobs.rules import Suppression, SuppressionReason
from shared.policy.limits import DEFAULTS, Limits

NEVER_EXPIRES = frozenset({SuppressionReason.OPT_OUT, SuppressionReason.COMPLAINT, SuppressionReason.ERASED})
"""The person's own word: only the person can take it back."""

_STRENGTH = (
    SuppressionReason.MANUAL,
    SuppressionReason.BOUNCED,
    SuppressionReason.OPT_OUT,
    SuppressionReason.COMPLAINT,
    SuppressionReason.ERASED,
)


def is_erased(suppression: Suppression | None) -> bool:
    """Whether the person was erased, and nobody has let them in again since."""
    return suppression is not None and suppression.reason is SuppressionReason.ERASED


def is_suppressed(suppression: Suppression | None, now: datetime) -> bool:
    """Whether the person must not be mailed now. An entry without an end does not end."""
    if suppression is None:
        return False
    if suppression.reason in NEVER_EXPIRES or suppression.expire_at is None:
        return True
    return now < suppression.expire_at


def new_suppression(
    *,
    tenant: str,
    id: str,
    reason: SuppressionReason,
    actor: str,
    now: datetime,
    limits: Limits = DEFAULTS,
) -> Suppression:
    """An entry from now on; `id` is the keyed hash of the address (`addresses.address_key`)."""
    return Suppression(
        id=id,
        tenant=tenant,
        reason=reason,
        actor=actor,
        created_at=now,
        expire_at=_end(reason, now, limits),
    )


def renewed(
    suppression: Suppression,
    *,
    reason: SuppressionReason,
    actor: str,
    now: datetime,
    limits: Limits = DEFAULTS,
) -> Suppression:
    """The same entry after a new reason: a bounce never weakens an opt-out, and the longer end wins.

    The entry itself where it says as much already: an opt-out that is said again changes nothing.
    """
    stronger = max(suppression.reason, reason, key=_STRENGTH.index)
    if suppression.reason in NEVER_EXPIRES and stronger is suppression.reason:
        return suppression
    end = _end(stronger, now, limits)
    if end is not None and suppression.reason not in NEVER_EXPIRES:
        end = None if suppression.expire_at is None else max(end, suppression.expire_at)
    return suppression.but(reason=stronger, actor=actor, expire_at=end)


def _end(reason: SuppressionReason, now: datetime, limits: Limits) -> datetime | None:
    return None if reason in NEVER_EXPIRES else now + timedelta(days=limits.suppression_days)
