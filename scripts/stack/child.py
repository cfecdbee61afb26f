"""One process of the stack: started on a tether, waited for, ended, and asked for its last words."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from scripts.catalogue import ROOT

READY_S = 30.0
STOP_S = 5.0
LAST_LINES = 12


class StackFailed(Exception):
    """The stack cannot start or go on; the message says which process, and its last words."""


class Child:
    """A process that ends with us.

    With `speaks` it prints one JSON line when it is ready; without, it is ready when its port answers. All
    else that it writes goes to `log`.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        environ: Mapping[str, str] | None = None,
        port: int | None = None,
        speaks: bool = False,
    ) -> None:
        self.name = name
        self._arguments = [sys.executable, "-P", "-m", "scripts.stack.tethered", *arguments]
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})}
        self._log = log
        self._port = port
        self._speaks = speaks
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C at a terminal reaches its starter alone."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if self._speaks else log,
                stderr=log,
                cwd=ROOT,
                env=self._environ,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._running().pid

    def wait_ready(self) -> Any:
        """What it said when it was ready, or None. Errors: StackFailed with its last words."""
        until = time.monotonic() + READY_S
        said = self._first_line(until) if self._speaks else None
        while self._port is not None and not _answers(self._port):
            if self.has_ended() or time.monotonic() > until:
                raise StackFailed(self.last_words(f"did not listen on port {self._port}"))
            time.sleep(0.02)
        return said

    def has_ended(self) -> bool:
        return self._running().poll() is not None

    def last_words(self, what: str = "") -> str:
        """Who ended how, and the last lines that it wrote."""
        code = self._running().poll()
        ended = f"ended with {code}" if code is not None else "still runs"
        lines = self._log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"{self.name} {what or 'ended by itself'} ({ended}); its last lines:", *lines])

    def tell_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait_stopped(self, timeout_s: float = STOP_S) -> None:
        """Wait until it ended; kill its whole group when it does not."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._close()

    def kill(self) -> None:
        """End it and its workers at once, as kill -9 does."""
        process = self._running()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self._running().stdin, self._running().stdout):
            if pipe is not None:
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise StackFailed(f"{self.name} was never started")
        return self._process

    def _first_line(self, until: float) -> Any:
        pipe = self._running().stdout
        assert pipe is not None
        read = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not read.endswith(b"\n"):
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise StackFailed(self.last_words(f"was not ready in {READY_S:g} s"))
                chunk = os.read(pipe.fileno(), 65_536)
                if not chunk:
                    self._running().wait()
                    raise StackFailed(self.last_words("ended before it was ready"))
                read += chunk
        return cast("Any", json.loads(read))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
