"""Take our draft to somebody who must not be mailed out of the mailbox, so that nobody sends it by hand (P9)."""

from __future__ import annotations

from collections.abc import Callable

from shared.jobs.draft import DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.ports import Drafts, Mailbox


def withdraw_draft(job: Job, *, drafts: Drafts, mailbox_at: Callable[[str], Mailbox]) -> Outcome:
    """Delete it for good; one that is gone already is as good as deleted."""
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    if draft.state is DraftState.REJECTED and draft.gmail_draft_id is not None:
        mailbox_at(draft.sender).delete_draft(draft.gmail_draft_id)
    return Advance("log_outcome")
