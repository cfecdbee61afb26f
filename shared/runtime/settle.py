"""What follows a commit: publish what happened, then enqueue what comes next, both safe to repeat.

Publishing comes first, so that a crash between the two leaves the job's task to be delivered again; the
redelivery finds the job moved on and repeats both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.jobs.job import Announcement, Job

if TYPE_CHECKING:
    from shared.connectors.cloud_tasks import TaskQueue
    from shared.runtime.world import World

Publish = Callable[["World", Job, Announcement], None]


def settle(world: World, job: Job, *, publish: Publish | None = None) -> None:
    """Publish the announcements of the job's latest commit and enqueue its `next`.

    A function whose stages announce nothing passes no publisher and carries no Pub/Sub client. Errors:
    Retryable; the caller answers so that the same request comes again.
    """
    if publish is not None:
        for announcement in job.announcements:
            publish(world, job, announcement)
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
