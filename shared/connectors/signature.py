"""What may be said about a webhook's signature, and how old one may be. No I/O."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shared.pattern import Pattern

TOLERANCE = timedelta(seconds=300)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP = Pattern(r"[0-9]{1,16}", re.ASCII)


class SignatureVerdict(StrEnum):
    """VALID, or why not. Everything but VALID is refused."""

    VALID = "valid"
    MISSING = "no signature"
    BAD_TIMESTAMP = "the timestamp is no whole number"
    STALE = "the timestamp is more than 300 s away"
    FORGED = "no secret makes this signature"


def judge_time(timestamp: str | None, unit: timedelta, now: datetime) -> SignatureVerdict:
    """VALID when a timestamp in whole units is at most 300 s away, on either side."""
    if timestamp is None or not _TIMESTAMP.fullmatch(timestamp):
        return SignatureVerdict.BAD_TIMESTAMP
    if abs((now - _EPOCH) / unit - int(timestamp)) > TOLERANCE / unit:
        return SignatureVerdict.STALE
    return SignatureVerdict.VALID


def judge_bytes(expected: Sequence[bytes], given: Sequence[str]) -> SignatureVerdict:
    """VALID when one of the signatures given is one of those expected, in constant time for each pair."""
    theirs = [each.encode("utf-8", "surrogatepass") for each in given]
    # Every pair is compared, so that the time taken does not tell which secret fits.
    fits = [hmac.compare_digest(ours, other) for ours in expected for other in theirs]
    return SignatureVerdict.VALID if any(fits) else SignatureVerdict.FORGED
