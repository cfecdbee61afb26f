"""Where a job stopped that could not go on, kept so that it can be replayed from there."""

from datetime import datetime

from shared.jobs.document import Document


class DeadLetter(Document):
    """A failed job's stage, reason and attempts.

    `frames` is the traceback as file, line and function: never a message, which could hold an address.
    """

    id: str
    tenant: str
    job_id: str
    stage: str
    epoch: int
    """The epoch the job failed at; a job that moved on since is not replayed."""
    kind: str
    """retryable, permanent, unclear or bug."""
    reason: str
    attempts: int
    frames: tuple[str, ...] = ()
    created_at: datetime
    requeues: int = 0
    """How often the sweep has started the job again by itself."""
    requeue_at: datetime | None = None
    replayed_at: datetime | None = None
    expire_at: datetime | None = None

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/dead_letters/{self.id}"
