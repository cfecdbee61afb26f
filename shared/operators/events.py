"""What the world told us and could not be used: visible, and tried again when the reason is gone."""

from __future__ import annotations

from pydantic import ValidationError

from shared.intake.submissions import Refused, take
from shared.jobs.event import Event, EventStatus
from shared.jobs.facts import Submission
from shared.operators.refusal import Refusal
from shared.ports import Accepted, Inbox
from shared.store.database import Database
from shared.store.newest import Page, newest


def list_events(
    database: Database, tenant: str, *, status: EventStatus = EventStatus.REFUSED, limit: int = 20
) -> Page[Event]:
    """The newest events with this status. Errors: Unreachable."""
    path, wanted = f"tenants/{tenant}/events", {"status": status.value}
    return newest(database, path, Event, by="received_at", equal=wanted, limit=limit)


def replay_event(database: Database, inbox: Inbox, tenant: str, event_id: str) -> Accepted | Refusal:
    """Judge a refused submission once more, and accept it if it is usable now. Errors: Unreachable."""
    event = database.get(f"tenants/{tenant}/events/{event_id}", Event)
    if event is None:
        mend = "`whisper events list` shows those there are; they are kept for 30 days"
        return Refusal(f"tenant {tenant} has no event {event_id}", mend)
    if event.status is not EventStatus.REFUSED:
        return Refusal(f"event {event_id} was accepted as {event.job_id}", "look at that job")
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
    taken = take(submission, owner, inbox, via=event.via)
    if isinstance(taken, Refused):
        return Refusal(taken.reason, "mend that, then replay it again")
    return taken
