"""The HTTP request of one push, wrapped as Pub/Sub wraps it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from scripts.local_cloud.due import HttpRequest
from scripts.local_cloud.pubsub.backlog import Pending

Token = Callable[[str, str], str]

ACKNOWLEDGING = (102, 200, 201, 202, 204)


def request_of(subscription: Any, pending: Pending, token: Token) -> HttpRequest:
    """The request for the delivery that `pending.attempts` has just counted."""
    config = subscription.push_config
    headers = {"User-Agent": "CloudPubSub-Google"}
    if config.HasField("no_wrapper"):
        body = pending.message.data
        headers["Content-Type"] = "application/octet-stream"
        if config.no_wrapper.write_metadata:
            headers |= _metadata(subscription, pending)
    else:
        body = json.dumps(_wrapped(subscription, pending)).encode()
        headers["Content-Type"] = "application/json"
    if config.HasField("oidc_token"):
        audience = config.oidc_token.audience or config.push_endpoint
        headers["Authorization"] = f"Bearer {token(config.oidc_token.service_account_email, audience)}"
    return HttpRequest("POST", config.push_endpoint, headers, body, subscription.ack_deadline_seconds)


def _published(pending: Pending) -> str:
    moment = datetime.fromtimestamp(pending.published_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wrapped(subscription: Any, pending: Pending) -> dict[str, Any]:
    message = pending.message
    # Google sends both spellings of these two.
    inner: dict[str, Any] = {
        "messageId": message.message_id,
        "message_id": message.message_id,
        "publishTime": _published(pending),
        "publish_time": _published(pending),
    }
    if message.data:
        inner["data"] = base64.b64encode(message.data).decode()
    if message.attributes:
        inner["attributes"] = dict(message.attributes)
    if message.ordering_key:
        inner["orderingKey"] = message.ordering_key
    body: dict[str, Any] = {"message": inner, "subscription": subscription.name}
    if subscription.HasField("dead_letter_policy"):
        body["deliveryAttempt"] = pending.attempts
    return body


def _metadata(subscription: Any, pending: Pending) -> dict[str, str]:
    message = pending.message
    headers = {
        "x-goog-pubsub-subscription-name": subscription.name,
        "x-goog-pubsub-message-id": message.message_id,
        "x-goog-pubsub-publish-time": _published(pending),
    }
    if message.ordering_key:
        headers["x-goog-pubsub-ordering-key"] = message.ordering_key
    if subscription.HasField("dead_letter_policy"):
        headers["x-goog-pubsub-delivery-attempt"] = str(pending.attempts)
    return headers | dict(message.attributes)
