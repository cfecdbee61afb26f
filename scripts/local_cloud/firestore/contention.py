"""What transactions were spoilt by lately, so that the next ones stand in line instead of colliding."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable

from scripts.local_cloud.firestore.line import READ, Claims, merged

_CONTENDED_S = 2.0
_MAX_CONTENDED = 1_000


class Contention:
    """Contended keys, each with all that is contended and that its transactions touch; marks fade."""

    def __init__(self) -> None:
        self._marks: OrderedDict[str, tuple[float, dict[str, int]]] = OrderedDict()

    def mark(self, spoilt: Iterable[str], claims: Claims) -> None:
        """A transaction with these claims was spoilt by these keys."""
        now_s = time.monotonic()
        spoilt = list(spoilt)
        for key in spoilt:
            self._put(key, now_s, {})
        hot = {key: modes for key, modes in claims.items() if self._live(key, now_s) is not None}
        for key in hot.keys() | set(spoilt):
            self._put(key, now_s, hot)

    def footprint(self, keys: Iterable[str]) -> dict[str, int]:
        """What to claim before these keys are read; empty when none of them is contended."""
        now_s = time.monotonic()
        footprint: dict[str, int] = {}
        for key in keys:
            if (hot := self._live(key, now_s)) is not None:
                footprint = merged(footprint, hot, {key: READ})
        return footprint

    def renew(self, keys: Iterable[str]) -> None:
        """Somebody had to wait for these: they are still contended."""
        now_s = time.monotonic()
        for key in keys:
            if self._live(key, now_s) is not None:
                self._put(key, now_s, {})

    def _live(self, key: str, now_s: float) -> dict[str, int] | None:
        mark = self._marks.get(key)
        return mark[1] if mark is not None and mark[0] > now_s else None

    def _put(self, key: str, now_s: float, claims: Claims) -> None:
        known = self._live(key, now_s) or {}
        self._marks[key] = (now_s + _CONTENDED_S, merged(known, claims))
        self._marks.move_to_end(key)
        while len(self._marks) > _MAX_CONTENDED:
            self._marks.popitem(last=False)
