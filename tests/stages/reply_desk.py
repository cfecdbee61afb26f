"""Mails of each kind, and the desk at which read_reply reads them."""

from __future__ import annotations

from typing import Any

from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft
from shared.jobs.job import Kind, Status
from shared.jobs.mail import Address, HeardMail, Mail, Report
from shared.jobs.outcome import Outcome
from shared.ports.mailbox import FiledDraft
from shared.stages.read_reply import read_reply
from tests.builders import (
    ADDRESS,
    NOW,
    SENDER,
    contact,
    draft,
    heard_mail,
    job,
    mail,
    tenant,
)
from tests.fakes import FakeCompanies, FakeContacts, FakeDrafts, FakeJobs, FakeMailbox, FakeSuppressions

BEN = SENDER.but(mailbox="ben@northwind.com", name="Ben Ode")
BOSS = "boss@brightloop.io"
OTHER = "dana@elsewhere.example"
KEYS = {ADDRESS: "k1", BOSS: "k2", OTHER: "k3"}
DAEMON = Address(address="mailer-daemon@googlemail.com", name="Mail Delivery Subsystem")


def opt_out(**changes: Any) -> Mail:
    return mail(text="Please stop writing to me.", **changes)


def bounce(*failed: str, status: str = "5.1.1", action: str = "failed") -> Mail:
    """A report that these addresses could not be reached."""
    blocks = [
        Report(
            type="delivery-status",
            fields={
                "final-recipient": f"rfc822; {address}",
                "action": action,
                "status": status,
                "diagnostic-code": "smtp; 550 5.1.1 The email account that you tried to reach does not exist."
                if status.startswith("5")
                else "smtp; 451 4.3.0 try again later",
            },
        )
        for address in failed
    ]
    return mail(
        sender=DAEMON,
        subject="Delivery Status Notification (Failure)"
        if status.startswith("5")
        else "Delivery Status Notification (Delay)",
        headers={
            "Content-Type": "multipart/report; report-type=delivery-status",
            "Auto-Submitted": "auto-replied",
        },
        text="Address not found. Your message wasn't delivered." if status.startswith("5") else "Delayed.",
        reports=tuple(blocks),
        returned_headers={"from": SENDER.mailbox, "to": failed[0] if failed else ""},
    )


def out_of_office(until: str = "I am back on Monday, March 23, 2026.", **changes: Any) -> Mail:
    return mail(
        subject="Automatic reply: Reporting for Brightloop",
        headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
        text=f"I am out of the office. {until}",
        **changes,
    )


def complaint() -> Mail:
    """A provider hands on that Maya marked our mail as spam."""
    return mail(
        sender=Address(address="feedback@fbl.example"),
        subject="Abuse report",
        headers={"Content-Type": "multipart/report; report-type=feedback-report"},
        text="This is an email abuse report for an email message.",
        reports=(
            Report(
                type="feedback-report",
                fields={
                    "feedback-type": "abuse",
                    "original-mail-from": SENDER.mailbox,
                    "original-rcpt-to": ADDRESS,
                },
            ),
        ),
        returned_headers={"from": SENDER.mailbox, "to": ADDRESS},
    )


class Desk:
    """What the stage is given: Maya is a contact, and the mail is in Ann's mailbox."""

    def __init__(self, one: Mail | None = None, **changes: Any) -> None:
        self.mailbox = FakeMailbox()
        self.contacts = FakeContacts(contact(name="Maya Okafor"))
        self.drafts = FakeDrafts()
        self.jobs = FakeJobs()
        self.suppressions = FakeSuppressions()
        self.companies = FakeCompanies()
        self.settings: dict[str, Any] = {}
        if one is not None:
            self.mailbox.mails[one.id] = one
        fields: dict[str, Any] = {
            "id": "job-reply",
            "kind": Kind.REPLY,
            "stage": "read_reply",
            "submissions": (),
            "identity": None,
            "slots": None,
            "plan": None,
            "mails": (heard_mail(),),
        }
        self.job = job(**{**fields, **changes})

    def meets(self, *people: Contact) -> Desk:
        self.contacts = FakeContacts(*self.contacts.kept.values(), *people)
        return self

    def open_draft(self, **changes: Any) -> Draft:
        """A draft to Maya that lies filed in the mailbox, its job waiting for a person."""
        opened = draft(**changes)
        if opened.gmail_draft_id is None and "gmail_draft_id" not in changes:
            filed: FiledDraft = self.mailbox.create_draft(opened.raw, None)
            opened = opened.but(
                gmail_draft_id=filed.id, gmail_message_id=filed.message_id, gmail_thread_id=filed.thread_id
            )
        self.drafts.kept[opened.id] = opened
        self.jobs.kept[opened.job_id] = job(id=opened.job_id, status=Status.WAITING, stage="await_approval")
        for id_, known in self.contacts.kept.items():
            if id_ == opened.contact_id:
                self.contacts.kept[id_] = known.but(open_draft=opened.id)
        return opened

    def read(self) -> Outcome:
        return read_reply(
            self.job,
            mailbox=self.mailbox,
            tenant=tenant(**{"senders": {SENDER.mailbox: SENDER, BEN.mailbox: BEN}, **self.settings}),
            contacts=self.contacts,
            drafts=self.drafts,
            jobs=self.jobs,
            suppressions=self.suppressions,
            companies=self.companies,
            key_of=lambda address: KEYS.get(address, f"key-of-{address.partition('@')[0]}"),
            now=NOW,
        )


def written(outcome: Outcome, type_: type[Document]) -> list[Any]:
    return [each for each in outcome.writes if isinstance(each, type_)]


def read_as(outcome: Outcome) -> HeardMail:
    found = outcome.known["mails"]
    assert isinstance(found, tuple)
    newest: HeardMail = found[0]
    return newest


def boss(**changes: Any) -> Contact:
    return contact(id="k2", address=BOSS, **changes)
