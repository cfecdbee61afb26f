"""What every vendor in the sandbox is given, and what it owes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from scripts.local_cloud.clock import Clock
from scripts.sandbox.effects import Effects
from scripts.sandbox.exchange import Answer, Request
from scripts.sandbox.state import State


@dataclass(frozen=True)
class Surroundings:
    """State, time and the list of effects that all vendors share."""

    state: State
    clock: Clock
    effects: Effects
    seed: int

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.time_s(), UTC)

    def digest(self, *parts: object) -> str:
        """64 hex digits that are the same for the same seed and parts."""
        text = "\x1f".join(str(part) for part in (self.seed, *parts))
        return hashlib.sha256(text.encode()).hexdigest()


class Vendor(Protocol):
    """One vendor's API."""

    name: str

    def answer(self, request: Request) -> Answer:
        """Answer a request whose path starts where the vendor's own host would start it."""
        ...

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        """This vendor's own words for `429`, `403_rate`, `500` or `503`."""
        ...


def iso_ms(time_s: float) -> str:
    """A time as vendors print it: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(time_s, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
