"""One furnished system for each module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.stack.simulation import Simulation
from shared.operators.api_keys import GLOBAL
from tests.runtime.api.parts import SETTINGS, Api, World, furnished


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    simulation = Simulation(settings=SETTINGS)
    yield furnished(simulation)
    simulation.close()


@pytest.fixture
def api(world: World) -> Api:
    return world.api


@pytest.fixture
def admin(world: World) -> str:
    """A fresh key that may do everything: its requests are counted alone."""
    return world.api.key(scopes=(GLOBAL,))
