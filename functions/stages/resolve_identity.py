"""Find the person, the company and the sender."""

from datetime import timedelta

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.crm import crm
from shared.runtime.wire.store import contacts, tenant
from shared.stages.resolve_identity import resolve_identity as step


@stage
def resolve_identity(job: Job, run: Run) -> Outcome:
    settings = tenant(run)
    lag = timedelta(seconds=run.world.settings.crm_lag_s)
    return step(
        job, crm=crm(run, settings), tenant=settings, contacts=contacts(run), now=run.now, crm_lag=lag
    )
