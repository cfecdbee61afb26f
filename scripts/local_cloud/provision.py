"""Turns a specification into queues, topics, subscriptions, schedules, functions and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from google.cloud.secretmanager_v1.types import resources

from scripts.local_cloud.grpc_door import RpcError
from scripts.local_cloud.protos import duration
from scripts.local_cloud.pubsub.engine import IMMUTABLE
from scripts.local_cloud.pubsub.store import SubscriptionMessage, TopicMessage
from scripts.local_cloud.secret_manager.engine import Secret
from scripts.local_cloud.spec import CloudSpec, QueueSpec, SubscriptionSpec
from scripts.local_cloud.tasks.store import QueueMessage

if TYPE_CHECKING:
    from scripts.local_cloud.cloud import LocalCloud

SecretPayload: Any = resources.SecretPayload.pb()
CHANGEABLE = ["ack_deadline_seconds", "push_config", "dead_letter_policy", "retry_policy"]


def provision(cloud: LocalCloud, spec: CloudSpec) -> None:
    """Create or change everything named, in the order that things need each other."""
    for queue in spec.queues:
        cloud.tasks.update_queue(_queue(spec, queue), [])
    for topic in spec.topics:
        _topic(cloud, f"projects/{spec.project}/topics/{topic}")
    for subscription in spec.subscriptions:
        _subscription(cloud, _subscription_message(spec, subscription))
    for function in spec.functions:
        cloud.front_end.put(function)
    for schedule in spec.schedules:
        cloud.scheduler.put(schedule)
    for secret_id, value in spec.secrets.items():
        _secret(cloud, spec.project, secret_id, value.encode())


def _queue(spec: CloudSpec, row: QueueSpec) -> Any:
    message = QueueMessage(name=f"projects/{spec.project}/locations/{spec.location}/queues/{row.name}")
    message.rate_limits.max_dispatches_per_second = row.max_dispatches_per_second
    message.rate_limits.max_concurrent_dispatches = row.max_concurrent_dispatches
    retry = message.retry_config
    retry.max_attempts = row.max_attempts
    retry.max_doublings = row.max_doublings
    retry.max_retry_duration.CopyFrom(duration(row.max_retry_duration_s))
    retry.min_backoff.CopyFrom(duration(row.min_backoff_s))
    retry.max_backoff.CopyFrom(duration(row.max_backoff_s))
    return message


def _topic(cloud: LocalCloud, name: str) -> None:
    try:
        cloud.pubsub.create_topic(TopicMessage(name=name))
    except RpcError as error:
        if error.code is not grpc.StatusCode.ALREADY_EXISTS:
            raise


def _subscription_message(spec: CloudSpec, row: SubscriptionSpec) -> Any:
    def topic(short: str) -> str:
        return f"projects/{spec.project}/topics/{short}"

    message = SubscriptionMessage(
        name=f"projects/{spec.project}/subscriptions/{row.name}",
        topic=topic(row.topic),
        filter=row.filter,
        ack_deadline_seconds=row.ack_deadline_s,
        enable_message_ordering=row.ordering,
    )
    if row.endpoint:
        message.push_config.push_endpoint = row.endpoint
        if row.service_account:
            message.push_config.oidc_token.service_account_email = row.service_account
            message.push_config.oidc_token.audience = row.audience
    if row.dead_letter_topic:
        message.dead_letter_policy.dead_letter_topic = topic(row.dead_letter_topic)
        message.dead_letter_policy.max_delivery_attempts = row.max_delivery_attempts
    if row.min_backoff_s is not None:
        message.retry_policy.minimum_backoff.CopyFrom(duration(row.min_backoff_s))
    if row.max_backoff_s is not None:
        message.retry_policy.maximum_backoff.CopyFrom(duration(row.max_backoff_s))
    return message


def _subscription(cloud: LocalCloud, message: Any) -> None:
    """Create or change it; a changed topic, filter or ordering needs a new one, as with Google."""
    try:
        kept = cloud.pubsub.get_subscription(message.name)
    except RpcError:
        cloud.pubsub.create_subscription(message)
        return
    if any(getattr(kept, name) != getattr(message, name) for name in IMMUTABLE):
        cloud.pubsub.delete_subscription(message.name)
        cloud.pubsub.create_subscription(message)
        return
    cloud.pubsub.update_subscription(message, CHANGEABLE)


def _secret(cloud: LocalCloud, project: str, secret_id: str, value: bytes) -> None:
    """A new version only when the newest holds something else, so that provisioning again changes nothing."""
    parent = f"projects/{project}"
    name = f"{parent}/secrets/{secret_id}"
    try:
        kept = cloud.secrets.access(f"{name}/versions/latest").payload.data
    except RpcError:
        kept = None
    if kept == value:
        return
    try:
        cloud.secrets.create(parent, secret_id, Secret())
    except RpcError as error:
        if error.code is not grpc.StatusCode.ALREADY_EXISTS:
            raise
    cloud.secrets.add_version(name, SecretPayload(data=value))
