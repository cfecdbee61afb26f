"""The ports of a stack, kept across restarts: URLs stand in tasks and schedules that outlive a process."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

FIRST, LAST = 20_000, 32_000
"""Below the range from which systems take ports for outgoing connections, so that ours stay free."""

PATIENCE_S = 5.0
"""How long a kept port may still be held by a process that is about to end."""


def reserve(names: Sequence[str], file: Path) -> dict[str, int]:
    """A free port for each name, the one that it had before wherever that is free."""
    kept = _kept(file)
    wanted = {name: kept[name] for name in names if name in kept}
    patient_until = time.monotonic() + PATIENCE_S
    while not all(is_free(port) for port in wanted.values()) and time.monotonic() < patient_until:
        time.sleep(0.05)
    ports = {name: port for name, port in wanted.items() if is_free(port)}
    taken = set(kept.values())
    for name in names:
        if name not in ports:
            ports[name] = _new(taken)
            taken.add(ports[name])
    file.write_text(json.dumps({**kept, **ports}, indent=1))
    return ports


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _kept(file: Path) -> dict[str, int]:
    try:
        return cast("dict[str, int]", json.loads(file.read_text()))
    except (OSError, ValueError):
        return {}


def _new(taken: set[int]) -> int:
    for port in random.sample(range(FIRST, LAST), LAST - FIRST):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {FIRST} and {LAST}")
