"""Close the task about a draft in the CRM."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.crm import crm
from shared.runtime.wire.store import drafts
from shared.stages.close_task import close_task as step


@stage(outward=True)
def close_task(job: Job, run: Run) -> Outcome:
    return step(job, drafts=drafts(run), crm=crm(run))
