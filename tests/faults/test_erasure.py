"""A person with a canary in every store is found nowhere after an erasure, whichever call of it is broken (P12)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from scripts.sandbox import world as vendors
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import AuditEntry, AuditHead
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.erasure import Erasure, ErasureState
from shared.jobs.event import EventStatus
from shared.jobs.job import Intent, Job, Status
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.erasing import erase
from shared.operators.suppressions import remove_suppression
from shared.runtime.erasures import StoredCopies, go_on
from shared.runtime.wire.secrets import address_key_of
from shared.runtime.world import install
from shared.store.database import Changed, Unreachable
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break, Died, EveryCall
from tests.faults.planted import ADMIN, PERSON, WORD, Planted

Record = Callable[[str, object], None]

STORES = {"contacts", "dead_letters", "drafts", "events", "idempotency", "jobs"}
"""Collections in which the canary stands before."""


@pytest.fixture(scope="module")
def shared_plant() -> Iterator[tuple[Planted, EveryCall]]:
    made = Planted()
    yield made, EveryCall(made.simulation)
    made.simulation.close()


@pytest.fixture
def planted() -> Iterator[Planted]:
    made = Planted()
    yield made
    made.simulation.close()


def collections(places: list[str]) -> set[str]:
    return {place.split("/")[2] for place in places if place.startswith("tenants/")}


def chain_is_sound(simulation: Simulation) -> bool:
    """Every entry follows the one before it, up to its chain's head."""
    entries = sorted(system.every(simulation, "audit", AuditEntry), key=lambda each: each.id)
    heads = {head.chain: head for head in system.every(simulation, "audit_heads", AuditHead)}
    ends: dict[str, tuple[int, str]] = {}
    for entry in entries:
        number, before = ends.get(entry.chain, (0, ""))
        if (entry.number, entry.previous, entry.hash) != (number + 1, before, entry.hashed()):
            return False
        ends[entry.chain] = (entry.number, entry.hash)
    return ends == {chain: (head.number, head.hash) for chain, head in heads.items()}


def wrong(planted: Planted, before: dict[str, Any]) -> list[str]:
    """What is not as an erasure has to leave it."""
    simulation = planted.simulation
    found = planted.places()
    erasure = planted.erasure()
    if erasure is None or erasure.state is not ErasureState.DONE:
        found.append(f"the erasure is {erasure and (erasure.state, erasure.step, erasure.left)}")
    entry = simulation.world.database.get(f"tenants/{TENANT}/suppressions/{planted.key}", Suppression)
    if entry is None or (entry.reason, entry.expire_at) != (SuppressionReason.ERASED, None):
        found.append(f"the suppression is {entry}")
    if planted.of_the_other() != before:
        found.append("what is kept of somebody else changed")
    if not chain_is_sound(simulation):
        found.append("the audit does not verify")
    return found


def broken(
    planted: Planted, calls: EveryCall, nth: int, how: Break, before: dict[str, Any]
) -> tuple[str, list[str]]:
    install(planted.simulation.world)
    begun = planted.begin()
    calls.break_one(nth, how)
    with contextlib.suppress(Died, Changed, Unreachable):
        go_on(planted.simulation.world, begun)
    name = calls.made[nth - 1] if len(calls.made) >= nth else "none"
    calls.count()
    calls.arrive_late()
    planted.simulation.restart()
    planted.finish()
    return name, wrong(planted, before)


def counted(planted: Planted, calls: EveryCall) -> int:
    install(planted.simulation.world)
    begun = planted.begin()
    calls.count()
    go_on(planted.simulation.world, begun)
    return len(calls.made)


def test_the_canary_stands_in_every_store_before(shared_plant: tuple[Planted, EveryCall]) -> None:
    planted, _ = shared_plant
    places = planted.places()
    assert collections(places) == STORES
    assert any(place.startswith("gmail draft") for place in places)
    assert sum(place.startswith("crm") for place in places) == 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "how",
    [
        Break.CRASH_AFTER,
        *(
            pytest.param(how, marks=pytest.mark.long)
            for how in (Break.CRASH_BEFORE, Break.REFUSED, Break.LOST_ANSWER, Break.LATE)
        ),
    ],
)
def test_no_single_fault_leaves_anything_of_the_person(
    shared_plant: tuple[Planted, EveryCall], how: Break, record_property: Record
) -> None:
    planted, calls = shared_plant
    install(planted.simulation.world)
    before = planted.of_the_other()
    number = in_a_copy(partial(counted, planted, calls))
    assert number > 20
    left: list[str] = []
    for nth in range(1, number + 1):
        name, found = in_a_copy(partial(broken, planted, calls, nth, how, before))
        if found:
            left.append(f"call {nth} ({name}) {how}: {found}")
    record_property("number of single faults while a person is erased", number)
    assert not left, f"{len(left)} of {number}\n" + "\n".join(left[:5])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", [Break.CRASH_BEFORE, Break.CRASH_AFTER, Break.LOST_ANSWER])
def test_a_fault_while_it_is_begun_either_begins_it_or_leaves_all_as_it_was(
    shared_plant: tuple[Planted, EveryCall], how: Break
) -> None:
    planted, calls = shared_plant

    def begin(nth: int) -> tuple[bool, bool]:
        install(planted.simulation.world)
        calls.break_one(nth, how)
        with contextlib.suppress(Died, Unreachable):
            planted.begin()
        calls.count()
        world = planted.simulation.world
        entry = world.database.get(f"tenants/{TENANT}/suppressions/{planted.key}", Suppression)
        begun = planted.erasure()
        return begun is not None, entry is not None

    for nth in range(1, 6):
        erasure, suppression = in_a_copy(partial(begin, nth))
        assert erasure == suppression, f"call {nth}"


def test_what_is_deleted_is_counted_and_told_in_the_audit(planted: Planted) -> None:
    erasure = planted.erase()
    assert erasure.state is ErasureState.ERASED
    assert erasure.counts["drafts"] == 2
    assert erasure.counts["gmail_drafts"] == 1
    assert erasure.counts["crm_notes"] == erasure.counts["crm_tasks"] == 2
    assert erasure.counts["contacts"] == 1
    assert erasure.counts["mentions"] == 1
    planted.finish()
    done = planted.erasure()
    assert done is not None
    assert (done.state, done.links, done.copies, done.counts) == (ErasureState.DONE, (), (), erasure.counts)
    assert chain_is_sound(planted.simulation)


def test_nothing_that_is_redelivered_brings_the_person_back(planted: Planted) -> None:
    simulation = planted.simulation
    planted.erase()
    planted.finish()
    simulation.deliver(planted.submitted)
    simulation.deliver(
        simulation.submit({"email": PERSON, "firstname": WORD, "message": WORD})["requests"]["form"]
    )
    for name in ("poll_forms", "sync_mailboxes", "watch_drafts", "requeue_stuck"):
        simulation.sweep(name)
        simulation.run()
    assert planted.places() == []
    assert not [job for job in system.jobs(simulation) if job.contact_id == planted.key]
    refused = [each for each in system.events(simulation) if each.status is EventStatus.REFUSED]
    assert refused
    assert all(each.payload == {} for each in refused)


def test_a_mail_of_an_erased_person_is_not_kept_either(planted: Planted) -> None:
    simulation = planted.simulation
    planted.erase()
    planted.finish()
    people = simulation.sandbox.people
    people.write(vendors.ISABEL, sender=f"Mira {WORD} <{PERSON}>", subject=f"About {WORD}", text=f"{WORD}?\n")
    simulation.run()
    simulation.sweep("sync_mailboxes")
    simulation.run()
    assert planted.places() == []


def test_whom_an_admin_lets_in_again_is_heard_again(planted: Planted) -> None:
    simulation = planted.simulation
    planted.erase()
    planted.finish()
    remove_suppression(
        simulation.world.database,
        TENANT,
        planted.key,
        by=ADMIN,
        why="asked us to write again",
        force=True,
        now=simulation.clock.now(),
    )
    simulation.deliver(simulation.submit({**system.LEAD, "email": PERSON})["requests"]["form"])
    simulation.run()
    assert [job.contact_id for job in system.jobs(simulation)].count(planted.key) == 1


def test_an_import_of_the_contact_does_not_make_them_contactable(planted: Planted) -> None:
    simulation = planted.simulation
    planted.erase()
    planted.finish()
    now = simulation.clock.now()
    contact = Contact(id=planted.key, tenant=TENANT, address=PERSON, created_at=now, updated_at=now)
    simulation.world.database.commit([contact])
    simulation.deliver(simulation.submit({**system.LEAD, "email": PERSON})["requests"]["form"])
    simulation.run()
    assert [draft for draft in system.drafts(simulation) if draft.contact_id == planted.key] == []


def test_erasing_twice_is_harmless(planted: Planted) -> None:
    first = planted.erase()
    second = planted.erase()
    assert second.state is ErasureState.ERASED
    assert second.counts == first.counts
    planted.finish()
    planted.erase()
    planted.finish()
    assert planted.places() == []
    assert chain_is_sound(planted.simulation)


def test_a_person_we_never_heard_of_is_suppressed_and_nothing_is_counted(planted: Planted) -> None:
    before = dict(planted.documents())
    planted.key = "0" * 40
    erasure = planted.erase()
    assert erasure.state is ErasureState.ERASED
    assert sum(erasure.counts.values()) == 0
    after = dict(planted.documents())
    new = {path.split("/")[2] for path in after if path not in before}
    assert new == {"erasures", "suppressions", "audit", "audit_heads"}
    assert {path: after.get(path) for path in before} == before


def test_with_the_crm_its_own_record_of_the_person_goes_too(planted: Planted) -> None:
    records = planted.simulation.sandbox.hubspot.records(vendors.PORTAL)
    assert records.find("contacts", planted.crm_id) is not None
    erasure = planted.erase(crm=True)
    assert erasure.counts["crm_contacts"] == 1
    assert records.find("contacts", planted.crm_id) is None
    assert not [text for text in planted.crm_records() if WORD in text]


def test_without_the_crm_its_own_record_stays(planted: Planted) -> None:
    planted.erase()
    assert (
        planted.simulation.sandbox.hubspot.records(vendors.PORTAL).find("contacts", planted.crm_id)
        is not None
    )


@pytest.mark.parametrize("vendor", ["hubspot", "gmail"])
def test_a_vendor_that_is_down_keeps_our_own_stores_waiting_for_nothing(
    planted: Planted, vendor: str
) -> None:
    simulation = planted.simulation
    simulation.sandbox.faults.add(vendor=vendor, kind="503")
    erasure = planted.erase()
    assert erasure.state is ErasureState.BEGUN
    assert erasure.copies
    assert erasure.left
    assert collections(planted.places()) == set()
    simulation.sandbox.faults.clear()
    planted.finish()
    assert planted.places() == []
    done = planted.erasure()
    assert done is not None
    assert done.state is ErasureState.DONE


def test_an_erasure_that_is_late_is_told(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    simulation = planted.simulation
    simulation.sandbox.faults.add(vendor="gmail", kind="503")
    planted.erase()
    simulation.clock.advance(23 * 3600)
    simulation.sweep("resume_erasures")
    assert "erasure_late" not in capsys.readouterr().out
    simulation.clock.advance(2 * 3600)
    simulation.sweep("resume_erasures")
    assert "erasure_late" in capsys.readouterr().out


def open_draft(planted: Planted) -> tuple[Draft, Job]:
    draft = next(
        each
        for each in system.drafts(planted.simulation)
        if each.contact_id == planted.key and each.state is DraftState.PENDING
    )
    owner = next(job for job in system.jobs(planted.simulation) if job.id == draft.job_id)
    return draft, owner


def test_a_mail_that_is_being_sent_is_waited_for(planted: Planted) -> None:
    simulation, world = planted.simulation, planted.simulation.world
    draft, owner = open_draft(planted)
    now = simulation.clock.now()
    running = owner.but(
        status=Status.RUNNING,
        stage="send_draft",
        next={"stage": "send_draft", "epoch": owner.epoch, "due": now, "check_at": now, "shard": 0},
    )
    world.database.client.document(draft.path).update({"state": "SENDING"})
    world.database.commit([running])
    erasure = planted.erase()
    assert erasure.state is ErasureState.BEGUN
    assert erasure.next_at is not None
    assert any("being sent" in reason for reason in erasure.left)
    assert world.database.get(draft.path, Draft) is not None
    assert world.database.get(owner.path, Job) is not None
    world.database.client.document(draft.path).update({"state": "SENT"})
    planted.finish()
    assert planted.places() == []


def test_a_stage_under_way_may_end_before_its_copies_are_looked_for(planted: Planted) -> None:
    simulation, world = planted.simulation, planted.simulation.world
    draft, owner = open_draft(planted)
    now = simulation.clock.now()
    lease_until = now + timedelta(minutes=5)
    intent = Intent(stage="file_draft", epoch=owner.epoch, recorded_at=now, lease_until=lease_until)
    world.database.commit([owner.but(intents={"file_draft": intent})])
    world.database.client.document(draft.path).update({"gmail_draft_id": None})
    erasure = planted.erase()
    assert erasure.state is ErasureState.BEGUN
    assert erasure.copies_from == lease_until
    assert [text for text in planted.gmail_drafts() if WORD in text], "it is looked for by its marker later"
    planted.finish()
    assert planted.places() == []


def test_the_contact_id_alone_is_enough_after_a_restore(planted: Planted) -> None:
    """A backup brings everything back, and forgets that there was an erasure."""
    database = planted.simulation.world.database
    kept = dict(planted.documents())
    planted.erase()
    planted.finish()
    for path, data in kept.items():
        database.client.document(path).set(data)
    for path in (f"tenants/{TENANT}/erasures/{planted.key}", f"tenants/{TENANT}/suppressions/{planted.key}"):
        database.client.document(path).delete()
    assert collections(planted.places()) == STORES
    planted.erase()
    planted.finish()
    assert planted.places() == []


def test_a_pass_that_runs_out_of_time_goes_on_where_it_stopped(planted: Planted) -> None:
    simulation = planted.simulation
    begun = planted.begin()
    for _ in range(200):
        seen = 0

        def clock() -> datetime:
            nonlocal seen
            seen += 1
            return simulation.clock.now() + timedelta(seconds=seen)

        begun = erase(
            simulation.world.database,
            begun,
            vendors=StoredCopies(simulation.world, TENANT),
            key_of=partial(address_key_of, simulation.world),
            clock=clock,
            until=simulation.clock.now() + timedelta(seconds=8),
        )
        if begun.state is not ErasureState.BEGUN:
            break
    assert begun.state is ErasureState.ERASED
    assert collections(planted.places()) == set()


def test_the_erasure_itself_holds_no_address(planted: Planted) -> None:
    planted.erase()
    kept = system.every(planted.simulation, "erasures", Erasure)
    assert all("@" not in each.model_dump_json() for each in kept)
    assert all(WORD not in each.model_dump_json() for each in kept)
