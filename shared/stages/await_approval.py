"""Wait for a person's decision about the draft, or approve it where a person switched that on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shared.jobs import audit
from shared.jobs.crm_words import FOR_A_PERSON
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Kind
from shared.jobs.outcome import Advance, Outcome, Wait, closed
from shared.jobs.rules import Controls, Rules
from shared.policy.authorship import is_by_hand
from shared.policy.deciding import approved, told
from shared.policy.flags import Flag, is_on, may_send
from shared.ports.documents import Drafts

BY_FLAG = "AUTO_SEND_FOLLOWUP approves drafts of this contact that pass every rule"


def await_approval(
    job: Job,
    *,
    drafts: Drafts,
    controls: Callable[[], Controls],
    rules: Callable[[], Rules],
    now: datetime,
) -> Outcome:
    """Wait without a time; AUTO_SEND_FOLLOWUP approves in a person's stead, and nothing else (P3).

    `controls` and `rules` are read only where they may change anything.
    """
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    if (ended := closed(draft)) is not None:
        return ended
    if draft.stands_approved:
        return Advance("send_draft", at=draft.approval.send_at if draft.approval else None)
    if not _could_approve_itself(job, draft) or not _is_on(controls(), job):
        return Wait(None, [FOR_A_PERSON])
    judged_by = rules()
    if not _is_on(judged_by.controls, job):
        return Wait(None, [FOR_A_PERSON])
    after = approved(
        draft,
        judged_by.tenant,
        judged_by.contact,
        actor=audit.BY_RULE,
        by_rule=True,
        now=now,
        delay_h=job.plan.delay_h if job.plan is not None else 0.0,
    )
    assert after.approval is not None
    if after.approval.send_at >= after.approval.expires_at:
        return Wait(None, [FOR_A_PERSON, "it could only go out after an approval of today has expired"])
    entry = told(audit.DRAFT_APPROVED, draft, after, actor=audit.BY_RULE, reason=BY_FLAG, at=now)
    return Advance(
        "send_draft",
        at=after.approval.send_at,
        writes=[after, entry],
        announce=["approved"],
        verdict=draft.verdict,
    )


def _could_approve_itself(job: Job, draft: Draft) -> bool:
    verdict = draft.verdict
    return (
        job.kind is Kind.FOLLOWUP
        and draft.state is DraftState.PENDING
        and draft.gmail_revision == draft.revision
        and verdict is not None
        and verdict.revision == draft.revision
        and verdict.outcome == "PASS"
        and not is_by_hand(draft)
        and not job.mails
        # What was claimed before may have been sent: that needs a person's word.
        and draft.fence == 0
    )


def _is_on(controls: Controls, job: Job) -> bool:
    return may_send(controls) and is_on(controls, Flag.AUTO_SEND_FOLLOWUP, job.contact_id)
