"""What the world told us, written once under its own dedupe id and kept for 30 days."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from shared.jobs.document import Document

KEPT = timedelta(days=30)


class EventStatus(StrEnum):
    """Accepted events have a job; refused ones have the reason, and can be replayed."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Event(Document):
    """One thing that happened, with what is needed to start its job again."""

    id: str
    tenant: str
    source: str
    via: str
    """The way it came: webhook, workflow or poll."""
    status: EventStatus
    reason: str = ""
    job_id: str | None = None
    payload: dict[str, object] = Field(default_factory=dict[str, object])
    received_at: datetime
    expire_at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/events/{self.id}"


def event_id(source: str, *parts: str) -> str:
    """The dedupe id: the same thing heard twice has the same id, whichever way it came."""
    return hashlib.sha256("\0".join((source, *parts)).encode()).hexdigest()[:32]
