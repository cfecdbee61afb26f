"""Watched simulations, with a Sentry of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.stack.simulation import Simulation
from shared.runtime import sentry
from tests.fakes import FakeSentry
from tests.security.watched import Make, Watched


@pytest.fixture(scope="module")
def sentry_server() -> Iterator[FakeSentry]:
    made = FakeSentry()
    yield made
    made.stop()


@pytest.fixture
def watched(
    sentry_server: FakeSentry,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Make]:
    """Makes a watched simulation, with settings that differ from the local stack's."""
    monkeypatch.setattr(sentry, "_started", {})
    made: list[Simulation] = []

    def make(**settings: str) -> Watched:
        environ = {"SENTRY_DSN": sentry_server.dsn, "MAX_ATTEMPTS": "2", **settings}
        made.append(Simulation(settings=environ))
        return Watched(made[-1], sentry_server, capfd, caplog)

    yield make
    for simulation in made:
        simulation.close()
    sentry_server.forget()
