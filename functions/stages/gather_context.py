"""Gather meeting times."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.calendar import calendar
from shared.stages.gather_context import gather_context as step


@stage
def gather_context(job: Job, run: Run) -> Outcome:
    return step(job, calendar=calendar(run), now=run.now)
