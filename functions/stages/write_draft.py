"""Write or revise the draft."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.model import model
from shared.runtime.wire.opt_out import opt_out_url
from shared.runtime.wire.store import contacts, drafts, jobs
from shared.stages.write_draft import write_draft as step


@stage
def write_draft(job: Job, run: Run) -> Outcome:
    return step(
        job,
        contacts=contacts(run),
        drafts=drafts(run),
        jobs=jobs(run),
        model=model(run),
        opt_out_url=opt_out_url(run.world, run.tenant),
        now=run.now,
    )
