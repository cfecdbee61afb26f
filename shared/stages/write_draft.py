"""Write the mail, or revise the one draft that is open for this contact."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.agents.draft_writer.agent import write_draft as write
from shared.agents.draft_writer.written import Written
from shared.jobs import audit
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.mail import HeardMail
from shared.jobs.outcome import Advance, Hold, Merge, Outcome, Wait
from shared.policy import deciding
from shared.policy.answered import answers_mail
from shared.policy.authorship import is_by_hand
from shared.policy.letter import compose, footer_of, reply_subject
from shared.ports.documents import Contacts, Drafts, Jobs
from shared.ports.model import Model

SENDING_WAIT = timedelta(seconds=60)
"""How long what arrives during a send waits before it looks for the outcome."""

HELD_WAIT = timedelta(minutes=15)
"""How often a job looks whether a person has said what became of a send that is held."""

FILED_BY = "file_draft"
"""The stage whose intent says that the draft may lie in a mailbox already."""

KEPT_SUBMISSIONS = 10
"""Submissions, and mails, that a job keeps whole, newest first; the older ones stay in their events."""


def write_draft(
    job: Job,
    *,
    contacts: Contacts,
    drafts: Drafts,
    jobs: Jobs,
    model: Model | None,
    opt_out_url: Callable[[str], str],
    now: datetime,
) -> Outcome:
    """Write a first draft, revise this job's own, or hand what is new to the job that owns the open draft.

    `opt_out_url` gives a contact's way out, by its id: without one nothing is written. Errors: Retryable.
    """
    contact = contacts.get(job.contact_id)
    assert contact is not None, "resolve_identity writes the contact"
    opened = drafts.get(contact.open_draft) if contact.open_draft else None
    if opened is not None and opened.state in _UNDECIDED:
        return _undecided(job, opened, now)
    if opened is not None and opened.is_open and opened.job_id != job.id:
        elsewhere = _elsewhere(job, opened, jobs, now)
        if elsewhere is not None:
            return elsewhere
    own = opened if opened is not None and opened.is_open and opened.job_id == job.id else None
    if own is not None and is_by_hand(own):
        return _rewritten(job, own, now)
    way_out = opt_out_url(job.contact_id)
    mend = job.verdict if job.mends else None
    written = write(job, model=model, now=now, mend=mend)
    if written.hold:
        return Hold([written.hold], usage=job.usage.plus(written.input_tokens, written.output_tokens))
    try:
        draft = _draft(job, written, own, way_out, now)
    except ValueError as error:
        return Hold([f"the mail cannot be composed: {error}"])
    writes: list[Document] = [draft, *_told(own, draft, now)]
    if contact.open_draft != draft.id:
        writes.append(contact.but(open_draft=draft.id, updated_at=now))
    return Advance(
        "gate_draft",
        writes=writes,
        draft_id=draft.id,
        verdict=None,
        usage=job.usage.plus(written.input_tokens, written.output_tokens),
        notes=job.noting(written.fell_back, *written.notes),
    )


_UNDECIDED = frozenset({DraftState.SENDING, DraftState.HELD})
"""Nobody knows yet whether such a draft was sent: to revise it could send it twice."""


def _undecided(job: Job, opened: Draft, now: datetime) -> Outcome:
    if opened.job_id == job.id:
        # Only its own job finds out what became of the send; what was learned meanwhile is answered after that.
        return Advance("send_draft", draft_id=opened.id, begins_anew=True)
    if opened.state is DraftState.SENDING:
        return Wait(now + SENDING_WAIT, ["the contact's open draft is being sent"])
    return Wait(now + HELD_WAIT, ["the contact's open draft is held until a person says whether it was sent"])


def _rewritten(job: Job, own: Draft, now: datetime) -> Outcome:
    """Keep a person's words: what arrived is theirs to answer, and an approval was given before it came."""
    arrived = "a new mail arrived" if answers_mail(job) else "a new form arrived"
    mend = "edit it to take that up, or reject it so that another is begun"
    reason = f"a person rewrote this draft, and {arrived}: {mend}"
    writes: list[Document] = []
    if own.state is DraftState.APPROVED:
        after = own.pended(now)
        writes = [after, *deciding.voided(own, after, actor=audit.BY_RULE, reason=arrived, at=now)]
    return Hold([reason], writes=writes, announce=["held"], draft_id=own.id)


def _elsewhere(job: Job, opened: Draft, jobs: Jobs, now: datetime) -> Outcome | None:
    """What to do about another job's open draft; None when that job is gone and the draft is nobody's."""
    owner = jobs.get(opened.job_id)
    if owner is None:
        return None
    hands_over = {
        "event_ids": (*owner.event_ids, *(e for e in job.event_ids if e not in owner.event_ids)),
        "submissions": tuple(
            sorted((*job.submissions, *owner.submissions), key=lambda s: s.submitted_at, reverse=True)
        )[:KEPT_SUBMISSIONS],
        "mails": _newest_first(job, owner),
        "identity": job.identity,
        "plan": job.plan,
        **_of_the_mailbox(job, owner, opened),
        "notes": owner.noting(*job.notes),
        "usage": owner.usage.plus(job.usage.input_tokens, job.usage.output_tokens),
        "verdict": None,
    }
    reason = f"the contact's open draft belongs to {owner.id}, which takes this up"
    return Merge(owner, [reason], hands_over=hands_over, writes=_no_longer_approved(opened, now))


def _no_longer_approved(opened: Draft, now: datetime) -> list[Document]:
    """The end of an approval that was given before this was known; a claim that was faster makes this wait for it."""
    if opened.state is not DraftState.APPROVED:
        return []
    after, why = opened.pended(now), "more is known about the person"
    return [after, *deciding.voided(opened, after, actor=audit.BY_RULE, reason=why, at=now)]


def _of_the_mailbox(job: Job, owner: Job, opened: Draft) -> dict[str, object]:
    """Sender, thread and free times, which belong together.

    A draft that lies in a mailbox stays there, for a second one in another mailbox would be a second mail.
    """
    elsewhere = job.sender is None or job.sender.mailbox.lower() != opened.sender.lower()
    # A run of the owner's may have filed it and not said so yet.
    if elsewhere and (opened.gmail_draft_id is not None or FILED_BY in owner.intents):
        return {"sender": owner.sender, "thread": owner.thread, "slots": owner.slots}
    return {"sender": job.sender, "thread": job.thread, "slots": job.slots}


def _newest_first(job: Job, owner: Job) -> tuple[HeardMail, ...]:
    """The mails of both jobs, each once; where the mailbox gives no time, as if they came with their job."""
    when = {
        (mail.mailbox, mail.message_id): (mail.received_at or of.created_at, mail)
        for of in (owner, job)
        for mail in of.mails
    }
    newest = sorted(when.values(), key=lambda timed: timed[0], reverse=True)
    return tuple(mail for _, mail in newest)[:KEPT_SUBMISSIONS]


def _told(own: Draft | None, draft: Draft, now: datetime) -> list[audit.AuditEntry]:
    """The audit entries of a draft that was begun or revised."""
    if own is None:
        return [
            deciding.told(
                audit.DRAFT_CREATED, None, draft, actor=audit.BY_RULE, reason="written for its job", at=now
            )
        ]
    why = "more is known, or the gate sent it back"
    revised = deciding.told(audit.DRAFT_REVISED, own, draft, actor=audit.BY_RULE, reason=why, at=now)
    return [revised, *deciding.voided(own, draft, actor=audit.BY_RULE, reason="it was revised", at=now)]


_REVISED = (
    "company_id", "subject", "body", "footer", "call_to_action", "evidence", "language", "written_by", "sender",
    "thread_id", "thread_head", "opt_out_url", "raw", "verdict", "revised_at",
)  # fmt: skip
"""What a revision replaces; everything else of a draft stays."""


def _draft(job: Job, written: Written, own: Draft | None, way_out: str, now: datetime) -> Draft:
    sender = job.sender
    assert sender is not None, "resolve_identity chooses the sender"
    draft_id = own.id if own else _new_id(job)
    subject = reply_subject(job.thread.subject) if job.thread else written.subject
    footer = footer_of(sender)
    fresh = Draft(
        id=draft_id,
        tenant=job.tenant,
        job_id=job.id,
        contact_id=job.contact_id,
        company_id=_company_of(job),
        sender=sender.mailbox,
        recipient=job.address,
        subject=subject,
        body=written.body,
        footer=footer,
        call_to_action=written.call_to_action,
        evidence=written.evidence,
        language=written.language,
        written_by=written.written_by,
        thread_id=job.thread.thread_id if job.thread else None,
        thread_head=job.thread.head_message_id if job.thread else None,
        opt_out_url=way_out,
        raw=compose(
            draft_id=draft_id,
            sender=sender,
            recipient=job.address,
            subject=subject,
            body=written.body,
            footer=footer,
            thread=job.thread,
            opt_out_url=way_out,
        ),
        created_at=now,
        revised_at=now,
    )
    if own is None:
        return fresh
    changes = {name: getattr(fresh, name) for name in _REVISED}
    return own.moved(DraftState.PENDING).but(**changes, revision=own.revision + 1)


def _company_of(job: Job) -> str:
    company = job.identity.company if job.identity is not None else None
    return company.crm_id if company is not None else ""


def _new_id(job: Job) -> str:
    """New for each draft that a job begins, and the same when the stage runs twice."""
    return (
        "draft-" + hashlib.sha256(f"{job.tenant}\0{job.id}\0{job.draft_id or ''}".encode()).hexdigest()[:24]
    )
