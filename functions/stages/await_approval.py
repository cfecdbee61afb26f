"""Wait for the decision about the draft."""

from functools import partial

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.publish import publish
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.store import controls, drafts, rules
from shared.stages.await_approval import await_approval as step


@stage(publish=publish)
def await_approval(job: Job, run: Run) -> Outcome:
    return step(
        job,
        drafts=drafts(run),
        controls=partial(controls, run),
        rules=partial(rules, run),
        now=run.now,
    )
