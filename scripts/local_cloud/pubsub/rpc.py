"""google.pubsub.v1.Publisher and Subscriber as tables of RPCs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.pubsub_v1 import types as t

from scripts.local_cloud.grpc_door import Call, Rpc
from scripts.local_cloud.protos import page
from scripts.local_cloud.pubsub.engine import PubsubEngine
from scripts.local_cloud.pubsub.store import SubscriptionMessage, TopicMessage
from scripts.local_cloud.pubsub.streaming import Received, streaming_pull

PUBLISHER = "google.pubsub.v1.Publisher"
SUBSCRIBER = "google.pubsub.v1.Subscriber"


def _then_empty(act: Callable[[Any], None]) -> Callable[[Any, Call], Any]:
    def answer(request: Any, _: Call) -> Any:
        act(request)
        return Empty()

    return answer


def _paged(find: Callable[[Any], list[Any]], response: Any, field: str) -> Callable[[Any, Call], Any]:
    def answer(request: Any, _: Call) -> Any:
        items, token = page(find(request), request.page_size, request.page_token)
        return response(**{field: items, "next_page_token": token})

    return answer


def publish_answer(ids: list[str]) -> Any:
    return t.PublishResponse.pb()(message_ids=ids)


def services(engine: PubsubEngine) -> dict[str, Mapping[str, Rpc]]:
    """Both services by their full names."""
    return {PUBLISHER: _publisher(engine), SUBSCRIBER: _subscriber(engine)}


def _publisher(engine: PubsubEngine) -> Mapping[str, Rpc]:
    def publish(r: Any, call: Call) -> Any:
        return publish_answer(engine.publish(r.topic, r.messages, call))

    def detach(r: Any, _: Call) -> Any:
        engine.detach(r.subscription)
        return t.DetachSubscriptionResponse.pb()()

    topics = t.ListTopicsResponse.pb()
    subscriptions = t.ListTopicSubscriptionsResponse.pb()
    return {
        "CreateTopic": Rpc(lambda r, _: engine.create_topic(r), TopicMessage, TopicMessage),
        "UpdateTopic": Rpc(
            lambda r, _: engine.update_topic(r.topic, list(r.update_mask.paths)),
            t.UpdateTopicRequest.pb(),
            TopicMessage,
        ),
        "GetTopic": Rpc(lambda r, _: engine.get_topic(r.topic), t.GetTopicRequest.pb(), TopicMessage),
        "ListTopics": Rpc(
            _paged(lambda r: engine.topics(r.project), topics, "topics"), t.ListTopicsRequest.pb(), topics
        ),
        "ListTopicSubscriptions": Rpc(
            _paged(lambda r: engine.topic_subscriptions(r.topic), subscriptions, "subscriptions"),
            t.ListTopicSubscriptionsRequest.pb(),
            subscriptions,
        ),
        "DeleteTopic": Rpc(
            _then_empty(lambda r: engine.delete_topic(r.topic)), t.DeleteTopicRequest.pb(), Empty
        ),
        "DetachSubscription": Rpc(
            detach, t.DetachSubscriptionRequest.pb(), t.DetachSubscriptionResponse.pb()
        ),
        "Publish": Rpc(publish, t.PublishRequest.pb(), t.PublishResponse.pb()),
    }


def _subscriber(engine: PubsubEngine) -> Mapping[str, Rpc]:
    def pull(r: Any, call: Call) -> Any:
        taken = engine.pull(r.subscription, r.max_messages, at_once=r.return_immediately, call=call)
        return t.PullResponse.pb()(
            received_messages=[
                Received(ack_id=ack_id, message=message, delivery_attempt=attempt)
                for ack_id, message, attempt in taken
            ]
        )

    def stream(requests: Iterator[Any], call: Call) -> Iterator[Any]:
        return streaming_pull(engine, requests, call)

    def push_config(r: Any) -> None:
        message = SubscriptionMessage(name=r.subscription, push_config=r.push_config)
        engine.update_subscription(message, ["push_config"])

    subscription, found = SubscriptionMessage, t.ListSubscriptionsResponse.pb()
    return {
        "CreateSubscription": Rpc(lambda r, _: engine.create_subscription(r), subscription, subscription),
        "GetSubscription": Rpc(
            lambda r, _: engine.get_subscription(r.subscription),
            t.GetSubscriptionRequest.pb(),
            subscription,
        ),
        "UpdateSubscription": Rpc(
            lambda r, _: engine.update_subscription(r.subscription, list(r.update_mask.paths)),
            t.UpdateSubscriptionRequest.pb(),
            subscription,
        ),
        "ListSubscriptions": Rpc(
            _paged(lambda r: engine.subscriptions(r.project), found, "subscriptions"),
            t.ListSubscriptionsRequest.pb(),
            found,
        ),
        "DeleteSubscription": Rpc(
            _then_empty(lambda r: engine.delete_subscription(r.subscription)),
            t.DeleteSubscriptionRequest.pb(),
            Empty,
        ),
        "ModifyAckDeadline": Rpc(
            _then_empty(
                lambda r: engine.modify_ack_deadline(r.subscription, r.ack_ids, r.ack_deadline_seconds)
            ),
            t.ModifyAckDeadlineRequest.pb(),
            Empty,
        ),
        "Acknowledge": Rpc(
            _then_empty(lambda r: engine.acknowledge(r.subscription, r.ack_ids)),
            t.AcknowledgeRequest.pb(),
            Empty,
        ),
        "ModifyPushConfig": Rpc(_then_empty(push_config), t.ModifyPushConfigRequest.pb(), Empty),
        "Pull": Rpc(pull, t.PullRequest.pb(), t.PullResponse.pb()),
        "StreamingPull": Rpc(
            stream, t.StreamingPullRequest.pb(), t.StreamingPullResponse.pb(), kind="stream_stream"
        ),
    }
