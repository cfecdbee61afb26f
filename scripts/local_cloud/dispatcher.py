"""Delivers what is due: on threads as time passes, or step by step on a virtual clock."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from scripts.local_cloud.clock import Clock, VirtualClock
from scripts.local_cloud.due import Deliver, Delivery, Due, Source, deliver

log = logging.getLogger(__name__)

Choose = Callable[[Sequence[Due]], Due]

LONGEST_WAIT_S = 1.0
SMALLEST_STEP_S = 0.001
MOST_CHOICES = 64


class Dispatcher:
    """A thread that watches the sources and a bounded pool that delivers."""

    def __init__(self, sources: Sequence[Source], send: Deliver, clock: Clock, *, workers: int = 128) -> None:
        self._sources = sources
        self._send = send
        self._clock = clock
        self._workers = workers
        self._busy = 0
        self._woken = False
        self._running = False
        self._changed = threading.Condition()
        self._pool: ThreadPoolExecutor | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._running = True
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="deliver")
        self._thread = threading.Thread(target=self._watch, name="dispatcher", daemon=True)
        self._thread.start()

    def stop(self, grace_s: float = 2.0) -> None:
        """Start nothing more and give what runs a moment; a task cut off here is delivered again later."""
        with self._changed:
            self._running = False
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, grace_s)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        """Something changed: look again at once."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def _watch(self) -> None:
        while True:
            with self._changed:
                if not self._running:
                    return
                self._woken = False
            if self._start_due():
                continue
            # Engines call `wake` under their own locks, so theirs are never asked for under ours.
            wait_s = self._wait_s()
            with self._changed:
                if not self._woken and self._running:
                    self._changed.wait(wait_s)

    def _start_due(self) -> int:
        started = 0
        for source in self._sources:
            with self._changed:
                free = self._workers - self._busy
            for due in source.due(self._clock.time_s(), free) if free > 0 else ():
                if free <= 0:
                    break
                delivery = due.start()
                if delivery is not None:
                    free -= 1
                    started += 1
                    self._run(delivery)
        return started

    def _wait_s(self) -> float:
        now_s = self._clock.time_s()
        with self._changed:
            if self._busy >= self._workers:
                return LONGEST_WAIT_S
        times = [at_s for source in self._sources if (at_s := source.next_at_s(now_s)) is not None]
        if not times:
            return LONGEST_WAIT_S
        return min(max(min(times) - now_s, SMALLEST_STEP_S), LONGEST_WAIT_S)

    def _run(self, delivery: Delivery) -> None:
        with self._changed:
            self._busy += 1
        assert self._pool is not None
        self._pool.submit(self._deliver, delivery)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            deliver(delivery, self._send)
        except Exception:
            if not self._running:
                return
            log.exception("delivery to %s ended in a bug", delivery.request.url)
        finally:
            with self._changed:
                self._busy -= 1
                self._woken = True
                self._changed.notify_all()


@dataclass(frozen=True)
class Ran:
    """How far `run_due` came; `quiet` means that nothing more was due."""

    steps: int
    quiet: bool


def earliest(due: Sequence[Due]) -> Due:
    """The natural order: by time, and first come first served within a moment."""
    return min(due, key=lambda one: one.at_s)


def run_due(
    sources: Sequence[Source],
    pulling: Sequence[Source],
    send: Deliver,
    clock: VirtualClock,
    *,
    until_s: float | None,
    max_steps: int,
    choose: Choose,
) -> Ran:
    """Deliver one due thing after another, moving the clock to the next when none is left.

    `choose` sees the 64 that each source would start first.

    Without `until_s` only the sources in `pulling` move the clock, so that cron jobs, which never end, do
    not keep it going.
    """
    steps = 0
    while steps < max_steps:
        now_s = clock.time_s()
        due = [one for source in sources for one in source.due(now_s, MOST_CHOICES)]
        if due:
            delivery = choose(due).start()
            steps += 1
            if delivery is not None:
                deliver(delivery, send)
            continue
        if until_s is not None and now_s >= until_s:
            return Ran(steps, quiet=True)
        ahead = [at_s for source in sources if (at_s := source.next_at_s(now_s)) is not None]
        wanted = [at_s for source in pulling if (at_s := source.next_at_s(now_s)) is not None]
        if until_s is None and not wanted:
            return Ran(steps, quiet=True)
        if not ahead or (until_s is not None and min(ahead) > until_s):
            assert until_s is not None
            clock.advance_to(until_s)
            return Ran(steps, quiet=True)
        clock.advance_to(max(min(ahead), now_s + SMALLEST_STEP_S))
    return Ran(steps, quiet=False)
