"""How a job ends whose draft is over, once the CRM knows what became of it."""

from collections.abc import Sequence

from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Status
from shared.jobs.outcome import Advance, Outcome, Stop
from shared.jobs.playbooks import REVISE_FROM

_ENDS = {
    DraftState.SENT: Status.DONE,
    DraftState.SENT_BY_HAND: Status.DONE,
    DraftState.REJECTED: Status.STOPPED,
    DraftState.EXPIRED: Status.STOPPED,
}


def ids_over(job: Job) -> tuple[str, ...]:
    """The drafts with which the job comes to its end: those that were withdrawn, else its own."""
    ids = job.withdrawn or ((job.draft_id,) if job.draft_id is not None else ())
    assert ids, "a job comes here with the draft that is over"
    return ids


def ending(job: Job, over: Sequence[Draft]) -> Outcome:
    """Another draft where the person said more meanwhile, else the end, for the reason of the first draft's."""
    if job.begins_anew:
        return Advance(REVISE_FROM, begins_anew=False)
    first = over[0]
    return Stop(_ENDS.get(first.state, Status.STOPPED), [first.end_reason or f"the draft is {first.state}"])
