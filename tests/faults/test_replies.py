"""One mail that comes in ends in the same state, whichever call on the way from the push to the task is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from shared.jobs.draft import DraftState
from shared.jobs.job import Kind, Status
from shared.jobs.rules import Suppression
from shared.runtime.world import install
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break, EveryCall
from tests.faults.test_by_hand import differences, loose_ends, state_of
from tests.runtime.test_recovery import settle

ANSWER = "Thanks for coming back to me. Does it work with SAP Business One? We would need it by January.\n"
STOP = "Please stop writing to me.\n"
AWAY = "I am out of the office until 7 December 2026.\n"
UNDER_WAY = timedelta(seconds=30)
"""How late a call takes effect at most: less than the lease of an intent."""

Record = Callable[[str, object], None]


class Thread:
    """A thread in which Isabel sent our draft by hand; in the second one Ana has answered, and a draft lies open."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self.calls = EveryCall(self.simulation)
        self.simulation.sweep("renew_watch")
        self.simulation.deliver(self.simulation.submit(system.LEAD)["requests"]["form"])
        self.simulation.run()
        self.simulation.clock.advance(60)
        (draft,) = system.drafts(self.simulation)
        self.mailbox = draft.sender
        people = self.simulation.sandbox.people
        sent = people.send_draft(draft.sender, draft.gmail_draft_id or "")
        self.thread_id, self.sent_id = str(sent["threadId"]), str(sent["id"])
        self.simulation.sweep("watch_drafts")
        self.rest()

    def rest(self) -> None:
        simulation = self.simulation
        self.calls.arrive_late()
        self.calls.count()
        simulation.sweep("sync_mailboxes")
        settle(simulation)
        simulation.sweep("requeue_stuck")
        simulation.run()

    def writes(self, text: str) -> None:
        self.simulation.sandbox.people.reply(self.mailbox, self.thread_id, text=text, sender=system.ANA)

    def hear(self) -> None:
        """What follows from the push, and from what is repeated within ten minutes."""
        simulation = self.simulation
        simulation.run(until=simulation.clock.now() + UNDER_WAY)
        self.calls.arrive_late()
        simulation.run(until=simulation.clock.now() + timedelta(minutes=10))


def answer(thread: Thread) -> None:
    thread.writes(ANSWER)


def answer_again(thread: Thread) -> None:
    """Ana's second mail, while our answer to her first one lies open."""
    thread.writes("One more thing: could you show us how the stock levels look?\n")


def stop(thread: Thread) -> None:
    thread.writes(STOP)


def bounce(thread: Thread) -> None:
    thread.simulation.sandbox.people.bounce(thread.mailbox, thread.sent_id)


def away(thread: Thread) -> None:
    thread.simulation.sandbox.people.auto_reply(thread.mailbox, thread.thread_id, text=AWAY)


FIRST = {"answer": answer, "bounce": bounce, "away": away}
SECOND = {"answer again": answer_again, "stop": stop}
"""What comes in when a draft lies open already."""


@pytest.fixture(scope="module")
def thread() -> Iterator[Thread]:
    made = Thread()
    yield made
    made.simulation.close()


@pytest.fixture(scope="module")
def opened() -> Iterator[Thread]:
    made = Thread()
    answer(made)
    made.hear()
    made.rest()
    assert sorted(draft.state for draft in system.drafts(made.simulation)) == [
        DraftState.PENDING,
        DraftState.SENT_BY_HAND,
    ]
    yield made
    made.simulation.close()


def clean(thread: Thread, comes: Callable[[Thread], None]) -> tuple[list[str], dict[str, Any]]:
    install(thread.simulation.world)  # another one was made since, perhaps
    comes(thread)
    thread.calls.count()
    thread.hear()
    made = thread.calls.made
    thread.rest()
    return made, whole(thread.simulation)


def broken(
    thread: Thread, comes: Callable[[Thread], None], nth: int, how: Break
) -> tuple[str, dict[str, Any]]:
    install(thread.simulation.world)
    comes(thread)
    thread.calls.break_one(nth, how)
    thread.hear()
    name = thread.calls.made[nth - 1]
    thread.rest()
    return name, whole(thread.simulation)


def whole(simulation: Simulation) -> dict[str, Any]:
    suppressions = system.every(simulation, "suppressions", Suppression)
    return {
        **state_of(simulation),
        "loose ends": loose_ends(simulation),
        "suppressions": sorted((each.id, each.reason) for each in suppressions),
        "events": sorted(event.id for event in system.events(simulation)),
        "replies": sum(job.kind is Kind.REPLY for job in system.jobs(simulation)),
    }


def everywhere(thread: Thread, comes: Callable[[Thread], None], how: Break, record: Record) -> None:
    """Break each call of the plain path in this way; the end is that of the plain path."""
    made, wanted = in_a_copy(lambda: clean(thread, comes))
    assert wanted["loose ends"] == []
    wrong: list[str] = []
    for nth in range(1, len(made) + 1):
        name, found = in_a_copy(lambda n=nth: broken(thread, comes, n, how))
        if differs := differences(found, wanted):
            wrong.append(f"call {nth} ({name}) {how}: {differs}")
    record("number of single faults while mail is heard", len(made))
    assert not wrong, f"{len(wrong)} of {len(made)}\n" + "\n".join(wrong[:5])


EVERY_TIME: Mapping[str, Sequence[Break]] = {
    "answer": (Break.LOST_ANSWER,),
    "bounce": (Break.LOST_ANSWER,),
    "away": (Break.LOST_ANSWER,),
    "answer again": (),
    "stop": (Break.LOST_ANSWER,),
}
"""A call that came unseen, which leaves most behind; the other ways are long."""


def cases(mails: Iterable[str]) -> list[Any]:
    """Each mail with each way to break a call; some of them only when there is time."""
    return [
        pytest.param(what, how, marks=() if how in EVERY_TIME[what] else (pytest.mark.long,))
        for what in mails
        for how in Break
    ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("what", "how"), cases(FIRST))
def test_no_single_fault_changes_what_becomes_of_a_mail(
    thread: Thread, what: str, how: Break, record_property: Record
) -> None:
    everywhere(thread, FIRST[what], how, record_property)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("what", "how"), cases(SECOND))
def test_no_single_fault_changes_what_becomes_of_an_open_draft(
    opened: Thread, what: str, how: Break, record_property: Record
) -> None:
    everywhere(opened, SECOND[what], how, record_property)


def test_the_plain_path_of_an_answer_is_one_draft_one_note_and_one_task_more(thread: Thread) -> None:
    made, state = in_a_copy(lambda: clean(thread, answer))
    print(f"{len(made)} calls from the push to the task")
    assert state["effects"] == {"drafts": 2, "sent": 1, "notes": 2, "tasks": 2}
    assert [status for _, _, status, *_ in state["jobs"]].count(Status.WAITING) == 1


def test_the_plain_path_of_a_stop_takes_the_draft_back(opened: Thread) -> None:
    _, state = in_a_copy(lambda: clean(opened, stop))
    assert [reason for _, reason in state["suppressions"]] == ["OPT_OUT"]
    assert state["in the mailboxes"] == []
