"""Secret Manager's client, made on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.clients.channel import local_channel

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

    from shared.runtime.world import World


def secrets_client(world: World) -> SecretManagerServiceClient:
    """The secrets' client."""
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports.grpc import (
        SecretManagerServiceGrpcTransport,
    )

    channel = local_channel(world, "secrets", world.settings.secrets_host)
    if channel is None:
        return SecretManagerServiceClient()
    return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
