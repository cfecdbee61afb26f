"""Take our drafts to who is not to be mailed out of the mailbox, so that nobody sends them by hand (P9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from shared.errors import Permanent
from shared.jobs import audit
from shared.jobs.announcement import TOPIC, Announcement
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.jobs.quota import BY_HAND
from shared.jobs.tenant import Tenant
from shared.policy import deciding
from shared.policy.authorship import lies_as_written
from shared.policy.by_hand import (
    SENT,
    answered_until,
    counted,
    done_by,
    gone_out,
    has_its_words,
    sent_by_hand,
    sent_in_thread,
    sent_since,
)
from shared.policy.limits import DEFAULTS, Limits
from shared.ports.documents import Contacts, Drafts
from shared.ports.mailbox import Mailbox, SentMail

_OVER = frozenset({DraftState.REJECTED, DraftState.EXPIRED})


def withdraw_draft(
    job: Job,
    *,
    drafts: Drafts,
    contacts: Contacts,
    tenant: Callable[[], Tenant],
    mailbox_at: Callable[[str], Mailbox],
    now: datetime,
    limits: Limits = DEFAULTS,
) -> Outcome:
    """Delete them for good, and learn of those that a person had sent by then.

    One that is gone was deleted, by an earlier run or by a person, unless the mailbox shows that it went out: then
    draft, quota, contact and audit say so in one commit, and the CRM is told next.
    """
    learned = _Learned(job, drafts, contacts, now, limits)
    for draft_id in job.withdrawn:
        draft = drafts.get(draft_id)
        if draft.state not in _OVER or draft.gmail_draft_id is None:
            continue
        mailbox = mailbox_at(draft.sender)
        if lies_as_written(draft) and draft.state is DraftState.EXPIRED:
            # A person's own words are theirs: nobody decided against them.
            gone = mailbox.draft(draft.gmail_draft_id) is None
        else:
            gone = not mailbox.delete_draft(draft.gmail_draft_id)
        mail = learned.mail_of(draft, mailbox) if gone else None
        if mail is not None:
            learned.sent(draft, mail, tenant())
    return Advance("log_outcome", writes=learned.writes()).adding(
        {path: {BY_HAND: number} for path, number in learned.counted.items()}
    )


class _Learned:
    """What one run learns of drafts that people sent before they were taken back."""

    def __init__(self, job: Job, drafts: Drafts, contacts: Contacts, now: datetime, limits: Limits) -> None:
        self.counted: Counter[str] = Counter()
        """What is added to each quota, by its path."""
        self._job = job
        self._drafts = drafts
        self._contacts = contacts
        self._now = now
        self._limits = limits
        self._told: list[Document] = []
        self._mailed: dict[str, Contact] = {}
        self._taken: set[str] = set()

    def writes(self) -> list[Document]:
        """The drafts, what tells of them, and each contact once."""
        return [*self._told, *self._mailed.values()]

    def mail_of(self, draft: Draft, mailbox: Mailbox) -> SentMail | None:
        """The mail that the draft became; one of another draft, or of somebody's own making, is none."""
        since = sent_since(draft, self._limits)
        others = self._mails_of_others(draft, since)

        def found(mails: tuple[SentMail, ...]) -> SentMail | None:
            left = [mail for mail in mails if mail.message_id not in others]
            return sent_by_hand(draft, left, self._limits, in_its_stead=False)

        # Not by a search first: it does not know yet what has just been sent.
        if in_thread := found(self._in_thread(draft, mailbox, since)):
            return in_thread
        elsewhere = mailbox.sent_mails(draft.recipient, since)
        if by_search := found(elsewhere):
            return by_search
        for mail in elsewhere:
            if mail.message_id in others or mail.marker or mail.sent_at < draft.created_at:
                continue
            whole = mailbox.mail(mail.message_id)
            if whole is not None and has_its_words(draft, whole.text):
                return mail
        return None

    def sent(self, draft: Draft, mail: SentMail, tenant: Tenant) -> None:
        """Write down that a person sent it."""
        after = gone_out(draft, mail)
        entry = deciding.told(audit.DRAFT_SENT, draft, after, actor=audit.BY_HAND, reason=SENT, at=self._now)
        self._taken.add(mail.message_id)
        self._told += [after, entry, self._announcement(after)]
        for path, added in counted(draft, mail, tenant).items():
            self.counted[path] += added[BY_HAND]
        contact = self._person(draft)
        if contact is not None:
            # What the mail answered stands in the draft's own job, beside what came after it.
            own = self._job.id == draft.job_id
            answered = done_by(self._job, answered_until(draft, mail)) if own else None
            changes = deciding.mailed_contact(contact, answered, draft, mail.sent_at)
            self._mailed[contact.id] = contact.but(**changes, updated_at=self._now)

    def _in_thread(self, draft: Draft, mailbox: Mailbox, since: datetime) -> tuple[SentMail, ...]:
        """What went out in its thread, with our mark where it has one."""
        if draft.gmail_thread_id is None:
            return ()
        mails = sent_in_thread(draft, mailbox.thread(draft.gmail_thread_id))
        if not mails:
            return ()
        marked = {mail.message_id: mail for mail in mailbox.sent_in(draft.gmail_thread_id, since)}
        return tuple(marked.get(mail.message_id, mail) for mail in mails)

    def _mails_of_others(self, draft: Draft, since: datetime) -> set[str]:
        """Mails that are known to be those of other drafts: where a rerun comes late, a newer one may be out."""
        contact = self._person(draft)
        found = set(self._taken)
        for each in contact.recent_mails if contact is not None else ():
            if each.draft_id == draft.id or each.at < since:
                continue
            with suppress(Permanent):  # it was erased, or kept long enough
                found.add(self._drafts.get(each.draft_id).sent_message_id or "")
        return found

    def _person(self, draft: Draft) -> Contact | None:
        return self._mailed.get(draft.contact_id) or self._contacts.get(draft.contact_id)

    def _announcement(self, draft: Draft) -> Announcement:
        return Announcement(
            id=f"{draft.id}-{draft.revision}-sent_by_hand",
            tenant=draft.tenant,
            topic=TOPIC,
            type="sent_by_hand",
            job_id=draft.job_id,
            contact_id=draft.contact_id,
            trace_id=self._job.trace_id,
            at=self._now,
        )
