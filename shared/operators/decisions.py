"""What a person decides about a draft: approve, reject, edit, put off, send now, or say what became of it (P3).

Each decision names the revision that was seen, and is written only if that is still what lies there. Every
result's `job` is to be enqueued by the caller; where that fails, `requeue_stuck` starts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.jobs import audit, moves
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.moves import Routing
from shared.jobs.playbooks import AWAIT_AT, JUDGE_FROM, LOG_SEND_FROM, SEND_FROM
from shared.jobs.rules import Suppression
from shared.jobs.tenant import Tenant
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy import deciding, revising
from shared.policy.authorship import WRITTEN_HERE
from shared.policy.ending import announced, ended, expires_at, rests
from shared.policy.sending import ANSWERED_ALREADY, WROTE_SINCE, answered_already, wrote_since
from shared.policy.suppression import is_suppressed
from shared.store.database import Changed, Database

SNOOZE_MOST = timedelta(days=90)

_UNDECIDED = (DraftState.PENDING, DraftState.APPROVED)
_UNSETTLED = (DraftState.HELD, DraftState.SENDING)
_RACED = Clash("the draft was changed by somebody else at this moment", "look at it again, then decide")


@dataclass(frozen=True)
class Decided:
    """The draft as it is now, and the job that goes on because of it, if one does."""

    draft: Draft
    job: Job | None = None


@dataclass(frozen=True)
class _Desk:
    """A draft with everything that a decision about it touches."""

    database: Database
    tenant: Tenant
    draft: Draft
    contact: Contact | None
    owner: Job | None
    by: Operator
    routing: Routing
    now: datetime

    def write(
        self,
        after: Draft,
        kind: str,
        reason: str,
        *,
        job: Job | None = None,
        more: Sequence[Document] = (),
        announce: str = "",
        increments: Mapping[str, Mapping[str, int]] | None = None,
    ) -> Decided | Refusal:
        writes: list[Document] = [
            after,
            deciding.told(kind, self.draft, after, actor=self.by.name, reason=reason, at=self.now),
            *deciding.voided(self.draft, after, actor=self.by.name, reason=reason, at=self.now),
            *more,
        ]
        if job is not None:
            writes.append(job)
        if announce:
            writes.append(announced(after, announce, self.owner, self.now))
        try:
            self.database.commit(writes, increments=increments)
        except Changed:
            return _RACED
        return Decided(after, job)

    @property
    def open_job(self) -> Job | None:
        return self.owner if self.owner is not None and not self.owner.is_final else None


@dataclass(frozen=True)
class Asked:
    """Who decides what about which draft, and when. `revision` is the one that was seen."""

    tenant: str
    draft_id: str
    revision: int
    by: Operator
    now: datetime
    routing: Routing = field(repr=False)


def approve(database: Database, asked: Asked, *, why: str = "seen and approved") -> Decided | Refusal:
    """Let exactly this revision go out, in the sender's working hours. Errors: Unreachable."""
    desk = _opened(database, asked, (DraftState.PENDING,))
    if isinstance(desk, Refusal):
        return desk
    refusal = refused_words("the reason", why) or _not_ready(desk)
    if refusal is not None:
        return refusal
    job = desk.owner
    if job is None or job.next is not None or job.stage not in (AWAIT_AT, SEND_FROM):
        return _not_at_rest(job)
    after = deciding.approved(
        desk.draft,
        desk.tenant,
        desk.contact,
        actor=asked.by.name,
        now=asked.now,
        delay_h=job.plan.delay_h if job.plan is not None else 0.0,
    )
    assert after.approval is not None
    if after.approval.send_at >= after.approval.expires_at:
        return Clash(
            f"it could only go out on {after.approval.send_at:%Y-%m-%d %H:%M} UTC, after the approval has expired",
            "put it off until then, or approve it then",
        )
    moved = moves.led_to(job, SEND_FROM, asked.routing, asked.now, after.approval.send_at)
    return desk.write(after, audit.DRAFT_APPROVED, why, job=moved, announce="approved")


def reject(database: Database, asked: Asked, *, why: str) -> Decided | Refusal:
    """End it: it leaves the mailbox, and the person is free for another draft. Errors: Unreachable."""
    desk = _opened(database, asked, _UNDECIDED)
    if isinstance(desk, Refusal):
        return desk
    refusal = refused_words("the reason", why)
    if refusal is not None:
        return refusal
    if desk.owner is not None and not rests(desk.owner, asked.now):
        return _not_at_rest(desk.owner)
    over = ended(
        desk.draft,
        DraftState.REJECTED,
        owner=desk.owner,
        contact=desk.contact,
        actor=asked.by.name,
        reason=why,
        routing=asked.routing,
        now=asked.now,
    )
    try:
        database.commit(over.writes)
    except Changed:
        return _RACED
    return Decided(over.draft, over.job)


def edit(database: Database, asked: Asked, *, subject: str, body: str) -> Decided | Refusal:
    """Put a person's words in its place, as the next revision: judged, filed and approved like any other.

    Sender, recipient, footer and thread stay. Errors: Unreachable.
    """
    desk = _opened(database, asked, _UNDECIDED)
    if isinstance(desk, Refusal):
        return desk
    owner = desk.open_job
    if owner is None or not rests(owner, asked.now):
        return _not_at_rest(desk.owner)
    try:
        after = revising.by_hand(
            desk.draft,
            subject=subject,
            body=body,
            sender=desk.tenant.senders.get(desk.draft.sender.lower()),
            thread=owner.thread,
            now=asked.now,
            written_by=WRITTEN_HERE,
        )
    except ValueError as error:
        return Refusal(f"it cannot be sent like this: {error}", "nothing was changed")
    job = moves.led_to(owner, JUDGE_FROM, asked.routing, asked.now, mends=0, verdict=None)
    return desk.write(after, audit.DRAFT_REVISED, "edited by a person", job=job)


def snooze(database: Database, asked: Asked, *, until: datetime) -> Decided | Refusal:
    """Put the decision off: it neither expires nor is asked about before. Errors: Unreachable."""
    desk = _opened(database, asked, (DraftState.PENDING,))
    if isinstance(desk, Refusal):
        return desk
    if not asked.now < until <= asked.now + SNOOZE_MOST:
        return Refusal(
            f"{until.isoformat()} is no time to put it off to",
            f"name one in the future, at most {SNOOZE_MOST.days} days from now",
        )
    if (late := _too_late(desk)) is not None:
        return late
    after = desk.draft.but(snoozed_until=until)
    return desk.write(after, audit.DRAFT_SNOOZED, f"put off until {until:%Y-%m-%d %H:%M} UTC")


def force(database: Database, asked: Asked, *, why: str) -> Decided | Refusal:
    """Have an approved draft sent now: it waits for no working hours, and every rule still holds.

    Errors: Unreachable.
    """
    desk = _opened(database, asked, (DraftState.APPROVED,))
    if isinstance(desk, Refusal):
        return desk
    refusal = refused_words("the reason", why)
    if refusal is not None:
        return refusal
    job = desk.open_job
    if job is None or job.stage != SEND_FROM or not rests(job, asked.now) or desk.draft.approval is None:
        return _not_at_rest(desk.owner)
    after = desk.draft.but(approval=desk.draft.approval.but(forced=True, send_at=asked.now))
    moved = moves.led_to(job, SEND_FROM, asked.routing, asked.now)
    return desk.write(after, audit.DRAFT_FORCED, why, job=moved)


def settle(
    database: Database, asked: Asked, *, was_sent: bool, evidence: str, message_id: str = ""
) -> Decided | Refusal:
    """Say what became of a send that is held: it went out, or it did not and waits for a new decision.

    `evidence` is what the person saw in the mailbox, in their words. Errors: Unreachable.
    """
    desk = _opened(database, asked, _UNSETTLED)
    if isinstance(desk, Refusal):
        return desk
    refusal = refused_words("the evidence", evidence)
    if refusal is not None:
        return refusal
    job = desk.owner
    if job is not None and job.next is not None:
        return _not_at_rest(job)
    if not was_sent:
        return _not_sent(desk, f"not sent: {evidence}")
    at = desk.draft.claim.at if desk.draft.claim is not None else asked.now
    after, used = deciding.sent(desk.draft, message_id=message_id, at=at)
    more: list[Document] = []
    if desk.contact is not None:
        changes = deciding.mailed_contact(desk.contact, job, after, at)
        more.append(desk.contact.but(**changes, updated_at=asked.now))
    moved = moves.led_to(job, LOG_SEND_FROM, asked.routing, asked.now) if job is not None else None
    return desk.write(
        after, audit.SEND_SETTLED, f"sent: {evidence}", job=moved, more=more, announce="sent", increments=used
    )


def _not_sent(desk: _Desk, told: str) -> Decided | Refusal:
    """It waits for a new decision; to somebody who must not be mailed it is ended, and leaves the mailbox."""
    after, given_back = deciding.released(desk.draft, DraftState.PENDING, desk.now)
    after = after.but(end_reason="")
    path = f"tenants/{desk.draft.tenant}/suppressions/{desk.draft.contact_id}"
    suppression = desk.database.get(path, Suppression)
    if suppression is None or not is_suppressed(suppression, desk.now):
        job = desk.owner
        moved = moves.led_to(job, AWAIT_AT, desk.routing, desk.now) if job is not None else None
        return desk.write(after, audit.SEND_SETTLED, told, job=moved, increments=given_back)
    over = ended(
        after,
        DraftState.REJECTED,
        owner=desk.owner,
        contact=desk.contact,
        actor=desk.by.name,
        reason=f"suppressed: {suppression.reason}",
        routing=desk.routing,
        now=desk.now,
    )
    entry = deciding.told(audit.SEND_SETTLED, desk.draft, after, actor=desk.by.name, reason=told, at=desk.now)
    try:
        desk.database.commit([entry, *over.writes], increments=given_back)
    except Changed:
        return _RACED
    return Decided(over.draft, over.job)


def _opened(database: Database, asked: Asked, states: tuple[DraftState, ...]) -> _Desk | Refusal:
    """The draft, where this operator may decide about just this revision of it now."""
    forbidden = refuses(asked.by, Role.APPROVER)
    if forbidden is not None:
        return forbidden
    here = f"tenants/{asked.tenant}"
    draft = database.get(f"{here}/drafts/{asked.draft_id}", Draft)
    tenant = database.get(here, Tenant)
    if draft is None or tenant is None:
        return Missing(f"there is no draft {asked.draft_id}", "list the drafts, and name one of them")
    if draft.state not in states:
        allowed = " or ".join(state.value for state in states)
        told = f": {draft.end_reason}" if draft.end_reason else ""
        return Clash(f"the draft is {draft.state}{told}", f"this can be done while it is {allowed}")
    if draft.revision != asked.revision:
        return Clash(
            f"revision {asked.revision} is not what lies there: it is revision {draft.revision} now",
            "look at that one, then decide",
        )
    return _Desk(
        database=database,
        tenant=tenant,
        draft=draft,
        contact=database.get(f"{here}/contacts/{draft.contact_id}", Contact),
        owner=database.get(f"{here}/jobs/{draft.job_id}", Job),
        by=asked.by,
        routing=asked.routing,
        now=asked.now,
    )


def _not_at_rest(job: Job | None) -> Refusal:
    """Why nobody can decide while the draft's job is where it is."""
    if job is None:
        return Clash("the draft's job is gone", "reject the draft, and have another one written")
    if job.next is None:
        return Clash(
            f"the draft's job is {job.status} at {job.stage}", "look why, replay the job, then decide"
        )
    return Clash(
        "the draft is being worked on at this moment", "wait a minute, look at it again, then decide"
    )


def _not_ready(desk: _Desk) -> Refusal | None:
    """Why this revision may not be approved yet."""
    draft = desk.draft
    verdict = draft.verdict
    if verdict is None or verdict.revision != draft.revision:
        return _on_its_way(desk.owner, "this revision was not judged yet")
    if verdict.outcome == "FAIL":
        reasons = "; ".join(verdict.reasons)
        return Clash(f"it does not pass the gate: {reasons}", "edit it, then approve the next revision")
    if draft.gmail_draft_id is None or draft.gmail_revision != draft.revision:
        return _on_its_way(desk.owner, "this revision is not filed in the mailbox yet")
    # The claim would void such an approval, again and again.
    if wrote_since(draft, desk.contact):
        return Clash(WROTE_SINCE, "read what they wrote, then edit the draft to take it up, or reject it")
    if desk.owner is not None and answered_already(desk.owner, draft, desk.contact):
        return Clash(ANSWERED_ALREADY, "reject it")
    return _too_late(desk)


def _on_its_way(job: Job | None, lacks: str) -> Refusal:
    """Why a revision is not ready: its job is about to make it so, or is held until a person does."""
    if job is not None and job.status is Status.HELD and job.reasons:
        return Clash(f"{lacks}: {'; '.join(job.reasons)}", "do that, or edit the draft, or reject it")
    return Clash(lacks, "wait a minute, then decide")


def _too_late(desk: _Desk) -> Refusal | None:
    ends = expires_at(desk.draft, desk.tenant)
    if ends is not None and desk.now >= ends:
        return Clash("it waited too long, and is about to expire", "have another draft written")
    return None
