"""What follows a commit: the task for what comes next, safe to add again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.jobs.job import Job

if TYPE_CHECKING:
    from shared.connectors.cloud_tasks import TaskQueue
    from shared.runtime.world import World


def settle(world: World, job: Job) -> None:
    """Enqueue the job's `next`. Errors: Retryable; the caller answers so that the same request comes again."""
    task_queue(world).enqueue(job, world.clock())


def task_queue(world: World) -> TaskQueue:
    """The process's queue."""
    from shared.connectors.cloud_tasks import TaskQueue
    from shared.runtime.clients.tasks import tasks_client

    settings = world.settings
    return world.once(
        "task_queue",
        lambda: TaskQueue(
            tasks_client(world),
            project=settings.project,
            region=settings.region,
            routing=settings.routing,
            url_of=settings.url_of,
            caller=settings.tasks_caller,
        ),
    )
