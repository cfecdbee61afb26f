"""A domain event in the outbox: written in the commit it tells of, deleted when it is published.

The job never waits for it: what could not be published stays, and the sweep publishes it, always under the
same id.
"""

from datetime import datetime

from shared.jobs.document import Document
from shared.jobs.job import Job
from shared.jobs.outcome import Outcome

TOPIC = "outreach-events"


class Announcement(Document):
    """That something happened to a draft (drafted, revised, rejected, held), for whoever wants to hear."""

    id: str
    tenant: str
    topic: str
    type: str
    job_id: str
    contact_id: str
    trace_id: str
    at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/outbox/{self.id}"


def announced(moved: Job, outcome: Outcome, now: datetime) -> list[Announcement]:
    """The domain events of an outcome; the job's epoch makes their ids unique and stable."""
    return [
        Announcement(
            id=f"{moved.id}-{moved.epoch}-{kind}",
            tenant=moved.tenant,
            topic=TOPIC,
            type=kind,
            job_id=moved.id,
            contact_id=moved.contact_id,
            trace_id=moved.trace_id,
            at=now,
        )
        for kind in outcome.announce
    ]
