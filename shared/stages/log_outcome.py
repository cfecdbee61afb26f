"""Tell the CRM what became of a draft, in the note that told of it."""

from __future__ import annotations

from shared.jobs.crm_words import outcome_note
from shared.jobs.ending import ending, ids_over
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.ports.crm import Crm
from shared.ports.documents import Drafts


def log_outcome(job: Job, *, drafts: Drafts, crm: Crm) -> Outcome:
    """Bring the note up to date; without a note there is nothing to tell, and one that was deleted stays so."""
    over = [drafts.get(draft_id) for draft_id in ids_over(job)]
    for draft in over:
        if draft.note_id is not None and not draft.is_open:
            crm.update_note(draft.note_id, outcome_note(draft))
    if any(draft.task_id is not None and not draft.is_open for draft in over):
        return Advance("close_task")
    return ending(job, over)
