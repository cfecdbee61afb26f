"""How an event of the world becomes a job: both in one batch, once, or found as they are (P1)."""

from __future__ import annotations

from shared.errors import Permanent, Retryable
from shared.jobs.event import Event, EventStatus
from shared.jobs.job import Job
from shared.ports import Accepted
from shared.runtime.logs import log
from shared.runtime.settle import settle
from shared.runtime.world import World
from shared.store.database import Changed


def accept_once(world: World, event: Event, job: Job) -> Accepted:
    """Write event and job, or go on with those that are there; an event that was refused before begins now.

    Errors: Unreachable when it is unknown whether they were written, Retryable when another write met this one.
    """
    try:
        world.database.commit([event, job])
    except Changed:
        return _again(world, event, job)
    settle(world, job)
    return Accepted(event.id, job.id, duplicate=False)


def _again(world: World, event: Event, job: Job) -> Accepted:
    database = world.database
    known = database.get(event.path, Event)
    if known is None:
        # The event is kept for 30 days, its job for longer: only a job that is missing too was a race.
        current = database.get(job.path, Job)
        if current is None:
            raise Retryable("another write met this one; send it again")
        settle(world, current)
        return Accepted(event.id, job.id, duplicate=True)
    if known.status is EventStatus.REFUSED:
        reopened = known.but(**{**dict(event), "received_at": known.received_at})
        try:
            database.commit([reopened, job])
        except Changed:
            raise Retryable("two deliveries of one event met; send it again") from None
        settle(world, job)
        return Accepted(event.id, job.id, duplicate=False)
    try:
        current = database.get(f"tenants/{event.tenant}/jobs/{known.job_id}", Job)
    except Permanent as error:
        # The event became its job long ago: one that was spoilt since is for a person, and wedges nobody (P7).
        log("job_unusable", "ERROR", job=known.job_id or job.id, tenant=event.tenant, reason=error.reason)
        current = None
    if current is not None:
        settle(world, current)
    return Accepted(known.id, known.job_id or job.id, duplicate=True)


def refuse_once(world: World, event: Event) -> bool:
    """Keep a refused event; False when it is known already, and stays as it is. Errors: Retryable."""
    try:
        world.database.commit([event])
    except Changed:
        if world.database.get(event.path, Event) is None:
            raise Retryable("a refusal met another write; send it again") from None
        return False
    return True
