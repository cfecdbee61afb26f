"""What people do with a draft in Gmail ends in the same state, whichever call on the way is broken (P1, P6)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from scripts.sandbox import world as vendors
from scripts.stack.simulation import Simulation
from shared.jobs.audit import AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break, EveryCall
from tests.runtime.test_recovery import settle

WORDS = "Hi Ana,\n\nthanks for your message. Shall we talk about your delivery notes this week?\n"
EITHER_WAY = (Break.CRASH_BEFORE, Break.LOST_ANSWER)
Record = Callable[[str, object], None]


def sent(simulation: Simulation, draft: Draft) -> None:
    simulation.sandbox.people.send_draft(draft.sender, draft.gmail_draft_id or "", keeps_custom_headers=False)


def rewritten(simulation: Simulation, draft: Draft) -> None:
    simulation.sandbox.people.edit_draft(draft.sender, draft.gmail_draft_id or "", WORDS)


def readdressed(simulation: Simulation, draft: Draft) -> None:
    simulation.sandbox.people.edit_draft(
        draft.sender, draft.gmail_draft_id or "", to="mei.tan@harborlogistics.example"
    )


def deleted(simulation: Simulation, draft: Draft) -> None:
    simulation.sandbox.people.delete_draft(draft.sender, draft.gmail_draft_id or "")


DEEDS = {"sent": sent, "rewritten": rewritten, "readdressed": readdressed, "deleted": deleted}
ENDS = {
    "sent": (DraftState.SENT_BY_HAND, Status.DONE),
    "rewritten": (DraftState.PENDING, Status.WAITING),
    "readdressed": (DraftState.PENDING, Status.HELD),
    "deleted": (DraftState.REJECTED, Status.STOPPED),
}


class Prepared:
    """Ana's form, answered with a filed draft that lies in the mailbox."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self.calls = EveryCall(self.simulation)
        self.simulation.sweep("renew_watch")
        self.simulation.deliver(self.simulation.submit(system.LEAD)["requests"]["form"])
        self.simulation.run()
        self.simulation.clock.advance(60)
        (self.draft,) = system.drafts(self.simulation)
        assert self.draft.gmail_draft_id is not None

    def watched(self) -> None:
        """One run of the sweep, and what follows from it."""
        self.simulation.sweep("watch_drafts")
        self.simulation.run(until=self.simulation.clock.now() + timedelta(minutes=5))

    def rest(self) -> None:
        """The fault is over: within one sweep, and the repair of what was lost, everything is as it should be."""
        self.calls.arrive_late()
        self.calls.count()
        self.watched()
        settle(self.simulation)

    def state(self) -> dict[str, Any]:
        """All that anybody can see of the draft, without the moments at which it was written."""
        return state_of(self.simulation)


def state_of(simulation: Simulation) -> dict[str, Any]:
    database, moments = simulation.world.database, {"created_at", "updated_at", "revised_at"}
    drafts = [draft.model_dump(mode="json", exclude=moments) for draft in system.drafts(simulation)]
    contacts = system.every(simulation, "contacts", Contact)
    jobs: list[Job] = system.jobs(simulation)
    audit = system.every(simulation, "audit", AuditEntry)
    day = f"tenants/default/stats/{simulation.clock.now().date().isoformat()}"
    with simulation.sandbox.changing():
        notes = simulation.sandbox.hubspot.records(vendors.PORTAL).all("notes")
        boxes = [simulation.sandbox.gmail.mailbox(address) for address in (vendors.ISABEL, vendors.MARCUS)]
        lying = sorted(box.message(each["messageId"])["text"] for box in boxes for each in box.drafts())
    return {
        "drafts": sorted(json.dumps(each, sort_keys=True) for each in drafts),
        "contacts": sorted((one.id, one.open_draft, str(one.last_mailed_at)) for one in contacts),
        "jobs": sorted((job.id, job.stage, job.status, job.reasons, job.next is None) for job in jobs),
        "quotas": database.collection("tenants/default/quotas"),
        "audit": sorted((e.kind, e.subject, e.actor, e.reason, e.before, e.after) for e in audit),
        "notes": sorted(str(note["properties"]["hs_note_body"]) for note in notes),
        "in the mailboxes": lying,
        "effects": system.effects(simulation),
        "stats": database.raw_many([day]),
        "outbox": len(list(database.client.collection_group("outbox").stream())),
        "dead letters": len(system.dead_letters(simulation)),
    }


@pytest.fixture(scope="module")
def prepared() -> Iterator[Prepared]:
    made = Prepared()
    yield made
    made.simulation.close()


def clean(prepared: Prepared, deed: str) -> tuple[list[str], dict[str, Any]]:
    """The calls that the plain path makes, and where it ends."""
    DEEDS[deed](prepared.simulation, prepared.draft)
    prepared.calls.count()
    prepared.watched()
    made = prepared.calls.made
    prepared.rest()
    return made, prepared.state()


def broken(prepared: Prepared, deed: str, nth: int, how: Break) -> tuple[str, dict[str, Any]]:
    """The call that was broken, and where that ends."""
    DEEDS[deed](prepared.simulation, prepared.draft)
    prepared.calls.break_one(nth, how)
    prepared.watched()
    assert len(prepared.calls.made) >= nth
    name = prepared.calls.made[nth - 1]
    prepared.rest()
    return name, prepared.state()


def everywhere(prepared: Prepared, deed: str, ways: tuple[Break, ...], record: Record) -> None:
    """Break each call of the plain path in each of these ways; the end is that of the plain path."""
    made, wanted = in_a_copy(lambda: clean(prepared, deed))
    wrong: list[str] = []
    for nth in range(1, len(made) + 1):
        for how in ways:
            name, found = in_a_copy(lambda n=nth, h=how: broken(prepared, deed, n, h))
            differs = {key: (found[key], wanted[key]) for key in wanted if found[key] != wanted[key]}
            if differs:
                wrong.append(f"{deed}, call {nth} ({name}) {how}: {differs}")
    record("number of single faults while drafts are handled by hand", len(made) * len(ways))
    assert not wrong, f"{len(wrong)} of {len(made) * len(ways)}\n" + "\n".join(wrong[:5])


@pytest.mark.parametrize("deed", DEEDS)
def test_the_plain_path_ends_in_the_right_state(prepared: Prepared, deed: str) -> None:
    made, state = in_a_copy(lambda: clean(prepared, deed))
    (draft,) = (json.loads(each) for each in state["drafts"])
    ((_, _, status, _, rests),) = state["jobs"]
    assert (draft["state"], status, rests) == (*ENDS[deed], True)
    assert len(made) > 5
    kinds = Counter(kind for kind, *_ in state["audit"])
    by_hand = [day.get("by_hand") for day in state["quotas"].values()]
    assert by_hand == ([1] if deed == "sent" else [])
    assert sum(kinds.values()) == 1
    assert len(state["notes"]) == 1
    assert state["outbox"] == state["dead letters"] == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("deed", DEEDS)
def test_a_crash_or_a_lost_answer_at_any_call_changes_nothing(
    prepared: Prepared, deed: str, record_property: Record
) -> None:
    everywhere(prepared, deed, EITHER_WAY, record_property)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("deed", DEEDS)
def test_no_single_fault_at_any_call_changes_anything(
    prepared: Prepared, deed: str, record_property: Record
) -> None:
    ways = tuple(how for how in Break if how not in EITHER_WAY)
    everywhere(prepared, deed, ways, record_property)
