"""What is written when somebody must not be mailed any more: suppression, audit, and the end of their draft (P9)."""

from __future__ import annotations

from datetime import datetime

from shared.jobs import audit, moves
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.moves import Attempt
from shared.jobs.rules import Suppression, SuppressionReason
from shared.policy import ending
from shared.policy.suppression import is_suppressed, new_suppression, renewed

TAKEN_BACK = frozenset({DraftState.PENDING, DraftState.APPROVED})
"""Drafts that nobody has begun to send: they can be taken back."""


def suppressed(
    known: Suppression | None,
    *,
    tenant: str,
    contact_id: str,
    reason: SuppressionReason,
    why: str,
    now: datetime,
) -> list[Document]:
    """The person's suppression with its audit entry; nothing when as much or more holds already."""
    held = known is not None and is_suppressed(known, now)
    if known is None or not held:
        fresh = new_suppression(tenant=tenant, id=contact_id, reason=reason, actor=audit.BY_RULE, now=now)
        entry = fresh if known is None else fresh.read_at(known.version)
    else:
        entry = renewed(known, reason=reason, actor=audit.BY_RULE, now=now)
    if entry is known:
        return []
    changed = audit.AuditEntry.of(
        tenant=tenant,
        kind=audit.SUPPRESSION_CHANGED,
        subject=contact_id,
        actor=audit.BY_RULE,
        reason=why,
        contact_id=contact_id,
        before=known.reason.value if known is not None and held else "not suppressed",
        after=entry.reason.value,
        at=now,
    )
    return [entry, changed]


def company_paused(
    known: CompanyRecord | None,
    *,
    tenant: str,
    company_id: str,
    why: str,
    actor: str,
    now: datetime,
    until: datetime | None = None,
    contact_id: str = "",
) -> list[Document]:
    """The company's pause, without an end where `until` is None, with its audit entry.

    A rule changes nothing where a pause without an end holds already, and takes only the end off a person's own:
    that one goes for answers too. A person's word always holds.
    """
    endless = known is not None and known.is_paused(now) and known.paused_until is None
    if endless and actor == audit.BY_RULE:
        return []
    record = CompanyRecord(
        id=company_id, tenant=tenant, paused_until=until, pause_reason=why, actor=actor, updated_at=now
    )
    if known is not None:
        record = record.read_at(known.version)
        if actor == audit.BY_RULE and known.is_paused(now) and known.actor != audit.BY_RULE:
            record = record.but(pause_reason=known.pause_reason, actor=known.actor)
    return [record, company_told(known, record, actor=actor, reason=why, now=now, contact_id=contact_id)]


def company_told(
    before: CompanyRecord | None,
    after: CompanyRecord,
    *,
    actor: str,
    reason: str,
    now: datetime,
    contact_id: str = "",
) -> audit.AuditEntry:
    """The audit entry of a company's pause or its end."""
    return audit.AuditEntry.of(
        tenant=after.tenant,
        kind=audit.COMPANY_CHANGED,
        subject=f"companies/{after.id}",
        actor=actor,
        reason=reason,
        before=_pause(before, now),
        after=_pause(after, now),
        at=now,
        contact_id=contact_id,
        company_id=after.id,
    )


def _pause(record: CompanyRecord | None, now: datetime) -> str:
    if record is None or not record.is_paused(now):
        return "not paused"
    return "paused" if record.paused_until is None else f"paused until {record.paused_until.isoformat()}"


def taken_back(
    contact: Contact, draft: Draft, owner: Job | None, *, why: str, now: datetime
) -> list[Document]:
    """The draft rejected by rule, and its job ended; one that is under way finds its draft closed by itself."""
    _, writes = ending.taken_back(
        draft, DraftState.REJECTED, contact, actor=audit.BY_RULE, reason=why, now=now
    )
    if owner is not None and owner.next is None and not owner.is_final:
        writes.append(moves.ended(owner, Status.STOPPED, (why,), Attempt(now, now)))
    return writes
