"""What is lost on the way is found again: tasks, answers, processes. Nothing doubles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scripts.local_cloud.due import HttpRequest
from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import Simulation
from shared.jobs.job import Status
from shared.runtime.clients.tasks import tasks_client
from tests import system

ONE_OF_EACH = {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}
STAGES = (
    "resolve_identity",
    "read_thread",
    "gather_context",
    "plan_next_step",
    "write_draft",
    "gate_draft",
    "file_draft",
    "log_note",
    "log_task",
    "await_approval",
)


def start(simulation: Simulation) -> None:
    assert simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"]).status_code == 202


def settle(simulation: Simulation, hours: int = 2) -> None:
    """Let time pass with the sweep running every two minutes, until the job rests."""
    end = simulation.clock.now() + timedelta(hours=hours)
    while simulation.clock.now() < end:
        simulation.run(until=simulation.clock.now() + timedelta(minutes=2))
        simulation.sweep("requeue_stuck")
        if all(job.next is None for job in system.jobs(simulation)):
            break
    simulation.run()


def as_if_nothing_had_happened(simulation: Simulation) -> None:
    assert system.job(simulation).status is Status.WAITING
    assert system.effects(simulation) == ONE_OF_EACH
    assert not system.dead_letters(simulation)
    (draft,) = system.drafts(simulation)
    assert draft.gmail_revision == draft.revision == draft.note_revision == 1


@pytest.mark.parametrize("nth", range(1, 11))
def test_a_lost_enqueue_is_found_by_the_sweep(simulation: Simulation, nth: int) -> None:
    simulation.cloud.faults.add(Fault("drop_enqueue", "CloudTasks", "CreateTask", nth=nth))
    start(simulation)
    settle(simulation)
    as_if_nothing_had_happened(simulation)


@pytest.mark.parametrize("nth", range(1, 17))
def test_an_applied_commit_whose_answer_was_lost(simulation: Simulation, nth: int) -> None:
    simulation.cloud.faults.add(Fault("lost_answer", "Firestore", "Commit", nth=nth))
    requests = simulation.submit(system.LEAD)["requests"]
    if simulation.deliver(requests["form"]).status_code != 202:
        assert simulation.deliver(requests["form"]).status_code == 202
    settle(simulation)
    as_if_nothing_had_happened(simulation)


@pytest.mark.parametrize("nth", range(1, 17))
def test_a_commit_that_was_refused(simulation: Simulation, nth: int) -> None:
    simulation.cloud.faults.add(Fault("refuse", "Firestore", "Commit", nth=nth))
    requests = simulation.submit(system.LEAD)["requests"]
    if simulation.deliver(requests["form"]).status_code != 202:
        assert simulation.deliver(requests["form"]).status_code == 202
    settle(simulation)
    as_if_nothing_had_happened(simulation)


@pytest.mark.parametrize("stage", STAGES)
def test_a_task_that_never_reached_its_stage_is_delivered_again(simulation: Simulation, stage: str) -> None:
    lose(simulation, stage, times=1)
    start(simulation)
    settle(simulation)
    as_if_nothing_had_happened(simulation)


@pytest.mark.parametrize("kind", ["timeout", "lost_answer", "500", "half", "garbage", "drop_before"])
@pytest.mark.parametrize(
    ("vendor", "method", "path"),
    [
        ("gmail", "POST", "/drafts"),
        ("hubspot", "POST", "/notes"),
        ("hubspot", "POST", "/tasks"),
    ],
)
def test_an_effect_whose_answer_never_came_is_looked_for_before_it_is_made_again(
    simulation: Simulation, vendor: str, method: str, path: str, kind: str
) -> None:
    simulation.sandbox.faults.add(vendor=vendor, method=method, path_regex=path, kind=kind, times=1)
    start(simulation)
    settle(simulation)
    as_if_nothing_had_happened(simulation)


@pytest.mark.parametrize("kind", ["429", "429_retry_after", "500", "timeout", "half", "garbage"])
def test_a_vendor_that_fails_for_a_while(simulation: Simulation, kind: str) -> None:
    for vendor in ("hubspot", "gmail", "calendar"):
        simulation.sandbox.faults.add(vendor=vendor, kind=kind, times=4)
    start(simulation)
    settle(simulation)
    as_if_nothing_had_happened(simulation)


def test_a_stage_that_dies_on_every_attempt_ends_as_a_dead_letter(simulation: Simulation) -> None:
    lose(simulation, "gather_context", times=10_000)
    start(simulation)
    settle(simulation, hours=12)
    job = system.job(simulation)
    assert job.status is Status.FAILED
    assert job.stage == "gather_context"
    (letter,) = system.dead_letters(simulation)
    assert letter.stage == "gather_context"
    assert letter.attempts == simulation.world.settings.max_attempts
    assert letter.requeue_at is not None
    assert system.effects(simulation)["drafts"] == 0


def test_a_retryable_dead_letter_is_started_again_by_the_sweep(simulation: Simulation) -> None:
    lose(simulation, "gather_context", times=10_000)
    start(simulation)
    settle(simulation, hours=12)
    simulation.on_request = None
    simulation.clock.advance(3601)
    simulation.sweep("requeue_stuck")
    simulation.run()
    assert system.job(simulation).status is Status.WAITING
    assert system.effects(simulation) == ONE_OF_EACH
    (letter,) = system.dead_letters(simulation)
    assert letter.replayed_at is not None


def test_a_dead_letter_is_started_again_three_times_at_most(simulation: Simulation) -> None:
    lose(simulation, "gather_context", times=10_000)
    start(simulation)
    for _ in range(8):
        settle(simulation, hours=12)
        simulation.clock.advance(3601)
        simulation.sweep("requeue_stuck")
    assert system.job(simulation).status is Status.FAILED
    letters = system.dead_letters(simulation)
    assert len(letters) == 4
    assert sum(1 for letter in letters if letter.requeue_at is None and letter.replayed_at is None) == 1


def test_a_bug_ends_as_a_dead_letter_with_its_traceback_and_neighbours_go_on(simulation: Simulation) -> None:
    start(simulation)
    reference = simulation.world.database.client.document(system.job(simulation).path)
    reference.update({"identity": None, "stage": "write_draft", "next.stage": "write_draft", "sender": None})
    simulation.deliver(simulation.submit(system.NEW_LEAD)["requests"]["form"])
    settle(simulation, hours=6)
    broken, neighbour = system.jobs(simulation)
    assert broken.status is Status.FAILED
    assert neighbour.status is Status.WAITING
    (letter,) = system.dead_letters(simulation)
    assert letter.kind == "bug"
    assert letter.frames
    assert letter.requeue_at is None


def test_a_paused_queue_is_left_alone(simulation: Simulation) -> None:
    start(simulation)
    queue = "projects/local/locations/us-central1/queues/stages"
    tasks = tasks_client(simulation.world)
    tasks.pause_queue(name=queue)
    for _ in range(30):
        simulation.run(until=simulation.clock.now() + timedelta(minutes=2))
        simulation.sweep("requeue_stuck")
    before = system.job(simulation)
    assert before.attempts == 0
    assert before.epoch == 1
    tasks.resume_queue(name=queue)
    settle(simulation)
    as_if_nothing_had_happened(simulation)


def test_a_wait_longer_than_cloud_tasks_keeps_is_carried_by_the_sweep(simulation: Simulation) -> None:
    from shared.jobs import moves
    from shared.jobs.moves import Attempt
    from shared.jobs.outcome import Wait

    start(simulation)
    job, now = system.job(simulation), simulation.clock.now()
    until = now + timedelta(days=75)
    waiting = moves.decided(job, Wait(until, ["later"]), simulation.world.settings.routing, Attempt(now, now))
    simulation.world.database.commit([waiting])
    while simulation.clock.now() < until + timedelta(days=1):
        simulation.run(until=simulation.clock.now() + timedelta(days=1))
        simulation.sweep("requeue_stuck")
        if simulation.clock.now() < until - timedelta(days=1):
            assert system.effects(simulation)["drafts"] == 0
    assert system.job(simulation).status is Status.WAITING
    assert system.effects(simulation) == ONE_OF_EACH


def lose(simulation: Simulation, stage: str, *, times: int) -> None:
    """The process dies before it answers, so many times."""
    left = [times]

    def on_request(request: HttpRequest) -> None:
        if request.url.endswith(f"/{stage}") and left[0] > 0:
            left[0] -= 1
            raise OSError("the process died")

    simulation.on_request = on_request


def test_a_publication_that_failed_keeps_nothing_waiting_and_is_made_up_for(simulation: Simulation) -> None:
    simulation.cloud.faults.add(Fault("refuse", "Publisher", "Publish", times=0))
    start(simulation)
    simulation.run()
    as_if_nothing_had_happened(simulation)
    assert drafted(simulation) == 0
    simulation.cloud.faults.clear()
    simulation.clock.advance(61)
    simulation.sweep("requeue_stuck")
    simulation.run()
    assert drafted(simulation) == 1


def test_one_event_delivered_ten_times_counts_once(simulation: Simulation) -> None:
    pushes: list[HttpRequest] = []

    def on_request(request: HttpRequest) -> None:
        if request.url.endswith("/roll_up_stats"):
            pushes.append(request)

    simulation.on_request = on_request
    start(simulation)
    simulation.run()
    for _ in range(10):
        assert simulation.redeliver(pushes[0]).status == 200
    assert drafted(simulation) == 1


def drafted(simulation: Simulation) -> int:
    """The day's number of drafted mails."""
    day = simulation.clock.now().date().isoformat()
    (found,) = simulation.world.database.raw_many([f"tenants/default/stats/{day}"])
    return int((found or {}).get("drafted", 0))
