"""How an event of the world becomes a job: both in one batch, once, or found as they are (P1)."""

from __future__ import annotations

from collections.abc import Iterator

from shared.errors import Permanent, Retryable
from shared.jobs.event import Event, EventStatus
from shared.jobs.job import Job
from shared.jobs.rules import Suppression
from shared.policy.addresses import BadAddress
from shared.policy.erasing import addresses, said_by, texts
from shared.policy.suppression import is_erased
from shared.ports.inbox import Accepted
from shared.runtime.logs import log
from shared.runtime.settle import settle
from shared.runtime.wire.secrets import address_key_of
from shared.runtime.world import World
from shared.store.database import Changed

ERASED = "the person was erased: nothing of them is kept; what they sent lies with the vendor"
_MOST_ADDRESSES = 20
"""Of what is refused, so many addresses are looked up."""


def accept_once(world: World, event: Event, job: Job) -> Accepted:
    """Write event and job, or go on with those that are there; an event that was refused before begins now.

    What comes from an erased person starts nothing, and is kept as a refused event without a word of it (P12).
    Errors: Unreachable when it is unknown whether they were written, Retryable when another write met this one.
    """
    known = world.database.get(f"tenants/{event.tenant}/suppressions/{job.contact_id}", Suppression)
    if is_erased(known):
        refused = event.but(status=EventStatus.REFUSED, reason=ERASED, job_id=None, payload={})
        if refuse_once(world, refused):
            log("erased_person_wrote", "NOTICE", tenant=event.tenant, event_id=event.id, via=event.via)
        return Accepted(event.id, "", duplicate=True)
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
    """Keep a refused event, of an erased person without a word; False when it is known already. Errors: Retryable."""
    try:
        world.database.commit([event.but(payload={}) if _is_of_an_erased_person(world, event) else event])
    except Changed:
        if world.database.get(event.path, Event) is None:
            raise Retryable("a refusal met another write; send it again") from None
        return False
    return True


def _is_of_an_erased_person(world: World, event: Event) -> bool:
    """Whether somebody whom we erased is named in what is refused."""
    keys: set[str] = set()
    for address in _named_in(event):
        try:
            keys.add(address_key_of(world, address))
        except BadAddress:
            continue
        if len(keys) >= _MOST_ADDRESSES:
            break
    paths = [f"tenants/{event.tenant}/suppressions/{key}" for key in sorted(keys)]
    found = world.database.get_many(paths, Suppression) if paths else []
    return any(is_erased(each) for each in found)


def _named_in(event: Event) -> Iterator[str]:
    """Whatever may be an address in what was sent, with that of who sent it first."""
    yield from said_by({"payload": event.payload})
    for text in texts(event.payload):
        yield from addresses(text)
