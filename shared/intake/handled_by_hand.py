"""What follows when a person handled a draft in Gmail: for the draft, its job, the contact, quota and audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.jobs import audit, moves
from shared.jobs.announcement import TOPIC, Announcement
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.moves import Attempt, Routing
from shared.jobs.playbooks import END_FROM, JUDGE_FROM, REVISE_FROM, SEND_FROM
from shared.jobs.tenant import Tenant
from shared.policy import deciding, revising
from shared.policy.by_hand import (
    SENT,
    Attached,
    Deed,
    Deleted,
    Readdressed,
    Resaved,
    Rewritten,
    Sent,
    answered_until,
    counted,
    done_by,
    gone_out,
)
from shared.ports.mailbox import SentMail

FILES = "file_draft"
"""The stage that is held when the draft in Gmail is not as we filed it."""

DELETED = "somebody deleted it in Gmail"
READDRESSED = (
    "somebody changed its recipients in Gmail: it can only be sent from there, or be put back to the person "
    "alone"
)
ATTACHED = (
    "somebody attached a file in Gmail: send it from there, for no mail of ours has one, or take the file out "
    "(an edit here leaves it out)"
)


@dataclass(frozen=True)
class Consequences:
    """Everything to write in one batch; `increments` ride with it."""

    writes: tuple[Document, ...]
    job: Job | None = None
    """The draft's job as it is written, where it moves."""
    increments: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])


def consequences(
    draft: Draft,
    found: Deed,
    *,
    owner: Job | None,
    contact: Contact | None,
    tenant: Tenant,
    routing: Routing,
    now: datetime,
) -> Consequences:
    """What to write. A job that is over stays over; one that waits or is held goes on."""
    case = _Case(
        draft, owner if owner is not None and not owner.is_final else None, contact, tenant, routing, now
    )
    match found:
        case Resaved(message_id=message_id):
            return case.resaved(message_id)
        case Rewritten():
            return case.rewritten(found)
        case Readdressed(message_id=message_id):
            return case.left_to_its_writer(message_id, READDRESSED)
        case Attached(message_id=message_id):
            return case.left_to_its_writer(message_id, ATTACHED)
        case Deleted():
            return case.deleted()
        case Sent():
            return case.sent(found)


@dataclass(frozen=True)
class _Case:
    draft: Draft
    owner: Job | None
    contact: Contact | None
    tenant: Tenant
    routing: Routing
    now: datetime

    def resaved(self, message_id: str) -> Consequences:
        """The words are those of this revision; a job that was held because they were not goes on."""
        same = self.draft.but(gmail_message_id=message_id, gmail_revision=self.draft.revision)
        owner = self.owner
        if owner is not None and owner.stage == SEND_FROM and same.stands_approved:
            # The send waited for somebody to see that the words are still those that were approved.
            job = moves.led_to(owner, SEND_FROM, self.routing, self.now)
            return Consequences((same, job), job)
        if owner is None or owner.status is not Status.HELD or not _held_by_hand(owner):
            return Consequences((same,))
        job = moves.led_to(owner, JUDGE_FROM, self.routing, self.now, mends=0, verdict=None)
        return Consequences((same, job), job)

    def sent(self, found: Sent) -> Consequences:
        until = answered_until(self.draft, found.mail)
        ended = gone_out(self.draft, found.mail)
        if self.owner is not None and _wrote_since(self.owner, until):
            # What the person wrote after that mail is not answered by it.
            job = self._begun_anew()
        else:
            job = self._ended(Status.DONE, SENT)
        contact = self._freed(**self._mailed(found.mail, until))
        return Consequences(
            self._all(ended, contact, job, audit.DRAFT_SENT, SENT, "sent_by_hand"),
            job,
            counted(self.draft, found.mail, self.tenant),
        )

    def deleted(self) -> Consequences:
        ended = self.draft.moved(DraftState.REJECTED).but(end_reason=DELETED)
        if self.owner is not None and _wrote_since(self.owner, self.draft.revised_at):
            # They wrote after the draft was last written, and nobody has answered that.
            job = self._begun_anew()
        else:
            job = self._ended(Status.STOPPED, DELETED)
        return Consequences(
            self._all(ended, self._freed(), job, audit.DRAFT_REJECTED, DELETED, "rejected"), job
        )

    def rewritten(self, found: Rewritten) -> Consequences:
        """The person's words become the next revision: judged like any other, and approved like any other."""
        try:
            revision = revising.by_hand(
                self.draft,
                subject=found.subject,
                body=found.body,
                sender=self.tenant.senders.get(self.draft.sender.lower()),
                thread=self.owner.thread if self.owner is not None else None,
                now=self.now,
            )
        except ValueError as error:
            return self.left_to_its_writer(
                found.message_id, f"somebody rewrote it in Gmail, and it cannot be sent: {error}"
            )
        revised = _shown(revision, found.message_id)
        job = None
        if self.owner is not None:
            job = moves.led_to(self.owner, JUDGE_FROM, self.routing, self.now, mends=0, verdict=None)
        reason = "somebody rewrote it in Gmail"
        return Consequences(self._all(revised, None, job, audit.DRAFT_REVISED, reason, ""), job)

    def left_to_its_writer(self, message_id: str, reason: str) -> Consequences:
        revised = _shown(revising.next_revision(self.draft, now=self.now), message_id)
        job = None
        if self.owner is not None:
            job = moves.ended(self.owner, Status.HELD, (reason,), Attempt(self.now, self.now))
        return Consequences(self._all(revised, None, job, audit.DRAFT_REVISED, reason, "held"), job)

    def _mailed(self, mail: SentMail, until: datetime) -> dict[str, object]:
        """What changes of the contact: of what the job knows by now, only what the mail could answer is answered."""
        if self.contact is None:
            return {}
        answered = done_by(self.owner, until) if self.owner is not None else None
        return deciding.mailed_contact(self.contact, answered, self.draft, mail.sent_at)

    def _begun_anew(self) -> Job | None:
        if self.owner is None:
            return None
        told = self.draft.note_id is not None
        return moves.led_to(
            self.owner,
            END_FROM if told else REVISE_FROM,
            self.routing,
            self.now,
            mends=0,
            verdict=None,
            draft_id=self.draft.id,
            begins_anew=told,
        )

    def _ended(self, status: Status, reason: str) -> Job | None:
        if self.owner is None:
            return None
        if self.draft.note_id is not None:
            return moves.led_to(self.owner, END_FROM, self.routing, self.now, draft_id=self.draft.id)
        return moves.ended(self.owner, status, (reason,), Attempt(self.now, self.now))

    def _freed(self, **changes: object) -> Contact | None:
        """The contact, open for a new draft."""
        if self.contact is None:
            return None
        opened = None if self.contact.open_draft == self.draft.id else self.contact.open_draft
        return self.contact.but(**{"open_draft": opened, "updated_at": self.now, **changes})

    def _all(
        self, draft: Draft, contact: Contact | None, job: Job | None, kind: str, reason: str, told: str
    ) -> tuple[Document, ...]:
        written: list[Document | None] = [
            draft,
            contact,
            job,
            deciding.told(kind, self.draft, draft, actor=audit.BY_HAND, reason=reason, at=self.now),
            *deciding.voided(self.draft, draft, actor=audit.BY_HAND, reason=reason, at=self.now),
            self._told(draft, told) if told else None,
        ]
        return tuple(each for each in written if each is not None)

    def _told(self, draft: Draft, told: str) -> Announcement:
        return Announcement(
            id=f"{draft.id}-{draft.revision}-{told}",
            tenant=draft.tenant,
            topic=TOPIC,
            type=told,
            job_id=draft.job_id,
            contact_id=draft.contact_id,
            trace_id=self.owner.trace_id if self.owner is not None else "",
            at=self.now,
        )


def _held_by_hand(job: Job) -> bool:
    """Whether it is held because of what a person did to the draft in Gmail."""
    return job.stage == FILES or READDRESSED in job.reasons or ATTACHED in job.reasons


def _shown(revision: Draft, message_id: str) -> Draft:
    """The revision that Gmail shows already."""
    return revision.but(gmail_revision=revision.revision, gmail_message_id=message_id)


def _wrote_since(job: Job, at: datetime) -> bool:
    wrote = [mail.received_at for mail in job.mails if mail.received_at is not None]
    return any(moment > at for moment in (*wrote, *(each.submitted_at for each in job.submissions)))
