"""Record a sent mail in the CRM."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.crm import crm
from shared.runtime.wire.store import drafts
from shared.stages.log_send import log_send as step


@stage(outward=True)
def log_send(job: Job, run: Run) -> Outcome:
    return step(job, drafts=drafts(run), crm=crm(run), may_have_happened=run.may_have_happened, now=run.now)
