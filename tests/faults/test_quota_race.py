"""Fifty claims at once on a quota of ten: never eleven, and always ten (P4)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import grpc
import pytest

from scripts.stack.deployment import PROJECT
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import FLAGS
from shared.errors import Retryable
from shared.jobs import audit
from shared.jobs.claim import Claimed, Obstacle, Refused
from shared.jobs.draft import Draft, DraftState
from shared.jobs.quota import LIMIT, RESERVED, periods
from shared.policy import deciding
from shared.runtime.claiming import StoredClaims
from shared.runtime.stage_run import Run
from shared.store.database import Changed, encode
from tests import builders, emulators
from tests.builders import NOW, SENDER
from tests.faults.send_path import Commits

Record = Callable[[str, object], None]
WORKERS, LIMIT_A_DAY = 50, 10
ROUNDS, MANY_ROUNDS = 50, 1000
WORKERS_AT_GOOGLE, LIMIT_AT_GOOGLE, ROUNDS_AT_GOOGLE = 3, 2, 5
"""At Google's emulator those that meet wait for one another's locks for seconds: five make a round of minutes."""
TRIES = 200
"""A claim that met another asks again; nobody needs nearly so many."""

pytestmark = pytest.mark.timeout(900)


class Bench:
    """Fifty approved drafts of one mailbox, and who claims them."""

    def __init__(self, channels: dict[str, Any] | None = None) -> None:
        self.simulation = Simulation(
            start=NOW, settings={"MODE_CEILING": "SEND_ALLOWED"}, channels=channels or {}, lease_s=1.0
        )
        self.database = self.simulation.world.database
        client = self.database.client
        self.settings(sends_a_day=LIMIT_A_DAY, sends_a_week=200)
        for path in ("control/flags", "tenants/default/control/flags"):
            client.document(path).set({**FLAGS, "mode": "SEND_ALLOWED"})
        self._jobs = [_job(number) for number in range(WORKERS)]
        self._approved = [_approved(number) for number in range(WORKERS)]
        self.database.commit(_contact(number) for number in range(WORKERS))
        self.day, self.week = (
            period.path for period in periods("default", builders.tenant().time_zone, SENDER.mailbox, NOW)
        )
        self.counted: list[tuple[int, str, int]] = []
        """Every number that was committed: when, what of which period, and how much."""
        if not channels:
            Commits(self.simulation, self._seen)

    def settings(self, **changes: int) -> None:
        tenant = builders.tenant(send_jitter_min=0, **changes)
        self.database.client.document(tenant.path).set(encode(tenant))

    def _seen(self, path: str, write: Any, at: Any) -> None:
        if "/quotas/" in path:
            for name in (RESERVED, LIMIT):
                if name in write.update.fields:
                    number = write.update.fields[name].integer_value
                    self.counted.append((at.ToNanoseconds(), f"{name} {path}", number))

    def begin(self) -> list[Draft]:
        """All of them approved, and nothing counted yet."""
        batch = self.database.client.batch()
        for draft in self._approved:
            batch.set(self.database.client.document(draft.path), encode(draft))
        for path in (self.day, self.week):
            batch.delete(self.database.client.document(path))
        batch.commit()
        self.counted.clear()
        return self.drafts()

    def drafts(self) -> list[Draft]:
        found = self.database.get_many([draft.path for draft in self._approved], Draft)
        return [draft for draft in found if draft is not None]

    def claim(self, number: int, draft: Draft, *, again: int = 0) -> Claimed | Refused:
        """As the stage does it; a claim that lost its race is made again."""
        job = self._jobs[number].but(epoch=self._jobs[number].epoch + again)
        for tried in range(1, TRIES + 1):
            try:
                return StoredClaims(Run(self.simulation.world, job, NOW)).claim(draft)
            except Retryable:
                # The queue waits before it delivers again: without that all would only stand in each other's way.
                time.sleep(random.uniform(0, min(0.02 * tried, 0.2)))
                draft = self.database.get(draft.path, Draft) or draft
        raise AssertionError(f"claim {number} lost its race {TRIES} times")

    def release(self, draft: Draft) -> Draft:
        """The mailbox took nothing: the claim is given back."""
        after, given_back = deciding.released(draft, DraftState.APPROVED, NOW)
        entry = deciding.told(
            audit.SEND_RELEASED, draft, after, actor=audit.BY_RULE, reason="given back", at=NOW
        )
        self.database.commit([after, entry], increments=given_back)
        found = self.database.get(draft.path, Draft)
        assert found is not None
        return found

    def together(self, work: Callable[[int], Any], number: int = WORKERS) -> list[Any]:
        """All at the same moment, each on its own thread."""
        start = threading.Barrier(number)

        def run(each: int) -> Any:
            start.wait(60)
            return work(each)

        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(run, range(number)))

    def reserved(self) -> tuple[int, int]:
        """What the day and the week have reserved."""
        day, week = self.database.raw_many([self.day, self.week])
        return (day or {}).get(RESERVED, 0), (week or {}).get(RESERVED, 0)


def _contact(number: int) -> Any:
    address = f"maya{number}@brightloop.io"
    return builders.contact(id=f"k{number}", address=address, open_draft=f"d{number}")


def _job(number: int) -> Any:
    ids = {"id": f"j{number}", "contact_id": f"k{number}", "address": f"maya{number}@brightloop.io"}
    return builders.job(**ids, stage="send_draft", draft_id=f"d{number}", submissions=())


def _approved(number: int) -> Draft:
    ids = {"id": f"d{number}", "job_id": f"j{number}", "contact_id": f"k{number}"}
    waiting = builders.draft(**ids, recipient=f"maya{number}@brightloop.io")
    return builders.approved(waiting, expires_at=NOW + timedelta(days=30))


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.simulation.close()


def wrong_after(bench: Bench, answers: Sequence[Claimed | Refused], limit: int) -> list[str]:
    """What is not as it must be when all have their answer."""
    claimed = sum(isinstance(answer, Claimed) for answer in answers)
    found: list[str] = []
    if claimed != limit:
        found.append(f"P4: {claimed} claims of {limit}")
    if bench.reserved() != (limit, limit):
        found.append(f"P4: reserved {bench.reserved()} of {limit}")
    if sum(draft.state is DraftState.SENDING for draft in bench.drafts()) != limit:
        found.append(f"P4: {[draft.state.value for draft in bench.drafts()]}")
    most = max((number for _, what, number in bench.counted if what.startswith(RESERVED)), default=0)
    if most > limit:
        found.append(f"P4: {most} were reserved of {limit}")
    later = [answer for answer in answers if isinstance(answer, Refused)]
    if any(answer.obstacle is not Obstacle.LATER or answer.until is None for answer in later):
        found.append(f"{[answer.reasons for answer in later][:3]}")
    return found


def race(bench: Bench, rounds: int, limit: int = LIMIT_A_DAY, workers: int = WORKERS) -> list[str]:
    """Every round that did not end with just so many claims."""
    wrong: list[str] = []
    for round_ in range(rounds):
        drafts = bench.begin()
        answers = bench.together(lambda number, drafts=drafts: bench.claim(number, drafts[number]), workers)
        wrong += [f"round {round_}: {each}" for each in wrong_after(bench, answers, limit)]
    return wrong


def test_fifty_claims_on_a_quota_of_ten(bench: Bench, record_testsuite_property: Record) -> None:
    assert race(bench, ROUNDS) == []
    record_testsuite_property("races of 50 claims on a quota of 10", ROUNDS)
    print(f"{ROUNDS} rounds of {WORKERS} claims at once: {LIMIT_A_DAY} each time")


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_fifty_claims_on_a_quota_of_ten_a_thousand_times(
    bench: Bench, record_testsuite_property: Record
) -> None:
    assert race(bench, MANY_ROUNDS) == []
    record_testsuite_property("races of 50 claims on a quota of 10", MANY_ROUNDS)


def test_the_smaller_of_day_and_week_counts_and_both_are_exact(bench: Bench) -> None:
    bench.settings(sends_a_day=LIMIT_A_DAY, sends_a_week=7)
    try:
        assert race(bench, 3, limit=7) == []
    finally:
        bench.settings(sends_a_day=LIMIT_A_DAY, sends_a_week=200)


def test_a_limit_that_is_lowered_in_the_race_holds_from_its_commit_on(bench: Bench) -> None:
    """What was claimed before it stays; not one more comes after it."""
    lowered = bench.database.client.document(bench.day)
    reached: list[int] = []
    for round_ in range(5):
        drafts = bench.begin()
        wait = random.Random(round_).randrange(1, LIMIT_A_DAY)

        def work(number: int, drafts: list[Draft] = drafts, wait: int = wait) -> Claimed | Refused | None:
            if number < WORKERS:
                return bench.claim(number, drafts[number])
            while sum(what.startswith(f"{RESERVED} {bench.day}") for _, what, _ in bench.counted) < wait:
                time.sleep(0.0005)
            lowered.set({LIMIT: 5}, merge=True)
            return None

        answers = bench.together(work, WORKERS + 1)
        claimed = sum(isinstance(answer, Claimed) for answer in answers)
        limit, reserved = LIMIT_A_DAY, 0
        for _, what, number in sorted(bench.counted, key=lambda each: each[0]):
            if what == f"{LIMIT} {bench.day}":
                limit = number
            elif what == f"{RESERVED} {bench.day}":
                assert number == reserved + 1, "one claim counts one"
                assert number <= limit, f"P4: {number} were reserved when the limit was {limit}"
                reserved = number
        assert limit == 5
        assert 5 <= claimed <= LIMIT_A_DAY
        assert bench.reserved() == (claimed, claimed)
        reached.append(claimed)
    print(f"claims in the race with a limit lowered to 5: {reached}")


def test_what_is_released_can_be_claimed_again_and_nothing_more(bench: Bench) -> None:
    for round_ in range(3):
        drafts = bench.begin()
        dice = [random.Random(f"{round_} {number}").random() < 0.5 for number in range(WORKERS)]

        def work(number: int, drafts: list[Draft] = drafts, dice: list[bool] = dice) -> None:
            answer = bench.claim(number, drafts[number])
            if isinstance(answer, Claimed) and dice[number]:
                try:
                    bench.claim(number, bench.release(answer.draft), again=1)
                except Changed:
                    raise AssertionError("nobody else writes this draft") from None

        bench.together(work)
        assert max(number for _, what, number in bench.counted if what.startswith(RESERVED)) <= LIMIT_A_DAY
        left = bench.drafts()
        answers = bench.together(
            lambda number, left=left: (
                bench.claim(number, left[number], again=2)
                if left[number].state is DraftState.APPROVED
                else None
            )
        )
        held = sum(draft.state is DraftState.SENDING for draft in left)
        assert held + sum(isinstance(answer, Claimed) for answer in answers) == LIMIT_A_DAY
        assert bench.reserved() == (LIMIT_A_DAY, LIMIT_A_DAY)


@pytest.mark.long
def test_the_quota_is_as_exact_at_googles_firestore(record_testsuite_property: Record) -> None:
    if emulators.command("firestore") is None:
        pytest.skip("Google's firestore emulator is not installed (gcloud components, Java)")
    with emulators.running("firestore") as host:
        emulators.reset_firestore(host, PROJECT)
        made = Bench({"firestore": grpc.insecure_channel(host)})
        made.settings(sends_a_day=LIMIT_AT_GOOGLE, sends_a_week=200)
        try:
            assert race(made, ROUNDS_AT_GOOGLE, LIMIT_AT_GOOGLE, WORKERS_AT_GOOGLE) == []
        finally:
            made.simulation.close()
    record_testsuite_property("races for a quota at Google's Firestore emulator", ROUNDS_AT_GOOGLE)
    print(f"{ROUNDS_AT_GOOGLE} rounds of {WORKERS_AT_GOOGLE} claims at once at Google's emulator")
