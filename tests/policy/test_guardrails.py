from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.facts import Company
from shared.jobs.rules import Guardrail, GuardrailType
from shared.policy.guardrails import breaches, judge, read_guardrails
from tests.policy.examples import IDENTITY

COMPANY = IDENTITY.company
assert COMPANY is not None


def guard(type_: str, value: Any) -> tuple[Guardrail, ...]:
    read, garbage = read_guardrails({"g1": {"type": type_, "value": value, "active": True}})
    assert garbage == ()
    return read


CASES: list[tuple[str, Any, Company, bool]] = [
    ("ALLOWED_COMPANY_STAGE", ["SEED", "SERIES_A"], COMPANY, True),
    ("ALLOWED_COMPANY_STAGE", ["SERIES_A"], COMPANY.but(stage="Series A"), True),
    ("ALLOWED_COMPANY_STAGE", ["SEED", "GROWTH"], COMPANY, False),
    ("ALLOWED_INDUSTRY", ["computer software", "BANKING"], COMPANY, True),
    ("ALLOWED_INDUSTRY", ["BANKING"], COMPANY, False),
    ("ALLOWED_INDUSTRY", ["SOFTWARE"], COMPANY, False),
    ("EMPLOYEE_RANGE", {"min": 45, "max": 45}, COMPANY, True),
    ("EMPLOYEE_RANGE", {"min": 46}, COMPANY, False),
    ("EMPLOYEE_RANGE", {"max": 44}, COMPANY, False),
    ("EMPLOYEE_RANGE", {"min": 0, "max": None}, COMPANY, True),
    ("EMPLOYEE_RANGE", {"min": 0, "max": 10}, COMPANY.but(employees=0), True),
    ("EXCLUDED_COMPANY_IDS", ["9001"], COMPANY, False),
    ("EXCLUDED_COMPANY_IDS", ["9002"], COMPANY, True),
    ("EXCLUDED_COMPANY_IDS", [], COMPANY, True),
]


@pytest.mark.parametrize(("type_", "value", "company", "passes"), CASES)
def test_each_guardrail_lets_its_companies_pass_and_no_others(
    type_: str, value: Any, company: Company, passes: bool
) -> None:
    reasons = judge(company, guard(type_, value), unknown_passes=False)
    assert (reasons == ()) is passes
    assert all("g1" in reason and type_ in reason for reason in reasons)
    assert judge(company, guard(type_, value), unknown_passes=True) == reasons


@pytest.mark.parametrize(
    ("type_", "value", "unknown"),
    [
        ("ALLOWED_COMPANY_STAGE", ["SEED"], {"stage": None}),
        ("ALLOWED_COMPANY_STAGE", ["SEED"], {"stage": "  "}),
        ("ALLOWED_INDUSTRY", ["BANKING"], {"industry": None}),
        ("EMPLOYEE_RANGE", {"min": 1}, {"employees": None}),
        ("EMPLOYEE_RANGE", {"min": 0}, {"employees": -1}),
        ("EXCLUDED_COMPANY_IDS", ["1"], {"crm_id": ""}),
    ],
)
def test_what_is_unknown_fails_unless_a_setting_lets_it_pass(
    type_: str, value: Any, unknown: dict[str, Any]
) -> None:
    for company in (COMPANY.but(**unknown), None):
        found = breaches(company, guard(type_, value), unknown_passes=False)
        assert [breach.unknown for breach in found] == [True]
        assert "unknown" in found[0].reason
        assert judge(company, guard(type_, value), unknown_passes=True) == ()


def test_every_active_guardrail_must_pass() -> None:
    guardrails = guard("ALLOWED_COMPANY_STAGE", ["SEED"]) + guard("EMPLOYEE_RANGE", {"max": 10})
    assert len(judge(COMPANY, guardrails, unknown_passes=False)) == 2
    assert judge(COMPANY, (), unknown_passes=False) == ()


def test_inactive_guardrails_are_left_out() -> None:
    assert read_guardrails({"g": {"type": "EMPLOYEE_RANGE", "value": {"min": 5}, "active": False}}) == (
        (),
        (),
    )


def test_a_valid_document_is_read_with_its_id() -> None:
    read, garbage = read_guardrails(
        {"size": {"type": "EMPLOYEE_RANGE", "value": {"min": 5, "max": 9}, "active": True, "note": "agreed"}}
    )
    assert read == (Guardrail("size", GuardrailType.EMPLOYEE_RANGE, low=5, high=9),)
    assert garbage == ()


GOOD: dict[str, Any] = {"type": "ALLOWED_INDUSTRY", "value": ["BANKING"], "active": True}
GARBAGE: list[dict[str, Any]] = [
    {},
    {**GOOD, "active": "true"},
    {**GOOD, "active": 1},
    {**GOOD, "active": None},
    {**GOOD, "type": "ALLOWED_INDUSTRIES"},
    {**GOOD, "type": None},
    {**GOOD, "type": ["ALLOWED_INDUSTRY"]},
    {**GOOD, "value": None},
    {**GOOD, "value": "BANKING"},
    {**GOOD, "value": []},
    {**GOOD, "value": ["BANKING", ""]},
    {**GOOD, "value": ["BANKING", 7]},
    {**GOOD, "actve": False},
    {"type": "ALLOWED_COMPANY_STAGE", "value": ["SERIES_C"], "active": True},
    {"type": "ALLOWED_COMPANY_STAGE", "value": [], "active": True},
    {"type": "EXCLUDED_COMPANY_IDS", "value": [123], "active": True},
    {"type": "EXCLUDED_COMPANY_IDS", "value": "123", "active": True},
    {"type": "EMPLOYEE_RANGE", "value": [10, 20], "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {}, "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {"min": "10"}, "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {"min": True}, "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {"min": 10.5}, "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {"min": -1}, "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {"min": 20, "max": 10}, "active": True},
    {"type": "EMPLOYEE_RANGE", "value": {"min": 1, "maximum": 10}, "active": True},
]


@pytest.mark.parametrize("document", GARBAGE)
@pytest.mark.parametrize("active", [None, False])
def test_garbage_is_named_also_when_inactive(document: dict[str, Any], active: bool | None) -> None:
    if active is False and isinstance(document.get("active"), bool):
        document = {**document, "active": False}
    read, garbage = read_guardrails({"bad": document, "good": GOOD})
    assert [guardrail.id for guardrail in read] == ["good"]
    assert len(garbage) == 1
    assert garbage[0].startswith("guardrails/bad: ")


@given(
    low=st.none() | st.integers(0, 50),
    high=st.none() | st.integers(0, 50),
    employees=st.integers(0, 60),
)
def test_a_range_means_at_least_and_at_most(low: int | None, high: int | None, employees: int) -> None:
    guardrails = (Guardrail("g", GuardrailType.EMPLOYEE_RANGE, low=low, high=high),)
    inside = (low is None or low <= employees) and (high is None or employees <= high)
    assert (judge(COMPANY.but(employees=employees), guardrails, unknown_passes=False) == ()) is inside
