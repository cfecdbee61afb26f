"""What follows a commit: the task for what comes next, safe to add again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.jobs.job import Job
from shared.runtime.queue import task_queue

if TYPE_CHECKING:
    from shared.runtime.world import World


def settle(world: World, job: Job) -> None:
    """Enqueue the job's `next`. Errors: Retryable; the caller answers so that the same request comes again."""
    task_queue(world).enqueue(job, world.clock())
