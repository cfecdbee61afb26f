"""Send the approved draft, once: claim it, look again, send the approved bytes, say what became of it (P2, P3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import Failure, Permanent, Retryable
from shared.jobs import audit
from shared.jobs.claim import Obstacle, Refused
from shared.jobs.contact import Contact
from shared.jobs.crm_words import FOR_A_PERSON
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Hold, Outcome, Wait, closed
from shared.jobs.playbooks import WITHDRAW_FROM
from shared.policy import deciding, ending
from shared.policy.limits import DEFAULTS, Limits
from shared.policy.sent_evidence import Finding, found
from shared.ports.documents import Claims, Contacts, Drafts
from shared.ports.mailbox import Mailbox, SentMail

HANDLED = "the draft in Gmail is not as it was filed: the sweep takes it up"
NEW_MAIL = "a mail came into the thread after the draft was written: look at the draft again"
SETTLE = "look among the sent mails in Gmail, then say what became of it: `whisper drafts settle`"

_FINDINGS = {
    Finding.GONE: "its answer was lost, the draft is gone, and no sent mail is to be found",
    Finding.UNSENT: "its answer was lost, and the draft lies there still: a second send could be a second mail",
    Finding.BOTH: "the mail went out, and a draft lies there still: delete that one",
}


def send_draft(
    job: Job,
    *,
    drafts: Drafts,
    contacts: Contacts,
    claims: Claims,
    mailbox: Mailbox,
    single_send: Callable[[], bool],
    recheck: timedelta,
    now: datetime,
    limits: Limits = DEFAULTS,
) -> Outcome:
    """Claim and send it, or find out what became of a send whose end is not known.

    `single_send` says whether two sends of one draft were seen to give one mail in this mailbox; `recheck` is
    how soon, at the earliest, to ask again while sending is switched off. Errors: Unclear when the answer to
    the send was lost: the draft stays SENDING, and a rerun after the lease looks for evidence.
    """
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    desk = _Desk(job, contacts, claims, mailbox, single_send, recheck, now, limits)
    match draft.state:
        case DraftState.APPROVED:
            return desk.send(draft)
        case DraftState.SENDING:
            return desk.reconcile(draft)
        case DraftState.PENDING:
            return Wait(None, [FOR_A_PERSON])
        case DraftState.HELD:
            return Hold([draft.end_reason, SETTLE])
        case DraftState.REJECTED | DraftState.EXPIRED if draft.gmail_draft_id is not None:
            # Its person was stopped while this job was under way: nobody sends it by hand either (P9).
            return Advance(WITHDRAW_FROM, withdrawn=(draft.id,))
        case _:
            return closed(draft) or Wait(None, [FOR_A_PERSON])


@dataclass(frozen=True)
class _Desk:
    """What one run has at hand."""

    job: Job
    contacts: Contacts
    claims: Claims
    mailbox: Mailbox
    single_send: Callable[[], bool]
    recheck: timedelta
    now: datetime
    limits: Limits

    def send(self, draft: Draft) -> Outcome:
        claimed = self.claims.claim(draft)
        if isinstance(claimed, Refused):
            return self._refused(draft, claimed)
        draft = claimed.draft
        try:
            if self._is_handled(draft):
                return self._left_to_the_sweep(draft)
            head = self._head(draft)
            if head != draft.thread_head:
                # The newest mail can be the draft itself, sent by hand between the two looks.
                handled = self._is_handled(draft)
                return self._left_to_the_sweep(draft) if handled else self._new_mail(draft, head)
            interrupted = self.claims.interrupted(draft)
            if interrupted:
                return self._back(draft, DraftState.APPROVED, interrupted, self.now + self.recheck)
            receipt = self.mailbox.send_draft(_filed_as(draft), draft.raw, draft.thread_id)
        except Retryable as failure:
            return self._back(draft, DraftState.APPROVED, (failure.reason,), self._later(draft, failure))
        except Permanent as failure:
            return self._back(draft, DraftState.PENDING, (failure.reason,), None)
        if receipt is None:
            # The draft is gone: somebody sent or deleted it at this moment, or our own request went out twice.
            return self.reconcile(draft)
        return self._sent(draft, claimed.contact, receipt.message_id, self.now)

    def reconcile(self, draft: Draft) -> Outcome:
        """Judge by what the mailbox shows; where it shows nothing, a person is asked and nothing is sent again."""
        there = self.mailbox.draft(_filed_as(draft))
        evidence = found(draft, there, self._went_out(draft), self.limits)
        if evidence.finding is Finding.SENT and evidence.mail is not None:
            contact = self.contacts.get(draft.contact_id)
            return self._sent(draft, contact, evidence.mail.message_id, evidence.mail.sent_at)
        unchanged = there is not None and there.message_id == draft.gmail_message_id
        if evidence.finding is Finding.UNSENT and unchanged and self.single_send():
            return self._again(draft)
        assert draft.claim is not None
        if evidence.finding is not Finding.BOTH and draft.claim.looks < self.limits.send_looks:
            looked = draft.but(claim=draft.claim.but(looks=draft.claim.looks + 1))
            until = self.now + timedelta(seconds=self.limits.send_look_s)
            return Wait(until, [f"it is not known whether it was sent: {evidence.finding}"], writes=[looked])
        return self._held(draft, _FINDINGS.get(evidence.finding, evidence.finding.value))

    def _again(self, draft: Draft) -> Outcome:
        """The same draft once more, for two sends of it give one mail; everything is judged anew before."""
        assert draft.claim is not None
        if draft.claim.looks >= self.limits.send_looks:
            return self._held(draft, "its answer was lost time and again")
        claimed = self.claims.claim(draft)
        if isinstance(claimed, Refused):
            if claimed.obstacle is Obstacle.PAUSED:
                return Wait(self.now + self.recheck, claimed.reasons)
            return self._held(draft, f"its answer was lost, and now it may not be sent: {claimed.reasons[0]}")
        draft = claimed.draft
        interrupted = self.claims.interrupted(draft)
        if interrupted:
            return Wait(self.now + self.recheck, interrupted)
        if self._is_handled(draft) or self._head(draft) != draft.thread_head:
            return self._held(draft, "its answer was lost, and the thread is no longer as it was approved")
        try:
            receipt = self.mailbox.send_draft(_filed_as(draft), draft.raw, draft.thread_id)
        except Permanent as failure:
            return self._held(draft, f"its answer was lost, and now Gmail refuses it: {failure.reason}")
        if receipt is None:
            return Wait(
                self.now + timedelta(seconds=self.limits.send_look_s),
                ["the draft is gone: looking for the mail"],
            )
        return self._sent(draft, claimed.contact, receipt.message_id, self.now)

    def _is_handled(self, draft: Draft) -> bool:
        """Whether what lies in the mailbox is no longer what we filed."""
        there = self.mailbox.draft(_filed_as(draft))
        return there is None or there.message_id != draft.gmail_message_id

    def _head(self, draft: Draft) -> str | None:
        """The newest mail of the thread as it is now."""
        thread_id = draft.thread_id or draft.gmail_thread_id
        return self.mailbox.head(thread_id) if thread_id is not None else None

    def _went_out(self, draft: Draft) -> tuple[SentMail, ...]:
        assert draft.claim is not None
        since = draft.claim.at - timedelta(seconds=self.limits.clock_skew_s)
        thread_id = draft.gmail_thread_id or draft.thread_id
        in_thread = self.mailbox.sent_in(thread_id, since) if thread_id is not None else ()
        return in_thread or self.mailbox.sent_mails(draft.recipient, since)

    def _refused(self, draft: Draft, refused: Refused) -> Outcome:
        """What follows when the draft may not be claimed: nothing was reserved, and nothing has to be undone."""
        match refused.obstacle:
            case Obstacle.PAUSED:
                return Wait(self._asks_again(draft), refused.reasons)
            case Obstacle.LATER:
                return Wait(refused.until or self.now + self.recheck, refused.reasons)
            case Obstacle.VOID:
                return self._void(draft, refused.reasons)
            case Obstacle.EXPIRED:
                return self._ended(draft, DraftState.EXPIRED, refused.reasons)
            case Obstacle.FORBIDDEN:
                return self._ended(draft, DraftState.REJECTED, refused.reasons)

    def _left_to_the_sweep(self, draft: Draft) -> Outcome:
        # Asked again all the same: a mailbox that for once did not show it has shown the sweep nothing new.
        return self._back(draft, DraftState.APPROVED, (HANDLED,), self._asks_again(draft))

    def _new_mail(self, draft: Draft, head: str | None) -> Outcome:
        """The claim given back: whoever approves the same words again has to have seen the thread as it is now."""
        after, given_back = deciding.released(draft, DraftState.PENDING, self.now)
        return self._told_back(draft, deciding.seen_anew(after, head), (NEW_MAIL,), None, given_back)

    def _back(
        self, draft: Draft, state: DraftState, reasons: tuple[str, ...], until: datetime | None
    ) -> Outcome:
        """The draft and its quota as before the claim: the mailbox took nothing."""
        after, given_back = deciding.released(draft, state, self.now)
        return self._told_back(draft, after, reasons, until, given_back)

    def _told_back(
        self,
        draft: Draft,
        after: Draft,
        reasons: tuple[str, ...],
        until: datetime | None,
        given_back: deciding.Increments,
    ) -> Outcome:
        reason = "; ".join(reasons)
        writes: list[Document] = [
            after,
            deciding.told(audit.SEND_RELEASED, draft, after, actor=audit.BY_RULE, reason=reason, at=self.now),
            *deciding.voided(draft, after, actor=audit.BY_RULE, reason=reason, at=self.now),
        ]
        return Wait(until, reasons, writes=writes).adding(given_back)

    def _void(self, draft: Draft, reasons: tuple[str, ...]) -> Outcome:
        """What was approved is not to be sent without another look."""
        after, why = draft.pended(self.now), "; ".join(reasons)
        voided = deciding.voided(draft, after, actor=audit.BY_RULE, reason=why, at=self.now)
        return Hold([*reasons, FOR_A_PERSON], writes=[after, *voided], announce=["held"])

    def _ended(self, draft: Draft, state: DraftState, reasons: tuple[str, ...]) -> Outcome:
        """The end of a draft that goes to nobody: it leaves the mailbox, so that nobody sends it by hand."""
        contact = self.contacts.get(draft.contact_id)
        reason = "; ".join(reasons)
        _, writes = ending.taken_back(draft, state, contact, actor=audit.BY_RULE, reason=reason, now=self.now)
        return Advance(WITHDRAW_FROM, writes=writes, announce=[state.value.lower()], withdrawn=(draft.id,))

    def _sent(self, draft: Draft, contact: Contact | None, message_id: str, at: datetime) -> Outcome:
        """It went out: draft, quota, contact and audit learn of it in the commit that starts the CRM's record."""
        after, used = deciding.sent(draft, message_id=message_id, at=at)
        entry = deciding.told(
            audit.DRAFT_SENT, draft, after, actor=audit.BY_RULE, reason="sent as approved", at=self.now
        )
        patches: dict[str, dict[str, object]] = {}
        if contact is not None:
            changes = deciding.mailed_contact(contact, self.job, after, at)
            patches[contact.path] = {**changes, "updated_at": self.now}
        return Advance("log_send", writes=[after, entry], announce=["sent"]).adding(used, patches)

    def _held(self, draft: Draft, reason: str) -> Outcome:
        after = draft.moved(DraftState.HELD).but(end_reason=reason)
        entry = deciding.told(audit.SEND_HELD, draft, after, actor=audit.BY_RULE, reason=reason, at=self.now)
        return Hold([reason, SETTLE], writes=[after, entry], announce=["held"])

    def _asks_again(self, draft: Draft) -> datetime:
        """Soon after the approval, and less often the longer the stop lasts: each time reads all rules."""
        waited = self.now - draft.approval.at if draft.approval is not None else timedelta()
        share = min(waited * self.limits.asked_again_share, timedelta(seconds=self.limits.asked_again_most_s))
        return self.now + max(self.recheck, share)

    def _later(self, draft: Draft, failure: Failure) -> datetime:
        """Each try later than the one before it, an hour at most."""
        asked = failure.retry_after_s if isinstance(failure, Retryable) else None
        pause_s = min(60.0 * 2 ** min(draft.fence, 6), 3600.0)
        return self.now + timedelta(seconds=max(asked or 0.0, pause_s))


def _filed_as(draft: Draft) -> str:
    assert draft.gmail_draft_id is not None, "only a filed draft can be approved"
    return draft.gmail_draft_id
