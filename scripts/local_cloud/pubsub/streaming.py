"""StreamingPull: one server thread sends messages while another reads what the client says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from google.pubsub_v1 import types

from scripts.local_cloud.grpc_door import Call
from scripts.local_cloud.pubsub.backlog import FOREVER
from scripts.local_cloud.pubsub.checks import invalid
from scripts.local_cloud.pubsub.engine import PubsubEngine

Response: Any = types.StreamingPullResponse.pb()
Received: Any = types.ReceivedMessage.pb()

MOST_MESSAGES = 1000
MOST_BYTES = 8 * 2**20
HEARTBEAT_S = 10.0


def streaming_pull(engine: PubsubEngine, requests: Iterator[Any], call: Call) -> Iterator[Any]:
    """Send messages as they come, never more than the client's flow control lets be outstanding."""
    first = next(requests, None)
    if first is None:
        raise invalid("The first request of a stream names the subscription.")
    name, deadline_s = first.subscription, float(first.stream_ack_deadline_seconds)
    subscription = engine.get_subscription(name)
    most_messages = first.max_outstanding_messages if first.max_outstanding_messages > 0 else FOREVER
    most_bytes = first.max_outstanding_bytes if first.max_outstanding_bytes > 0 else FOREVER
    ended = threading.Event()
    call.on_end(ended.set)
    threading.Thread(target=_read, args=(engine, name, requests, ended), daemon=True).start()

    sent: list[str] = []
    spoken_s = time.monotonic()
    while not ended.is_set() and call.is_active():
        running = engine.outstanding(name, sent)
        sent = [ack_id for ack_id, _ in running]
        room = min(most_messages - len(sent), MOST_MESSAGES)
        bytes_room = min(most_bytes - sum(size for _, size in running), MOST_BYTES)
        taken = []
        if room >= 1 and bytes_room > 0:
            taken = engine.take(name, int(room), deadline_s=deadline_s, most_bytes=bytes_room)
        if not taken and time.monotonic() - spoken_s < HEARTBEAT_S:
            engine.wait_for_news(name)
            continue
        sent += [ack_id for ack_id, _, _ in taken]
        spoken_s = time.monotonic()
        yield _response(subscription, taken)


def _response(subscription: Any, taken: list[tuple[str, Any, int]]) -> Any:
    response = Response(
        received_messages=[
            Received(ack_id=ack_id, message=message, delivery_attempt=attempt)
            for ack_id, message, attempt in taken
        ]
    )
    response.subscription_properties.message_ordering_enabled = subscription.enable_message_ordering
    return response


def _read(engine: PubsubEngine, name: str, requests: Iterator[Any], ended: threading.Event) -> None:
    try:
        for request in requests:
            engine.acknowledge(name, request.ack_ids)
            for ack_id, deadline_s in zip(
                request.modify_deadline_ack_ids, request.modify_deadline_seconds, strict=True
            ):
                engine.modify_ack_deadline(name, [ack_id], deadline_s)
    except Exception:
        # gRPC ends the request iterator of a cancelled call with an exception of no public type.
        return
    finally:
        ended.set()
