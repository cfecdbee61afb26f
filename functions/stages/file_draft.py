"""File the draft in the mailbox."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.publish import publish
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.mailbox import mailbox
from shared.runtime.wire.store import drafts, threads
from shared.stages.file_draft import file_draft as step


@stage(outward=True, publish=publish)
def file_draft(job: Job, run: Run) -> Outcome:
    return step(
        job,
        drafts=drafts(run),
        mailbox=mailbox(run),
        threads=threads(run),
        may_have_happened=run.may_have_happened,
        now=run.now,
    )
