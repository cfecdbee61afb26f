"""Tell the CRM what became of a draft."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.crm import crm
from shared.runtime.wire.store import drafts
from shared.stages.log_outcome import log_outcome as step


@stage(outward=True)
def log_outcome(job: Job, run: Run) -> Outcome:
    return step(job, drafts=drafts(run), crm=crm(run))
