"""The gate: every rule that a draft breaks, before a person or a mailbox ever sees it (P3, P10)."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.draft import Draft
from shared.jobs.facts import Verdict
from shared.jobs.job import Job
from shared.jobs.rules import Rules, SuppressionReason
from shared.policy.case import Case, Rule
from shared.policy.flags import may_send
from shared.policy.limits import DEFAULTS, WEIGHTS, Limits, RiskWeights
from shared.policy.risk import risk
from shared.policy.rules_of_safety import SAFETY_RULES
from shared.policy.rules_of_writing import WRITING_RULES

RULES: tuple[Rule, ...] = (*SAFETY_RULES, *WRITING_RULES)


def judge(
    draft: Draft,
    job: Job,
    rules: Rules,
    now: datetime,
    limits: Limits = DEFAULTS,
    weights: RiskWeights = WEIGHTS,
) -> Verdict:
    """The verdict on one revision: all that is wrong with it at once, its risk, and whether mode lets it out.

    Controls that forbid sending are no violation: drafting is always allowed.
    """
    case = Case(draft, job, rules, now, limits)
    violations = tuple(violation for rule in RULES for violation in rule(case))
    bounced = rules.suppression is not None and rules.suppression.reason is SuppressionReason.BOUNCED
    return Verdict(
        revision=draft.revision,
        violations=violations,
        send_allowed=may_send(rules.controls),
        risk=risk(violations, bounced=bounced, weights=weights),
    )
