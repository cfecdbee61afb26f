"""Events: what the world told us, and those that were refused judged once more."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.event import EventStatus
from shared.operators.events import list_events, replay_event
from shared.operators.refusal import Refusal
from shared.operators.roles import Role
from shared.runtime.api.paging import Listed, Paged, listed
from shared.runtime.api.routes import ApiRoute, Asked, Found, Shown
from shared.runtime.inbox import FormInbox


class EventsAsked(Paged):
    """Which events."""

    status: EventStatus = EventStatus.REFUSED


class EventRow(Shown):
    """One event; what it said is not shown, for a form may hold anything."""

    id: str
    source: str
    via: str
    status: EventStatus
    reason: str
    job_id: str | None
    received_at: datetime
    expire_at: datetime


class EventAccepted(Shown):
    """A refused event that is a job now."""

    event_id: str
    job_id: str


def _list(asked: Asked) -> Found:
    query = asked.query_as(EventsAsked)
    page = list_events(
        asked.world.database, asked.tenant, status=query.status, limit=query.limit, after=query.after
    )
    return listed(page, EventRow)


def _replay(asked: Asked) -> Found | Refusal:
    inbox = FormInbox(asked.world, asked.trace_id)
    done = replay_event(
        asked.world.database, inbox, asked.tenant, asked.path["event_id"], by=asked.by, now=asked.now
    )
    if isinstance(done, Refusal):
        return done
    return Found(EventAccepted(event_id=done.event_id, job_id=done.job_id))


ROUTES = (
    ApiRoute(
        "GET", "/v1/events", Role.VIEWER, "events", "The newest events with a status.", _list,
        Listed[EventRow], EventsAsked,
    ),
    ApiRoute(
        "POST", "/v1/events/{event_id}/replay", Role.APPROVER, "events",
        "Judge a refused event once more.", _replay, EventAccepted, changes=True,
    ),
)  # fmt: skip
