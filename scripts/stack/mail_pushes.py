"""Gmail's pushes in a simulation: the sandbox's notices go into the local cloud's topics, in this process."""

from __future__ import annotations

import grpc

from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.grpc_door import Call, RpcError
from scripts.local_cloud.pubsub.store import PubsubMessage
from scripts.sandbox.exchange import Json
from scripts.sandbox.mail_publisher import data_of, dropped
from scripts.sandbox.sandbox import MailPush


def into_topics(cloud: LocalCloud) -> MailPush:
    """Publishes as Gmail does, past the faults of our own clients; drops what has no topic."""

    def publish(topic: str, notice: Json) -> None:
        try:
            cloud.pubsub.publish(topic, [PubsubMessage(data=data_of(notice))], Call())
        except RpcError as error:
            if error.code is not grpc.StatusCode.NOT_FOUND:
                raise
            dropped(topic)

    return publish
