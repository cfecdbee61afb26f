"""Plan the next step: rules refuse, a model may choose among what is allowed, the rule is there when it "
"cannot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from shared.agents.ask import ask
from shared.agents.case_data import case_data
from shared.agents.next_step_planner.by_rule import plan_by_rule
from shared.agents.next_step_planner.output import PlanOutput
from shared.agents.next_step_planner.planned import Planned
from shared.jobs.facts import Action, Tone
from shared.jobs.job import Job
from shared.ports.model import Model

PROMPT = Path(__file__).with_name("prompt.md")


def plan_step(job: Job, *, model: Model | None, now: datetime, refusals: Sequence[str] = ()) -> Planned:
    """The plan for a job. `refusals` are policy's reasons against writing; with any, no model is asked."""
    ruled = plan_by_rule(job, now=now, refusals=refusals)
    if ruled.action is Action.NO_ACTION:
        return Planned(ruled)
    asked = ask(model, agent="next_step_planner", prompt=PROMPT, data=case_data(job), output=PlanOutput)
    proposed = asked.value
    if proposed is None:
        return Planned(ruled, asked.fell_back, asked.input_tokens, asked.output_tokens)
    action = Action(proposed.action)
    if action is Action.PROPOSE_CALL and not job.slots:
        action = Action.SEND_FOLLOWUP
    plan = ruled.but(
        action=action,
        tone=Tone(proposed.tone),
        urgency=proposed.urgency,
        reason=_line(proposed.reason) or ruled.reason,
        call_to_action=_line(proposed.call_to_action) or ruled.call_to_action,
        delay_h=proposed.delay_h,
        decided_by=f"model:{asked.model}",
    )
    return Planned(plan, "", asked.input_tokens, asked.output_tokens)


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
