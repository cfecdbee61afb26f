"""Pub/Sub's publisher, made on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.clients.channel import local_channel

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient

    from shared.runtime.world import World


def publisher_client(world: World) -> PublisherClient:
    """The publisher without its batching thread: one message, one call."""
    from google.pubsub_v1 import PublisherClient
    from google.pubsub_v1.services.publisher.transports.grpc import PublisherGrpcTransport

    channel = local_channel(world, "pubsub", world.settings.pubsub_host)
    if channel is None:
        return PublisherClient()
    return PublisherClient(transport=PublisherGrpcTransport(channel=channel))
