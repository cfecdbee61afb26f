"""When a message has failed often enough, and what of it goes to the dead letter topic."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scripts.local_cloud.pubsub.backlog import Pending
from scripts.local_cloud.pubsub.store import PubsubMessage


def dead_letter_of(subscription: Any, pending: Pending) -> Any | None:
    """The message for the dead letter topic, or None while attempts are left."""
    if not subscription.HasField("dead_letter_policy"):
        return None
    if pending.attempts < subscription.dead_letter_policy.max_delivery_attempts:
        return None
    letter = PubsubMessage(data=pending.message.data, ordering_key=pending.message.ordering_key)
    published = datetime.fromtimestamp(pending.published_s, UTC)
    _, project, _, name = subscription.name.split("/", 3)
    letter.attributes.update(pending.message.attributes)
    letter.attributes.update(
        {
            "CloudPubSubDeadLetterSourceDeliveryCount": str(pending.attempts),
            "CloudPubSubDeadLetterSourceSubscription": name,
            "CloudPubSubDeadLetterSourceSubscriptionProject": project,
            "CloudPubSubDeadLetterSourceTopicPublishTime": published.isoformat(timespec="milliseconds"),
        }
    )
    return letter
