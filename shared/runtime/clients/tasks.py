"""Cloud Tasks' client, made on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.clients.channel import local_channel

if TYPE_CHECKING:
    from google.cloud.tasks_v2 import CloudTasksClient

    from shared.runtime.world import World


def tasks_client(world: World) -> CloudTasksClient:
    """The task queues' client."""
    from google.cloud.tasks_v2 import CloudTasksClient
    from google.cloud.tasks_v2.services.cloud_tasks.transports.grpc import CloudTasksGrpcTransport

    channel = local_channel(world, "tasks", world.settings.tasks_host)
    if channel is None:
        return CloudTasksClient()
    return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
