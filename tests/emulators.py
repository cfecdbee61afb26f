"""Google's own emulators, where they are installed: they judge the local cloud."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def platform() -> Path | None:
    """Where the Google Cloud SDK keeps its components, or None when it is not installed."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return None
    roots = [Path(gcloud).resolve().parent.parent, Path("/usr/lib/google-cloud-sdk")]
    return next((root / "platform" for root in roots if (root / "platform").is_dir()), None)


def command(kind: str) -> list[str] | None:
    """The start command of an emulator (`firestore` or `pubsub`), without its port; None if it is missing."""
    root = platform()
    if root is None or shutil.which("java") is None:
        return None
    if kind == "firestore":
        program = root / "cloud-firestore-emulator" / "cloud_firestore_emulator"
        return [str(program), "start", "--host=127.0.0.1"] if program.exists() else None
    program = root / "pubsub-emulator" / "bin" / "cloud-pubsub-emulator"
    return [str(program), "--host=127.0.0.1"] if program.exists() else None


@contextmanager
def running(kind: str) -> Iterator[str]:
    """An emulator on a free port; gives host:port and ends it with everything it started."""
    start = command(kind)
    assert start is not None
    port = _free_port()
    process = subprocess.Popen(
        [*start, f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def reset_firestore(host: str, project: str) -> None:
    """Delete all documents of a project."""
    url = f"http://{host}/emulator/v1/projects/{project}/databases/(default)/documents"
    with urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10):
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the emulator did not start within 60 s")
