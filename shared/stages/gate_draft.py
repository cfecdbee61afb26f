"""Judge a draft before a person or a mailbox ever sees it."""

from __future__ import annotations

from datetime import datetime

from shared.jobs import audit
from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Verdict
from shared.jobs.job import Job, Status
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, closed
from shared.jobs.playbooks import WITHDRAW_FROM
from shared.jobs.rules import Rules
from shared.policy import ending, quality
from shared.policy.authorship import is_by_hand
from shared.ports.documents import Drafts


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
        return _rejected(draft, verdict, rules, now)
    judged = draft.but(verdict=verdict)
    if verdict.mendable and job.revisions_left:
        return Advance("write_draft", writes=[judged], verdict=verdict, mends=job.mends + 1)
    if verdict.mendable:
        return Hold(verdict.reasons, writes=[judged], announce=["held"], verdict=verdict)
    return Advance("file_draft", writes=[judged], verdict=verdict)


def _rejected(draft: Draft, verdict: Verdict, rules: Rules, now: datetime) -> Outcome:
    """The end of a draft that must not be; an earlier revision of it does not stay in the mailbox."""
    _, writes = ending.taken_back(
        draft.but(verdict=verdict),
        DraftState.REJECTED,
        rules.contact,
        actor=audit.BY_RULE,
        reason="; ".join(verdict.reasons),
        now=now,
    )
    if draft.gmail_draft_id is None:
        return Stop(Status.REJECTED, verdict.reasons, writes=writes, announce=["rejected"], verdict=verdict)
    return Advance(
        WITHDRAW_FROM, writes=writes, announce=["rejected"], withdrawn=(draft.id,), verdict=verdict
    )
