"""A form that becomes a draft, with each of its calls broken in each way: the same draft, note and task, once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from scripts.stack.simulation import Simulation
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break, EveryCall
from tests.faults.witness import Witness

pytestmark = pytest.mark.timeout(900)

Record = Callable[[str, object], None]
OFTEN = (Break.LOST_ANSWER,)
"""The way that every run plays at every call, for it leaves most behind; the other four are played with `--all`."""


class Followup:
    """A world in which nothing has happened yet."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self.witness = Witness(self.simulation)
        self.calls = EveryCall(self.simulation)
        self.signed = self.simulation.submit(system.LEAD)["requests"]["form"]

    def go(self) -> None:
        """HubSpot delivers the form, again until it is taken, and everything goes on."""
        for _ in range(3):
            try:
                if self.simulation.deliver(self.signed).status_code < 500:
                    break
            except BaseException as died:
                if isinstance(died, KeyboardInterrupt | Exception):
                    raise
            self.simulation.clock.advance(60)
        self.simulation.run(until=self.simulation.clock.now() + timedelta(minutes=4))

    def rest(self) -> None:
        """The fault is over: what was under way arrives, and the sweeps repair what was lost."""
        self.calls.arrive_late()
        self.calls.count()
        self.go()
        end = self.simulation.clock.now() + timedelta(hours=3)
        while self.simulation.clock.now() < end:
            self.simulation.run(until=self.simulation.clock.now() + timedelta(minutes=4))
            self.simulation.sweep("requeue_stuck")
            if all(job.next is None for job in system.jobs(self.simulation)):
                break
        self.simulation.run(until=self.simulation.clock.now() + timedelta(minutes=4))

    def end(self) -> str:
        """Where it came to rest, or what is wrong with that."""
        broken = self.witness.violations()
        jobs, drafts = system.jobs(self.simulation), system.drafts(self.simulation)
        states = [(job.stage, job.status) for job in jobs]
        if not broken and states != [("await_approval", Status.WAITING)]:
            broken = [f"P1: {states}"]
        if not broken and [draft.state for draft in drafts] != [DraftState.PENDING]:
            broken = [f"P6: {[draft.state.value for draft in drafts]}"]
        effects = system.effects(self.simulation)
        if not broken and (effects["drafts"], effects["notes"], effects["tasks"]) != (1, 1, 1):
            broken = [f"P6: {effects}"]
        return "; ".join(broken) or "drafted"


@pytest.fixture(scope="module")
def followup() -> Iterator[Followup]:
    made = Followup()
    yield made
    made.simulation.close()


def plain(followup: Followup) -> list[str]:
    followup.calls.count()
    followup.go()
    made = list(followup.calls.made)
    followup.rest()
    assert followup.end() == "drafted"
    return made


def one(followup: Followup, nth: int, how: Break) -> tuple[str, str]:
    followup.calls.break_one(nth, how)
    followup.go()
    name = followup.calls.made[nth - 1] if len(followup.calls.made) >= nth else "not made"
    followup.rest()
    return name, followup.end()


def played(followup: Followup, ways: tuple[Break, ...], record: Record) -> None:
    made = in_a_copy(lambda: plain(followup))
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for nth, how in itertools.product(range(1, len(made) + 1), ways):
        name, end = in_a_copy(lambda nth=nth, how=how: one(followup, nth, how))
        ends[end] += 1
        if end != "drafted":
            wrong.append(f"call {nth} ({name}), {how}: {end}")
    record("single faults of a followup", f"{len(made) * len(ways)}: {dict(ends)}")
    print(f"{len(made)} calls, {len(made) * len(ways)} single faults of a followup: {dict(ends)}")
    assert wrong == []


def test_every_call_of_a_followup_may_lose_its_answer(
    followup: Followup, record_testsuite_property: Record
) -> None:
    played(followup, OFTEN, record_testsuite_property)


@pytest.mark.long
def test_every_call_of_a_followup_may_fail_in_every_other_way(
    followup: Followup, record_testsuite_property: Record
) -> None:
    played(followup, tuple(how for how in Break if how not in OFTEN), record_testsuite_property)
