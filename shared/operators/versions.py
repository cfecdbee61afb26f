"""What an operator saw: a change is made only to what they looked at, and nobody's change is lost."""

from __future__ import annotations

from datetime import datetime

from shared.operators.refusal import Refusal


class Stale(Refusal):
    """Somebody changed it after the operator looked."""


def version_tag(version: datetime | None) -> str:
    """A document's version as a short text; what does not exist has one too."""
    if version is None:
        return "none"
    nanoseconds = getattr(version, "nanosecond", version.microsecond * 1000)
    return f"{int(version.timestamp()):x}-{nanoseconds:x}"


def stale(version: datetime | None, seen: str | None) -> Refusal | None:
    """The refusal where the version is not the one that was seen; None also when nobody said what they saw."""
    if seen is None or seen == version_tag(version):
        return None
    return Stale("it was changed since you looked at it", "look at it again, then decide again")
