"""What Pub/Sub refuses, and what it fills in."""

from __future__ import annotations

import re
from typing import Any

import grpc

from scripts.local_cloud.grpc_door import RpcError
from scripts.local_cloud.protos import duration, seconds
from scripts.local_cloud.pubsub import filters

LARGEST_MESSAGE_BYTES = 10_000_000
LONGEST_ORDERING_KEY_BYTES = 1024
DELETED_TOPIC = "_deleted-topic_"


def invalid(message: str) -> RpcError:
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message)


def check_name(name: str, collection: str) -> None:
    """projects/P/topics/T or projects/P/subscriptions/S."""
    short = r"(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}"
    if not re.fullmatch(rf"projects/[^/]+/{collection}/{short}", name):
        raise invalid(f"Invalid [{collection}] name: (name={name})")


def check_message(message: Any) -> None:
    if not message.data and not message.attributes:
        raise invalid("One or more messages in the publish request is empty.")
    if message.ByteSize() > LARGEST_MESSAGE_BYTES:
        raise invalid(f"The message is too large: {message.ByteSize()} bytes.")
    if len(message.ordering_key.encode()) > LONGEST_ORDERING_KEY_BYTES:
        raise invalid("The ordering key is longer than 1 KB.")


def complete_subscription(subscription: Any) -> filters.Matches:
    """Fill in Google's defaults, refuse what Google refuses, and give the filter's test."""
    subscription.ack_deadline_seconds = subscription.ack_deadline_seconds or 10
    if not 10 <= subscription.ack_deadline_seconds <= 600:
        raise invalid("ack_deadline_seconds must be between 10 and 600")
    if not seconds(subscription.message_retention_duration):
        subscription.message_retention_duration.CopyFrom(duration(7 * 86400))
    if not subscription.HasField("expiration_policy"):
        subscription.expiration_policy.ttl.CopyFrom(duration(31 * 86400))
    _complete_dead_letters(subscription)
    _complete_retries(subscription)
    endpoint = subscription.push_config.push_endpoint
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise invalid(f"Invalid push endpoint given (endpoint={endpoint}).")
    subscription.state = 1
    try:
        return filters.parse(subscription.filter)
    except filters.BadFilter as error:
        raise invalid(f"Invalid filter: {error}") from error


def _complete_dead_letters(subscription: Any) -> None:
    if not subscription.HasField("dead_letter_policy"):
        return
    policy = subscription.dead_letter_policy
    if not policy.dead_letter_topic:
        subscription.ClearField("dead_letter_policy")
        return
    policy.max_delivery_attempts = policy.max_delivery_attempts or 5
    if not 5 <= policy.max_delivery_attempts <= 100:
        raise invalid("max_delivery_attempts must be between 5 and 100")


def _complete_retries(subscription: Any) -> None:
    if not subscription.HasField("retry_policy"):
        return
    policy = subscription.retry_policy
    if not policy.HasField("minimum_backoff"):
        policy.minimum_backoff.CopyFrom(duration(10))
    if not policy.HasField("maximum_backoff"):
        policy.maximum_backoff.CopyFrom(duration(600))
    least_s, most_s = seconds(policy.minimum_backoff), seconds(policy.maximum_backoff)
    if not 0 <= least_s <= most_s <= 600:
        raise invalid("retry_policy needs 0s <= minimum_backoff <= maximum_backoff <= 600s")


def redelivery_delay_s(subscription: Any, attempts: int) -> float:
    """Seconds before a message comes again after its n-th failed delivery."""
    if subscription.HasField("retry_policy"):
        policy = subscription.retry_policy
        return min(
            seconds(policy.minimum_backoff) * 2 ** min(attempts - 1, 32), seconds(policy.maximum_backoff)
        )
    if subscription.push_config.push_endpoint:
        return min(0.1 * 2 ** min(attempts - 1, 32), 60.0)
    return 0.0
