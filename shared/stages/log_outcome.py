"""Tell the CRM what became of a draft, in the note that told of it."""

from __future__ import annotations

from shared.jobs.crm_words import outcome_note
from shared.jobs.draft import DraftState
from shared.jobs.job import Job, Status
from shared.jobs.outcome import Advance, Outcome, Stop
from shared.ports import Crm, Drafts

_ENDS = {
    DraftState.SENT: Status.DONE,
    DraftState.SENT_BY_HAND: Status.DONE,
    DraftState.REJECTED: Status.STOPPED,
    DraftState.EXPIRED: Status.STOPPED,
}


def log_outcome(job: Job, *, drafts: Drafts, crm: Crm) -> Outcome:
    """Bring the note up to date; without a note there is nothing to tell, and one that was deleted stays so."""
    ids = job.withdrawn or ((job.draft_id,) if job.draft_id is not None else ())
    assert ids, "a job comes here with the draft that is over"
    over = [drafts.get(draft_id) for draft_id in ids]
    for draft in over:
        if draft.note_id is not None and not draft.is_open:
            crm.update_note(draft.note_id, outcome_note(draft))
    if job.begins_anew:
        return Advance("write_draft", begins_anew=False)
    first = over[0]
    return Stop(_ENDS.get(first.state, Status.STOPPED), [first.end_reason or f"the draft is {first.state}"])
