"""Send the approved draft."""

from datetime import timedelta

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.claiming import StoredClaims
from shared.runtime.publish import publish
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.mailbox import mailbox, single_send
from shared.runtime.wire.store import contacts, drafts
from shared.stages.send_draft import send_draft as step


@stage(outward=True, publish=publish)
def send_draft(job: Job, run: Run) -> Outcome:
    return step(
        job,
        drafts=drafts(run),
        contacts=contacts(run),
        claims=StoredClaims(run),
        mailbox=mailbox(run),
        single_send=single_send(run),
        recheck=timedelta(seconds=run.world.settings.paused_recheck_s),
        now=run.now,
    )
