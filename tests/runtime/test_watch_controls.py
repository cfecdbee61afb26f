"""Every edit by hand is audited once with before and after, and garbage is alerted (P8, P11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT, settings
from shared.jobs import audit
from shared.jobs.audit import AuditEntry
from shared.jobs.facts import Connection
from shared.jobs.quota import Period, periods
from shared.jobs.tenant import Form, Tenant
from shared.jobs.watched import FLAGS, Watched, watched_path
from shared.operators.flags import FlagSet, set_flag
from shared.operators.forms import allow_form
from shared.operators.guardrails import GuardrailShown, create_guardrail, deactivate_guardrail
from shared.operators.mailboxes import Connected, connect
from shared.operators.quotas import QuotaStatus, clear_override, override_quota
from shared.operators.roles import Operator, Role
from shared.store.database import Changed, Database
from tests import system

ANN = Operator("key:ann", Role.ADMIN)
OWN = f"tenants/{TENANT}/control/flags"
MAILBOX = settings().default_sender


def look(simulation: Simulation) -> None:
    assert simulation.sweep("watch_controls") == 200


def edit(simulation: Simulation, path: str, **fields: object) -> None:
    simulation.world.database.client.document(path).update(fields)


def put(simulation: Simulation, path: str, document: dict[str, Any]) -> None:
    simulation.world.database.client.document(path).set(document)


def entries(simulation: Simulation) -> list[AuditEntry]:
    found: list[AuditEntry] = system.every(simulation, "audit", AuditEntry)
    return sorted(found, key=lambda entry: (entry.at, entry.chain, entry.number))


def said(simulation: Simulation) -> list[tuple[str, str, str, str, str]]:
    return [(e.tenant, e.kind, e.subject, e.before, e.after) for e in entries(simulation)]


def logged(capsys: pytest.CaptureFixture[str], event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


def day(simulation: Simulation, mailbox: str = MAILBOX) -> Period:
    return periods(TENANT, settings().time_zone, mailbox, simulation.clock.now())[0]


def test_the_first_look_is_a_baseline_and_says_nothing(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    look(simulation)
    assert entries(simulation) == []
    assert logged(capsys, "control_changed") == []


def test_mode_kill_switch_rollout_and_guardrail_flipped_by_hand_are_audited_with_before_and_after(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    guardrail = f"tenants/{TENANT}/guardrails/size"
    put(simulation, guardrail, {"type": "EMPLOYEE_RANGE", "value": {"min": 10, "max": 500}, "active": False})
    look(simulation)
    edit(simulation, "control/flags", kill_switch=True)
    edit(
        simulation,
        OWN,
        mode="SEND_ALLOWED",
        **{"features.LONG_MEMORY_ENABLED": {"enabled": True, "rollout_percent": 20}},
    )
    edit(simulation, guardrail, active=True, **{"value.max": 900})
    capsys.readouterr()
    look(simulation)
    assert said(simulation) == [
        ("", "FLAG_CHANGED", "control/flags", "kill_switch=false", "kill_switch=true"),
        (TENANT, "GUARDRAIL_CHANGED", "guardrails/size", "active=false", "active=true"),
        (TENANT, "GUARDRAIL_CHANGED", "guardrails/size", "value.max=500", "value.max=900"),
        (TENANT, "FLAG_CHANGED", OWN, "features={}", "features=missing"),
        (
            TENANT, "FLAG_CHANGED", OWN, "features.LONG_MEMORY_ENABLED=missing",
            'features.LONG_MEMORY_ENABLED={"enabled": true, "rollout_percent": 20}',
        ),
        (TENANT, "FLAG_CHANGED", OWN, 'mode="DRAFT_ONLY"', 'mode="SEND_ALLOWED"'),
    ]  # fmt: skip
    assert {entry.actor for entry in entries(simulation)} == {audit.BY_CONSOLE}
    told = {(line["kind"], line["field"], line["detail"]) for line in logged(capsys, "control_changed")}
    assert ("flags", "kill_switch", "kill_switch=false → kill_switch=true") in told
    assert ("flags", "mode", 'mode="DRAFT_ONLY" → mode="SEND_ALLOWED"') in told
    assert len(told) == 6
    look(simulation)
    assert len(entries(simulation)) == 6
    assert logged(capsys, "control_changed") == []


def test_a_document_that_appears_or_goes_after_the_first_look_is_a_change(simulation: Simulation) -> None:
    look(simulation)
    path = f"tenants/{TENANT}/guardrails/stage"
    put(simulation, path, {"type": "ALLOWED_COMPANY_STAGE", "value": ["SEED"], "active": True})
    look(simulation)
    simulation.world.database.client.document(path).delete()
    simulation.world.database.client.document(OWN).delete()
    simulation.clock.advance(60)
    look(simulation)
    shown = 'active=true; type="ALLOWED_COMPANY_STAGE"; value=["SEED"]'
    assert [(e.subject, e.before, e.after) for e in entries(simulation)] == [
        ("guardrails/stage", "missing", shown),
        ("guardrails/stage", shown, "missing"),
        (OWN, 'features={}; kill_switch=false; mode="DRAFT_ONLY"', "missing"),
    ]


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        ("control/flags", {"kill_switch": "no", "mode": "DRAFT_ONLY"}, "kill_switch is 'no' (str)"),
        (OWN, {"kill_switch": False, "mode": "SEND"}, "mode is 'SEND' (str)"),
        (f"tenants/{TENANT}/guardrails/g", {"type": "SIZE", "value": [], "active": True}, "type is 'SIZE'"),
    ],
)
def test_each_garbage_value_alerts_with_every_look_until_it_is_mended(
    simulation: Simulation,
    capsys: pytest.CaptureFixture[str],
    path: str,
    document: dict[str, Any],
    expected: str,
) -> None:
    look(simulation)
    held = simulation.world.database.client.document(path).get().to_dict()
    put(simulation, path, document)
    for _ in range(2):
        capsys.readouterr()
        look(simulation)
        (line,) = logged(capsys, "control_garbage")
        assert line["severity"] == "ALERT"
        assert expected in line["detail"]
    assert len(entries(simulation)) >= 1
    if held is None:
        simulation.world.database.client.document(path).delete()
    else:
        put(simulation, path, held)
    capsys.readouterr()
    look(simulation)
    assert logged(capsys, "control_garbage") == []


def test_a_limit_set_by_hand_is_audited_and_what_claims_count_is_not(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    period = day(simulation)
    put(simulation, period.path, {"reserved": 1, "used": 3})
    look(simulation)
    edit(simulation, period.path, limit=10, used=4)
    look(simulation)
    subject = "quotas/" + period.path.rpartition("/")[2]
    assert said(simulation) == [(TENANT, "QUOTA_CHANGED", subject, "limit=missing", "limit=10")]
    edit(simulation, period.path, used=-1)
    capsys.readouterr()
    look(simulation)
    (line,) = logged(capsys, "control_garbage")
    assert "used is -1" in line["detail"]


def test_a_period_that_turns_is_no_change(simulation: Simulation) -> None:
    put(simulation, day(simulation).path, {"limit": 10})
    look(simulation)
    simulation.clock.advance(timedelta(days=8).total_seconds())
    look(simulation)
    assert entries(simulation) == []


def test_a_quota_near_its_end_is_told_once_for_its_period(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    period = day(simulation)
    put(simulation, period.path, {"used": 30, "reserved": 2, "by_hand": 7})
    look(simulation)
    assert logged(capsys, "quota_near_end") == []
    edit(simulation, period.path, by_hand=8)
    look(simulation)
    (line,) = logged(capsys, "quota_near_end")
    assert line["detail"].startswith("40 of 50 ")
    look(simulation)
    assert logged(capsys, "quota_near_end") == []
    simulation.clock.advance(timedelta(days=1).total_seconds())
    put(simulation, day(simulation).path, {"used": 45})
    look(simulation)
    assert len(logged(capsys, "quota_near_end")) == 1


def test_settings_edited_by_hand_are_audited_without_an_address_or_a_clients_name(
    simulation: Simulation,
) -> None:
    look(simulation)
    senders = simulation.world.database.client.document(f"tenants/{TENANT}").get().to_dict()["senders"]
    senders[MAILBOX]["name"] = "Somebody Else"
    edit(
        simulation, f"tenants/{TENANT}",
        sends_a_day=500, senders=senders, protected_names=["Halden Bank"], time_zone="Europe/Madrid",
    )  # fmt: skip
    look(simulation)
    told = {(e.kind, e.before, e.after) for e in entries(simulation)}
    assert told == {
        ("SETTINGS_CHANGED", "sends_a_day=50", "sends_a_day=500"),
        ("SETTINGS_CHANGED", "senders=[withheld]", "senders=[withheld]"),
        ("SETTINGS_CHANGED", "protected_names=[withheld]", "protected_names=[withheld]"),
        ("SETTINGS_CHANGED", 'time_zone="UTC"', 'time_zone="Europe/Madrid"'),
    }
    for kept in system.every(simulation, "watched", Watched):
        assert "@" not in str(kept)
        assert "Halden" not in str(kept)


def test_settings_that_do_not_fit_alert_and_keep_nothing_else_from_being_watched(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    edit(simulation, f"tenants/{TENANT}", time_zone="Mars/Olympus")
    edit(simulation, OWN, kill_switch=True)
    capsys.readouterr()
    look(simulation)
    assert len(logged(capsys, "settings_garbage")) == 1
    assert {e.kind for e in entries(simulation)} == {"SETTINGS_CHANGED", "FLAG_CHANGED"}


def operations(simulation: Simulation) -> list[tuple[str, Callable[[], object], type[object]]]:
    database, now = simulation.world.database, simulation.clock.now

    def flag(tenant: str | None, field: str, value: str) -> object:
        return set_flag(database, tenant, field, value, by=ANN, why="a test", now=now())

    def guardrail() -> object:
        value = {"min": 10, "max": None}
        return create_guardrail(
            database, TENANT, "EMPLOYEE_RANGE", value, by=ANN, why="a test", now=now(), id_="size"
        )

    def off() -> object:
        return deactivate_guardrail(database, TENANT, "size", by=ANN, why="a test", now=now())

    def quota(span: Any, limit: int) -> object:
        return override_quota(database, TENANT, MAILBOX, span, limit, by=ANN, why="a test", now=now())

    def cleared() -> object:
        return clear_override(database, TENANT, MAILBOX, "day", by=ANN, why="a test", now=now())

    def form() -> object:
        return allow_form(database, TENANT, "new-form", Form(name="New"), by=ANN, now=now())

    def consent() -> object:
        return connect(database, TENANT, MAILBOX, Connection.OAUTH, by=ANN, why="a test", now=now())

    return [
        ("global kill switch", lambda: flag(None, "kill_switch", "true"), FlagSet),
        ("mode", lambda: flag(TENANT, "mode", "SEND_ALLOWED"), FlagSet),
        ("feature", lambda: flag(TENANT, "AUTO_SEND_FOLLOWUP", "true"), FlagSet),
        ("guardrail", guardrail, GuardrailShown),
        ("guardrail off", off, GuardrailShown),
        ("day", lambda: quota("day", 7), QuotaStatus),
        ("week", lambda: quota("week", 70), QuotaStatus),
        ("day cleared", cleared, QuotaStatus),
        ("form", form, Tenant),
        ("mailbox", consent, Connected),
    ]


def test_what_an_operation_changed_is_not_audited_again_as_by_hand(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    look(simulation)
    for number, (name, change, expected) in enumerate(operations(simulation), start=1):
        done = change()
        assert isinstance(done, expected), (name, done)
        capsys.readouterr()
        look(simulation)
        assert len(entries(simulation)) == number, name
        told = logged(capsys, "control_changed")
        assert told, name
        assert {line["source"] for line in told} == {ANN.name}, name
    assert {entry.actor for entry in entries(simulation)} == {ANN.name}
    look(simulation)
    assert logged(capsys, "control_changed") == []


def test_an_edit_by_hand_just_before_an_operation_on_the_same_document_is_not_lost(
    simulation: Simulation,
) -> None:
    look(simulation)
    edit(simulation, OWN, mode="SEND_ALLOWED")
    assert isinstance(
        set_flag(
            simulation.world.database, TENANT, "kill_switch", "true", by=ANN, now=simulation.clock.now()
        ),
        FlagSet,
    )
    look(simulation)
    assert [(e.actor, e.after) for e in entries(simulation)] == [
        (ANN.name, "kill_switch=true"),
        (audit.BY_CONSOLE, 'mode="SEND_ALLOWED"'),
    ]


def test_two_looks_at_once_audit_an_edit_once(simulation: Simulation) -> None:
    look(simulation)
    edit(simulation, "control/flags", kill_switch=True)
    database = simulation.world.database
    real = database.commit
    raced: list[int] = []

    def commit(documents: Any, **more: Any) -> None:
        if not raced and any(isinstance(each, AuditEntry) for each in documents):
            raced.append(1)
            look(simulation)
        real(documents, **more)

    database.commit = commit  # type: ignore[method-assign]
    look(simulation)
    assert raced
    assert len(entries(simulation)) == 1


def test_a_look_that_dies_before_its_commit_leaves_the_edit_to_the_next(simulation: Simulation) -> None:
    look(simulation)
    edit(simulation, "control/flags", kill_switch=True)
    database = simulation.world.database
    real = database.commit

    def dies(documents: Any, **more: Any) -> None:
        raise Changed("as if somebody else had written")

    database.commit = dies  # type: ignore[method-assign]
    look(simulation)
    assert entries(simulation) == []
    database.commit = real  # type: ignore[method-assign]
    look(simulation)
    assert [e.after for e in entries(simulation)] == ["kill_switch=true"]


def test_a_commit_that_was_applied_though_its_answer_was_lost_audits_once(simulation: Simulation) -> None:
    look(simulation)
    edit(simulation, OWN, kill_switch=True)
    database: Database = simulation.world.database
    real = database.commit

    def loses(documents: Any, **more: Any) -> None:
        real(documents, **more)
        raise Changed("the answer was lost, and the try after it met its own write")

    database.commit = loses  # type: ignore[method-assign]
    look(simulation)
    database.commit = real  # type: ignore[method-assign]
    look(simulation)
    assert len(entries(simulation)) == 1


def test_the_global_document_is_seen_once_and_not_for_each_tenant(simulation: Simulation) -> None:
    look(simulation)
    assert simulation.world.database.get(watched_path("", FLAGS), Watched) is not None
    edit(simulation, "control/flags", mode="SEND_ALLOWED")
    look(simulation)
    (entry,) = entries(simulation)
    assert entry.path.startswith("audit/control-flags-")
