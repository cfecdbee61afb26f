"""Guardrails that policy understands, companies that are paused, and who may change either (P8, P9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import BY_RULE, AuditEntry
from shared.jobs.company import CompanyRecord
from shared.operators.companies import find_company_record, pause_company, paused_companies, resume_company
from shared.operators.flags import FlagSet, set_flag
from shared.operators.guardrails import (
    GuardrailShown,
    create_guardrail,
    deactivate_guardrail,
    guardrail_version,
    list_guardrails,
)
from shared.operators.refusal import Clash, Forbidden, Missing, Refusal
from shared.operators.roles import Operator, Role
from shared.operators.versions import Stale
from shared.policy.guardrails import read_guardrails
from shared.policy.stopping import company_paused
from shared.store.collections import raw_guardrails
from tests import system

ANN = Operator("key:ann", Role.ADMIN)
BEN = Operator("key:ben", Role.APPROVER)
EVE = Operator("key:eve", Role.VIEWER)


def said(simulation: Simulation, **changes: Any) -> dict[str, Any]:
    return {"by": ANN, "why": "our market", "now": simulation.clock.now(), **changes}


def create(simulation: Simulation, type_: str, value: object, **changes: Any) -> GuardrailShown | Refusal:
    return create_guardrail(simulation.world.database, TENANT, type_, value, **said(simulation, **changes))


def off(simulation: Simulation, id_: str, **changes: Any) -> GuardrailShown | Refusal:
    return deactivate_guardrail(simulation.world.database, TENANT, id_, **said(simulation, **changes))


def pause(simulation: Simulation, id_: str = "9001", **changes: Any) -> CompanyRecord | Refusal:
    fields = said(simulation, **{"until": None, **changes})
    return pause_company(simulation.world.database, TENANT, id_, **fields)


def resume(simulation: Simulation, id_: str = "9001", **changes: Any) -> CompanyRecord | Refusal:
    return resume_company(simulation.world.database, TENANT, id_, **said(simulation, **changes))


def entries(simulation: Simulation) -> list[tuple[str, str, str, str]]:
    found: list[AuditEntry] = system.every(simulation, "audit", AuditEntry)
    return [(e.kind, e.actor, e.before, e.after) for e in sorted(found, key=lambda e: (e.at, e.number))]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("ALLOWED_COMPANY_STAGE", ["SEED", "Series A"]),
        ("ALLOWED_INDUSTRY", ["BANKING"]),
        ("EMPLOYEE_RANGE", {"min": 10}),
        ("EMPLOYEE_RANGE", {"min": 10, "max": 10}),
        ("EXCLUDED_COMPANY_IDS", []),
    ],
)
def test_what_is_created_is_what_policy_reads(simulation: Simulation, type_: str, value: object) -> None:
    done = create(simulation, type_, value)
    assert isinstance(done, GuardrailShown)
    read, garbage = read_guardrails(raw_guardrails(simulation.world.database, TENANT))
    assert (read, garbage) == ((done.rule,), ())


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("COMPANY_SIZE", ["SEED"]),
        ("ALLOWED_COMPANY_STAGE", ["HUGE"]),
        ("ALLOWED_COMPANY_STAGE", []),
        ("ALLOWED_INDUSTRY", "BANKING"),
        ("EMPLOYEE_RANGE", {"min": 11, "max": 10}),
        ("EMPLOYEE_RANGE", {"low": 11}),
        ("EXCLUDED_COMPANY_IDS", [9001]),
    ],
)
def test_what_policy_would_not_understand_is_refused_and_nothing_is_written(
    simulation: Simulation, type_: str, value: object
) -> None:
    assert isinstance(create(simulation, type_, value), Refusal)
    assert raw_guardrails(simulation.world.database, TENANT) == {}
    assert entries(simulation) == []


@pytest.mark.parametrize("id_", ["", "a/b", "UPPER", "..", "x" * 64, "-x", "ana@x"])
def test_an_id_is_a_plain_word(simulation: Simulation, id_: str) -> None:
    assert isinstance(create(simulation, "ALLOWED_INDUSTRY", ["BANKING"], id_=id_), Refusal)


def test_a_guardrail_that_is_off_is_listed_and_holds_no_more(simulation: Simulation) -> None:
    create(simulation, "EMPLOYEE_RANGE", {"min": 10}, id_="size")
    simulation.clock.advance(1)
    assert isinstance(off(simulation, "size", why="too narrow"), GuardrailShown)
    found = list_guardrails(simulation.world.database, TENANT, by=EVE)
    assert not isinstance(found, Refusal)
    assert [(one.id, one.active, one.garbage) for one in found] == [("size", False, "")]
    assert read_guardrails(raw_guardrails(simulation.world.database, TENANT)) == ((), ())
    shown = 'type="EMPLOYEE_RANGE"; value.min=10'
    assert entries(simulation) == [
        ("GUARDRAIL_CHANGED", ANN.name, "missing", f"active=true; {shown}"),
        ("GUARDRAIL_CHANGED", ANN.name, f"active=true; {shown}", f"active=false; {shown}"),
    ]
    assert isinstance(off(simulation, "size"), Refusal)
    assert isinstance(off(simulation, "other"), Missing)
    assert isinstance(create(simulation, "ALLOWED_INDUSTRY", ["BANKING"], id_="size"), Clash)


def test_garbage_is_listed_with_what_is_wrong(simulation: Simulation) -> None:
    path = f"tenants/{TENANT}/guardrails/g"
    simulation.world.database.client.document(path).set({"type": "SIZE", "value": 1, "active": True})
    found = list_guardrails(simulation.world.database, TENANT, by=EVE)
    assert not isinstance(found, Refusal)
    (one,) = found
    assert one.rule is None
    assert "type is 'SIZE'" in one.garbage


def test_a_guardrail_is_switched_off_as_it_was_seen(simulation: Simulation) -> None:
    create(simulation, "EMPLOYEE_RANGE", {"min": 10}, id_="size")
    database = simulation.world.database
    seen = guardrail_version(database, TENANT, "size")
    database.client.document(f"tenants/{TENANT}/guardrails/size").update({"value.max": 99})
    assert isinstance(off(simulation, "size", seen=seen), Stale)
    assert isinstance(
        off(simulation, "size", seen=guardrail_version(database, TENANT, "size")), GuardrailShown
    )


def test_a_pause_holds_until_its_end_or_until_it_is_resumed(simulation: Simulation) -> None:
    database, now = simulation.world.database, simulation.clock.now
    assert isinstance(pause(simulation), CompanyRecord)
    assert isinstance(pause(simulation, "9002", until=now() + timedelta(hours=1)), CompanyRecord)
    both = paused_companies(database, TENANT, by=EVE, now=now())
    assert not isinstance(both, Refusal)
    assert {one.id for one in both} == {"9001", "9002"}
    later = paused_companies(database, TENANT, by=EVE, now=now() + timedelta(hours=1))
    assert not isinstance(later, Refusal)
    assert [one.id for one in later] == ["9001"]
    assert isinstance(resume(simulation), CompanyRecord)
    assert isinstance(resume(simulation), Missing)
    record = find_company_record(database, TENANT, "9001")
    assert record is not None
    assert not record.is_paused(now())
    assert [each[2:] for each in entries(simulation) if "until" not in each[3]] == [
        ("not paused", "paused"),
        ("paused", "not paused"),
    ]


def test_a_pause_that_has_ended_already_is_refused(simulation: Simulation) -> None:
    assert isinstance(pause(simulation, until=simulation.clock.now()), Refusal)
    assert isinstance(pause(simulation, until=simulation.clock.now().replace(tzinfo=None)), Refusal)
    for id_ in ("", "a/b", "x" * 65, "ana@x"):
        assert isinstance(pause(simulation, id_), Refusal)
        assert isinstance(resume(simulation, id_), Missing)


def test_only_an_admin_makes_a_pause_end_sooner(simulation: Simulation) -> None:
    now = simulation.clock.now()
    hour, day = now + timedelta(hours=1), now + timedelta(days=1)
    pause(simulation)
    refused = pause(simulation, until=day, by=BEN)
    assert isinstance(refused, Forbidden)
    assert str(refused) == (
        f"the company is paused until it is resumed, and {day.isoformat()} is sooner: that needs the role admin; "
        "an admin resumes it, or name a later end"
    )
    assert isinstance(pause(simulation, by=BEN), CompanyRecord)
    assert isinstance(pause(simulation, until=day), CompanyRecord)
    refused = pause(simulation, until=hour, by=BEN)
    assert isinstance(refused, Forbidden)
    assert f"until {day.isoformat()}, and {hour.isoformat()} is sooner" in str(refused)
    before = len(entries(simulation))
    record = find_company_record(simulation.world.database, TENANT, "9001")
    assert record is not None
    assert record.paused_until == day
    for longer in (day, day + timedelta(hours=1), None):
        assert isinstance(pause(simulation, until=longer, by=BEN), CompanyRecord)
    assert len(entries(simulation)) == before + 3


def test_after_a_pause_has_ended_whoever_decides_may_make_a_shorter_one(simulation: Simulation) -> None:
    pause(simulation, until=simulation.clock.now() + timedelta(days=1))
    simulation.clock.advance(86_400)
    end = simulation.clock.now() + timedelta(hours=1)
    assert isinstance(pause(simulation, until=end, by=BEN), CompanyRecord)


def test_a_rule_takes_the_end_off_a_persons_pause_and_leaves_it_theirs(simulation: Simulation) -> None:
    now = simulation.clock.now()
    record = pause(simulation, until=now + timedelta(days=1))
    assert isinstance(record, CompanyRecord)
    asked: dict[str, Any] = {"tenant": TENANT, "company_id": "9001", "why": "somebody wrote", "now": now}
    after, entry = company_paused(record, actor=BY_RULE, **asked)
    assert isinstance(after, CompanyRecord)
    assert isinstance(entry, AuditEntry)
    assert (after.paused_until, after.actor, after.pause_reason) == (None, ANN.name, "our market")
    assert entry.actor == BY_RULE
    assert company_paused(after, actor=BY_RULE, **asked) == []
    fresh, _ = company_paused(None, actor=BY_RULE, **asked)
    assert isinstance(fresh, CompanyRecord)
    assert (fresh.actor, fresh.pause_reason) == (BY_RULE, "somebody wrote")


def test_who_may_do_what(simulation: Simulation) -> None:
    now = simulation.clock.now()
    assert isinstance(create(simulation, "ALLOWED_INDUSTRY", ["BANKING"], by=BEN, id_="a"), Forbidden)
    create(simulation, "ALLOWED_INDUSTRY", ["BANKING"], id_="a")
    assert isinstance(off(simulation, "a", by=BEN), Forbidden)
    assert isinstance(pause(simulation, by=EVE), Forbidden)
    assert isinstance(pause(simulation, by=BEN), CompanyRecord)
    assert isinstance(resume(simulation, by=BEN), Forbidden)
    for by in (EVE, BEN, ANN):
        assert not isinstance(list_guardrails(simulation.world.database, TENANT, by=by), Refusal)
        assert not isinstance(paused_companies(simulation.world.database, TENANT, by=by, now=now), Refusal)


@pytest.mark.parametrize(
    ("field", "value", "needed"),
    [
        ("kill_switch", "true", Role.APPROVER),
        ("kill_switch", "false", Role.ADMIN),
        ("mode", "DRAFT_ONLY", Role.APPROVER),
        ("mode", "SEND_ALLOWED", Role.ADMIN),
        ("AUTO_SEND_FOLLOWUP", "true", Role.ADMIN),
        ("AUTO_SEND_FOLLOWUP", "false", Role.ADMIN),
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_whoever_decides_may_stop_and_only_an_admin_may_loosen(
    simulation: Simulation, role: Role, field: str, value: str, needed: Role
) -> None:
    done = set_flag(
        simulation.world.database,
        TENANT,
        field,
        value,
        by=Operator("key:x", role),
        now=simulation.clock.now(),
    )
    assert isinstance(done, FlagSet if role.covers(needed) else Forbidden)
    assert len(entries(simulation)) == (1 if role.covers(needed) else 0)
