"""What the local cloud's tests deliver to: a function that records every request and answers as told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.due import HttpRequest, HttpResponse
from scripts.local_cloud.http_client import Answer
from scripts.local_cloud.http_door import HttpServer, Received


def wait_until(happened: Callable[[], bool], what: str, within_s: float = 15.0) -> None:
    """Wait for something that another thread does; fails with its name when it never happens."""
    until_s = time.monotonic() + within_s
    while not happened():
        if time.monotonic() > until_s:
            raise AssertionError(f"did not happen within {within_s} s: {what}")
        time.sleep(0.01)


class ServedFunction:
    """A function on a real port; `answer` decides each response, 200 unless told otherwise."""

    def __init__(self, answer: Callable[[Received], Answer] | None = None) -> None:
        self.received: list[Received] = []
        self._lock = threading.Lock()
        self._answer = answer or (lambda _: Answer(200, [], b""))
        self._server = HttpServer(self._handle)
        self.url = self._server.url

    def _handle(self, received: Received) -> Answer:
        with self._lock:
            self.received.append(received)
        return self._answer(received)

    def wait_for(self, number: int) -> list[Received]:
        wait_until(lambda: len(self.received) >= number, f"{number} requests, got {len(self.received)}")
        return self.received

    def stop(self) -> None:
        self._server.stop()


@dataclass
class CalledFunction:
    """A function without a socket: records when it was called, and answers the scripted statuses in turn.

    A status of None is an answer that never came; after the script every answer is 200.
    """

    clock: VirtualClock
    statuses: list[int | None] = field(default_factory=list[int | None])
    requests: list[HttpRequest] = field(default_factory=list[HttpRequest])
    called_at_s: list[float] = field(default_factory=list[float])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.called_at_s.append(self.clock.time_s())
        self.requests.append(request)
        status = self.statuses.pop(0) if self.statuses else 200
        if status is None:
            raise TimeoutError("no answer")
        return HttpResponse(status)

    def gaps_s(self) -> list[float]:
        """Seconds between one call and the next, to the millisecond."""
        pairs = zip(self.called_at_s, self.called_at_s[1:], strict=False)
        return [round(later - earlier, 3) for earlier, later in pairs]
