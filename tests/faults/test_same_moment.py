"""What really happens at the same moment: the same submission every way at once, two submissions by one person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.jobs.job import Job, Status
from tests.faults.real_stack import ONE_OF_EACH, RealStack, running

ROUNDS = 10


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    with running(tmp_path_factory.mktemp("moment"), "moment") as made:
        yield made


def together(works: Sequence[Callable[[], int | None]]) -> list[int | None]:
    """All at the same moment, each on its own thread."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], int | None]) -> int | None:
        start.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_one_submission_by_twenty_threads_by_webhook_workflow_and_poll(system: RealStack) -> None:
    (address,) = system.people(1)
    submitted = system.submitted(address)
    ways: list[Callable[[], int | None]] = [
        lambda: system.deliver(submitted.form),
        lambda: system.deliver(submitted.requests["workflow"]),
        lambda: system.sweep("poll_forms"),
    ]
    answers = together([ways[number % len(ways)] for number in range(20)])
    assert 202 in answers
    # Deliveries that met may be asked to come again; nobody is refused.
    assert set(answers) <= {200, 202, 503}
    system.rest([submitted.job_id])
    together([lambda: system.deliver(submitted.form)] * 3)
    system.rest([submitted.job_id])
    assert [job.id for job in jobs_of(system, address)] == [submitted.job_id]
    assert len(system.events_of(submitted.job_id)) == 1
    system.as_if_nothing_had_happened([submitted])


def test_two_submissions_by_one_person_make_one_draft_and_one_merged_job(system: RealStack) -> None:
    """Ten pairs, each posted at the same moment."""
    addresses = system.people(ROUNDS)
    job_ids: list[str] = []
    for address in addresses:
        pair = [system.submitted(address), system.submitted(address, "Does it also cover customs papers?")]
        requests = [one.form for one in pair]
        assert together([lambda r=request: system.deliver(r) for request in requests]) == [202, 202]
        job_ids += [one.job_id for one in pair]
    system.rest(job_ids)
    wrong = {address: found for address in addresses if (found := not_merged(system, address))}
    assert not wrong
    assert not system.dead_letters()


def not_merged(system: RealStack, address: str) -> object:
    """What is not as it should be: one owner that knows both submissions, one merged job, one of each."""
    jobs = {job.status: job for job in jobs_of(system, address)}
    if set(jobs) != {Status.WAITING, Status.MERGED}:
        return [(job.status, job.stage, job.reasons) for job in jobs_of(system, address)]
    owner, merged = jobs[Status.WAITING], jobs[Status.MERGED]
    drafts = system.drafts_to(address)
    made = system.made_for(address)
    as_wanted = (
        merged.merged_into == owner.id
        and len(owner.submissions) == len(owner.event_ids) == 2
        and [draft.job_id for draft in drafts] == [owner.id]
        and drafts[0].is_open
        and drafts[0].revision == drafts[0].gmail_revision == drafts[0].note_revision
        and made == ONE_OF_EACH
    )
    return "" if as_wanted else (owner.submissions, [d.revision for d in drafts], made)


def jobs_of(system: RealStack, address: str) -> list[Job]:
    return [job for job in system.every("jobs", Job) if job.address == address]
