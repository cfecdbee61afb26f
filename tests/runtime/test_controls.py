"""The kill switch, the mode and what happens when their documents are garbage (P8)."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from shared.jobs.job import Status
from tests import system

GARBAGE: list[Any] = [
    "False", "false", "no", "yes ", "off", "0", "", " ", 0, 1, -1, 2, 0.0, 1.5, None, [], [False], {}, {"a": False},
    "DRAFT_ONLY ", "draft_only", "SEND", "SEND_ALLOWED\n", b"False", "kill", "TRUE", "None", "null", "нет",
    "\u200eFalse", "yes", "true ", "False\x00",
]  # fmt: skip
FIELDS = ("kill_switch", "mode", "features")
MISSING = object()


def cases() -> list[tuple[bool, str, Any]]:
    """(in the tenant's document, field, value): 200 in all, together with missing ones and unknown names."""
    values = [*GARBAGE, MISSING]
    made = [(own, field, value) for own, field, value in itertools.product((False, True), FIELDS, values)]
    made = [c for c in made if not (c[1] == "features" and (c[2] == {} or c[2] is MISSING))]
    made += [
        (own, "features", {name: value})
        for own in (False, True)
        for name, value in (
            ("AUTO_SEND_FOLLOWUP", True),
            ("UNKNOWN", {"enabled": True}),
            ("LONG_MEMORY_ENABLED", 20),
        )
    ]
    made += [(own, name, False) for own in (False, True) for name in ("kil_switch", "Kill_switch", "modus")]
    return made


def test_there_are_200_cases() -> None:
    assert len(cases()) >= 200


def test_every_garbage_value_means_stopped_and_is_reported(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(max_steps=6)
    assert system.job(simulation).stage == "file_draft"
    client = simulation.world.database.client
    for own, field, value in cases():
        path = "tenants/default/control/flags" if own else "control/flags"
        good = {"kill_switch": False, "mode": "DRAFT_ONLY", "features": {}}
        for each in ("tenants/default/control/flags", "control/flags"):
            client.document(each).set(good)
        bad = {name: held for name, held in ({**good, field: value}).items() if held is not MISSING}
        client.document(path).set(bad)
        capsys.readouterr()
        simulation.run(until=simulation.clock.now() + timedelta(seconds=301))
        job = system.job(simulation)
        assert job.status is Status.WAITING, (field, value)
        assert job.stage == "file_draft"
        alerts = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"ALERT"' in line]
        assert any(line["event"] == "control_garbage" for line in alerts), (field, value)
        assert system.effects(simulation)["drafts"] == 0


@pytest.mark.parametrize("own", [False, True])
def test_a_document_that_is_missing_means_stopped(simulation: Simulation, own: bool) -> None:
    path = "tenants/default/control/flags" if own else "control/flags"
    simulation.world.database.client.document(path).delete()
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(until=simulation.clock.now() + timedelta(minutes=30))
    assert system.effects(simulation) == {"drafts": 0, "sent": 0, "notes": 0, "tasks": 0}
    assert system.job(simulation).status is Status.WAITING


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("after", range(7, 10))
def test_the_kill_switch_lets_no_intent_commit_and_jobs_go_on_when_it_is_lifted(
    simulation: Simulation, own: bool, after: int
) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(max_steps=after)
    before = system.effects(simulation)
    system.set_flags(simulation, tenant=own, kill_switch=True)
    simulation.run(until=simulation.clock.now() + timedelta(hours=3))
    assert system.effects(simulation) == before
    job = system.job(simulation)
    assert not job.intents or job.status is Status.WAITING
    system.set_flags(simulation, tenant=own, kill_switch=False)
    simulation.run()
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}


def test_a_guardrail_that_is_garbage_stops_and_is_reported(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    guardrail = simulation.world.database.client.document("tenants/default/guardrails/one")
    guardrail.set({"type": "ALLOWED_INDUSTRY", "value": "BANKING", "active": "yes"})
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(until=simulation.clock.now() + timedelta(minutes=20))
    assert system.job(simulation).status is Status.WAITING
    assert not system.drafts(simulation)
    assert "control_garbage" in capsys.readouterr().out
    guardrail.delete()
    simulation.run()
    assert system.effects(simulation)["drafts"] == 1


def test_a_rerun_after_a_crash_asks_the_kill_switch_again(simulation: Simulation) -> None:
    """The intent was recorded before the flip; the effect must not come hours after it."""
    simulation.sandbox.faults.add(
        vendor="gmail", method="POST", path_regex="/drafts", kind="drop_before", times=1
    )
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run(max_steps=7)
    job = system.job(simulation)
    assert "file_draft" in job.intents
    assert system.effects(simulation)["drafts"] == 0
    system.set_flags(simulation, kill_switch=True)
    simulation.run(until=simulation.clock.now() + timedelta(hours=2))
    assert system.effects(simulation)["drafts"] == 0
    assert "file_draft" in system.job(simulation).intents
    system.set_flags(simulation, kill_switch=False)
    simulation.run()
    assert system.effects(simulation) == {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}
