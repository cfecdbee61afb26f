"""Failed and held jobs start again where they stopped, whoever asks and whatever else happens."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.connectors.cloud_tasks import TaskQueue
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.job import Job, Status
from shared.operators.dead_letters import (
    Fate,
    find_dead_letters,
    list_dead_letters,
    preview,
    replay_dead_letters,
)
from shared.operators.refusal import Refusal
from shared.operators.replay import Started, replay_job, restarted
from shared.operators.roles import Operator, Role
from shared.runtime.queue import task_queue
from shared.store.database import Database
from tests import system

ANN = Operator("operator:ann", Role.ADMIN)


@pytest.fixture
def failed(simulation: Simulation) -> Job:
    """A job that failed at its first stage, because the tenant's settings were spoilt; they are sound again."""
    document = simulation.world.database.client.document(f"tenants/{TENANT}")
    settings = document.get().to_dict()
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    document.update({"senders": "gone"})
    simulation.run()
    document.set(settings)
    job = system.job(simulation)
    assert job.status is Status.FAILED
    return job


def replay(simulation: Simulation, job_id: str) -> Started | Refusal:
    world = simulation.world
    return replay_job(
        world.database, task_queue(world), world.settings.routing, TENANT, job_id, by=ANN, now=world.clock()
    )


def test_a_failed_job_goes_on_to_the_end(simulation: Simulation, failed: Job) -> None:
    started = replay(simulation, failed.id)
    assert isinstance(started, Started)
    assert (started.queued, started.job.stage, started.job.attempts) == (True, failed.stage, 0)
    simulation.run()
    assert system.job(simulation).status is Status.WAITING
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}


def test_a_held_job_is_replayed_at_its_stage(simulation: Simulation, failed: Job) -> None:
    simulation.world.database.commit([failed.but(status=Status.HELD, reasons=("check by hand",))])
    started = replay(simulation, failed.id)
    assert isinstance(started, Started)
    assert (started.job.status, started.job.reasons) == (Status.RUNNING, ())


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.FAILED, Status.HELD)])
def test_every_other_job_is_left_as_it_is(simulation: Simulation, failed: Job, status: Status) -> None:
    simulation.world.database.commit([failed.but(status=status)])
    before = system.job(simulation)
    assert isinstance(replay(simulation, failed.id), Refusal)
    assert system.job(simulation).epoch == before.epoch


def test_two_replays_at_once_start_it_once(simulation: Simulation, failed: Job) -> None:
    class Meanwhile(Database):
        """Somebody replays the job between this operator's read and write."""

        def commit(self, documents: Any, **more: Any) -> None:
            assert isinstance(replay(simulation, failed.id), Started)
            super().commit(documents, **more)

    world = simulation.world
    slow = Meanwhile(world.database.client)
    refused = replay_job(
        slow, task_queue(world), world.settings.routing, TENANT, failed.id, by=ANN, now=world.clock()
    )
    assert isinstance(refused, Refusal)
    assert system.job(simulation).epoch == failed.epoch + 1


def test_a_start_that_could_not_be_queued_is_found_by_the_sweep(simulation: Simulation, failed: Job) -> None:
    simulation.cloud.faults.add(Fault("refuse", "CloudTasks", "CreateTask", code="INTERNAL"))
    started = replay(simulation, failed.id)
    assert isinstance(started, Started)
    assert started.queued is False
    simulation.cloud.faults.clear()
    assert started.job.next is not None
    simulation.run(until=started.job.next.check_at)
    simulation.sweep("requeue_stuck")
    simulation.run()
    assert system.job(simulation).status is Status.WAITING


def test_the_sweep_counts_its_own_starts_and_a_person_begins_anew(
    simulation: Simulation, failed: Job
) -> None:
    world = simulation.world
    (letter,) = system.dead_letters(simulation)
    counted = failed.but(requeues=2)
    world.database.commit([counted])
    routing, now = world.settings.routing, world.clock()
    by_sweep = restarted(world.database, letter, routing, now)
    assert by_sweep is not None
    assert by_sweep.requeues == 3
    (letter,) = system.dead_letters(simulation)
    again = letter.but(epoch=system.job(simulation).epoch, replayed_at=None)
    by_person = restarted(world.database, again, routing, now, by=ANN)
    assert by_person is not None
    assert by_person.requeues == 0


def queue_of(simulation: Simulation) -> TaskQueue:
    return task_queue(simulation.world)


def letter(job: Job, number: int, **changes: object) -> DeadLetter:
    fields: dict[str, object] = {
        "id": f"letter-{number}",
        "tenant": TENANT,
        "job_id": job.id,
        "stage": job.stage,
        "epoch": job.epoch,
        "kind": "permanent",
        "reason": "spoilt",
        "attempts": 1,
        "created_at": job.updated_at,
    }
    return DeadLetter.model_validate({**fields, **changes})


def test_each_dead_letter_has_its_fate(simulation: Simulation, failed: Job) -> None:
    world = simulation.world
    letters = [
        letter(failed, 1),
        letter(failed, 2, epoch=failed.epoch - 1),
        letter(failed, 3, job_id="job-gone"),
        letter(failed, 4, replayed_at=world.clock()),
    ]
    world.database.commit(letters)
    routing = world.settings.routing
    fates = [judged.fate for judged in preview(world.database, routing, letters)]
    assert fates == [Fate.WOULD_REPLAY, Fate.MOVED_ON, Fate.JOB_GONE, Fate.ALREADY]
    assert [j.fate for j in preview(world.database, {}, letters[:1])] == [Fate.NO_ROUTE]
    read = [world.database.get(one.path, DeadLetter) for one in letters]
    stored = [one for one in read if one is not None]
    done = replay_dead_letters(
        world.database, queue_of(simulation), routing, stored, by=ANN, now=world.clock()
    )
    assert not isinstance(done, Refusal)
    assert [judged.fate for judged in done] == [Fate.REPLAYED, *fates[1:]]
    assert system.job(simulation).status is Status.RUNNING


def test_a_job_that_cannot_be_read_keeps_no_other_from_being_replayed(
    simulation: Simulation, failed: Job
) -> None:
    world = simulation.world
    world.database.client.document(f"tenants/{TENANT}/jobs/job-spoilt").set({"id": "job-spoilt"})
    world.database.commit([letter(failed, 1), letter(failed, 2, job_id="job-spoilt")])
    found = find_dead_letters(world.database, TENANT, [letter(failed, number).id for number in (2, 1, 2, 9)])
    assert found.missing == (letter(failed, 9).id,)
    done = replay_dead_letters(
        world.database, queue_of(simulation), world.settings.routing, found.letters, by=ANN, now=world.clock()
    )
    assert not isinstance(done, Refusal)
    assert [judged.fate for judged in done] == [Fate.JOB_UNREADABLE, Fate.REPLAYED]
    started = world.database.get(failed.path, Job)
    assert started is not None
    assert started.status is Status.RUNNING


def test_a_dead_letter_that_cannot_be_read_keeps_no_other_from_being_found(
    simulation: Simulation, failed: Job
) -> None:
    database = simulation.world.database
    database.commit([letter(failed, 1)])
    spoilt = f"tenants/{TENANT}/dead_letters/spoilt"
    database.client.document(spoilt).set({"id": "spoilt"})
    found = find_dead_letters(database, TENANT, ["spoilt", letter(failed, 1).id])
    assert [one.id for one in found.letters] == [letter(failed, 1).id]
    assert (found.missing, found.unreadable) == ((), (spoilt,))


def test_two_dead_letters_of_one_job_start_it_once(simulation: Simulation, failed: Job) -> None:
    world = simulation.world
    world.database.commit([letter(failed, 1), letter(failed, 2)])
    page = list_dead_letters(world.database, TENANT)
    done = replay_dead_letters(
        world.database, queue_of(simulation), world.settings.routing, page.items, by=ANN, now=world.clock()
    )
    assert not isinstance(done, Refusal)
    assert sorted(judged.fate for judged in done).count(Fate.REPLAYED) == 1
    assert system.job(simulation).epoch == failed.epoch + 1
    assert not list_dead_letters(world.database, TENANT).items
