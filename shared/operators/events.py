"""What the world told us and could not be used: visible, and tried again when the reason is gone."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from shared.intake.submissions import Refused, take
from shared.jobs.audit import EVENT_REPLAYED, AuditEntry
from shared.jobs.event import Event, EventStatus
from shared.jobs.facts import Submission
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.ports.inbox import Accepted, Inbox
from shared.store.database import Changed, Database
from shared.store.newest import Page, Place, newest


def list_events(
    database: Database,
    tenant: str,
    *,
    status: EventStatus = EventStatus.REFUSED,
    limit: int = 20,
    after: Place | None = None,
) -> Page[Event]:
    """The newest events with this status. Errors: Unreachable."""
    path, wanted = f"tenants/{tenant}/events", {"status": status.value}
    return newest(database, path, Event, by="received_at", equal=wanted, limit=limit, after=after)


def replay_event(
    database: Database, inbox: Inbox, tenant: str, event_id: str, *, by: Operator, now: datetime
) -> Accepted | Refusal:
    """Judge a refused submission once more, and accept it if it is usable now.

    That it was asked for is audited before anything starts. Errors: Unreachable.
    """
    denied = refuses(by, Role.APPROVER)
    if denied is not None:
        return denied
    event = database.get(f"tenants/{tenant}/events/{event_id}", Event)
    if event is None:
        mend = "`whisper events list` shows those there are; they are kept for 30 days"
        return Missing(f"tenant {tenant} has no event {event_id}", mend)
    if event.status is not EventStatus.REFUSED:
        return Clash(f"event {event_id} was accepted as {event.job_id}", "look at that job")
    try:
        submission = Submission.model_validate(event.payload)
    except ValidationError:
        return Refusal("the body was no submission", "ask for the form to be sent again")
    owner = inbox.tenant_of(submission.portal_id)
    if owner is None or owner.id != tenant:
        return Refusal(
            f"portal {submission.portal_id} does not belong to tenant {tenant}",
            "add it to the tenant's portals",
        )
    audit = AuditEntry.of(
        tenant=tenant,
        kind=EVENT_REPLAYED,
        subject=event.id,
        actor=by.name,
        reason=event.reason or "it was refused",
        before=event.status.value,
        after="judged again",
        at=now,
    )
    try:
        database.commit([audit])
    except Changed:
        return Clash(f"event {event_id} is replayed by somebody else at this moment", "look at it again")
    taken = take(submission, owner, inbox, via=event.via)
    if isinstance(taken, Refused):
        return Refusal(taken.reason, "mend that, then replay it again")
    return taken
