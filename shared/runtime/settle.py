"""What follows a commit: the task for what comes next, safe to add again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.jobs.job import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.connectors.cloud_tasks import TaskQueue
    from shared.runtime.world import World


def settle(world: World, job: Job) -> None:
    """Enqueue the job's `next`. Errors: Retryable; the caller answers so that the same request comes again."""
    task_queue(world).enqueue(job, world.clock())


def call_once_a_slot(
    world: World, function: str, payload: Mapping[str, str], *, slot_s: int, trace_id: str
) -> None:
    """Have a function called with this payload at the end of this stretch of time, once for all who ask in it.

    At its end, because a call within the stretch could have been over before somebody else asked.
    Errors: Retryable.
    """
    now = world.clock()
    slot = int(now.timestamp()) // slot_s
    task_queue(world).call_at(
        function,
        payload,
        due=datetime.fromtimestamp((slot + 1) * slot_s, UTC),
        key=f"{sorted(payload.items())}/{slot}",
        trace_id=trace_id,
    )


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
