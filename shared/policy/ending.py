"""The end of a draft that is not sent: rejected or expired, out of the mailbox, its person free for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs import audit, moves
from shared.jobs.announcement import TOPIC, Announcement
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.moves import Attempt, Routing
from shared.jobs.playbooks import SEND_FROM, WITHDRAW_FROM
from shared.jobs.tenant import Tenant
from shared.policy.deciding import told

_KINDS = {DraftState.REJECTED: audit.DRAFT_REJECTED, DraftState.EXPIRED: audit.DRAFT_EXPIRED}


@dataclass(frozen=True)
class Ended:
    """Everything to write in one batch; `job` goes on to clear up, where there is something to clear up."""

    writes: tuple[Document, ...]
    draft: Draft
    job: Job | None

    @property
    def announcements(self) -> list[Announcement]:
        """What there is to publish after the commit."""
        return [each for each in self.writes if isinstance(each, Announcement)]


def rests(job: Job, now: datetime) -> bool:
    """Whether nothing of the job is under way: it is over, waits for a person, or for the hour of its send."""
    if job.next is None:
        return True
    return job.stage == SEND_FROM and job.next.due > now and SEND_FROM not in job.intents


def expires_at(draft: Draft, tenant: Tenant) -> datetime | None:
    """When an undecided draft ends by itself; None for one that does not."""
    if draft.state is DraftState.APPROVED and draft.approval is not None:
        return draft.approval.expires_at
    if draft.state is not DraftState.PENDING:
        return None
    begun = (draft.revised_at, draft.pending_since, draft.snoozed_until)
    since = max(moment for moment in begun if moment is not None)
    return since + timedelta(hours=tenant.draft_hours)


def taken_back(
    draft: Draft, state: DraftState, contact: Contact | None, *, actor: str, reason: str, now: datetime
) -> tuple[Draft, list[Document]]:
    """The draft as it ends, and what to write: itself, its audit entry, and its person free for another."""
    after = draft.moved(state).but(end_reason=reason)
    writes: list[Document] = [after, told(_KINDS[state], draft, after, actor=actor, reason=reason, at=now)]
    if contact is not None and contact.open_draft == draft.id:
        writes.append(contact.but(open_draft=None, updated_at=now))
    return after, writes


def ended(
    draft: Draft,
    state: DraftState,
    *,
    owner: Job | None,
    contact: Contact | None,
    actor: str,
    reason: str,
    routing: Routing,
    now: datetime,
) -> Ended:
    """End an undecided draft whose job rests. A filed draft is deleted from the mailbox by the job's next step."""
    after, writes = taken_back(draft, state, contact, actor=actor, reason=reason, now=now)
    job: Job | None = None
    if owner is not None and draft.gmail_draft_id is not None:
        job = moves.led_to(owner, WITHDRAW_FROM, routing, now, withdrawn=(draft.id,), draft_id=draft.id)
        writes.append(job)
    elif owner is not None and not owner.is_final:
        writes.append(moves.ended(owner, Status.STOPPED, (reason,), Attempt(now, now)))
    writes.append(announced(after, state.value.lower(), owner, now))
    return Ended(tuple(writes), after, job)


def announced(draft: Draft, type_: str, owner: Job | None, now: datetime) -> Announcement:
    """The domain event of a decision about a draft; the same revision may be decided about again, and its job
    has moved on by then."""
    return Announcement(
        id=f"{draft.id}-{draft.revision}-{type_}-{owner.epoch if owner is not None else 0}",
        tenant=draft.tenant,
        topic=TOPIC,
        type=type_,
        job_id=draft.job_id,
        contact_id=draft.contact_id,
        trace_id=owner.trace_id if owner is not None else "",
        at=now,
    )
