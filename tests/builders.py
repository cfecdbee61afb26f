"""One tenant, one person and their job as tests build them; each test changes only what it is about.

The draft passes the gate as it stands; Maya Okafor of Brightloop has asked Ann Lee of Northwind for a demo.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from shared.jobs.contact import Contact
from shared.jobs.draft import Approval, Draft, DraftState
from shared.jobs.facts import Company, Message, Submission
from shared.jobs.mail import Address, HeardMail, Mail
from shared.jobs.mailbox import MailboxRecord, mailbox_id
from shared.jobs.moves import Attempt, Route
from shared.jobs.outcome import Outcome
from shared.jobs.playbooks import PLAYBOOKS
from shared.jobs.rules import Suppression, SuppressionReason
from shared.jobs.thread import FollowedThread, followed_id
from shared.ports.crm import CrmContact
from shared.ports.mailbox import MailThread
from tests.policy.examples import (
    IDENTITY,
    NOW,
    SENDER,
    SLOTS,
    SUBMISSION,
    THREAD,
    controls,
    draft,
    job,
    rules,
    tenant,
)

__all__ = (
    "ADDRESS", "COMPANY", "IDENTITY", "NOW", "ROUTING", "SENDER", "SLOTS", "SUBMISSION", "THREAD",
    "approved", "attempt", "company", "contact", "controls", "crm_contact", "draft", "expect", "followed_thread",
    "heard_mail", "job", "mail", "mail_thread", "mailbox_record", "message", "rules", "submission", "suppression",
    "tenant",
)  # fmt: skip

Expected = TypeVar("Expected", bound=Outcome)

ADDRESS = IDENTITY.address
assert IDENTITY.company is not None
COMPANY: Company = IDENTITY.company

ROUTING = {
    stage: Route(queue="stages", deadline_s=60, patience_s=300)
    for playbook in PLAYBOOKS.values()
    for stage in playbook.stages
}


def company(**changes: Any) -> Company:
    return COMPANY.but(**changes)


def approved(subject: Draft, **changes: Any) -> Draft:
    """The draft, approved by a person at NOW for just these bytes, to be sent at once."""
    given = {
        "revision": subject.revision,
        "hash": subject.hash,
        "actor": "tester",
        "at": NOW,
        "expires_at": NOW + timedelta(hours=72),
        "send_at": NOW,
    }
    return subject.moved(DraftState.APPROVED).but(approval=Approval(**(given | changes)))


def contact(**changes: Any) -> Contact:
    fields = {
        "id": "k1",
        "tenant": "default",
        "address": ADDRESS,
        "crm_id": "501",
        "company_crm_id": "9001",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Contact.model_validate({**fields, **changes})


def crm_contact(**changes: Any) -> CrmContact:
    """Maya as the CRM knows her."""
    fields: dict[str, Any] = {
        "id": "501",
        "properties": {"firstname": "Maya", "lastname": "Okafor", "jobtitle": "Head of Operations"},
        "company_ids": (COMPANY.crm_id,),
    }
    return CrmContact(**{**fields, **changes})


def submission(**changes: Any) -> Submission:
    """Her submission; `fields` are added to those it has."""
    fields = {**SUBMISSION.fields, **changes.pop("fields", {})}
    return SUBMISSION.but(fields=fields, **changes)


def message(**changes: Any) -> Message:
    fields = {
        "id": "m1",
        "thread_id": "t1",
        "sender": f"Maya Okafor <{ADDRESS}>",
        "recipients": (SENDER.mailbox,),
        "subject": "Reporting for Brightloop",
        "sent_at": NOW - timedelta(days=2),
        "text": "Does it work with NetSuite too?",
        "message_id_header": "<m1@mail.example>",
    }
    return Message.model_validate({**fields, **changes})


def mail_thread(*messages: Message) -> MailThread:
    return MailThread(id="t1", messages=messages or (message(),))


def mail(**changes: Any) -> Mail:
    """Maya's mail as the mailbox reads it; `text` is all her own words unless `own_words` are given.

    `headers` are added, each a single text.
    """
    headers = {name.lower(): (value,) for name, value in changes.pop("headers", {}).items()}
    text = changes.get("text", "Does it work with NetSuite too?")
    fields = {
        "id": "m1",
        "thread_id": "t1",
        "headers": headers,
        "sender": Address(address=ADDRESS, name="Maya Okafor"),
        "to": (Address(address=SENDER.mailbox, name=SENDER.name),),
        "subject": "Re: Reporting for Brightloop",
        "received_at": NOW,
        "text": text,
        "own_words": text,
    }
    return Mail.model_validate({**fields, **changes})


def heard_mail(**changes: Any) -> HeardMail:
    """Maya's mail as a job keeps it, before it is read."""
    fields = {
        "message_id": "m1",
        "thread_id": "t1",
        "mailbox": SENDER.mailbox,
        "sender": ADDRESS,
        "name": "Maya Okafor",
        "received_at": NOW,
    }
    return HeardMail.model_validate({**fields, **changes})


def followed_thread(**changes: Any) -> FollowedThread:
    fields = {
        "tenant": "default",
        "mailbox": SENDER.mailbox,
        "thread_id": "t1",
        "contact_id": "k1",
        "draft_id": "d1",
        "followed_at": NOW,
        **changes,
    }
    return FollowedThread.model_validate(
        {"id": followed_id(fields["mailbox"], fields["thread_id"]), **fields}
    )


def mailbox_record(**changes: Any) -> MailboxRecord:
    """Ann's mailbox, heard for thirty days and up to five minutes ago."""
    fields = {
        "id": mailbox_id(SENDER.mailbox),
        "tenant": "default",
        "address": SENDER.mailbox,
        "heard_since": NOW - timedelta(days=30),
        "history_id": 1000,
        "synced_through": NOW - timedelta(minutes=5),
        "updated_at": NOW - timedelta(minutes=5),
    }
    return MailboxRecord.model_validate({**fields, **changes})


def suppression(**changes: Any) -> Suppression:
    fields = {
        "id": "k1",
        "tenant": "default",
        "reason": SuppressionReason.OPT_OUT,
        "actor": "an operator",
        "created_at": NOW - timedelta(days=30),
    }
    return Suppression.model_validate({**fields, **changes})


def attempt(at: datetime = NOW, *, took_s: float = 0.25, error: str = "") -> Attempt:
    """One run of a stage that ended at a time."""
    return Attempt(at - timedelta(seconds=took_s), at, error)


def expect(kind: type[Expected], outcome: Outcome) -> Expected:
    """The outcome, which must be of this kind."""
    assert isinstance(outcome, kind), f"{type(outcome).__name__} {vars(outcome)} is no {kind.__name__}"
    return outcome
