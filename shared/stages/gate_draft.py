"""Judge a draft before a person or a mailbox ever sees it."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.job import Job, Status
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, closed
from shared.jobs.rules import Rules
from shared.policy import quality
from shared.policy.authorship import is_by_hand
from shared.ports import Drafts


def gate_draft(job: Job, *, drafts: Drafts, rules: Rules, now: datetime) -> Outcome:
    """Pass the draft on, send it back once to be mended, or hold it for a person with every rule it broke.

    What a person wrote is neither mended nor thrown away: it is held, whatever it broke.
    """
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    if (ended := closed(draft)) is not None:
        return ended
    verdict = quality.judge(draft, job, rules, now)
    if is_by_hand(draft) and verdict.outcome == "FAIL":
        return Hold(verdict.reasons, writes=[draft.but(verdict=verdict)], announce=["held"], verdict=verdict)
    if verdict.forbidden:
        rejected = draft.rejected(verdict)
        return Stop(
            Status.REJECTED, verdict.reasons, writes=[rejected], announce=["rejected"], verdict=verdict
        )
    judged = draft.but(verdict=verdict)
    if verdict.mendable and job.revisions_left:
        return Advance("write_draft", writes=[judged], verdict=verdict, mends=job.mends + 1)
    if verdict.mendable:
        return Hold(verdict.reasons, writes=[judged], announce=["held"], verdict=verdict)
    return Advance("file_draft", writes=[judged], verdict=verdict)
