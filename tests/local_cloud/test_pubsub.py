from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import pubsub_v1
from google.pubsub_v1 import types

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.http_client import Answer
from scripts.local_cloud.in_process import publisher_client, subscriber_client
from scripts.local_cloud.pubsub import filters
from scripts.local_cloud.spec import CloudSpec, SubscriptionSpec
from tests.local_cloud.functions_under_test import CalledFunction, ServedFunction, wait_until

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOPIC = "projects/local/topics/events"
DEAD = "projects/local/topics/events-dead"


def subscription_path(name: str) -> str:
    return f"projects/local/subscriptions/{name}"


class Virtual:
    """A cloud on a virtual clock with one topic and its dead letter topic, one function and real clients."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.function = CalledFunction(self.clock)
        self.cloud = LocalCloud(None, clock=self.clock, http=self.function)
        self.publisher = publisher_client(self.cloud.channel())
        self.subscriber = subscriber_client(self.cloud.channel())
        self.cloud.provision(CloudSpec(topics=["events", "events-dead"]))

    def subscribe(self, name: str = "sub", topic: str = "events", **row: Any) -> str:
        self.cloud.provision(CloudSpec(subscriptions=[SubscriptionSpec(name, topic, **row)]))
        return subscription_path(name)

    def publish(self, data: bytes = b"hello", key: str = "", **attributes: str) -> str:
        message = {"data": data, "attributes": attributes, "ordering_key": key}
        return self.publisher.publish(topic=TOPIC, messages=[message]).message_ids[0]

    def pull(self, subscription: str, most: int = 10) -> list[types.ReceivedMessage]:
        return list(self.subscriber.pull(subscription=subscription, max_messages=most).received_messages)

    def nack(self, subscription: str, message: types.ReceivedMessage) -> None:
        self.subscriber.modify_ack_deadline(
            subscription=subscription, ack_ids=[message.ack_id], ack_deadline_seconds=0
        )

    def ack(self, subscription: str, *messages: types.ReceivedMessage) -> None:
        self.subscriber.acknowledge(
            subscription=subscription, ack_ids=[message.ack_id for message in messages]
        )


@pytest.fixture
def virtual() -> Iterator[Virtual]:
    world = Virtual()
    yield world
    world.cloud.stop()


def test_every_subscription_gets_a_message_once_it_is_acknowledged_never_again(virtual: Virtual) -> None:
    first, second = virtual.subscribe("first"), virtual.subscribe("second")
    message_id = virtual.publish(b"hi", kind="sent")
    [message] = virtual.pull(first)
    assert (message.message.data, dict(message.message.attributes)) == (b"hi", {"kind": "sent"})
    assert message.message.message_id == message_id
    assert message.message.publish_time.timestamp() == START.timestamp()
    virtual.ack(first, message)
    virtual.clock.advance(3600)
    assert virtual.pull(first) == []
    assert len(virtual.pull(second)) == 1


def test_a_message_comes_again_when_its_lease_ends(virtual: Virtual) -> None:
    subscription = virtual.subscribe(ack_deadline_s=20)
    virtual.publish()
    [message] = virtual.pull(subscription)
    virtual.clock.advance(19)
    assert virtual.pull(subscription) == []
    virtual.subscriber.modify_ack_deadline(
        subscription=subscription, ack_ids=[message.ack_id], ack_deadline_seconds=30
    )
    virtual.clock.advance(29)
    assert virtual.pull(subscription) == []
    virtual.clock.advance(1)
    assert len(virtual.pull(subscription)) == 1


def test_an_acknowledgement_after_the_lease_still_counts(virtual: Virtual) -> None:
    subscription = virtual.subscribe()
    virtual.publish()
    [message] = virtual.pull(subscription)
    virtual.clock.advance(11)
    [_again] = virtual.pull(subscription)
    virtual.ack(subscription, message)
    virtual.clock.advance(11)
    assert virtual.pull(subscription) == []


def test_a_retry_policy_spaces_what_is_given_back(virtual: Virtual) -> None:
    subscription = virtual.subscribe(min_backoff_s=3, max_backoff_s=10)
    virtual.publish()
    for wait_s in (3, 6, 10, 10):
        virtual.nack(subscription, virtual.pull(subscription)[0])
        virtual.clock.advance(wait_s - 0.5)
        assert virtual.pull(subscription) == []
        virtual.clock.advance(0.5)


def test_after_its_attempts_a_message_goes_to_the_dead_letter_topic_with_where_it_came_from(
    virtual: Virtual,
) -> None:
    subscription = virtual.subscribe(dead_letter_topic="events-dead", max_delivery_attempts=5)
    dead = virtual.subscribe("dead", "events-dead")
    virtual.publish(b"poison", kind="x")
    attempts: list[int] = []
    while messages := virtual.pull(subscription):
        attempts.append(messages[0].delivery_attempt)
        virtual.nack(subscription, messages[0])
    assert attempts == [1, 2, 3, 4, 5]
    [letter] = virtual.pull(dead)
    assert letter.message.data == b"poison"
    assert dict(letter.message.attributes) == {
        "kind": "x",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "sub",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "local",
        "CloudPubSubDeadLetterSourceTopicPublishTime": "2026-03-02T09:00:00.000+00:00",
    }


def test_a_filter_keeps_other_messages_away(virtual: Virtual) -> None:
    subscription = virtual.subscribe(filter='attributes.kind = "sent" AND NOT hasPrefix(attributes.to, "x")')
    virtual.publish(b"1", kind="sent", to="ada")
    virtual.publish(b"2", kind="held", to="ada")
    virtual.publish(b"3", kind="sent", to="xaver")
    assert [message.message.data for message in virtual.pull(subscription)] == [b"1"]


@pytest.mark.parametrize(
    ("text", "attributes", "matches"),
    [
        ("attributes:kind", {"kind": ""}, True),
        ("attributes:kind", {}, False),
        ('attributes.kind != "a"', {}, True),
        ('attributes."my.key" = "a \\"b\\""', {"my.key": 'a "b"'}, True),
        ('NOT attributes:a AND (attributes.b = "1" OR attributes.b = "2")', {"b": "2"}, True),
        ('NOT attributes:a AND (attributes.b = "1" OR attributes.b = "2")', {"a": "", "b": "2"}, False),
        ("-attributes:a", {"a": ""}, False),
        ('hasPrefix(attributes.a, "")', {}, False),
        ("", {}, True),
    ],
)
def test_filters_read_as_google_reads_them(text: str, attributes: dict[str, str], matches: bool) -> None:
    assert filters.parse(text)(attributes) is matches


@pytest.mark.parametrize(
    "text",
    [
        "foo bar",
        "attributes.a = b",
        'attributes.a = "b" AND',
        'attributes.a = "1" AND attributes.b = "2" OR attributes:c',
        '(attributes.a = "1"',
        'data = "x"',
        f'attributes.a = "{"x" * 256}"',
    ],
)
def test_a_filter_that_does_not_parse_is_refused_when_subscribing(virtual: Virtual, text: str) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        virtual.subscriber.create_subscription(
            request={"name": subscription_path("bad"), "topic": TOPIC, "filter": text}
        )


def test_a_key_keeps_its_order_and_does_not_hold_up_other_keys(virtual: Virtual) -> None:
    subscription = virtual.subscribe(ordering=True)
    for data, key in ((b"a1", "a"), (b"a2", "a"), (b"b1", "b"), (b"none", "")):
        virtual.publish(data, key)
    first = virtual.pull(subscription)
    assert sorted(message.message.data for message in first) == [b"a1", b"b1", b"none"]
    virtual.nack(subscription, next(m for m in first if m.message.data == b"a1"))
    [again] = virtual.pull(subscription)
    assert again.message.data == b"a1"
    virtual.ack(subscription, again)
    assert [message.message.data for message in virtual.pull(subscription)] == [b"a2"]


def test_a_push_wraps_the_message_and_carries_a_token_for_the_service_account(virtual: Virtual) -> None:
    virtual.subscribe(endpoint="http://function/listen", service_account="push@local", ordering=True)
    message_id = virtual.publish(b"hi", "key-1", kind="sent")
    virtual.cloud.run_due()
    [request] = virtual.function.requests
    body = json.loads(request.body)
    assert body == {
        "subscription": subscription_path("sub"),
        "message": {
            "data": base64.b64encode(b"hi").decode(),
            "attributes": {"kind": "sent"},
            "messageId": message_id,
            "message_id": message_id,
            "publishTime": "2026-03-02T09:00:00.000Z",
            "publish_time": "2026-03-02T09:00:00.000Z",
            "orderingKey": "key-1",
        },
    }
    token = request.headers["Authorization"].removeprefix("Bearer ")
    claims = virtual.cloud.issuer.verify(token, "http://function/listen")
    assert claims["email"] == "push@local"


def test_a_failing_push_is_repeated_by_the_retry_policy_and_ends_as_a_dead_letter(virtual: Virtual) -> None:
    virtual.subscribe(
        endpoint="http://function/listen",
        min_backoff_s=2,
        max_backoff_s=5,
        dead_letter_topic="events-dead",
        max_delivery_attempts=5,
    )
    dead = virtual.subscribe("dead", "events-dead")
    virtual.function.statuses = [500, None, 404, 503, 302, 200]
    virtual.publish(b"poison")
    virtual.cloud.run_due()
    attempts = [json.loads(request.body)["deliveryAttempt"] for request in virtual.function.requests]
    assert attempts == [1, 2, 3, 4, 5]
    assert virtual.function.gaps_s() == [2, 4, 5, 5]
    assert [message.message.data for message in virtual.pull(dead)] == [b"poison"]


def test_poison_does_not_hold_up_its_neighbours(virtual: Virtual) -> None:
    virtual.subscribe(endpoint="http://function/listen", min_backoff_s=10, max_backoff_s=60)
    virtual.function.statuses = [500]
    virtual.publish(b"poison")
    virtual.publish(b"good")
    virtual.cloud.run_due()
    assert virtual.function.gaps_s() == [0, 10]


def test_messages_older_than_the_retention_are_forgotten(virtual: Virtual) -> None:
    subscription = virtual.subscribe()
    virtual.publish(b"1")
    virtual.publish(b"2")
    virtual.clock.advance(7 * 86400)
    assert virtual.pull(subscription) == []


def test_topics_and_subscriptions_are_created_once_listed_changed_and_deleted(virtual: Virtual) -> None:
    name = virtual.subscribe()
    with pytest.raises(exceptions.AlreadyExists):
        virtual.publisher.create_topic(name=TOPIC)
    with pytest.raises(exceptions.AlreadyExists):
        virtual.subscriber.create_subscription(name=name, topic=TOPIC)
    with pytest.raises(exceptions.NotFound):
        virtual.subscriber.create_subscription(name=subscription_path("orphan"), topic=f"{TOPIC}-none")
    with pytest.raises(exceptions.NotFound):
        virtual.publisher.publish(topic=f"{TOPIC}-none", messages=[{"data": b"x"}])
    with pytest.raises(exceptions.InvalidArgument):
        virtual.publisher.publish(topic=TOPIC, messages=[{}])
    changed = virtual.subscriber.update_subscription(
        subscription={"name": name, "ack_deadline_seconds": 33},
        update_mask={"paths": ["ack_deadline_seconds"]},
    )
    assert (changed.ack_deadline_seconds, changed.topic) == (33, TOPIC)
    assert [topic.name for topic in virtual.publisher.list_topics(project="projects/local")] == [TOPIC, DEAD]
    assert list(virtual.publisher.list_topic_subscriptions(topic=TOPIC)) == [name]
    virtual.publisher.delete_topic(topic=TOPIC)
    assert virtual.subscriber.get_subscription(subscription=name).topic == "_deleted-topic_"
    virtual.subscriber.delete_subscription(subscription=name)
    with pytest.raises(exceptions.NotFound):
        virtual.pull(name)


def test_provisioning_again_keeps_what_is_waiting(virtual: Virtual) -> None:
    virtual.subscribe()
    virtual.publish()
    assert len(virtual.pull(virtual.subscribe(ack_deadline_s=60))) == 1


def test_over_the_wire_the_real_clients_publish_stream_and_are_pushed_to() -> None:
    cloud = LocalCloud(None)
    channel = grpc.insecure_channel(cloud.serve().grpc)
    function = ServedFunction(lambda _: Answer(204, [], b""))
    cloud.provision(
        CloudSpec(
            topics=["events"],
            subscriptions=[
                SubscriptionSpec("pulled", "events"),
                SubscriptionSpec("pushed", "events", endpoint=f"{function.url}/listen"),
            ],
        )
    )
    publisher = pubsub_v1.PublisherClient(
        transport=pubsub_v1.PublisherClient.get_transport_class("grpc")(channel=channel)
    )
    subscriber = pubsub_v1.SubscriberClient(
        transport=pubsub_v1.SubscriberClient.get_transport_class("grpc")(channel=channel)
    )
    got: list[bytes] = []

    def take(message: Any) -> None:
        got.append(message.data)
        message.ack()

    streaming = subscriber.subscribe(subscription_path("pulled"), callback=take)
    sent = [str(number).encode() for number in range(50)]
    for future in [publisher.publish(TOPIC, data) for data in sent]:
        future.result(10)
    wait_until(lambda: len(got) >= 50, "50 messages streamed")
    pushed = [json.loads(received.body)["message"]["data"] for received in function.wait_for(50)]
    streaming.cancel()
    streaming.result(10)
    publisher.stop()
    channel.close()
    function.stop()
    cloud.stop()
    assert sorted(got) == sorted(sent)
    assert sorted(base64.b64decode(data) for data in pushed) == sorted(sent)
