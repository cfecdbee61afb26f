"""What becomes due in the local cloud (a task, a push, a cron run), and the HTTP request that delivers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class HttpRequest:
    """A request that the cloud sends to a function."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    timeout_s: float = 60.0


@dataclass(frozen=True)
class HttpResponse:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


Deliver = Callable[[HttpRequest], HttpResponse]
"""Sends a request and waits for the answer. Errors: OSError when none comes (refused, reset, timed out)."""


@dataclass(frozen=True)
class Delivery:
    """One attempt under way: `finish` takes the answer's status, or None when no answer came."""

    request: HttpRequest
    finish: Callable[[int | None], None]


@dataclass(frozen=True)
class Due:
    """Something whose time has come; `start` gives nothing when it is no longer to be done."""

    label: str
    at_s: float
    start: Callable[[], Delivery | None]


class Source(Protocol):
    """An engine that delivers things when their time comes."""

    def due(self, now_s: float, limit: int) -> list[Due]:
        """At most `limit` things that may start now, the earliest first."""
        ...

    def next_at_s(self, now_s: float) -> float | None:
        """When something may next become due without anyone calling; None when nothing will."""
        ...


def deliver(delivery: Delivery, send: Deliver) -> int | None:
    """Send, and tell the engine how it went; returns the status, or None when no answer came."""
    status: int | None = None
    try:
        status = send(delivery.request).status
    except OSError:
        status = None
    finally:
        delivery.finish(status)
    return status
