"""One queue in memory: its tasks in the order they are due, its rate and its concurrency."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Any

from scripts.local_cloud.tasks.limits import TokenBucket

RUNNING, PAUSED, DISABLED = 1, 2, 3


@dataclass
class Entry:
    """A task as its queue holds it; `executions` counts the answers other than 5xx."""

    task: Any
    at_s: float
    seq: int
    executions: int = 0
    previous_status: int | None = None
    running: bool = False
    forced: bool = False


class Queue:
    """Not locked by itself: the engine's lock guards it."""

    def __init__(self, message: Any, now_s: float) -> None:
        self.message = message
        self.entries: dict[str, Entry] = {}
        self.running = 0
        self._waiting: list[tuple[float, int, str]] = []
        limits = message.rate_limits
        self._bucket = TokenBucket(limits.max_dispatches_per_second, limits.max_burst_size, now_s)

    def limits_changed(self, now_s: float) -> None:
        limits = self.message.rate_limits
        self._bucket.reshape(limits.max_dispatches_per_second, limits.max_burst_size, now_s)

    def add(self, entry: Entry) -> None:
        self.entries[entry.task.name] = entry
        bisect.insort(self._waiting, (entry.at_s, entry.seq, entry.task.name))

    def remove(self, name: str) -> Entry:
        entry = self.entries.pop(name)
        self._stop_waiting(entry)
        return entry

    def move(self, entry: Entry, at_s: float) -> None:
        """Let a task wait until another time."""
        self._stop_waiting(entry)
        entry.at_s = at_s
        bisect.insort(self._waiting, (at_s, entry.seq, entry.task.name))

    def clear(self) -> None:
        self.entries.clear()
        self._waiting.clear()

    def may_start(self, entry: Entry, now_s: float) -> bool:
        """Whether this task may be dispatched now; a forced run passes the pause and the rate."""
        if entry.running or entry.at_s > now_s:
            return False
        return entry.forced or self._open(now_s)

    def start(self, entry: Entry, now_s: float) -> None:
        self._stop_waiting(entry)
        if not entry.forced:
            self._bucket.take(now_s)
        entry.running, entry.forced = True, False
        self.running += 1

    def due(self, now_s: float, limit: int) -> list[Entry]:
        end = bisect.bisect_right(self._waiting, (now_s, float("inf"), ""))
        waiting = [self.entries[name] for _, _, name in self._waiting[: min(end, limit)]]
        return waiting if self._open(now_s) else [entry for entry in waiting if entry.forced]

    def next_at_s(self, now_s: float) -> float | None:
        """When the next task can start by itself, or None while something else must happen first."""
        if not self._waiting:
            return None
        first_at_s = self._waiting[0][0]
        if self.entries[self._waiting[0][2]].forced:
            return first_at_s
        limits = self.message.rate_limits
        if self.message.state != RUNNING or self.running >= limits.max_concurrent_dispatches:
            return None
        return max(first_at_s, self._bucket.next_token_s(now_s))

    def _open(self, now_s: float) -> bool:
        return (
            self.message.state == RUNNING
            and self.running < self.message.rate_limits.max_concurrent_dispatches
            and self._bucket.has_token(now_s)
        )

    def _stop_waiting(self, entry: Entry) -> None:
        key = (entry.at_s, entry.seq, entry.task.name)
        index = bisect.bisect_left(self._waiting, key)
        if index < len(self._waiting) and self._waiting[index] == key:
            del self._waiting[index]
