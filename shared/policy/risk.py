"""How risky a draft is, as one number that operators can sort by."""

from __future__ import annotations

from collections.abc import Iterable

from shared.jobs.facts import Severity, Violation
from shared.policy.limits import WEIGHTS, RiskWeights


def risk(violations: Iterable[Violation], *, bounced: bool = False, weights: RiskWeights = WEIGHTS) -> int:
    """min(cap, sum of the weights of what is wrong), 0 to 100; `bounced`: an earlier mail came back.

    Personal data, tone, and guardrails on stage and industry have weights of their own and count once,
    forbidden words count each up to their cap; every other violation counts by its severity.
    """
    found = tuple(violations)
    words = sum(violation.rule == "forbidden-word" for violation in found)
    once = {violation.rule: _weight(violation, weights) for violation in found if violation.rule in _ONCE}
    for violation in found:
        if violation.rule in _ONCE:
            once[violation.rule] = max(once[violation.rule], _weight(violation, weights))
    others = (v for v in found if v.rule not in _ONCE and v.rule != "forbidden-word")
    total = (
        sum(once.values())
        + min(weights.forbidden_words_cap, words * weights.forbidden_word)
        + sum(_by_severity(violation, weights) for violation in others)
        + (weights.bounced if bounced else 0)
    )
    return min(weights.cap, total)


_ONCE = frozenset({"personal-data", "tone", "guardrail-stage", "guardrail-industry"})


def _weight(violation: Violation, weights: RiskWeights) -> int:
    match violation.rule:
        case "personal-data":
            return {
                Severity.FORBIDDEN: weights.personal_data_high,
                Severity.FAIL: weights.personal_data_medium,
                Severity.WARN: weights.personal_data_low,
            }[violation.severity]
        case "tone":
            return weights.tone
        case "guardrail-stage":
            return weights.stage_mismatch
        case _:
            return weights.industry_mismatch


def _by_severity(violation: Violation, weights: RiskWeights) -> int:
    return {
        Severity.FORBIDDEN: weights.high,
        Severity.FAIL: weights.medium,
        Severity.WARN: weights.low,
    }[violation.severity]
