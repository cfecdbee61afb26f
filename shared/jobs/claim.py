"""What the claim answers: the draft, claimed and ours to send once, or why it may not be sent now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.jobs.contact import Contact
from shared.jobs.draft import Draft


class Obstacle(StrEnum):
    """What follows when a draft may not be claimed."""

    PAUSED = "paused"
    """Kill switch, mode or garbage: the job asks again."""
    LATER = "later"
    """It may be claimed at a known time."""
    EXPIRED = "expired"
    """The approval is too old."""
    VOID = "void"
    """What was approved is no longer what would be sent, or not to be sent without another look."""
    FORBIDDEN = "forbidden"
    """The person must not be mailed."""


@dataclass(frozen=True)
class Refused:
    """Why a draft may not be claimed. `until` is when it may, for LATER."""

    obstacle: Obstacle
    reasons: tuple[str, ...]
    until: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """A draft that this run may send, once; `contact` as it was read with it."""

    draft: Draft
    contact: Contact
