"""The one source of time for the local cloud and the sandbox: real, or driven by a simulation."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the engines ask for the time; seconds since the epoch."""

    def time_s(self) -> float: ...


class RealClock:
    """The machine's clock, shifted by `offset_s` so that a person can look into the future."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def time_s(self) -> float:
        return time.time() + self.offset_s


class VirtualClock:
    """A clock that only moves when it is told to."""

    def __init__(self, start: datetime) -> None:
        self._now_s = start.timestamp()

    def time_s(self) -> float:
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Move forward; a clock never goes back."""
        if seconds < 0:
            raise ValueError(f"a clock never goes back: advance({seconds}) asks for it; pass 0 or more")
        self._now_s += seconds

    def advance_to(self, time_s: float) -> None:
        """Move to a later moment; an earlier one leaves the clock where it is."""
        self._now_s = max(self._now_s, time_s)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._now_s, UTC)
