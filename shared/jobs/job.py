"""One piece of work for one contact: the only thing that stages share."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from shared.jobs.document import Document, Value
from shared.jobs.facts import Identity, Plan, Sender, Slot, Submission, ThreadFacts, Verdict
from shared.jobs.mail import HeardMail
from shared.jobs.retention import FINISHED, kept

CHECK_SHARDS = 8
"""Ways in which `check_at` is spread: a sequential index takes 500 writes a second."""

KEPT_STEPS = 200
"""Steps a job remembers; older ones give way, so that a job can never outgrow its document."""


class Kind(StrEnum):
    """The playbook that a job follows."""

    FOLLOWUP = "followup"
    REPLY = "reply"


class Priority(StrEnum):
    """How soon somebody expects the result."""

    URGENT = "URGENT"
    NORMAL = "NORMAL"
    LOW = "LOW"


class Status(StrEnum):
    """Where a job stands. RUNNING and timed waits have a `next`; every other status has none."""

    RUNNING = "running"
    WAITING = "waiting"
    HELD = "held"
    DONE = "done"
    MERGED = "merged"
    STOPPED = "stopped"
    REJECTED = "rejected"
    FAILED = "failed"


FINAL = frozenset({Status.DONE, Status.MERGED, Status.STOPPED, Status.REJECTED, Status.FAILED})
UNFINISHED = frozenset(Status) - FINAL


class Next(Value):
    """The stage that runs next. The task is a hint; this is the truth.

    `epoch` grows with every commit; `check_at` is the moment before which `requeue_stuck` leaves it alone.
    """

    stage: str
    epoch: int
    due: datetime
    check_at: datetime
    shard: int


class Step(Value):
    """One line of a job's history."""

    number: int
    stage: str
    status: str
    started_at: datetime
    duration_ms: int
    attempt: int
    error: str = ""


class Intent(Value):
    """What an outward stage recorded before it touched the world."""

    stage: str
    epoch: int
    recorded_at: datetime
    lease_until: datetime


class Usage(Value):
    """What the job's questions to a model cost, in tokens."""

    input_tokens: int = 0
    output_tokens: int = 0

    def plus(self, input_tokens: int, output_tokens: int) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + input_tokens, output_tokens=self.output_tokens + output_tokens
        )


class Job(Document):
    """A Firestore document with kind, sender, stage, status, step history and what is known so far."""

    id: str
    tenant: str
    kind: Kind
    priority: Priority = Priority.NORMAL
    status: Status = Status.RUNNING
    reasons: tuple[str, ...] = ()
    """Why it waits, is held, or ended."""
    contact_id: str
    address: str
    event_ids: tuple[str, ...]
    trace_id: str
    created_at: datetime
    updated_at: datetime

    epoch: int = 1
    next: Next | None = None
    stage: str
    """The stage it is at, also when it waits for a person or ended there."""
    attempts: int = 0
    requeues: int = 0
    """How often the sweep started it again after a dead letter, since its last progress."""
    steps: tuple[Step, ...] = ()
    intents: dict[str, Intent] = Field(default_factory=dict[str, Intent])

    submissions: tuple[Submission, ...] = ()
    """Newest first; a merged job hands its own over."""
    mails: tuple[HeardMail, ...] = ()
    """Mails that the person wrote, newest first; a merged job hands its own over."""
    sender: Sender | None = None
    crm_looks: int = 0
    """How often the CRM was asked for the contact in vain."""
    identity: Identity | None = None
    notes: tuple[str, ...] = ()
    """What the reviewer should know: what could not be known, logged or answered."""
    usage: Usage = Field(default_factory=Usage)
    thread: ThreadFacts | None = None
    slots: tuple[Slot, ...] | None = None
    plan: Plan | None = None
    draft_id: str | None = None
    begins_anew: bool = False
    """Whether another draft is written once the CRM knows what became of the last one."""
    withdrawn: tuple[str, ...] = ()
    """Drafts that were rejected because their person must not be mailed, and have to leave the mailbox."""
    verdict: Verdict | None = None
    mends: int = 0
    """Revision rounds that the gate has asked for since the draft was last begun."""
    merged_into: str | None = None
    expire_at: datetime | None = None
    """A year after its end; while it goes on, never."""

    @model_validator(mode="before")
    @classmethod
    def _kept(cls, data: Any) -> Any:
        return kept(data, since="updated_at", most=FINISHED, unless=("status", UNFINISHED))

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/jobs/{self.id}"

    def noting(self, *notes: str) -> tuple[str, ...]:
        """The notes with new ones added, each once."""
        return tuple(dict.fromkeys((*self.notes, *(note for note in notes if note))))

    @property
    def revisions_left(self) -> bool:
        """Whether the gate may send the draft back once more."""
        return self.mends < 1

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


def shard_of(job_id: str) -> int:
    """The shard of `check_at` that a job belongs to, 0 to 7."""
    return int(hashlib.sha256(job_id.encode()).hexdigest()[:8], 16) % CHECK_SHARDS
