"""requeue_stuck: finds jobs whose task was lost, dead letters that are due, and what was not published.

A job is looked at only after its `check_at`, and left alone while its task is still in the queue: a slow
stage, a paused queue and a long backlog are no reason to count an attempt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.errors import Failure, Permanent, Retryable
from shared.jobs import moves
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.document import Document
from shared.jobs.job import CHECK_SHARDS, Job, Status
from shared.jobs.moves import Attempt
from shared.operators.replay import restarted
from shared.runtime.logs import log
from shared.runtime.queue import task_queue
from shared.runtime.settle import settle
from shared.runtime.stage_run import DIED, Publish, dead_letter, unusable_letter
from shared.runtime.world import World
from shared.store.database import Changed, Unreachable
from shared.store.due import due_dead_letters, jobs_to_check, left_in_outbox

OUTBOX_PATIENCE = timedelta(seconds=60)
"""How long an announcement is left to the function that made it."""

UNUSABLE = "the job's document does not fit its type; mend it in Firestore, then replay the job"


@dataclass
class Found:
    """What one sweep did, by number of jobs."""

    left_alone: int = 0
    carried: int = 0
    requeued: int = 0
    dead_letters: int = 0
    replayed: int = 0
    published: int = 0


def requeue_stuck(world: World, publish: Publish) -> Found:
    """Repair every job past its check, replay the dead letters that are due, and drain the outbox."""
    found = Found()
    unusable: list[str] = []
    for shard in range(CHECK_SHARDS):
        for job in jobs_to_check(world.database, shard, world.clock(), passed_by=unusable):
            _repaired(lambda job=job: _look_at(world, job, found), job.id, found)
    for path in unusable:
        _repaired(lambda path=path: _unusable(world, path, found), path.rpartition("/")[2], found)
    for letter in due_dead_letters(world.database, world.clock()):
        _repaired(lambda letter=letter: _requeue(world, letter, found), letter.job_id, found)
    found.published = publish(world, left_in_outbox(world.database, world.clock() - OUTBOX_PATIENCE))
    log("swept", kind="requeue_stuck", **vars(found))
    return found


def _repaired(repair: Callable[[], None], job_id: str, found: Found) -> None:
    """One job at a time: what cannot be repaired now does not keep the others waiting."""
    try:
        repair()
    except Unreachable:
        raise
    except Exception as error:
        found.left_alone += 1
        retryable = isinstance(error, Retryable)
        reason = error.reason if isinstance(error, Failure) else f"bug: {type(error).__name__}"
        log("repair_failed", "WARNING" if retryable else "ERROR", job=job_id, reason=reason)


def _unusable(world: World, path: str, found: Found) -> None:
    """A job's document that does not fit its type keeps nobody waiting, and is not passed by in silence."""
    _, tenant, _, job_id = path.split("/")
    letter = unusable_letter(tenant, job_id, "unknown", 0, Permanent(UNUSABLE), world.clock())
    found.left_alone += 1
    with contextlib.suppress(Changed):
        world.database.commit([letter])
        found.dead_letters += 1
    log("job_unusable", "ERROR", job=job_id, tenant=tenant, reason=UNUSABLE)


def _look_at(world: World, job: Job, found: Found) -> None:
    now, routing = world.clock(), world.settings.routing
    assert job.next is not None
    writes: Sequence[Document]
    if job.stage not in routing:
        reason = Permanent(
            f"no function runs stage {job.stage}: deploy the one that does, then replay the job"
        )
        moved = moves.ended(job, Status.FAILED, (reason.reason,), Attempt(now, now, reason.reason))
        writes, counter = [moved, dead_letter(moved, reason, now)], "dead_letters"
    elif job.next.due > now:
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
    settle(world, moved)
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


def _requeue(world: World, letter: DeadLetter, found: Found) -> None:
    moved = restarted(world.database, letter, world.settings.routing, world.clock())
    if moved is not None:
        settle(world, moved)
        found.replayed += 1
