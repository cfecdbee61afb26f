"""requeue_stuck: finds jobs whose task was lost or died without a word, and dead letters that are due.

A job is looked at only after its `check_at`, and left alone while its task is still in the queue: a slow
stage, a paused queue and a long backlog are no reason to count an attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Retryable
from shared.jobs import moves
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.document import Document
from shared.jobs.job import CHECK_SHARDS, Job, Status
from shared.jobs.moves import Attempt
from shared.operators.replay import restarted
from shared.runtime.logs import log
from shared.runtime.settle import Publish, settle, task_queue
from shared.runtime.stage_run import dead_letter
from shared.runtime.world import World
from shared.store.database import Changed
from shared.store.due import due_dead_letters, jobs_to_check

DIED = "the stage died without a word, or its task was lost"


@dataclass
class Found:
    """What one sweep did, by number of jobs."""

    left_alone: int = 0
    carried: int = 0
    requeued: int = 0
    dead_letters: int = 0
    replayed: int = 0


def requeue_stuck(world: World, publish: Publish) -> Found:
    """Repair every job that is past its check, and replay the dead letters that are due."""
    found = Found()
    for shard in range(CHECK_SHARDS):
        for job in jobs_to_check(world.database, shard, world.clock()):
            _look_at(world, job, found, publish)
    for letter in due_dead_letters(world.database, world.clock()):
        _requeue(world, letter, found, publish)
    log("swept", kind="requeue_stuck", **vars(found))
    return found


def _look_at(world: World, job: Job, found: Found, publish: Publish) -> None:
    now, routing = world.clock(), world.settings.routing
    assert job.next is not None
    writes: Sequence[Document]
    if job.next.due > now:
        moved = moves.carried(job, routing, now)
        writes, counter = [moved], "carried"
    elif task_queue(world).holds(job):
        found.left_alone += 1
        return
    elif job.attempts + 1 >= world.settings.max_attempts:
        moved = moves.ended(job, Status.FAILED, (DIED,), Attempt(now, now, DIED))
        writes = [moved, dead_letter(moved, Retryable(DIED), now)]
        counter = "dead_letters"
    else:
        moved = moves.again(job, now, routing, Attempt(now, now, DIED), status="requeued")
        writes, counter = [moved], "requeued"
    try:
        world.database.commit(writes)
    except Changed:
        found.left_alone += 1
        return
    settle(world, moved, publish=publish)
    setattr(found, counter, getattr(found, counter) + 1)
    severity = "ERROR" if counter == "dead_letters" else "WARNING" if counter == "requeued" else "INFO"
    log(
        "job_repaired",
        severity,
        trace_id=job.trace_id,
        project=world.settings.project,
        job=job.id,
        tenant=job.tenant,
        stage=job.stage,
        outcome=counter,
        attempts=moved.attempts,
    )


def _requeue(world: World, letter: DeadLetter, found: Found, publish: Publish) -> None:
    moved = restarted(world.database, letter, world.settings.routing, world.clock(), by_sweep=True)
    if moved is not None:
        settle(world, moved, publish=publish)
        found.replayed += 1
