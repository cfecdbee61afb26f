"""The kill switch, engaged at every call: no claim and no intent after it, and nothing is lost by it (P5, P8)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import FLAGS, TENANT
from shared.jobs.draft import DraftState
from shared.operators.flags import FlagSet, set_flag
from shared.operators.roles import Operator, Role
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.every_call import EveryCall
from tests.faults.send_path import Intents, SendPath, elsewhere, send_path
from tests.faults.sending import ReadyToSend
from tests.faults.witness import Witness

Record = Callable[[str, object], None]
ADMIN = Operator("tester", Role.ADMIN)
_MINUTES_20 = timedelta(minutes=20)
BOTH = ("control/flags", f"tenants/{TENANT}/control/flags")

pytestmark = pytest.mark.timeout(900)


def everybody(simulation: Simulation) -> None:
    _by_operator(simulation, None, "kill_switch", "true")


def the_tenant(simulation: Simulation) -> None:
    _by_operator(simulation, TENANT, "kill_switch", "true")


def drafts_only(simulation: Simulation) -> None:
    _by_operator(simulation, TENANT, "mode", "DRAFT_ONLY")


def by_hand(simulation: Simulation) -> None:
    """Somebody edits the document in the Firestore console."""
    simulation.world.database.client.document(BOTH[0]).update({"kill_switch": True})


def garbage(simulation: Simulation) -> None:
    simulation.world.database.client.document(BOTH[1]).update({"kill_switch": "no"})


def deleted(simulation: Simulation) -> None:
    simulation.world.database.client.document(BOTH[0]).delete()


def _by_operator(simulation: Simulation, tenant: str | None, field: str, value: str) -> None:
    now = simulation.clock.now()
    answer = set_flag(simulation.world.database, tenant, field, value, by=ADMIN, now=now)
    assert isinstance(answer, FlagSet), str(answer)


WAYS = {way.__name__: way for way in (everybody, the_tenant, drafts_only, by_hand, garbage, deleted)}
STOPPING_EVERYTHING = tuple(name for name in WAYS if name != "drafts_only")


def lifted(simulation: Simulation, mode: str) -> None:
    for path in BOTH:
        simulation.world.database.client.document(path).set({**FLAGS, "mode": mode})


# The send


@pytest.fixture(scope="module")
def ready() -> Iterator[ReadyToSend]:
    made = ReadyToSend()
    yield made
    made.simulation.close()


@pytest.fixture(scope="module")
def path(ready: ReadyToSend) -> SendPath:
    return send_path(ready)


class Flip:
    """What stood at the moment of the flip."""

    def __init__(self, ready: ReadyToSend, way: str, *, nth: int) -> None:
        self.ready = ready
        self.way = way
        self.claims = self.intents = -1
        self.state: DraftState | None = None
        self._intents = Intents(ready.simulation)
        ready.calls.interrupt(nth, elsewhere(self._engage))

    def _engage(self) -> None:
        WAYS[self.way](self.ready.simulation)
        self.claims, self.intents = self.ready.witness.claims, self._intents.number
        self.state = self.ready.draft.state

    def broken(self) -> list[str]:
        """What was committed or sent since then, though it must not be."""
        found: list[str] = []
        if self.state is None:
            return ["the call was never made"]
        if self.ready.witness.claims != self.claims:
            found.append(f"P5: {self.ready.witness.claims - self.claims} claims after the kill switch")
        if self.way in STOPPING_EVERYTHING and self._intents.number != self.intents:
            found.append(f"P5: {self._intents.number - self.intents} intents after the kill switch")
        sent = system.effects(self.ready.simulation)["sent"]
        if sent > (self.state in (DraftState.SENDING, DraftState.SENT)):
            found.append("P5: a mail went out that was not in flight")
        job = self.ready.job
        if not job.is_final and not job.reasons:
            found.append("the job waits without a word about why")
        return found


def engaged(ready: ReadyToSend, nth: int, way: str) -> tuple[str, str]:
    """What stood when it was engaged at the nth call, and what is wrong at the end."""
    flip = Flip(ready, way, nth=nth)
    ready.go(40)
    ready.simulation.sweep("requeue_stuck")
    ready.go(20)
    broken = flip.broken()
    lifted(ready.simulation, "SEND_ALLOWED")
    ready.rest()
    broken += ready.witness.violations()
    sent = system.effects(ready.simulation)["sent"]
    if (sent, ready.draft.state) != (1, DraftState.SENT) or not ready.job.is_final:
        broken.append(f"P1: {sent} mails, {ready.draft.state}, the job {ready.job.status}")
    return str(flip.state), "; ".join(broken)


def played(ready: ReadyToSend, path: SendPath, cases: list[tuple[int, str]], record: Record) -> None:
    stood: Counter[str] = Counter()
    wrong: list[str] = []
    for nth, way in cases:
        state, broken = in_a_copy(lambda nth=nth, way=way: engaged(ready, nth, way))
        stood[state] += 1
        if broken:
            wrong.append(f"{way} at call {nth} ({path.made[nth - 1]}): {broken}")
    record("kill switch flips in a send", f"{len(cases)}: {dict(stood)}")
    print(f"{len(path.made)} calls, {len(cases)} flips in a send, by what stood then: {dict(stood)}")
    assert wrong == []
    assert {"APPROVED", "SENDING", "SENT"} <= set(stood)


def every_flip(path: SendPath) -> list[tuple[int, str]]:
    return list(itertools.product(range(1, len(path.made) + 1), WAYS))


def test_no_claim_commits_after_the_kill_switch_at_any_call_of_a_send(
    ready: ReadyToSend, path: SendPath, record_testsuite_property: Record
) -> None:
    """Every way of stopping within the claim's transaction and just before the send; elsewhere they take turns."""
    ways = list(WAYS)
    cases = [
        (nth, way)
        for nth, way in every_flip(path)
        if nth in (path.claim - 1, path.claim, path.controls, path.send) or ways.index(way) == nth % len(ways)
    ]
    played(ready, path, cases, record_testsuite_property)


@pytest.mark.long
def test_every_way_of_stopping_at_every_call_of_a_send(
    ready: ReadyToSend, path: SendPath, record_testsuite_property: Record
) -> None:
    played(ready, path, every_flip(path), record_testsuite_property)


# The outward stages before it


class ReadyToFile:
    """Ana's form, answered with a draft that is to be filed next: the first effect on the world."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self.calls = EveryCall(self.simulation)
        self.witness = Witness(self.simulation)
        self.simulation.deliver(self.simulation.submit(system.LEAD)["requests"]["form"])
        for _ in range(20):
            if system.job(self.simulation).stage == "file_draft":
                break
            self.simulation.run(max_steps=1)
        assert system.job(self.simulation).stage == "file_draft"


@pytest.fixture(scope="module")
def filing() -> Iterator[ReadyToFile]:
    made = ReadyToFile()
    yield made
    made.simulation.close()


def calls_of(filing: ReadyToFile) -> list[str]:
    filing.calls.count()
    filing.simulation.run()
    return filing.calls.made


def stopped(filing: ReadyToFile, nth: int, way: str) -> str:
    """What is wrong when it is engaged at the nth call."""
    simulation, intents = filing.simulation, Intents(filing.simulation)
    before: list[tuple[int, int]] = []

    def engage() -> None:
        WAYS[way](simulation)
        before.append((intents.number, sum(system.effects(simulation).values())))

    filing.calls.interrupt(nth, elsewhere(engage))
    for _ in range(3):
        simulation.run(until=simulation.clock.now() + _MINUTES_20)
        simulation.sweep("requeue_stuck")
    if not before:
        return "the call was never made"
    broken: list[str] = []
    recorded, effects = before[0]
    if intents.number != recorded:
        broken.append(f"P5: {intents.number - recorded} intents after the kill switch")
    if sum(system.effects(simulation).values()) > effects + 1:
        broken.append("P5: more than the one effect that was in flight")
    lifted(simulation, "DRAFT_ONLY")
    simulation.run(until=simulation.clock.now() + 2 * _MINUTES_20)
    simulation.sweep("requeue_stuck")
    simulation.run(until=simulation.clock.now() + _MINUTES_20)
    if system.effects(simulation) != {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}:
        broken.append(f"P6: {system.effects(simulation)}")
    job = system.job(simulation)
    if (job.stage, job.next) != ("await_approval", None):
        broken.append(f"P1: the job is {job.status} at {job.stage}")
    return "; ".join(broken + filing.witness.violations())


def stops(filing: ReadyToFile, ways: Callable[[int], list[str]], record: Record) -> None:
    made = in_a_copy(lambda: calls_of(filing))
    wrong: list[str] = []
    number = 0
    for nth, name in enumerate(made, 1):
        for way in ways(nth):
            number += 1
            broken = in_a_copy(lambda nth=nth, way=way: stopped(filing, nth, way))
            if broken:
                wrong.append(f"{way} at call {nth} ({name}): {broken}")
    record("kill switch flips in a follow-up", number)
    print(f"{len(made)} calls, {number} flips from the draft's filing to its approval")
    assert wrong == []


def test_no_intent_commits_after_the_kill_switch_at_any_call_of_a_followup(
    filing: ReadyToFile, record_testsuite_property: Record
) -> None:
    turns = STOPPING_EVERYTHING
    stops(filing, lambda nth: [turns[nth % len(turns)]], record_testsuite_property)


@pytest.mark.long
def test_every_way_of_stopping_at_every_call_of_a_followup(
    filing: ReadyToFile, record_testsuite_property: Record
) -> None:
    stops(filing, lambda _nth: list(STOPPING_EVERYTHING), record_testsuite_property)
