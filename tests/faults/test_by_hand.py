"""What people do with a draft in Gmail ends in the same state, whichever call on the way is broken (P1, P6)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from scripts.sandbox import world as vendors
from scripts.stack.simulation import Simulation
from shared.intake.handled_by_hand import ATTACHED
from shared.jobs.audit import AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.operators.decisions import Decided
from shared.operators.refusal import Clash
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break, EveryCall
from tests.faults.sending import ReadyToSend, decide
from tests.runtime.test_recovery import settle

WORDS = "Hi Ana,\n\nthanks for your message. Shall we talk about your delivery notes this week?\n"
CHANGEABLE = {"created_at", "updated_at", "revised_at", "gmail_message_id"}
"""What may differ when a stage runs twice; that the message is the one in the mailbox is no loose end."""

_LINK = re.compile(r"#drafts/\w+")
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
    database = simulation.world.database
    drafts = [draft.model_dump(mode="json", exclude=CHANGEABLE) for draft in system.drafts(simulation)]
    contacts = system.every(simulation, "contacts", Contact)
    jobs: list[Job] = system.jobs(simulation)
    audit = system.every(simulation, "audit", AuditEntry)
    day = f"tenants/default/stats/{simulation.clock.now().date().isoformat()}"
    with simulation.sandbox.changing():
        records = simulation.sandbox.hubspot.records(vendors.PORTAL)
        notes, tasks = records.all("notes"), records.all("tasks")
        boxes = [simulation.sandbox.gmail.mailbox(address) for address in (vendors.ISABEL, vendors.MARCUS)]
        lying = sorted(box.message(each["messageId"])["text"] for box in boxes for each in box.drafts())
    return {
        "drafts": sorted(json.dumps(each, sort_keys=True) for each in drafts),
        "contacts": sorted((one.id, one.open_draft, str(one.last_mailed_at)) for one in contacts),
        "jobs": sorted((job.id, job.stage, job.status, job.reasons, job.next is None) for job in jobs),
        "quotas": database.collection("tenants/default/quotas"),
        "audit": sorted((e.kind, e.subject, e.actor, e.reason, e.before, e.after) for e in audit),
        "notes": sorted(_LINK.sub("#drafts/", str(note["properties"]["hs_note_body"])) for note in notes),
        "tasks": sorted(str(task["properties"]["hs_task_status"]) for task in tasks),
        "in the mailboxes": lying,
        "effects": system.effects(simulation),
        "stats": database.raw_many([day]),
        "outbox": len(list(database.client.collection_group("outbox").stream())),
        "dead letters": len(system.dead_letters(simulation)),
    }


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What is otherwise than on the plain path."""
    return [f"{key}: {found[key]} instead of {wanted[key]}" for key in wanted if found[key] != wanted[key]]


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


@pytest.mark.parametrize("deed", DEEDS)
def test_the_plain_path_ends_in_the_right_state(prepared: Prepared, deed: str) -> None:
    made, state = in_a_copy(lambda: clean(prepared, deed))
    (draft,) = (json.loads(each) for each in state["drafts"])
    ((_, _, status, _, rests),) = state["jobs"]
    assert (draft["state"], status, rests) == (*ENDS[deed], True)
    assert len(made) > 5
    kinds = Counter(kind for kind, *_ in state["audit"])
    by_hand = [day.get("by_hand") for day in state["quotas"].values()]
    assert by_hand == ([1, 1] if deed == "sent" else []), "the day and the week"
    assert kinds.pop("DRAFT_CREATED") == 1
    assert sum(kinds.values()) == 1
    assert len(state["notes"]) == 1
    assert state["tasks"] == ["COMPLETED" if deed in ("sent", "deleted") else "NOT_STARTED"]
    assert state["outbox"] == state["dead letters"] == 0


OFTEN = (Break.CRASH_AFTER,)
REST = tuple(how for how in Break if how not in OFTEN)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("deed", "ways"),
    [
        ("sent", (Break.CRASH_BEFORE, Break.CRASH_AFTER, Break.LOST_ANSWER)),
        *((deed, OFTEN) for deed in DEEDS if deed != "sent"),
        *(pytest.param(deed, REST, marks=pytest.mark.long) for deed in DEEDS),
    ],
)
def test_no_single_fault_at_any_call_changes_anything(
    prepared: Prepared, deed: str, ways: tuple[Break, ...], record_property: Record
) -> None:
    """Broken in each way, the call leaves no trace: one sweep after the fault all is as on the plain path."""
    made, wanted = in_a_copy(lambda: clean(prepared, deed))
    faults = [(nth, how) for nth in range(1, len(made) + 1) for how in ways]
    wrong: list[str] = []
    for nth, how in faults:
        name, found = in_a_copy(lambda n=nth, h=how: broken(prepared, deed, n, h))
        if differs := differences(found, wanted):
            wrong.append(f"{deed}, call {nth} ({name}) {how}: {differs}")
    record_property("number of single faults while drafts are handled by hand", len(faults))
    assert not wrong, f"{len(wrong)} of {len(faults)}\n" + "\n".join(wrong[:5])


def between_calls(
    prepared: Prepared, work: Callable[[], None], deed: str, *, every: int = 1
) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """A person's deed before each call (or each few) of some work: the call, the end, what does not hang together."""

    def plain() -> list[str]:
        prepared.calls.count()
        work()
        return prepared.calls.made

    def interrupted(nth: int) -> tuple[dict[str, Any], list[str]]:
        prepared.calls.interrupt(nth, lambda: DEEDS[deed](prepared.simulation, prepared.draft))
        work()
        prepared.simulation.clock.advance(300)
        prepared.rest()
        prepared.watched()
        return prepared.state(), loose_ends(prepared.simulation)

    for nth, name in list(enumerate(in_a_copy(plain), 1))[::every]:
        state, loose = in_a_copy(lambda n=nth: interrupted(n))
        yield f"call {nth} ({name})", state, loose


def loose_ends(simulation: Simulation) -> list[str]:
    """What does not hang together between mailbox, drafts, contacts and jobs."""
    found: list[str] = []
    jobs = {job.id: job for job in system.jobs(simulation)}
    opened = {one.open_draft for one in system.every(simulation, "contacts", Contact)} - {None}
    for draft in system.drafts(simulation):
        box = simulation.sandbox.gmail.mailbox(draft.sender)
        lying = {each["id"]: each["messageId"] for each in box.drafts()}
        job = jobs[draft.job_id]
        if draft.is_open != (draft.id in opened):
            found.append(f"{draft.state} draft, and the contact's open draft is {opened}")
        if draft.is_open and lying.get(draft.gmail_draft_id or "") != draft.gmail_message_id:
            found.append(f"{draft.state} draft that does not lie in the mailbox as it was filed")
        if not draft.is_open and draft.gmail_draft_id in lying:
            found.append(f"{draft.state} draft that lies in the mailbox")
        if draft.is_open == job.is_final:
            found.append(f"{draft.state} draft of a job that is {job.status}: {job.reasons}")
    found += [f"{job.status} at {job.stage}, not at rest" for job in jobs.values() if job.next is not None]
    found += [f"dead letter at {letter.stage}: {letter.reason}" for letter in system.dead_letters(simulation)]
    if (made := system.effects(simulation))["notes"] > len(system.drafts(simulation)):
        found.append(f"{made}")
    return found


def revise(prepared: Prepared) -> None:
    """Ana sends another form while her draft is open, and it is written again."""
    simulation = prepared.simulation
    second = simulation.submit(system.lead(message="Does it also cover customs papers?"))["requests"]["form"]
    simulation.deliver(second)
    simulation.run(until=simulation.clock.now() + timedelta(minutes=10))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.long)])
def test_a_person_s_words_are_not_overwritten_by_a_revision(prepared: Prepared, every: int) -> None:
    """Gmail has no conditional update: words saved between our look at the draft and its update are lost."""
    wrong: list[str] = []
    for where, state, loose in between_calls(prepared, lambda: revise(prepared), "rewritten", every=every):
        kept = all("delivery notes this week" in text for text in state["in the mailboxes"])
        unavoidable = "PUT " in where
        if loose or not (kept or unavoidable):
            wrong.append(f"{where}: {'kept' if kept else 'lost'}, {loose}, {state['jobs']}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("deed", "every"),
    [("sent", 8), *(pytest.param(d, 1, marks=pytest.mark.long) for d in ("sent", "deleted", "readdressed"))],
)
def test_what_a_person_does_while_the_draft_is_revised_leaves_no_loose_end(
    prepared: Prepared, deed: str, every: int
) -> None:
    wrong: list[str] = []
    for where, state, loose in between_calls(prepared, lambda: revise(prepared), deed, every=every):
        if loose or state["effects"]["sent"] != (deed == "sent"):
            wrong.append(f"{where}: {loose}, {state['effects']}, {state['jobs']}")
    assert not wrong, "\n".join(wrong)


def answered(simulation: Simulation, mailbox: str) -> None:
    """Ana answers what was sent to her, and all of what follows happens."""
    box = simulation.sandbox.gmail.mailbox(mailbox)
    thread_id = next(doc["threadId"] for doc in box.messages("in:sent") if system.ANA in doc["to"])
    text = "Thanks for coming back to me. Does it work with SAP Business One?\n"
    simulation.sandbox.people.reply(mailbox, thread_id, text=text, sender=system.ANA)
    simulation.run(until=simulation.clock.now() + timedelta(minutes=4))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.long)])
def test_an_answer_that_comes_while_it_is_seen_that_the_draft_was_sent_is_answered_once(
    prepared: Prepared, every: int
) -> None:
    """Before each call (or each few) of the sweep that sees the sending, and before that sweep."""
    simulation = prepared.simulation

    def plain() -> list[str]:
        sent(simulation, prepared.draft)
        prepared.calls.count()
        prepared.watched()
        return prepared.calls.made

    def interrupted(nth: int) -> tuple[list[DraftState], list[Status], list[str]]:
        sent(simulation, prepared.draft)
        prepared.calls.interrupt(nth, lambda: answered(simulation, prepared.draft.sender))
        prepared.watched()
        simulation.clock.advance(300)
        prepared.rest()
        states = sorted(draft.state for draft in system.drafts(simulation))
        statuses = [job.status for job in system.jobs(simulation)]
        return states, statuses, loose_ends(simulation)

    wrong: list[str] = []
    for nth, name in list(enumerate(in_a_copy(plain), 1))[::every]:
        states, statuses, loose = in_a_copy(lambda n=nth: interrupted(n))
        one_of_each = states == [DraftState.PENDING, DraftState.SENT_BY_HAND]
        if loose or not one_of_each or statuses != [Status.DONE, Status.WAITING]:
            wrong.append(f"call {nth} ({name}): {states}, {statuses}, {loose}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def ready() -> Iterator[ReadyToSend]:
    made = ReadyToSend(approve=False)
    yield made
    made.simulation.close()


def test_a_form_that_comes_after_the_draft_was_sent_is_answered_by_another_that_can_be_sent(
    ready: ReadyToSend,
) -> None:
    """It comes before the sweep that sees the sending, and its job hands it to the draft's own."""
    simulation, first = ready.simulation, ready.draft
    simulation.clock.advance(120)
    sent(simulation, first)
    simulation.clock.advance(60)
    form = simulation.submit(system.lead(message="Does it also cover customs papers?"))["requests"]["form"]
    simulation.deliver(form)
    ready.go(minutes=10)
    simulation.sweep("watch_drafts")
    ready.go(minutes=10)
    (second,) = (draft for draft in system.drafts(simulation) if draft.id != first.id)
    assert second.job_id == first.job_id
    answer = decide(simulation, second)
    assert isinstance(answer, Decided), str(answer)
    ready.go(minutes=24 * 60)
    states = {draft.id: draft.state for draft in system.drafts(simulation)}
    assert states == {first.id: DraftState.SENT_BY_HAND, second.id: DraftState.SENT}


def attach(simulation: Simulation, draft: Draft) -> None:
    """A person adds a file, and a line that names it, in Gmail."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = draft.sender, draft.recipient, draft.subject
    letter.set_content(f"{draft.body}\nThe offer is attached.\n\n{draft.footer}\n")
    letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offer.pdf")
    with simulation.sandbox.changing():
        box = simulation.sandbox.gmail.mailbox(draft.sender)
        lying = box.message(box.draft(draft.gmail_draft_id or "")["messageId"])
        box.update_draft(draft.gmail_draft_id or "", letter.as_bytes(), lying["threadId"])


@pytest.mark.parametrize("approved", [False, True])
def test_a_draft_with_a_file_is_not_sent_without_it(ready: ReadyToSend, approved: bool) -> None:
    """It is a person's to send, until they take the file out again."""
    simulation = ready.simulation
    if approved:
        assert isinstance(decide(simulation, ready.draft), Decided)
    attach(simulation, ready.draft)
    simulation.sweep("watch_drafts")
    ready.go(minutes=5)
    assert (ready.job.status, ready.job.reasons) == (Status.HELD, (ATTACHED,))
    refused = decide(simulation, ready.draft)
    assert isinstance(refused, Clash)
    assert ATTACHED in refused.reason
    ready.go(minutes=24 * 60)
    assert (ready.draft.state, system.effects(simulation)["sent"]) == (DraftState.PENDING, 0)
    rewritten(simulation, ready.draft)
    simulation.sweep("watch_drafts")
    ready.go(minutes=5)
    assert (ready.draft.state, ready.job.status) == (DraftState.PENDING, Status.WAITING)
    assert "delivery notes this week" in ready.draft.body
