"""Take our drafts to who is not to be mailed out of the mailbox, so that nobody sends them by hand (P9)."""

from __future__ import annotations

from collections.abc import Callable

from shared.jobs.draft import DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.policy.authorship import lies_as_written
from shared.ports.documents import Drafts
from shared.ports.mailbox import Mailbox

_OVER = frozenset({DraftState.REJECTED, DraftState.EXPIRED})


def withdraw_draft(job: Job, *, drafts: Drafts, mailbox_at: Callable[[str], Mailbox]) -> Outcome:
    """Delete them for good; one that is gone already is as good as deleted, so a rerun deletes none twice."""
    for draft_id in job.withdrawn:
        draft = drafts.get(draft_id)
        if draft.state is DraftState.EXPIRED and lies_as_written(draft):
            continue  # a person's own words are theirs: nobody decided against them
        if draft.state in _OVER and draft.gmail_draft_id is not None:
            mailbox_at(draft.sender).delete_draft(draft.gmail_draft_id)
    return Advance("log_outcome")
