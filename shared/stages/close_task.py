"""Take the task about a draft off the owner's list in the CRM, once the draft is over."""

from __future__ import annotations

from shared.jobs.ending import ending, ids_over
from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.ports.crm import Crm
from shared.ports.documents import Drafts


def close_task(job: Job, *, drafts: Drafts, crm: Crm) -> Outcome:
    """Complete it; completing twice changes nothing, and a task that somebody deleted stays so."""
    over = [drafts.get(draft_id) for draft_id in ids_over(job)]
    for draft in over:
        if draft.task_id is not None and not draft.is_open:
            crm.complete_task(draft.task_id)
    return ending(job, over)
