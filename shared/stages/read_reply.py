"""Read one mail that came in: what kind it is, and what follows from that alone (P9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.errors import Permanent
from shared.jobs.audit import BY_RULE
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft
from shared.jobs.job import Job, Status
from shared.jobs.mail import HeardMail, Mail, MailKind, Reading
from shared.jobs.outcome import Advance, Hold, Outcome, Stop, Wait
from shared.jobs.rules import SuppressionReason
from shared.jobs.tenant import Tenant
from shared.policy import stopping
from shared.policy.addresses import BadAddress, canonical_address, domain_of
from shared.policy.letter import DRAFT_HEADER
from shared.policy.mail_kind.kind import kind_of
from shared.policy.mail_kind.known import Known
from shared.policy.send_times import start_of
from shared.policy.suppression import is_erased
from shared.ports.documents import Companies, Contacts, Drafts, Jobs, Suppressions
from shared.ports.mailbox import Mailbox

HANDLED_WAIT = timedelta(minutes=2)
"""How soon a reply looks again whether the sweep has seen what a person did with our draft."""

_PAUSES = {
    MailKind.OPT_OUT: "somebody of it opted out",
    MailKind.COMPLAINT: "somebody of it complained",
    MailKind.HARD_BOUNCE: "a mail to somebody of it came back for good",
}

ERASED = "the person who wrote it was erased: nothing of them is kept; the mail lies in Gmail"

KeyOf = Callable[[str], str]

_SUPPRESSES = {
    MailKind.OPT_OUT: (SuppressionReason.OPT_OUT, "opted_out"),
    MailKind.COMPLAINT: (SuppressionReason.COMPLAINT, "complained"),
    MailKind.HARD_BOUNCE: (SuppressionReason.BOUNCED, "bounced"),
}


def read_reply(
    job: Job,
    *,
    mailbox: Mailbox,
    tenant: Tenant,
    contacts: Contacts,
    drafts: Drafts,
    jobs: Jobs,
    suppressions: Suppressions,
    companies: Companies,
    key_of: KeyOf,
    now: datetime,
) -> Outcome:
    """Stop everything for who must not be mailed, note who is away, and have a person answered."""
    heard = job.mails[0]
    mail = mailbox.mail(heard.message_id)
    if mail is None:
        return Stop(Status.STOPPED, ["the mail was deleted before it could be read"])
    desk = _Desk(job, tenant, contacts, drafts, jobs, suppressions, companies, key_of, now)
    sender = _plain(mail.sender.address)
    if sender is not None and sender in tenant.senders:
        return Stop(Status.STOPPED, ["one of our own mailboxes wrote it"])
    if sender is not None and is_erased(suppressions.get(key_of(sender))):
        unnamed = heard.but(sender="", name="")
        return Stop(Status.STOPPED, [ERASED], mails=(unnamed, *job.mails[1:]), address="")
    writer = desk.contact_at(sender)
    contact = desk.contact(heard.follows) or writer
    known = Known(
        ours=frozenset(tenant.senders),
        contact=contact.address if contact else None,
        contact_name=contact.name if contact else "",
        today=now.date(),
    )
    reading = kind_of(mail, known)
    heard = heard.but(
        sender=sender or "",
        name=mail.sender.name,
        received_at=mail.received_at or heard.received_at or now,
        kind=reading.kind,
        reason=reading.reason,
        attachments=mail.attachments,
    )
    said: dict[str, Any] = {"mails": (heard, *job.mails[1:]), "notes": job.noting(*_notes(heard, mail))}
    if reading.kind in _SUPPRESSES:
        return desk.suppress(reading, mail, sender, contact, said)
    if reading.kind in (MailKind.OUT_OF_OFFICE, MailKind.AUTO_REPLY, MailKind.SOFT_BOUNCE):
        return desk.note(reading, writer or contact, said)
    if writer is None and heard.follows is None and not heard.from_known:
        # Mails whose headers could not be seen are heard whoever wrote them.
        return Stop(Status.STOPPED, ["nobody that we know wrote it, and in no thread that we follow"], **said)
    if heard.in_spam:
        spam: Outcome = Stop(
            Status.STOPPED, ["Gmail takes it for spam: nothing is written to its sender"], **said
        )
        return spam.also(desk.wrote(spam, (writer,)))
    if sender is None:
        return Hold(["its From is not exactly one plain address: read it in Gmail"], **said)
    if mail.defects and not mail.own_words.strip():
        unread: Outcome = Hold(
            ["the mail cannot be read, open it in Gmail: " + "; ".join(mail.defects)], **said
        )
        return unread.also(desk.wrote(unread, (writer,)))
    outcome = desk.answer(reading, sender, mailbox, writer, contact, said)
    theirs = (
        contact if contact is not None and (contact == writer or _belongs(reading, sender, contact)) else None
    )
    outcome = outcome.also(desk.wrote(outcome, (writer,)))
    return outcome.also(desk.pauses("somebody of it wrote to us", (theirs, writer)))


def _belongs(reading: Reading, sender: str, contact: Contact) -> bool:
    """Whether who writes in a person's thread is that person, or of their company without doubt."""
    if reading.kind is MailKind.ALIAS:
        return True
    theirs, domain = domain_of(contact.address), domain_of(sender)
    same = domain == theirs or domain.endswith(f".{theirs}") or theirs.endswith(f".{domain}")
    return reading.kind is MailKind.COLLEAGUE and same


def _plain(address: str) -> str | None:
    try:
        return canonical_address(address)
    except BadAddress:
        return None


def _is_feedback(mail: Mail) -> bool:
    """Whether a mail provider reports what a recipient thinks of a mail."""
    return any(report.type == "feedback-report" for report in mail.reports)


def _notes(heard: HeardMail, mail: Mail) -> Sequence[str]:
    notes: list[str] = []
    if heard.attachments:
        notes.append(f"{len(heard.attachments)} attached, not opened: {', '.join(heard.attachments[:5])}")
    if mail.defects:
        notes.append("the mail is not sound: " + "; ".join(mail.defects[:3]))
    return notes


class _Desk:
    """What is known about the person, and what is written about them."""

    def __init__(
        self,
        job: Job,
        tenant: Tenant,
        contacts: Contacts,
        drafts: Drafts,
        jobs: Jobs,
        suppressions: Suppressions,
        companies: Companies,
        key_of: KeyOf,
        now: datetime,
    ) -> None:
        self._job = job
        self._tenant = tenant
        self._companies = companies
        self._contacts = contacts
        self._drafts = drafts
        self._jobs = jobs
        self._suppressions = suppressions
        self._key_of = key_of
        self._now = now

    def contact(self, contact_id: str | None) -> Contact | None:
        return self._contacts.get(contact_id) if contact_id else None

    def contact_at(self, address: str | None) -> Contact | None:
        return self._contacts.get(self._key_of(address)) if address else None

    def answer(
        self,
        reading: Reading,
        sender: str,
        mailbox: Mailbox,
        writer: Contact | None,
        contact: Contact | None,
        said: dict[str, Any],
    ) -> Outcome:
        """A person wrote: to be answered, unless somebody has to decide to whom the answer goes."""
        if reading.kind is MailKind.FORWARDED:
            return Hold([f"{reading.reason}: decide by hand who is answered"], announce=["held"], **said)
        if contact is not None and contact != writer and not _belongs(reading, sender, contact):
            # What stands in the thread is between us and that person: who it is told to, a person decides (P10).
            why = "somebody else wrote in the thread of a person we know: decide by hand who is answered"
            return Hold([why], announce=["held"], **said)
        addressee = contact if reading.kind is MailKind.ALIAS else writer
        opened = self._open_draft(contact)
        elsewhere = self._open_draft(addressee)
        if elsewhere is not None and not self._lies_here(elsewhere):
            why = "our open draft to them lies in another mailbox of ours than the one they wrote to"
            return Hold([f"{why}: decide there, then replay this"], announce=["held"], **said)
        if opened is not None and self._lies_here(opened) and _handled_by_hand(opened, mailbox):
            why = "somebody sent, changed or deleted our draft in Gmail: the sweep finds out first"
            return Wait(self._now + HANDLED_WAIT, [why])
        if reading.kind is MailKind.COLLEAGUE and opened is not None and contact != writer:
            why = "a colleague answered in a thread in which a draft to somebody else is open"
            return Hold([f"{why}: decide by hand who is answered"], announce=["held"], **said)
        writes: list[Document] = []
        if addressee is not None:
            writes.append(addressee.but(last_wrote_at=self._now, away_until=None, updated_at=self._now))
        return Advance(
            "resolve_identity",
            writes=writes,
            announce=["replied"],
            contact_id=addressee.id if addressee else self._key_of(sender),
            address=addressee.address if addressee else sender,
            **said,
        )

    def wrote(self, outcome: Outcome, people: Iterable[Contact | None]) -> list[Document]:
        """That these people wrote to us, whatever follows from it: nothing approved before goes out to them (P9)."""
        known = {each.path for each in outcome.writes}
        return [
            person.but(last_wrote_at=self._now, updated_at=self._now)
            for person in people
            if person is not None and person.path not in known
        ]

    def _lies_here(self, draft: Draft) -> bool:
        """Whether the draft is filed in the mailbox that heard the mail, or in none yet."""
        sender = self._job.sender
        same = sender is not None and sender.mailbox.lower() == draft.sender.lower()
        return same or draft.gmail_draft_id is None

    def note(self, reading: Reading, contact: Contact | None, said: dict[str, Any]) -> Outcome:
        """A machine wrote that stops nothing; it may say until when the person is away."""
        writes: list[Document] = []
        if reading.returns_on is not None and contact is not None:
            # Midnight of any other zone may lie within the sender's working hours of the day before.
            mailbox = self._job.sender.mailbox if self._job.sender is not None else ""
            away_until = start_of(reading.returns_on, mailbox, self._tenant)
            writes.append(contact.but(away_until=away_until, updated_at=self._now))
        return Stop(
            Status.STOPPED,
            [f"{reading.kind}: {reading.reason}"],
            writes=writes,
            announce=[reading.kind.value],
            **said,
        )

    def pauses(self, why: str, people: Iterable[Contact | None]) -> list[Document]:
        """The pause of these people's companies, where the settings want it; none of them is mailed then."""
        if not self._tenant.pause_company_on_reply:
            return []
        by_company = {p.company_crm_id: p for p in people if p is not None and p.company_crm_id}
        writes: list[Document] = []
        for company_id, person in by_company.items():
            writes += stopping.company_paused(
                self._companies.get(company_id),
                tenant=self._job.tenant,
                company_id=company_id,
                why=why,
                actor=BY_RULE,
                now=self._now,
                contact_id=person.id,
            )
        return writes

    def suppress(
        self, reading: Reading, mail: Mail, sender: str | None, contact: Contact | None, said: dict[str, Any]
    ) -> Outcome:
        """Nobody is mailed again who said so or cannot be reached; their open draft is taken back."""
        reason, told = _SUPPRESSES[reading.kind]
        why = f"{reading.kind}: {reading.reason}"
        named = self._concerned(reading, mail, sender, contact)
        reported = bool(reading.failed) or _is_feedback(mail)
        people = {
            id_: person for id_, person in named.items() if not reported or self._is_about_ours(id_, mail)
        }
        if named and not people:
            # Anybody can write a report about anybody (P10).
            doubt = "it names a person we know, and nothing shows that it is about a mail of ours"
            return Hold([why, f"{doubt}: suppress them by hand if it is"], announce=["held"], **said)
        if not people:
            return Stop(Status.STOPPED, [why, "none of the addresses is one that we know"], **said)
        writes: list[Document] = []
        withdrawn: list[str] = []
        for contact_id, known in people.items():
            writes += stopping.suppressed(
                self._suppressions.get(contact_id),
                tenant=self._job.tenant,
                contact_id=contact_id,
                reason=reason,
                why=f"{why} ({self._job.id})",
                now=self._now,
            )
            opened = self._open_draft(known)
            if known is not None and opened is not None and opened.state in stopping.TAKEN_BACK:
                owner = self._jobs.get(opened.job_id) if opened.job_id != self._job.id else None
                writes += stopping.taken_back(known, opened, owner, why=why, now=self._now)
                if opened.gmail_draft_id is not None:
                    withdrawn.append(opened.id)
            elif known is not None:
                # Whoever is beginning a draft to them loses this race, and finds the suppression at the gate.
                writes.append(known.but(updated_at=self._now))
        writes += self.pauses(_PAUSES[reading.kind], people.values())
        if not withdrawn:
            return Stop(Status.STOPPED, [why], writes=writes, announce=[told], **said)
        return Advance("withdraw_draft", writes=writes, announce=[told], withdrawn=tuple(withdrawn), **said)

    def _concerned(
        self, reading: Reading, mail: Mail, sender: str | None, contact: Contact | None
    ) -> dict[str, Contact | None]:
        """Whom it is about. A report is believed only about people whom we know (P10)."""
        if reading.failed or reading.kind is MailKind.HARD_BOUNCE or _is_feedback(mail):
            plain = {address for each in reading.failed if (address := _plain(each))}
            found = {person.id: person for each in sorted(plain) if (person := self.contact_at(each))}
            if not found and _is_feedback(mail):
                # Providers hide who complains: whom that mail of ours went to is told by its mark.
                ours = self._draft_of(mail)
                about = self.contact(ours.contact_id) if ours is not None else contact
                found = {about.id: about} if about is not None else {}
            return dict(found)
        people: dict[str, Contact | None] = {}
        if sender is not None:
            people[self._key_of(sender)] = self.contact_at(sender)
        # Whoever says "stop" in the thread of a person we know from an address we do not may well be that person.
        if contact is not None and not any(people.values()):
            people[contact.id] = contact
        return people

    def _is_about_ours(self, contact_id: str, mail: Mail) -> bool:
        """Whether a report came in the person's own thread, or brings back a mail that carries our mark."""
        if self._job.mails[0].follows == contact_id:
            return True
        ours = self._draft_of(mail)
        return ours is not None and ours.contact_id == contact_id

    def _draft_of(self, mail: Mail) -> Draft | None:
        """Our draft whose mark the mail that a report brings back carries."""
        draft_id = mail.returned_headers.get(DRAFT_HEADER.lower(), "").strip()
        if not draft_id or "/" in draft_id:
            return None
        try:
            return self._drafts.get(draft_id)
        except Permanent:
            return None

    def _open_draft(self, contact: Contact | None) -> Draft | None:
        if contact is None or contact.open_draft is None:
            return None
        draft = self._drafts.get(contact.open_draft)
        return draft if draft.is_open else None


def _handled_by_hand(draft: Draft, mailbox: Mailbox) -> bool:
    """Whether the draft no longer lies in the mailbox as we filed it."""
    if draft.gmail_draft_id is None or draft.state not in stopping.TAKEN_BACK:
        return False
    there = mailbox.draft(draft.gmail_draft_id)
    return there is None or there.message_id != draft.gmail_message_id
