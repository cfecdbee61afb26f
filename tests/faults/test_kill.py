"""kill -9 of a real process, at every stage and at every point of a stage: the job ends as if nothing happened.

Nine jobs are held at once, each at another stage, so that one death meets every stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from scripts.catalogue import load
from shared.jobs.job import Status
from tests.faults.real_stack import CLOUD, FUNCTIONS, SANDBOX, STAGES, RealStack, running

Rule = dict[str, Any]
OUTWARD = frozenset(name for name, row in load().functions.items() if row.outward)


def _call(stage: str, job_id: str, mode: str, method: str, nth: int = 1) -> Rule:
    service = "CloudTasks" if method == "CreateTask" else "Firestore"
    return {"mode": mode, "service": service, "method": method, "nth": nth, "work": f"{job_id}/{stage}"}


def _commit(mode: str) -> Callable[[str, str], Rule]:
    """The commit of what the stage decided; an outward stage's first commit is its intent."""
    return lambda stage, job_id: _call(stage, job_id, mode, "Commit", 2 if stage in OUTWARD else 1)


POINTS: dict[str, Callable[[str, str], Rule]] = {
    "before anything was read": lambda stage, job: _call(stage, job, "refuse", "BatchGetDocuments"),
    "with its intent on the way": lambda stage, job: _call(stage, job, "delay", "Commit"),
    "before its effect, its intent recorded": lambda stage, job: _call(
        stage, job, "refuse", "BatchGetDocuments", 3 if stage in OUTWARD else 1
    ),
    "after its effect, before its commit": _commit("refuse"),
    "while its commit is applied late": _commit("delay"),
    "after its commit, before the answer": _commit("lost_answer"),
    "after its commit, before the enqueue": lambda stage, job: _call(stage, job, "refuse", "CreateTask"),
}
"""Where a stage is held when a process dies; `refuse` means that the held call never takes effect."""

MATRIX = [(victim, point) for victim in (FUNCTIONS, CLOUD, SANDBOX) for point in POINTS]
NORMAL = [
    (FUNCTIONS, "before its effect, its intent recorded"),
    (FUNCTIONS, "after its effect, before its commit"),
    (FUNCTIONS, "while its commit is applied late"),
    (CLOUD, "after its effect, before its commit"),
    (CLOUD, "after its commit, before the answer"),
    (SANDBOX, "before its effect, its intent recorded"),
]
VENDOR_CALLS = (
    {"vendor": "hubspot", "method": "GET", "path_regex": r"/contacts/"},
    {"vendor": "gmail", "method": "GET", "path_regex": r"/messages"},
    {"vendor": "calendar", "method": "POST", "path_regex": r"/freeBusy"},
    {"vendor": "gmail", "method": "POST", "path_regex": r"/drafts"},
    {"vendor": "hubspot", "method": "POST", "path_regex": r"/notes$"},
    {"vendor": "hubspot", "method": "POST", "path_regex": r"/tasks$"},
)
"""One call of each stage that has a vendor; the last three are the effects."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    with running(tmp_path_factory.mktemp("kill"), "kill") as made:
        yield made


@pytest.fixture(autouse=True)
def _whole_again(system: RealStack) -> Iterator[None]:
    """What a failed test left broken is mended for the next one."""
    yield
    for name, child in system.stack.children.items():
        if child.has_ended():
            system.stack.start_again(name)
    system.let_go()


def die_and_come_back(system: RealStack, victim: str) -> None:
    system.stack.kill(victim)
    if victim == FUNCTIONS:
        # Before the restart: what was on its way arrives after the death of who sent it.
        system.let_go()
    system.stack.start_again(victim)
    system.let_go()


def killed_at(system: RealStack, victim: str, point: str, stages: Sequence[str]) -> None:
    submissions = [system.submitted(address) for address in system.people(len(stages))]
    rule_of = POINTS[point]
    system.hold([rule_of(stage, one.job_id) for stage, one in zip(stages, submissions, strict=True)])
    for submitted in submissions:
        assert system.deliver(submitted.form) == 202
    system.until_held()
    die_and_come_back(system, victim)
    system.rest([submitted.job_id for submitted in submissions])
    system.as_if_nothing_had_happened(submissions)


def stages_with(point: str) -> tuple[str, ...]:
    """The last stage enqueues nothing."""
    return STAGES[:-1] if point.endswith("enqueue") else STAGES


@pytest.mark.parametrize(("victim", "point"), NORMAL)
def test_a_death_at_each_of_the_nine_stages_changes_nothing(
    system: RealStack, victim: str, point: str
) -> None:
    killed_at(system, victim, point, stages_with(point))


@pytest.mark.parametrize("victim", [SANDBOX, FUNCTIONS, CLOUD])
def test_a_death_while_vendors_have_done_it_and_their_answers_are_on_the_way(
    system: RealStack, victim: str
) -> None:
    # Five failed calls to one vendor would have it left alone for half a minute.
    calls = VENDOR_CALLS[1:] if victim == SANDBOX else VENDOR_CALLS
    submissions = [system.submitted(address) for address in system.people(len(calls))]
    system.hold_vendors(calls)
    for submitted in submissions:
        assert system.deliver(submitted.form) == 202
    system.until_vendors_held()
    die_and_come_back(system, victim)
    system.rest([submitted.job_id for submitted in submissions])
    system.as_if_nothing_had_happened(submissions)


@pytest.mark.parametrize("mode", ["lost_answer", "delay", pytest.param("refuse", marks=pytest.mark.long)])
def test_a_death_while_a_webhook_is_accepted_loses_and_doubles_nothing(system: RealStack, mode: str) -> None:
    """HubSpot sends again what was not answered."""
    (address,) = system.people(1)
    submitted = system.submitted(address)
    system.hold([{"mode": mode, "service": "Firestore", "method": "Commit", "work": "/receive_hubspot"}])
    first = in_background(lambda: system.deliver(submitted.form))
    system.until_held()
    die_and_come_back(system, FUNCTIONS)
    assert first() == 503
    assert system.deliver(submitted.form) == 202
    (job,) = system.rest([submitted.job_id])
    assert job.status is Status.WAITING
    assert len(system.events_of(job.id)) == 1
    system.as_if_nothing_had_happened([submitted])


def in_background(work: Callable[[], int]) -> Callable[[], int]:
    """Start it on a thread; the call of what is returned waits for its result."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    pool.shutdown(wait=False)
    return lambda: future.result(60)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("round_", range(3))
@pytest.mark.parametrize(("victim", "point"), MATRIX)
def test_the_whole_matrix_of_deaths(system: RealStack, victim: str, point: str, round_: int) -> None:
    killed_at(system, victim, point, stages_with(point))
