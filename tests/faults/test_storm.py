"""Many jobs at once while the functions die again and again: none is lost, none is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scripts.stack.visitor import Unreachable
from shared.jobs.event import Event
from shared.jobs.job import Job, Status
from tests.faults.real_stack import FUNCTIONS, ONE_OF_EACH, RealStack, Submitted, running

SENDERS = 4
LONGEST_STORM_S = 1500.0


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    with running(tmp_path_factory.mktemp("storm"), "storm") as made:
        yield made


def drafted(system: RealStack) -> int:
    """How far the storm has come: drafts that the mailboxes hold."""
    rows = system.stack.ask_sandbox("GET", "/effects")["by_person"].values()
    return sum(row.get("drafts", 0) for row in rows)


def deliver_until_taken(system: RealStack, submitted: Submitted) -> None:
    """HubSpot sends a webhook again until it is taken."""

    def taken() -> bool:
        try:
            return system.deliver(submitted.form) == 202
        except Unreachable:
            return False

    system.until(taken, "a webhook to be taken")


def storm(system: RealStack, jobs: int, kills: int, most_s: float) -> None:
    before = drafted(system)
    submissions = [system.submitted(address) for address in system.people(jobs)]
    with ThreadPoolExecutor(SENDERS) as senders:
        sent = [senders.submit(deliver_until_taken, system, one) for one in submissions]
        for number in range(1, kills + 1):
            wanted = before + jobs * number // (kills + 1)

            def far_enough(wanted: int = wanted) -> bool:
                system.sweep()
                return drafted(system) >= wanted

            system.until(far_enough, f"{wanted} drafts", most_s)
            system.stack.kill(FUNCTIONS)
            system.stack.start_again(FUNCTIONS)
        for one in sent:
            one.result()

    def rested() -> bool:
        system.sweep()
        return all(job.next is None for job in system.every("jobs", Job))

    system.until(rested, f"{jobs} jobs to rest", most_s)
    none_lost_none_doubled(system, submissions)


def none_lost_none_doubled(system: RealStack, submissions: list[Submitted]) -> None:
    jobs = {job.id: job for job in system.every("jobs", Job)}
    by_person = system.stack.ask_sandbox("GET", "/effects")["by_person"]
    ended = [jobs[one.job_id] for one in submissions]
    lost = [
        (job.id, job.stage, job.reasons, job.steps[-3:]) for job in ended if job.status is not Status.WAITING
    ]
    assert lost == []
    made = {
        one.address: {kind: by_person.get(one.address, {}).get(kind, 0) for kind in ONE_OF_EACH}
        for one in submissions
    }
    doubled = {address: row for address, row in made.items() if row != ONE_OF_EACH}
    assert doubled == {}
    assert len({event.job_id for event in system.every("events", Event)}) == len(jobs)
    assert not system.dead_letters()
    system.as_if_nothing_had_happened(submissions)


def test_thirty_jobs_and_two_deaths(system: RealStack) -> None:
    storm(system, 30, 2, 90)


@pytest.mark.long
@pytest.mark.timeout(2 * LONGEST_STORM_S)
def test_five_hundred_jobs_and_five_deaths(system: RealStack) -> None:
    storm(system, 500, 5, LONGEST_STORM_S)
