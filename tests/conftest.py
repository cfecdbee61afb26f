"""What every test has: no network but loopback, no log line with a secret, a simulated system on demand."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from scripts.stack.simulation import Simulation
from tests.distribution import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

CANARY = "canary-7f3a9"
"""Put into bodies, secrets and addresses; no log line may ever hold it."""

_MARKS = (CANARY, "sandbox-service-key", "sandbox-webhook", "PRIVATE KEY", "sk-sandbox", "Bearer ")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_LOOPBACK = ("127.", "localhost", "::1")
_real_connect = socket.socket.connect


def _connect(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else "unix"
    if isinstance(host, str) and host != "unix" and not host.startswith(_LOOPBACK):
        raise OSError(f"tests reach loopback only, not {host}: use the sandbox")
    _real_connect(self, address)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many seeded schedules of the send to play, in the place of the usual number."""
    parser.addoption(
        "--seeds", type=int, default=None, help="schedules that tests/faults/test_seeds.py plays"
    )


# A machine that others share is slow for a moment, and no test asks how fast an example is.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    socket.socket.connect = _connect  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _real_connect  # type: ignore[method-assign]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Fails a test whose product wrote an address, a secret or a canary into a log line."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.when != "call" or not report.passed:
        return
    leaks = [line for line in report.capstdout.splitlines() if _leaks(line)]
    if leaks:
        report.outcome = "failed"
        report.longrepr = "a log line holds what it must not:\n" + "\n".join(leaks[:5])


def _leaks(line: str) -> bool:
    try:
        found = json.loads(line)
    except ValueError:
        return False
    if not isinstance(found, dict) or "severity" not in found:
        return False
    return any(mark in line for mark in _MARKS) or _ADDRESS.search(line) is not None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Adds up what tests recorded as `number of …`, from every worker: so many schedules, so many faults."""
    numbers: Counter[str] = Counter()
    for report in [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())]:
        for name, number in report.user_properties if report.when == "call" else ():
            if name.startswith("number of "):
                numbers[name] += number
    for name, number in numbers.items():
        terminalreporter.write_line(f"{name}: {number}")


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    """The whole system in this process, on a virtual clock."""
    made = Simulation()
    yield made
    made.close()
