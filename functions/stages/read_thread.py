"""Read the newest thread with the person."""

from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.runtime.stage import stage
from shared.runtime.stage_run import Run
from shared.runtime.wire.mailbox import mailbox
from shared.runtime.wire.model import model
from shared.stages.read_thread import read_thread as step


@stage
def read_thread(job: Job, run: Run) -> Outcome:
    return step(job, mailbox=mailbox(run), model=model(run), now=run.now)
