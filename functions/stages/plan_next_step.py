"""Decide what to do next."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.model import model
from shared.runtime.wire.store import rules
from shared.stages.plan_next_step import plan_next_step as step


@stage
def plan_next_step(job: Job, run: Run) -> Outcome:
    return step(job, rules=rules(run), model=model(run), now=run.now)
