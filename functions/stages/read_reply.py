"""Read one mail that came in."""

from functools import partial

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.publish import publish
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.mailbox import mailbox
from shared.runtime.wire.secrets import address_key_of
from shared.runtime.wire.store import companies, contacts, drafts, jobs, suppressions, tenant
from shared.stages.read_reply import read_reply as step


@stage(publish=publish)
def read_reply(job: Job, run: Run) -> Outcome:
    return step(
        job,
        mailbox=mailbox(run),
        tenant=tenant(run),
        contacts=contacts(run),
        drafts=drafts(run),
        jobs=jobs(run),
        suppressions=suppressions(run),
        companies=companies(run),
        key_of=partial(address_key_of, run.world),
        now=run.now,
    )
