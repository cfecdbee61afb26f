"""The process's Cloud Tasks queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.connectors.cloud_tasks import TaskQueue
    from shared.runtime.world import World


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
