"""Lets time pass in the sandbox: what is due happens without a request that brings it about."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.sandbox.sandbox import Sandbox

_LONGEST_WAIT_S = 0.25


class Ticker:
    """A thread that settles the sandbox when a push or a scheduled mail is due, on a real clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            due_s = self._sandbox.due_s()
            ahead_s = _LONGEST_WAIT_S if due_s is None else due_s - self._sandbox.clock.time_s()
            if ahead_s <= 0:
                self._sandbox.settle()
            else:
                self._stopping.wait(min(ahead_s, _LONGEST_WAIT_S))
