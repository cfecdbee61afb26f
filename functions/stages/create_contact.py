"""Create the person in the CRM."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.crm import crm
from shared.stages.create_contact import create_contact as step


@stage(outward=True)
def create_contact(job: Job, run: Run) -> Outcome:
    return step(job, crm=crm(run))
