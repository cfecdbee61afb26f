"""A send, with each of its calls broken in each way, and each pair of them: one mail at most, and nothing is lost."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import Break
from tests.faults.sending import ReadyToSend

Record = Callable[[str, object], None]
PAIRS_PLAYED = 60
"""Pairs of faults that every run plays; all of them are played with `--all`."""
PARTS = 8
"""All pairs in parts, so that workers share them."""


pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def ready() -> Iterator[ReadyToSend]:
    made = ReadyToSend()
    yield made
    made.simulation.close()


def plain(ready: ReadyToSend) -> list[str]:
    """The calls of the plain path, from the hour of the send to the end of the job."""
    ready.calls.count()
    ready.go()
    made = list(ready.calls.made)
    ready.rest()
    assert ready.witness.violations() == []
    assert (ready.draft.state, ready.job.status) == (DraftState.SENT, Status.DONE)
    assert system.effects(ready.simulation)["sent"] == 1
    return made


def ended(ready: ReadyToSend) -> str:
    """Where it came to rest, or which promise was broken."""
    ready.rest()
    broken = ready.witness.violations()
    sent = system.effects(ready.simulation)["sent"]
    if not broken and sent == 0 and ready.draft.state is not DraftState.HELD:
        broken = [f"P1: nothing was sent and nobody is asked: {ready.draft.state} {ready.job.status}"]
    return "; ".join(broken) or ready.draft.state.value


def one(ready: ReadyToSend, nth: int, how: Break) -> tuple[str, str]:
    ready.calls.break_one(nth, how)
    ready.go()
    name = ready.calls.made[nth - 1] if len(ready.calls.made) >= nth else "not made"
    return name, ended(ready)


def test_every_single_fault(ready: ReadyToSend, record_testsuite_property: Record) -> None:
    made = in_a_copy(lambda: plain(ready))
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for nth, how in itertools.product(range(1, len(made) + 1), Break):
        name, end = in_a_copy(lambda nth=nth, how=how: one(ready, nth, how))
        ends[end] += 1
        if end not in (DraftState.SENT, DraftState.HELD):
            wrong.append(f"call {nth} ({name}), {how}: {end}")
    cases = len(made) * len(Break)
    record_testsuite_property("single faults of a send", f"{cases}: {dict(ends)}")
    print(f"{len(made)} calls, {cases} single faults of a send: {dict(ends)}")
    assert wrong == []
    assert sum(ends.values()) == cases


def two(ready: ReadyToSend, first: tuple[int, Break], second: tuple[int, Break]) -> str:
    ready.calls.break_several(dict((first, second)))
    ready.go()
    return ended(ready)


def pairs(made: int) -> list[tuple[tuple[int, Break], tuple[int, Break]]]:
    """Every two calls that may be broken, in every two ways; the second may be one that only the repair makes."""
    calls = [(nth, how) for nth in range(1, made + 1) for how in Break]
    return [(a, b) for a, b in itertools.product(calls, calls) if a[0] < b[0]]


def played(
    ready: ReadyToSend, chosen: list[tuple[tuple[int, Break], tuple[int, Break]]], record: Record
) -> None:
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for first, second in chosen:
        end = in_a_copy(lambda first=first, second=second: two(ready, first, second))
        ends[end] += 1
        if end not in (DraftState.SENT, DraftState.HELD):
            wrong.append(f"{first} and {second}: {end}")
    record("pairs of faults of a send", f"{len(chosen)}: {dict(ends)}")
    print(f"{len(chosen)} pairs of faults of a send: {dict(ends)}")
    assert wrong == []


def stage_calls(ready: ReadyToSend) -> int:
    """How many calls the send itself makes, before the CRM is told."""
    made = in_a_copy(lambda: plain(ready))
    crm = [number for number, name in enumerate(made) if "/crm/" in name]
    return crm[0] if crm else len(made)


def test_pairs_of_faults(ready: ReadyToSend, record_testsuite_property: Record) -> None:
    every = pairs(stage_calls(ready))
    played(ready, random.Random(20261123).sample(every, PAIRS_PLAYED), record_testsuite_property)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_pair_of_faults(ready: ReadyToSend, part: int, record_testsuite_property: Record) -> None:
    played(ready, pairs(stage_calls(ready))[part::PARTS], record_testsuite_property)
