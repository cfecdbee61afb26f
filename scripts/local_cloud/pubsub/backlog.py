"""What one subscription has still to deliver: waiting messages, leases, and order within a key."""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

FOREVER = float("inf")


@dataclass
class Pending:
    """A message that this subscription has not had acknowledged; `attempts` counts its deliveries."""

    id: int
    message: Any
    published_s: float
    attempts: int = 0
    visible_at_s: float = 0.0
    leased_until_s: float | None = None

    @property
    def ack_id(self) -> str:
        return f"{self.id}-{self.attempts}"


class Backlog:
    """Not locked by itself: the engine's lock guards it.

    With ordering only the oldest message of a key is ever deliverable; the next follows its acknowledgement.
    """

    def __init__(self, *, ordered: bool) -> None:
        self._ordered = ordered
        self._pending: dict[int, Pending] = {}
        self._waiting: list[tuple[float, int]] = []
        self._lease_ends: list[tuple[float, int, int]] = []
        self._keys: defaultdict[str, deque[int]] = defaultdict(deque)

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def leased(self) -> int:
        return sum(1 for pending in self._pending.values() if pending.leased_until_s is not None)

    def all(self) -> list[Pending]:
        return list(self._pending.values())

    def add(self, pending: Pending) -> None:
        self._pending[pending.id] = pending
        key = self._key(pending)
        if key:
            self._keys[key].append(pending.id)
            if self._keys[key][0] != pending.id:
                return
        bisect.insort(self._waiting, (pending.visible_at_s, pending.id))

    def ready(self, now_s: float, limit: int) -> list[Pending]:
        """At most `limit` messages that may be delivered now, the longest waiting first."""
        end = bisect.bisect_right(self._waiting, (now_s, 2**63))
        return [self._pending[id_] for _, id_ in self._waiting[: min(end, limit)]]

    def is_ready(self, pending: Pending, now_s: float) -> bool:
        """Whether this very message may be delivered now."""
        key = (pending.visible_at_s, pending.id)
        index = bisect.bisect_left(self._waiting, key)
        return index < len(self._waiting) and self._waiting[index] == key and pending.visible_at_s <= now_s

    def next_visible_s(self) -> float | None:
        return self._waiting[0][0] if self._waiting else None

    def lease(self, pending: Pending, until_s: float) -> None:
        """Count a delivery; nobody else gets the message before `until_s`."""
        self._stop_waiting(pending)
        pending.attempts += 1
        self._set_lease(pending, until_s)

    def extend(self, ack_id: str, until_s: float) -> None:
        """Move the end of a lease; a lease that is over stays over."""
        pending = self.leased_as(ack_id)
        if pending is not None:
            self._set_lease(pending, until_s)

    def leased_as(self, ack_id: str) -> Pending | None:
        """The message whose running lease has this id."""
        pending = self._find(ack_id)
        if pending is None or pending.leased_until_s is None or pending.ack_id != ack_id:
            return None
        return pending

    def next_lease_end_s(self) -> float | None:
        self._drop_old_ends()
        return self._lease_ends[0][0] if self._lease_ends and self._lease_ends[0][0] < FOREVER else None

    def expired(self, now_s: float) -> list[Pending]:
        """Messages whose lease has run out."""
        found: list[Pending] = []
        self._drop_old_ends()
        while self._lease_ends and self._lease_ends[0][0] <= now_s:
            found.append(self._pending[heapq.heappop(self._lease_ends)[1]])
            self._drop_old_ends()
        return found

    def wait(self, pending: Pending, visible_at_s: float) -> None:
        """Give a message back, deliverable from then on."""
        pending.leased_until_s = None
        self._stop_waiting(pending)
        pending.visible_at_s = visible_at_s
        bisect.insort(self._waiting, (visible_at_s, pending.id))

    def acknowledge(self, ack_id: str) -> Pending | None:
        """Remove a message by any lease it ever had: an acknowledgement that comes late is still one."""
        pending = self._find(ack_id)
        if pending is not None:
            self.remove(pending)
        return pending

    def remove(self, pending: Pending) -> None:
        del self._pending[pending.id]
        pending.leased_until_s = None
        self._stop_waiting(pending)
        key = self._key(pending)
        if not key:
            return
        ids = self._keys[key]
        first = ids[0] == pending.id
        ids.remove(pending.id)
        if not ids:
            del self._keys[key]
        elif first:
            following = self._pending[ids[0]]
            bisect.insort(self._waiting, (following.visible_at_s, following.id))

    def clear(self) -> None:
        self._pending.clear()
        self._waiting.clear()
        self._lease_ends.clear()
        self._keys.clear()

    def _key(self, pending: Pending) -> str:
        return pending.message.ordering_key if self._ordered else ""

    def _find(self, ack_id: str) -> Pending | None:
        number = ack_id.partition("-")[0]
        return self._pending.get(int(number)) if number.isdigit() else None

    def _set_lease(self, pending: Pending, until_s: float) -> None:
        pending.leased_until_s = until_s
        heapq.heappush(self._lease_ends, (until_s, pending.id, pending.attempts))

    def _drop_old_ends(self) -> None:
        while self._lease_ends:
            until_s, id_, attempts = self._lease_ends[0]
            pending = self._pending.get(id_)
            if pending and pending.attempts == attempts and pending.leased_until_s == until_s:
                return
            heapq.heappop(self._lease_ends)

    def _stop_waiting(self, pending: Pending) -> None:
        key = (pending.visible_at_s, pending.id)
        index = bisect.bisect_left(self._waiting, key)
        if index < len(self._waiting) and self._waiting[index] == key:
            del self._waiting[index]
