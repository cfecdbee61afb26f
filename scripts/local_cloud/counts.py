"""What work costs: reads, writes, deletes, tasks and publishes, in all and by who caused them."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Sequence

WORK_HEADER = "x-whisper-work"
"""Request metadata that names who causes the cost, as `<job id>/<stage>`; sent only to a local cloud."""

KINDS = ("reads", "writes", "deletes", "tasks", "publishes")


def work_of(metadata: Sequence[tuple[str, str | bytes]] | None) -> str:
    """The label of the work that a call belongs to, or an empty string."""
    for key, value in metadata or ():
        if key == WORK_HEADER:
            return value if isinstance(value, str) else value.decode()
    return ""


class Counts:
    """Counters by label of work; the empty label holds what nobody claimed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_work: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, kind: str, number: int, work: str = "") -> None:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not counted; one of {', '.join(KINDS)}")
        with self._lock:
            self._by_work[work][kind] += number

    def by_work(self) -> dict[str, dict[str, int]]:
        with self._lock:
            return {work: {kind: count[kind] for kind in KINDS} for work, count in self._by_work.items()}

    def total(self) -> dict[str, int]:
        with self._lock:
            return {kind: sum(count[kind] for count in self._by_work.values()) for kind in KINDS}

    def reset(self) -> None:
        with self._lock:
            self._by_work.clear()
