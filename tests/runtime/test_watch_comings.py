"""What comes or goes as a whole is audited as by whom it was, settings that are deleted too (P8, P11)."""

from __future__ import annotations

import json

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT, settings
from shared.jobs import audit
from shared.jobs.rules import Mode
from shared.jobs.watched import FLAGS, Watched, watched_path
from shared.operators.flags import create_missing_controls
from shared.operators.refusal import Forbidden
from shared.operators.roles import Operator, Role
from shared.operators.tenants import Added, add_tenant
from tests.runtime.test_watch_controls import ANN, OWN, edit, entries, logged, look, put

NEW = settings().but(id="newco", portal_ids=("777",))
NEW_FLAGS = "tenants/newco/control/flags"
SENDING = 'features={}; kill_switch=false; mode="SEND_ALLOWED"'
STOPPED = 'features={}; kill_switch=true; mode="DRAFT_ONLY"'


def add(simulation: Simulation, by: Operator = ANN) -> object:
    now, database = simulation.clock.now(), simulation.world.database
    return add_tenant(database, NEW, by=by, now=now, kill_switch=False, mode=Mode.SEND_ALLOWED)


def test_a_tenant_that_starts_sending_is_audited_by_who_added_it_and_told_by_the_next_look(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    assert isinstance(add(simulation), Added)
    capsys.readouterr()
    look(simulation)
    told = {(line["document"], line["source"]) for line in logged(capsys, "control_changed")}
    assert told == {(NEW.path, ANN.name), (NEW_FLAGS, ANN.name)}
    look(simulation)
    made = {entry.subject: entry for entry in entries(simulation)}
    assert {path: (e.kind, e.actor, e.before) for path, e in made.items()} == {
        NEW.path: ("SETTINGS_CHANGED", ANN.name, "missing"),
        NEW_FLAGS: ("FLAG_CHANGED", ANN.name, "missing"),
    }
    assert made[NEW_FLAGS].after == SENDING
    assert "@" not in made[NEW.path].after
    assert len(entries(simulation)) == 2
    edit(simulation, NEW_FLAGS, kill_switch=True)
    simulation.clock.advance(60)
    look(simulation)
    assert [(e.actor, e.after) for e in entries(simulation)][2:] == [(audit.BY_CONSOLE, "kill_switch=true")]


def test_only_an_admin_adds_a_tenant(simulation: Simulation) -> None:
    assert isinstance(add(simulation, Operator("key:lee", Role.APPROVER)), Forbidden)
    assert simulation.world.database.raw_many([NEW.path]) == [None]


def test_control_documents_that_are_created_are_audited_once_by_who_did_it(simulation: Simulation) -> None:
    client = simulation.world.database.client
    look(simulation)
    for path in ("control/flags", OWN):
        client.document(path).delete()
    simulation.clock.advance(60)
    look(simulation)
    simulation.clock.advance(60)
    now = simulation.clock.now()
    assert create_missing_controls(simulation.world.database, TENANT, by=ANN, now=now)
    look(simulation)
    look(simulation)
    assert {(e.subject, e.actor, e.before, e.after) for e in entries(simulation)[2:]} == {
        ("control/flags", ANN.name, "missing", STOPPED),
        (OWN, ANN.name, "missing", STOPPED),
    }
    assert len(entries(simulation)) == 4


def test_a_document_that_was_deleted_by_hand_just_before_it_is_created_is_audited_as_both(
    simulation: Simulation,
) -> None:
    look(simulation)
    simulation.world.database.client.document(OWN).delete()
    now = simulation.clock.now()
    assert create_missing_controls(simulation.world.database, TENANT, by=ANN, now=now) == (OWN,)
    look(simulation)
    assert [(e.actor, e.before, e.after) for e in entries(simulation)] == [
        (audit.BY_CONSOLE, 'features={}; kill_switch=false; mode="DRAFT_ONLY"', "missing"),
        (ANN.name, "missing", STOPPED),
    ]


def test_settings_that_are_deleted_are_audited_and_alert_and_the_flags_stay_watched(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    path = f"tenants/{TENANT}"
    held = simulation.world.database.client.document(path).get().to_dict()
    simulation.world.database.client.document(path).delete()
    for _ in range(2):
        capsys.readouterr()
        look(simulation)
        (line,) = logged(capsys, "settings_garbage")
        assert (line["severity"], line["document"]) == ("ALERT", path)
    (entry,) = entries(simulation)
    assert (entry.kind, entry.subject, entry.actor) == ("SETTINGS_CHANGED", path, audit.BY_CONSOLE)
    assert ("time_zone=" in entry.before, "@" in entry.before, entry.after) == (True, False, "missing")
    edit(simulation, OWN, mode="SEND_ALLOWED")
    simulation.clock.advance(60)
    look(simulation)
    assert entries(simulation)[-1].after == 'mode="SEND_ALLOWED"'
    put(simulation, path, held)
    simulation.clock.advance(60)
    capsys.readouterr()
    look(simulation)
    assert logged(capsys, "settings_garbage") == []
    assert (entries(simulation)[-1].before, len(entries(simulation))) == ("missing", 3)


def test_what_lies_where_no_tenant_ever_was_is_left_alone(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    put(simulation, NEW_FLAGS, {"kill_switch": False, "mode": "DRAFT_ONLY"})
    look(simulation)
    assert simulation.world.database.get(watched_path("newco", FLAGS), Watched) is None
    assert logged(capsys, "settings_garbage") == []


def test_settings_that_name_another_tenant_alert_and_touch_nothing_of_that_one(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    path = f"tenants/{TENANT}"
    edit(simulation, path, id="newco")
    for _ in range(2):
        capsys.readouterr()
        look(simulation)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        (line,) = [each for each in lines if each["event"] == "settings_garbage"]
        assert (line["severity"], line["document"]) == ("ALERT", path)
        assert "id is 'newco'" in line["detail"]
        (swept,) = [each for each in lines if each["event"] == "swept"]
        assert "left_alone" not in swept, "nothing is written over another tenant's"
    (entry,) = entries(simulation)
    assert (entry.before, entry.after) == (f'id="{TENANT}"', 'id="newco"')
