"""Firestore's client, made on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.clients.channel import local_channel

if TYPE_CHECKING:
    from google.cloud.firestore import Client as FirestoreClient

    from shared.runtime.world import World


def firestore_client(world: World) -> FirestoreClient:
    """The database client; local and simulated ones carry the counting metadata."""
    from google.cloud import firestore

    settings = world.settings
    channel = local_channel(world, "firestore", settings.firestore_host)
    if channel is None:
        return firestore.Client(project=settings.project)
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.firestore_v1.services.firestore import FirestoreClient as Api
    from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport

    client = firestore.Client(project=settings.project, credentials=AnonymousCredentials())
    # The client has no public way to take a channel; deployed functions never come here.
    vars(client)["_firestore_api_internal"] = Api(transport=FirestoreGrpcTransport(channel=channel))
    return client
