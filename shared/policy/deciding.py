"""What a decision about a draft makes of it: approved, voided, released, sent, held, each with its audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.jobs import audit
from shared.jobs.contact import Contact, Mailed, mailed
from shared.jobs.draft import Approval, Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.quota import RESERVED, USED
from shared.jobs.tenant import Tenant
from shared.policy.send_times import send_time
from shared.policy.sending import mail_of

Increments = dict[str, Mapping[str, int]]


def told(
    kind: str, before: Draft | None, after: Draft, *, actor: str, reason: str, at: datetime
) -> audit.AuditEntry:
    """The audit entry of a change of a draft, in the chain of the draft's job."""
    return audit.AuditEntry.of(
        tenant=after.tenant,
        kind=kind,
        subject=after.id,
        actor=actor,
        reason=reason,
        before=f"{before.state} {before.revision}" if before is not None else "",
        after=f"{after.state} {after.revision}",
        at=at,
        job_id=after.job_id,
        draft_id=after.id,
        contact_id=after.contact_id,
        company_id=after.company_id,
    )


def voided(before: Draft, after: Draft, *, actor: str, reason: str, at: datetime) -> list[audit.AuditEntry]:
    """The audit entry of an approval that no longer holds; none where nothing was approved."""
    if before.approval is None or after.approval is not None:
        return []
    return [told(audit.APPROVAL_VOIDED, before, after, actor=actor, reason=reason, at=at)]


def approved(
    draft: Draft,
    tenant: Tenant,
    contact: Contact | None,
    *,
    actor: str,
    now: datetime,
    by_rule: bool = False,
    delay_h: float = 0.0,
) -> Draft:
    """The draft with the word that just this revision may be sent, and when."""
    given = Approval(
        revision=draft.revision,
        hash=draft.hash,
        actor=actor,
        by_rule=by_rule,
        at=now,
        expires_at=now + timedelta(hours=tenant.approval_hours),
        send_at=send_time(draft, tenant, contact, not_before=now, delay_h=delay_h),
    )
    return draft.moved(DraftState.APPROVED).but(approval=given, snoozed_until=None)


def released(draft: Draft, state: DraftState, now: datetime) -> tuple[Draft, Increments]:
    """A claimed draft of which the mailbox took nothing, approved or pending again, and its quota given back."""
    given_back: Increments = {path: {RESERVED: -1} for path in _quotas(draft)}
    if state is DraftState.PENDING:
        return draft.pended(now), given_back
    return draft.moved(state).but(claim=None), given_back


def seen_anew(draft: Draft, thread_head: str | None) -> Draft:
    """The same words as another revision: whoever approves it has seen the thread as it is now."""
    revision = draft.revision + 1
    judged = draft.verdict.but(revision=revision) if draft.verdict is not None else None
    return draft.but(
        revision=revision,
        thread_head=thread_head,
        verdict=judged,
        gmail_revision=revision if draft.gmail_revision == draft.revision else draft.gmail_revision,
        note_revision=revision if draft.note_revision == draft.revision else draft.note_revision,
    )


def sent(draft: Draft, *, message_id: str, at: datetime) -> tuple[Draft, Increments]:
    """A claimed or held draft that went out, and its quota used."""
    used: Increments = {path: {RESERVED: -1, USED: 1} for path in _quotas(draft)}
    gone = draft.moved(DraftState.SENT).but(sent_at=at, sent_message_id=message_id, claim=None)
    return gone, used


def mailed_contact(contact: Contact, job: Job | None, draft: Draft, at: datetime) -> dict[str, object]:
    """What changes of the contact whose draft went out: their next one may be written. The job may be gone."""
    mail = mail_of(job, draft, at) if job is not None else Mailed(at=at, draft_id=draft.id)
    changes = mailed(contact, mail)
    return changes | {"open_draft": None} if contact.open_draft == draft.id else changes


def _quotas(draft: Draft) -> tuple[str, ...]:
    return draft.claim.quotas if draft.claim is not None else ()
