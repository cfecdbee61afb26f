"""Gmail's own side of its pushes: publishes every notice to the Pub/Sub topic that the watch names."""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from scripts.sandbox.exchange import Json

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient

log = logging.getLogger(__name__)

PATIENCE_S = 30.0
"""How long a notice is tried again while Pub/Sub cannot be reached."""

_CALL_S = 5.0
_AGAIN_S = 0.25


def data_of(notice: Json) -> bytes:
    """A notice as the data of a message; Gmail sets no attributes."""
    return json.dumps(notice, separators=(",", ":")).encode()


def dropped(topic: str) -> None:
    """Say that a notice goes nowhere."""
    log.warning("a mail push is dropped: there is no topic %s", topic)


class MailPublisher:
    """A thread that publishes to Pub/Sub at `address` (host:port), one notice after another.

    A notice whose topic does not exist is dropped with a line in the log; one that cannot be published for
    30 seconds, too.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._waiting: queue.SimpleQueue[tuple[str, Json] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._client: PublisherClient | None = None
        self._channel: Any = None
        self._thread = threading.Thread(target=self._run, name="mail pushes", daemon=True)

    def __call__(self, topic: str, notice: Json) -> None:
        """Take one notice; it is published soon."""
        self._waiting.put((topic, notice))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what still waits is lost, as a push may be."""
        self._stopping.set()
        self._waiting.put(None)
        self._thread.join(timeout=_CALL_S + 1)
        if self._channel is not None:
            self._channel.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            notice = self._waiting.get()
            if notice is not None:
                self._publish(*notice)

    def _publish(self, topic: str, notice: Json) -> None:
        from google.api_core import exceptions

        until_s = time.monotonic() + PATIENCE_S
        while not self._stopping.is_set():
            try:
                client: Any = self._connected()
                client.publish(topic=topic, messages=[{"data": data_of(notice)}], retry=None, timeout=_CALL_S)
                return
            except (exceptions.NotFound, exceptions.InvalidArgument):
                dropped(topic)
                return
            except exceptions.GoogleAPICallError as error:
                if time.monotonic() > until_s:
                    log.warning("a mail push is dropped: %s cannot be published to: %s", topic, error.code)
                    return
                self._stopping.wait(_AGAIN_S)

    def _connected(self) -> PublisherClient:
        if self._client is None:
            import grpc
            from google.pubsub_v1 import PublisherClient

            self._channel = grpc.insecure_channel(self._address)
            transport: Any = PublisherClient.get_transport_class("grpc")
            self._client = PublisherClient(transport=transport(channel=self._channel))
        return self._client
