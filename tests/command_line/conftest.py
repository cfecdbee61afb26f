"""A terminal at a simulated system, empty or with one lead that went all the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.stack.simulation import Simulation
from tests import system
from tests.command_line.parts import Terminal


@pytest.fixture
def terminal(simulation: Simulation) -> Terminal:
    return Terminal(simulation)


@pytest.fixture(scope="module")
def after_a_lead() -> Iterator[Terminal]:
    """For commands that only read: one lead has become a draft that waits for a person."""
    simulation = Simulation()
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    yield Terminal(simulation)
    simulation.close()
