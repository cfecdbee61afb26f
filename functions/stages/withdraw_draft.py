"""Take a draft back out of the mailbox."""

from functools import partial

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.mailbox import mailbox_at
from shared.runtime.wire.store import contacts, drafts, tenant
from shared.stages.withdraw_draft import withdraw_draft as step


@stage(outward=True)
def withdraw_draft(job: Job, run: Run) -> Outcome:
    return step(
        job,
        drafts=drafts(run),
        contacts=contacts(run),
        tenant=partial(tenant, run),
        mailbox_at=mailbox_at(run),
        now=run.now,
    )
