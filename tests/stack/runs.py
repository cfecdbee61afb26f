"""Starts scripts/run as people do, in a process of its own, and looks at what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from scripts.catalogue import ROOT

READY_S = 40.0


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "scripts.stack.run", "--data", str(data), *arguments]


def once(data: Path, *arguments: str, timeout_s: float = 60.0) -> tuple[int, dict[str, Any], str]:
    """Run to its end with --once --json: exit code, the object on stdout, and stderr."""
    done = subprocess.run(
        command(data, "--once", "--json", *arguments),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    return done.returncode, cast("dict[str, Any]", json.loads(done.stdout)), done.stderr


@contextmanager
def running(data: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run that stays, once its run.json is there; it is killed if the test leaves it alive."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell that starts the tests in the background has it ignored, and whatever they start would ignore it too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with (data.parent / "run.out").open("wb") as out:
        process = subprocess.Popen(
            command(data, *arguments),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + READY_S
        while not (data / "run.json").exists():
            ended = process.poll()
            assert ended is None, f"ended with {ended}: {(data.parent / 'run.out').read_text()}"
            assert time.monotonic() < until, "no run.json in time"
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def children_of(pid: int) -> set[int]:
    """The processes that a process started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    return {int(child) for child, parent in rows if int(parent) == pid}


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie that nobody waited for does not."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True)
    rows = (line.split() for line in listed.stdout.splitlines())
    return pids & {int(pid) for pid, state in rows if not state.startswith("Z")}


def wait_gone(pids: set[int], timeout_s: float = 10.0) -> set[int]:
    """Those that are still there when the time is over; none, if all is well."""
    until = time.monotonic() + timeout_s
    while (left := alive(pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return left
