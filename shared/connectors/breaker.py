"""A circuit breaker: leave a vendor alone that keeps failing, and ask again carefully."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from shared.errors import Retryable


class Breaker:
    """Opens after 5 failures in 60 s, then lets one call through every 30 s until one works.

    One instance per vendor and process, shared by everything that calls that vendor. `clock` gives seconds.
    """

    def __init__(
        self,
        vendor: str,
        clock: Callable[[], float],
        *,
        failures: int = 5,
        window_s: float = 60.0,
        probe_after_s: float = 30.0,
    ) -> None:
        self._vendor = vendor
        self._clock = clock
        self._failures = failures
        self._window_s = window_s
        self._probe_after_s = probe_after_s
        self._failed_at: deque[float] = deque(maxlen=failures)
        self._probe_at: float | None = None
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the vendor is being left alone."""
        return self._probe_at is not None

    def admit(self) -> None:
        """Let a call pass. Errors: Retryable, until the next probe, while the vendor is left alone."""
        with self._lock:
            if self._probe_at is None:
                return
            now = self._clock()
            if now < self._probe_at:
                raise Retryable(
                    f"{self._vendor}: not asked for now, because it keeps failing",
                    retry_after_s=self._probe_at - now,
                )
            # This call is the probe; a probe that never reports back must not keep the door shut for ever.
            self._probe_at = now + self._probe_after_s

    def worked(self) -> None:
        """The vendor gave a sound answer, whatever it said."""
        with self._lock:
            self._failed_at.clear()
            self._probe_at = None

    def failed(self) -> None:
        """The vendor gave no sound answer."""
        with self._lock:
            now = self._clock()
            self._failed_at.append(now)
            full = len(self._failed_at) == self._failures
            if self._probe_at is not None or (full and now - self._failed_at[0] <= self._window_s):
                self._probe_at = now + self._probe_after_s
