"""The daily numbers: every domain event counts once, under its own day and tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from shared.errors import Permanent
from shared.runtime.entry import Message
from shared.runtime.stats import REMEMBERED, CountedEvent, count_once
from tests.builders import NOW


def told(**changes: Any) -> Message:
    data = {"id": "j1-4-drafted", "tenant": "default", "type": "drafted", "at": NOW.isoformat()}
    return Message(id="1", attributes={}, data={**data, **changes})


def numbers(simulation: Simulation, *, tenant: str = "default", day: str = "2026-03-16") -> dict[str, Any]:
    (found,) = simulation.world.database.raw_many([f"tenants/{tenant}/stats/{day}"])
    return found or {}


def test_an_event_counts_under_the_day_on_which_it_happened(simulation: Simulation) -> None:
    count_once(simulation.world, told())
    assert numbers(simulation) == {"drafted": 1}
    assert numbers(simulation, day=simulation.clock.now().date().isoformat()) == {}


def test_the_same_event_counts_once_however_often_and_in_whichever_message_it_comes(
    simulation: Simulation,
) -> None:
    for number in range(10):
        count_once(simulation.world, Message(str(number), {}, told().data))
    assert numbers(simulation) == {"drafted": 1}


def test_different_events_and_types_are_counted_side_by_side(simulation: Simulation) -> None:
    count_once(simulation.world, told())
    count_once(simulation.world, told(id="j2-4-drafted"))
    count_once(simulation.world, told(id="j1-9-rejected", type="rejected"))
    assert numbers(simulation) == {"drafted": 2, "rejected": 1}


def test_each_tenant_has_its_own_numbers_even_for_the_same_id(simulation: Simulation) -> None:
    count_once(simulation.world, told())
    count_once(simulation.world, told(tenant="acme"))
    assert numbers(simulation) == numbers(simulation, tenant="acme") == {"drafted": 1}


def test_days_turn_at_midnight(simulation: Simulation) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    count_once(simulation.world, told(id="a", at=(midnight - timedelta(seconds=1)).isoformat()))
    count_once(simulation.world, told(id="b", at=midnight.isoformat()))
    assert numbers(simulation, day="2026-03-15") == numbers(simulation) == {"drafted": 1}


def test_what_is_counted_is_remembered_longer_than_it_can_be_delivered_again(simulation: Simulation) -> None:
    count_once(simulation.world, told())
    kept = simulation.world.database.get("tenants/default/counted/j1-4-drafted", CountedEvent)
    assert kept is not None
    assert kept.expire_at == simulation.clock.now() + REMEMBERED
    assert timedelta(days=31) <= REMEMBERED


@pytest.mark.parametrize("field", ["id", "tenant", "type", "at"])
@pytest.mark.parametrize("value", [None, [], {"a": 1}])
def test_an_event_without_its_parts_is_refused_for_good(
    simulation: Simulation, field: str, value: object
) -> None:
    with pytest.raises(Permanent, match="needs id, tenant, type and at"):
        count_once(simulation.world, told(**{field: value}))
    assert numbers(simulation) == {}
