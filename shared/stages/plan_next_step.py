"""Decide what to do next, or that nothing may be done."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.agents.next_step_planner.agent import plan_step
from shared.jobs.facts import Action
from shared.jobs.job import Job, Status
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, Wait
from shared.jobs.rules import Rules
from shared.policy.answered import answers_mail
from shared.policy.contactability import contactability
from shared.ports.model import Model

RULES_RECHECK = timedelta(minutes=5)
"""How soon a job looks again at rules that could not be understood."""


def plan_next_step(job: Job, *, rules: Rules, model: Model | None, now: datetime) -> Outcome:
    """Plan the answer; who may not be written to ends here, and rules that are garbage are waited for."""
    reach = contactability(job.identity, rules, job.kind, now)
    if reach.unreadable:
        return Wait(now + RULES_RECHECK, reach.unreadable)
    planned = plan_step(job, model=model, now=now, refusals=reach.refused)
    plan = planned.plan
    opened = rules.contact.open_draft if rules.contact is not None else None
    if plan.action is Action.NO_ACTION and not reach.refused and answers_mail(job) and opened is not None:
        # What they wrote needs no answer; but a mail to them that was written before it may still be sent.
        return Hold([plan.reason, "a draft to them is still open: decide whether it still fits"], plan=plan)
    if plan.action is Action.NO_ACTION:
        return Stop(Status.STOPPED, reach.refused or (plan.reason,), plan=plan)
    return Advance(
        "write_draft",
        plan=plan,
        usage=job.usage.plus(planned.input_tokens, planned.output_tokens),
        notes=job.noting(planned.fell_back),
    )
