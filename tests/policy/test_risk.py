from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.facts import Severity, Violation
from shared.policy.limits import RiskWeights
from shared.policy.risk import risk


def broken(rule: str, severity: Severity) -> Violation:
    return Violation(rule=rule, severity=severity, found="x", mend="y")


WARN, FAIL, FORBIDDEN = Severity.WARN, Severity.FAIL, Severity.FORBIDDEN


@pytest.mark.parametrize(
    ("violations", "bounced", "expected"),
    [
        ([], False, 0),
        ([], True, 30),
        ([("personal-data", FORBIDDEN)], False, 50),
        ([("personal-data", FAIL)], False, 25),
        ([("personal-data", WARN)], False, 10),
        ([("personal-data", WARN), ("personal-data", FORBIDDEN)], False, 50),
        ([("tone", WARN), ("tone", WARN)], False, 20),
        ([("forbidden-word", WARN)] * 3, False, 30),
        ([("forbidden-word", WARN)] * 4, False, 40),
        ([("forbidden-word", WARN)] * 9, False, 40),
        ([("guardrail-stage", FORBIDDEN)], False, 40),
        ([("guardrail-industry", FORBIDDEN)], False, 30),
        ([("guardrail-stage", FORBIDDEN), ("guardrail-industry", FORBIDDEN)], False, 70),
        ([("guardrail-employees", FORBIDDEN)], False, 50),
        ([("unsupported-claim", FAIL)], False, 20),
        ([("mailed-recently", WARN)], False, 10),
        ([("unsupported-claim", FAIL)] * 5, False, 100),
        ([("link-not-allowed", FORBIDDEN), ("personal-data", FORBIDDEN), ("tone", WARN)], True, 100),
    ],
)
def test_risk_is_the_sum_of_the_weights_up_to_a_hundred(
    violations: list[tuple[str, Severity]], bounced: bool, expected: int
) -> None:
    assert risk([broken(*one) for one in violations], bounced=bounced) == expected


def test_weights_are_settings() -> None:
    assert risk([broken("tone", WARN)], weights=RiskWeights(tone=7)) == 7


RULES = st.sampled_from(
    ["personal-data", "tone", "forbidden-word", "guardrail-stage", "em-dash", "recipient"]
)


@given(
    st.lists(st.builds(broken, RULES, st.sampled_from(Severity))),
    RULES,
    st.sampled_from(Severity),
    st.booleans(),
)
def test_one_more_violation_never_lowers_the_risk(
    violations: list[Violation], rule: str, severity: Severity, bounced: bool
) -> None:
    before = risk(violations, bounced=bounced)
    after = risk([*violations, broken(rule, severity)], bounced=bounced)
    assert 0 <= before <= after <= 100
    assert risk(violations[::-1], bounced=bounced) == before
