"""Whether an approved draft may be claimed now: the one judgement before a mail goes out (P3, P4, P5, P8, P9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs.audit import BY_RULE
from shared.jobs.claim import Obstacle, Refused
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Answering, Contact, Mailed
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.quota import Quota
from shared.jobs.rules import Rules
from shared.policy.addresses import same_address
from shared.policy.answered import answers_mail
from shared.policy.contactability import contactability
from shared.policy.flags import may_send
from shared.policy.letter import differences
from shared.policy.limits import DEFAULTS, Limits
from shared.policy.send_times import may_go_now, send_time

WROTE_SINCE = "the person wrote after this revision was written"
ANSWERED_ALREADY = "what it answers was answered already"


@dataclass(frozen=True)
class Case:
    """Everything that the claim judges by, read in one transaction."""

    job: Job
    draft: Draft
    rules: Rules
    company: CompanyRecord | None
    quotas: Sequence[Quota]
    now: datetime
    limits: Limits = DEFAULTS
    again: bool = False
    """Whether the same draft is sent again under the quota that an earlier claim of it reserved."""


def judge(case: Case) -> Refused | None:
    """Why it may not be claimed now; None when it may."""
    for rule in RULES:
        refused = rule(case)
        if refused is not None:
            return _in_time(case, refused)
    return None


def _in_time(case: Case, refused: Refused) -> Refused:
    """What could only go out after its approval has expired is decided about again, now and not then."""
    given = case.draft.approval
    if refused.obstacle is not Obstacle.LATER or refused.until is None or given is None:
        return refused
    if refused.until < given.expires_at:
        return refused
    late = (
        f"it could go out on {refused.until:%Y-%m-%d}, after the approval has expired: put it off until then"
    )
    return Refused(Obstacle.VOID, (*refused.reasons, late))


def answering(job: Job) -> tuple[Answering, str]:
    """What the job's mail answers, and that event's id."""
    if answers_mail(job):
        return Answering.MAIL, job.mails[0].message_id
    if job.submissions:
        return Answering.FORM, job.submissions[0].conversion_id
    return Answering.NOTHING, ""


def mail_of(job: Job, draft: Draft, at: datetime) -> Mailed:
    """The mail as its person's record keeps it."""
    what, event = answering(job)
    return Mailed(at=at, draft_id=draft.id, answering=what, event=event)


def wrote_since(draft: Draft, contact: Contact | None) -> bool:
    """Whether the person wrote after this revision of the draft was written."""
    if contact is None or contact.last_wrote_at is None:
        return False
    return contact.last_wrote_at > draft.revised_at


def answered_already(job: Job, draft: Draft, contact: Contact | None) -> bool:
    """Whether another mail to the person has answered what the draft answers."""
    what, event = answering(job)
    if not event or contact is None:
        return False
    return any((each.answering, each.event) == (what, event) for each in _others(draft, contact))


def _others(draft: Draft, contact: Contact) -> list[Mailed]:
    return [each for each in contact.recent_mails if each.draft_id != draft.id]


def next_allowed(
    mails: Sequence[Mailed], what: Answering, now: datetime, limits: Limits = DEFAULTS
) -> Refused | None:
    """Why another mail to the person who got these has to wait, and until when; None when it may go out now.

    One unsolicited mail in a week; two with answers to forms; answers to mails are free.
    """
    if what is Answering.MAIL:
        return None
    counted = [each.at for each in mails if what is Answering.NOTHING or each.answering is not Answering.MAIL]
    most = limits.form_answers_a_week if what is Answering.FORM else 1
    week = timedelta(days=limits.mailed_again_days)
    recent = sorted(at for at in counted if now - at < week)
    if len(recent) < most:
        return None
    reason = f"{len(recent)} mails went to this person in {limits.mailed_again_days} days, at most {most} may"
    return Refused(Obstacle.LATER, (reason,), recent[-most] + week)


def held_by_pause(company: CompanyRecord | None, what: Answering, now: datetime) -> Refused | None:
    """Why nobody of a company is mailed now: until its pause ends, or for good where it has no end.

    The rule pauses who else is there: whoever wrote to us is answered.
    """
    if company is None or not company.is_paused(now):
        return None
    if company.actor == BY_RULE and what is Answering.MAIL:
        return None
    reasons = (f"the company is paused: {company.pause_reason}",)
    if company.paused_until is None:
        return Refused(Obstacle.VOID, reasons)
    return Refused(Obstacle.LATER, reasons, company.paused_until)


def _stopped(case: Case) -> Refused | None:
    controls = case.rules.controls
    if not may_send(controls):
        return Refused(Obstacle.PAUSED, controls.reasons or ("sending is switched off",))
    if case.job.kind.value in case.rules.tenant.draft_only_playbooks:
        return Refused(Obstacle.PAUSED, (f"the settings let no mail of playbook {case.job.kind} out",))
    garbage = tuple(line for quota in case.quotas for line in quota.garbage)
    return Refused(Obstacle.PAUSED, garbage) if garbage else None


def _not_mailed(case: Case) -> Refused | None:
    found = contactability(case.job.identity, case.rules, case.job.kind, case.now)
    return Refused(Obstacle.FORBIDDEN, found.suppressed) if found.suppressed else None


def _not_as_approved(case: Case) -> Refused | None:
    draft, contact = case.draft, case.rules.contact
    wanted = DraftState.SENDING if case.again else DraftState.APPROVED
    given = draft.approval
    if draft.state is not wanted or given is None:
        return Refused(Obstacle.VOID, (f"the draft is {draft.state} and not approved",))
    if (given.revision, given.hash) != (draft.revision, draft.hash):
        return Refused(Obstacle.VOID, ("the draft is no longer what was approved",))
    if (
        contact is None
        or contact.id != draft.contact_id
        or not same_address(contact.address, draft.recipient)
    ):
        return Refused(Obstacle.VOID, ("the draft's recipient is not the contact's own address",))
    if contact.open_draft != draft.id:
        return Refused(Obstacle.VOID, ("it is not the contact's open draft",))
    if wrong := differences(draft):
        return Refused(Obstacle.VOID, wrong)
    if draft.sender.lower() not in case.rules.tenant.senders:
        return Refused(Obstacle.VOID, ("its mailbox is no longer one of the tenant's senders",))
    if case.job.sender is None or not same_address(case.job.sender.mailbox, draft.sender):
        return Refused(Obstacle.VOID, ("it lies in another mailbox than its job's sender has",))
    if case.now >= given.expires_at:
        return Refused(Obstacle.EXPIRED, ("nobody sent it in time: the approval has expired",))
    return None


def _outside_guardrails(case: Case) -> Refused | None:
    found = contactability(case.job.identity, case.rules, case.job.kind, case.now)
    reasons = tuple(breach.reason for breach in found.breaches)
    return Refused(Obstacle.VOID, reasons) if reasons else None


def _wrote_since(case: Case) -> Refused | None:
    return Refused(Obstacle.VOID, (WROTE_SINCE,)) if wrote_since(case.draft, case.rules.contact) else None


def _company_paused(case: Case) -> Refused | None:
    what, _ = answering(case.job)
    return held_by_pause(case.company, what, case.now)


def _too_often(case: Case) -> Refused | None:
    """As often as `next_allowed` says; and what was answered is not answered again."""
    contact = case.rules.contact
    if contact is None:
        return None
    if answered_already(case.job, case.draft, contact):
        return Refused(Obstacle.VOID, (ANSWERED_ALREADY,))
    what, _ = answering(case.job)
    return next_allowed(_others(case.draft, contact), what, case.now, case.limits)


def _not_yet(case: Case) -> Refused | None:
    draft, tenant, contact = case.draft, case.rules.tenant, case.rules.contact
    given = draft.approval
    assert given is not None, "what is not approved was refused before"
    if given.forced or case.again:
        return None
    until = given.send_at
    if contact is not None and contact.away_until is not None and contact.away_until > max(case.now, until):
        until = send_time(draft, tenant, contact, not_before=contact.away_until)
        return Refused(Obstacle.LATER, ("the person is away",), until)
    if case.now < until:
        return Refused(Obstacle.LATER, ("it goes out in the sender's working hours",), until)
    if not may_go_now(draft, tenant, case.now):
        until = send_time(draft, tenant, contact, not_before=case.now)
        return Refused(Obstacle.LATER, ("it goes out in the sender's working hours",), until)
    return None


def _quota_used_up(case: Case) -> Refused | None:
    if case.again:
        return None
    full = [quota for quota in case.quotas if quota.remaining == 0]
    if not full:
        return None
    reasons = tuple(f"the mailbox has sent its {quota.limit} of {quota.period.name}" for quota in full)
    until = max(quota.period.ends_at for quota in full)
    contact = case.rules.contact
    return Refused(
        Obstacle.LATER, reasons, send_time(case.draft, case.rules.tenant, contact, not_before=until)
    )


RULES = (
    _stopped,
    _not_mailed,
    _not_as_approved,
    _outside_guardrails,
    _wrote_since,
    _company_paused,
    _too_often,
    _not_yet,
    _quota_used_up,
)
"""In this order: what stops everybody, what stops the person, what voids the approval, what only waits."""
