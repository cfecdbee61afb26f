"""How often somebody may ask: a bucket for each key, person and address, in this process.

There is no counter that processes share: with N instances somebody may ask up to N times as often. The number
of instances is therefore small, and stands in functions.yaml.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_BUCKETS = 10_000
"""What is forgotten beyond that is who asked longest ago, so that many addresses take no memory without end."""

_SET_BACK_S = 60.0
"""A clock that is further behind was set back: from then on it is the time."""


@dataclass(frozen=True)
class Rate:
    """So many requests in a minute, all at once or spread."""

    name: str
    per_minute: int


A_KEY = Rate("key", 100)
SIGN_IN = Rate("sign-in", 5)
"""Tokens and keys that were not let in, and first uses of a token, from one address."""
ANYBODY = Rate("anybody", 60)


class Buckets:
    """Token buckets by who asks; `now_s` is when each request began, in whatever order they are counted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, rate: Rate, who: str, now_s: float) -> int:
        """0 when it is allowed, and counted; else the whole seconds until it is."""
        with self._lock:
            left = self._left(rate, who, now_s)
            if left < 1.0:
                self._keep(rate, who, left, now_s)
                return max(1, math.ceil((1.0 - left) * 60.0 / rate.per_minute))
            self._keep(rate, who, left - 1.0, now_s)
            return 0

    def wait_s(self, rate: Rate, who: str, now_s: float) -> int:
        """The same answer without counting."""
        with self._lock:
            left = self._left(rate, who, now_s)
        return 0 if left >= 1.0 else max(1, math.ceil((1.0 - left) * 60.0 / rate.per_minute))

    def _left(self, rate: Rate, who: str, now_s: float) -> float:
        left, then_s = self._held.get((rate.name, who), (float(rate.per_minute), now_s))
        return min(float(rate.per_minute), left + max(0.0, now_s - then_s) * rate.per_minute / 60.0)

    def _keep(self, rate: Rate, who: str, left: float, now_s: float) -> None:
        _, then_s = self._held.get((rate.name, who), (0.0, now_s))
        # A request that began earlier may be counted later: time that was counted is not counted once more.
        at_s = now_s if now_s < then_s - _SET_BACK_S else max(now_s, then_s)
        self._held[(rate.name, who)] = (left, at_s)
        self._held.move_to_end((rate.name, who))
        while len(self._held) > MOST_BUCKETS:
            self._held.popitem(last=False)
