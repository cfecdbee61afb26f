"""Pub/Sub: what was published reaches every subscription until it is acknowledged (P1)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import grpc

from scripts.local_cloud.clock import Clock, VirtualClock
from scripts.local_cloud.counts import Counts, work_of
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.due import Delivery, Due
from scripts.local_cloud.grpc_door import Call, RpcError
from scripts.local_cloud.protos import seconds, timestamp
from scripts.local_cloud.pubsub import checks, filters, push
from scripts.local_cloud.pubsub.backlog import FOREVER, Backlog, Pending
from scripts.local_cloud.pubsub.checks import DELETED_TOPIC, invalid
from scripts.local_cloud.pubsub.dead_letters import dead_letter_of
from scripts.local_cloud.pubsub.store import PubsubMessage, PubsubStore, SubscriptionMessage, TopicMessage

MOST_PUSHES_AT_ONCE = 20
LONGEST_PULL_S = 5.0
LOOK_AGAIN_S = 0.5
IMMUTABLE = ("name", "topic", "filter", "enable_message_ordering")
NOT_FOUND, ALREADY_EXISTS = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS
FAILED_PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


@dataclass
class Subscription:
    message: Any
    matches: filters.Matches
    backlog: Backlog
    pushing: int = 0


class PubsubEngine:
    """All topics of one local cloud; `changed` is called when something may have become due."""

    def __init__(self, disk: Disk, clock: Clock, counts: Counts, token: push.Token) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._clock = clock
        self._counts = counts
        self._token = token
        self._news = threading.Condition(threading.RLock())
        self._store = PubsubStore(disk)
        self._last_id = self._store.last_id()
        self._topics = {topic.name: topic for topic in self._store.topics()}
        self._subscriptions: dict[str, Subscription] = {}
        for message in self._store.subscriptions():
            subscription = self._hold(message, checks.complete_subscription(message))
            for pending in self._store.pending(message.name):
                subscription.backlog.add(pending)

    # Topics

    def create_topic(self, message: Any) -> Any:
        checks.check_name(message.name, "topics")
        with self._news:
            if message.name in self._topics:
                raise RpcError(
                    ALREADY_EXISTS, f"Resource already exists in the project (resource={message.name})."
                )
            topic = TopicMessage()
            topic.CopyFrom(message)
            self._topics[topic.name] = topic
            self._store.keep_topic(topic)
            return topic

    def get_topic(self, name: str) -> Any:
        topic = self._topics.get(name)
        if topic is None:
            raise RpcError(NOT_FOUND, f"Resource not found (resource={name}).")
        return topic

    def topics(self, project: str) -> list[Any]:
        with self._news:
            names = sorted(name for name in self._topics if name.startswith(f"{project}/topics/"))
            return [self._topics[name] for name in names]

    def update_topic(self, message: Any, paths: list[str]) -> Any:
        with self._news:
            topic = self.get_topic(message.name)
            _copy_fields(message, topic, paths, ("name",))
            self._store.keep_topic(topic)
            return topic

    def delete_topic(self, name: str) -> None:
        """Its subscriptions stay and keep what they have."""
        with self._news:
            self.get_topic(name)
            del self._topics[name]
            self._store.drop_topic(name)
            for subscription in self._subscribed_to(name):
                subscription.message.topic = DELETED_TOPIC
                self._store.keep_subscription(subscription.message)

    def topic_subscriptions(self, name: str) -> list[str]:
        with self._news:
            self.get_topic(name)
            return sorted(subscription.message.name for subscription in self._subscribed_to(name))

    # Subscriptions

    def create_subscription(self, message: Any) -> Any:
        checks.check_name(message.name, "subscriptions")
        with self._news:
            if message.name in self._subscriptions:
                raise RpcError(
                    ALREADY_EXISTS, f"Resource already exists in the project (resource={message.name})."
                )
            self.get_topic(message.topic)
            kept = SubscriptionMessage()
            kept.CopyFrom(message)
            subscription = self._hold(kept, checks.complete_subscription(kept))
            self._store.keep_subscription(kept)
            return subscription.message

    def get_subscription(self, name: str) -> Any:
        return self._subscription(name).message

    def subscriptions(self, project: str) -> list[Any]:
        prefix = f"{project}/subscriptions/"
        with self._news:
            names = sorted(name for name in self._subscriptions if name.startswith(prefix))
            return [self._subscriptions[name].message for name in names]

    def update_subscription(self, message: Any, paths: list[str]) -> Any:
        with self._news:
            subscription = self._subscription(message.name)
            changed = SubscriptionMessage()
            changed.CopyFrom(subscription.message)
            _copy_fields(message, changed, paths, IMMUTABLE)
            checks.complete_subscription(changed)
            subscription.message.CopyFrom(changed)
            self._store.keep_subscription(changed)
            self._tell()
            return subscription.message

    def delete_subscription(self, name: str) -> None:
        with self._news:
            self._subscription(name).backlog.clear()
            del self._subscriptions[name]
            self._store.drop_subscription(name)
            self._tell()

    def detach(self, name: str) -> None:
        """Cut a subscription off its topic for good, and drop what it has."""
        with self._news:
            subscription = self._subscription(name)
            subscription.message.detached = True
            subscription.backlog.clear()
            self._store.keep_subscription(subscription.message)
            self._store.drop_backlog(name)

    def _hold(self, message: Any, matches: filters.Matches) -> Subscription:
        backlog = Backlog(ordered=message.enable_message_ordering)
        self._subscriptions[message.name] = Subscription(message, matches, backlog)
        return self._subscriptions[message.name]

    def _subscription(self, name: str) -> Subscription:
        subscription = self._subscriptions.get(name)
        if subscription is None:
            raise RpcError(NOT_FOUND, f"Resource not found (resource={name}).")
        return subscription

    def _subscribed_to(self, topic: str) -> list[Subscription]:
        return [one for one in self._subscriptions.values() if one.message.topic == topic]

    # Messages

    def publish(self, topic: str, messages: Iterable[Any], call: Call, *, keep: bool = True) -> list[str]:
        """Keep messages on disk for every subscription, and give their ids.

        With `keep=False` they are answered for but lost, as a fault.
        """
        now_s = self._clock.time_s()
        with self._news:
            self.get_topic(topic)
            wanted = list(messages)
            for message in wanted:
                checks.check_message(message)
            with self._store.disk.transaction():
                ids = [self._publish_one(topic, message, now_s, keep) for message in wanted]
            self._counts.add("publishes", len(ids), work_of(call.metadata))
            self._tell()
            return ids

    def _publish_one(self, topic: str, message: Any, now_s: float, keep: bool = True) -> str:
        kept = PubsubMessage()
        kept.CopyFrom(message)
        self._last_id += 1
        kept.message_id = str(self._last_id)
        kept.publish_time.CopyFrom(timestamp(now_s))
        takers = [
            subscription
            for subscription in self._subscribed_to(topic)
            if keep and not subscription.message.detached and subscription.matches(kept.attributes)
        ]
        self._store.publish(self._last_id, now_s, kept, [taker.message.name for taker in takers])
        for taker in takers:
            taker.backlog.add(Pending(self._last_id, kept, now_s, visible_at_s=now_s))
        return kept.message_id

    def pull(self, name: str, limit: int, *, at_once: bool, call: Call) -> list[tuple[str, Any, int]]:
        """Lease up to `limit` messages, waiting a while for the first; (ack id, message, attempt) each.

        On a virtual clock nothing can arrive while it waits, so it does not.
        """
        if limit < 1:
            raise invalid("max_messages must be at least 1")
        at_once = at_once or isinstance(self._clock, VirtualClock)
        until_s = self._clock.time_s() + LONGEST_PULL_S
        with self._news:
            while True:
                taken = self.take(name, limit)
                if taken or at_once or self._clock.time_s() >= until_s or not call.is_active():
                    return taken
                self.wait_for_news(name)

    def take(
        self, name: str, limit: int, *, deadline_s: float = 0.0, most_bytes: float = FOREVER
    ) -> list[tuple[str, Any, int]]:
        """Lease what may be delivered now; always at least one message if there is one."""
        with self._news:
            subscription = self._subscription(name)
            if subscription.message.detached or subscription.message.push_config.push_endpoint:
                raise RpcError(
                    FAILED_PRECONDITION, "This method is not supported for this subscription type."
                )
            now_s = self._clock.time_s()
            self._expire(subscription, now_s)
            until_s = now_s + (deadline_s or subscription.message.ack_deadline_seconds)
            counted = subscription.message.HasField("dead_letter_policy")
            taken: list[tuple[str, Any, int]] = []
            with self._store.disk.transaction():
                for pending in subscription.backlog.ready(now_s, limit):
                    most_bytes -= pending.message.ByteSize()
                    if taken and most_bytes < 0:
                        break
                    subscription.backlog.lease(pending, until_s)
                    self._store.keep_pending(name, pending)
                    taken.append((pending.ack_id, pending.message, pending.attempts if counted else 0))
            return taken

    def wait_for_news(self, name: str) -> None:
        """Wait until a message may have become deliverable, but never long."""
        with self._news:
            backlog = self._subscription(name).backlog
            ahead = [at for at in (backlog.next_visible_s(), backlog.next_lease_end_s()) if at is not None]
            wait_s = min(ahead, default=FOREVER) - self._clock.time_s()
            self._news.wait(min(max(wait_s, 0.005), LOOK_AGAIN_S))

    def acknowledge(self, name: str, ack_ids: Iterable[str]) -> None:
        with self._news:
            subscription = self._subscription(name)
            with self._store.disk.transaction():
                for ack_id in ack_ids:
                    pending = subscription.backlog.acknowledge(ack_id)
                    if pending is not None:
                        self._store.acknowledge(name, pending.id)
            self._tell()

    def modify_ack_deadline(self, name: str, ack_ids: Iterable[str], deadline_s: float) -> None:
        """Extend leases; 0 gives the messages back."""
        if not 0 <= deadline_s <= 600:
            raise invalid("ack_deadline_seconds must be between 0 and 600")
        with self._news:
            subscription = self._subscription(name)
            now_s = self._clock.time_s()
            for ack_id in ack_ids:
                if deadline_s:
                    subscription.backlog.extend(ack_id, now_s + deadline_s)
                    continue
                pending = subscription.backlog.leased_as(ack_id)
                if pending is not None:
                    self._give_back(subscription, pending, now_s)
            self._tell()

    def outstanding(self, name: str, ack_ids: Iterable[str]) -> list[tuple[str, int]]:
        """Of these leases those that still run, each with its message's size in bytes."""
        with self._news:
            backlog = self._subscription(name).backlog
            running = [(ack_id, backlog.leased_as(ack_id)) for ack_id in ack_ids]
            return [(ack_id, pending.message.ByteSize()) for ack_id, pending in running if pending]

    def _give_back(self, subscription: Subscription, pending: Pending, now_s: float) -> None:
        """After a failed delivery: again after the backoff, or to the dead letter topic."""
        letter = dead_letter_of(subscription.message, pending)
        topic = subscription.message.dead_letter_policy.dead_letter_topic
        if letter is not None and topic in self._topics:
            with self._store.disk.transaction():
                self._publish_one(topic, letter, now_s)
                self._drop(subscription, pending)
            return
        delay_s = checks.redelivery_delay_s(subscription.message, pending.attempts)
        subscription.backlog.wait(pending, now_s + delay_s)
        self._store.keep_pending(subscription.message.name, pending)

    def _drop(self, subscription: Subscription, pending: Pending) -> None:
        subscription.backlog.remove(pending)
        self._store.acknowledge(subscription.message.name, pending.id)

    def _expire(self, subscription: Subscription, now_s: float) -> None:
        """Take back what was leased too long, and forget what was kept too long."""
        for pending in subscription.backlog.expired(now_s):
            self._give_back(subscription, pending, now_s)
        retention_s = seconds(subscription.message.message_retention_duration)
        while oldest := subscription.backlog.ready(now_s, 1):
            if oldest[0].published_s + retention_s > now_s:
                break
            self._drop(subscription, oldest[0])

    def _tell(self) -> None:
        self._news.notify_all()
        self.changed()

    # Push

    def due(self, now_s: float, limit: int) -> list[Due]:
        found: list[Due] = []
        with self._news:
            for subscription in list(self._subscriptions.values()):
                self._expire(subscription, now_s)
                if not subscription.message.push_config.push_endpoint:
                    continue
                room = min(limit, MOST_PUSHES_AT_ONCE - subscription.pushing)
                for pending in subscription.backlog.ready(now_s, max(room, 0)):
                    label = f"push {subscription.message.name} {pending.id}"
                    found.append(Due(label, pending.visible_at_s, self._starter(subscription, pending)))
        return found

    def next_at_s(self, now_s: float) -> float | None:
        with self._news:
            times: list[float | None] = []
            for subscription in self._subscriptions.values():
                times.append(subscription.backlog.next_lease_end_s())
                pushed = bool(subscription.message.push_config.push_endpoint)
                if pushed and subscription.pushing < MOST_PUSHES_AT_ONCE:
                    times.append(subscription.backlog.next_visible_s())
        return min((at_s for at_s in times if at_s is not None), default=None)

    def _starter(self, subscription: Subscription, pending: Pending) -> Callable[[], Delivery | None]:
        def start() -> Delivery | None:
            with self._news:
                if not subscription.backlog.is_ready(pending, self._clock.time_s()):
                    return None
                # The request's own timeout ends this lease.
                subscription.backlog.lease(pending, FOREVER)
                subscription.pushing += 1
                self._store.keep_pending(subscription.message.name, pending)
                request = push.request_of(subscription.message, pending, self._token)
                ack_id = pending.ack_id
            return Delivery(request, lambda status: self._finish(subscription, ack_id, status))

        return start

    def _finish(self, subscription: Subscription, ack_id: str, status: int | None) -> None:
        with self._news:
            subscription.pushing -= 1
            pending = subscription.backlog.leased_as(ack_id)
            if pending is not None and status in push.ACKNOWLEDGING:
                self._drop(subscription, pending)
            elif pending is not None:
                self._give_back(subscription, pending, self._clock.time_s())
            self._tell()

    def reset(self) -> None:
        """Forget all messages; topics and subscriptions stay."""
        with self._news:
            for subscription in self._subscriptions.values():
                subscription.backlog.clear()
            self._store.reset()


def _copy_fields(source: Any, target: Any, paths: list[str], immutable: Iterable[str]) -> None:
    if not paths:
        raise invalid("The update_mask must name at least one path.")
    for path in paths:
        name = path.split(".")[0]
        if name not in source.DESCRIPTOR.fields_by_name:
            raise invalid(f"The update_mask names {path}, which is not a field.")
        if name in immutable:
            raise invalid(f"The update_mask names {path}, which cannot be changed.")
        part = type(source)()
        part.CopyFrom(source)
        for descriptor, _ in source.ListFields():
            if descriptor.name != name:
                part.ClearField(descriptor.name)
        target.ClearField(name)
        target.MergeFrom(part)
