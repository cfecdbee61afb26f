"""A tenant, a person and their job as the tests of policy know them; each test changes what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.jobs.draft import Draft
from shared.jobs.facts import (
    Action,
    Company,
    Evidence,
    Identity,
    Plan,
    Sender,
    Slot,
    Source,
    Submission,
    ThreadFacts,
    Tone,
)
from shared.jobs.job import Job, Kind
from shared.jobs.rules import Controls, Mode, Rules
from shared.jobs.tenant import Tenant
from shared.policy.letter import compose, footer_of

NOW = datetime(2026, 3, 16, 14, 0, tzinfo=UTC)
"""A Monday, two in the afternoon."""

NEW_YORK = ZoneInfo("America/New_York")

WAY_OUT = "https://functions.example/receive_opt_out?t=maya"

SENDER = Sender(
    mailbox="ann@northwind.com",
    name="Ann Lee",
    title="Account Executive",
    company="Northwind",
    time_zone="America/New_York",
    signature="Ann Lee\nAccount Executive, Northwind\n+1 555 010 7788\nwww.northwind.com",
    postal_address="Northwind, 1 Harbor Street, Boston, MA 02110",
    unsubscribe_line="Not useful? Reply with unsubscribe and I will not write again.",
    facts=(
        "Northwind connects to Salesforce and NetSuite.",
        "A team of 20 is usually live in 10 days.",
        "The Team plan costs $49 per seat per month.",
    ),
)

SLOTS = tuple(
    Slot(
        start=datetime(2026, 3, day, hour, 0, tzinfo=NEW_YORK),
        end=datetime(2026, 3, day, hour, 30, tzinfo=NEW_YORK),
        time_zone="America/New_York",
        reason="free",
    )
    for day, hour in ((17, 10), (18, 10), (19, 14))
)

SUBMISSION = Submission(
    conversion_id="c1",
    portal_id="p1",
    form_id="f1",
    form_name="Demo request",
    submitted_at=NOW,
    fields={
        "email": "maya@brightloop.io",
        "firstname": "Maya",
        "lastname": "Okafor",
        "company": "Brightloop",
        "message": "We are 45 people and want to replace spreadsheets with Salesforce reporting. "
        "How soon could we start?",
    },
)

IDENTITY = Identity(
    address="maya@brightloop.io",
    first_name="Maya",
    last_name="Okafor",
    title="Head of Operations",
    crm_contact_id="501",
    company=Company(
        crm_id="9001",
        name="Brightloop",
        domain="brightloop.io",
        industry="COMPUTER_SOFTWARE",
        stage="SERIES_A",
        employees=45,
    ),
    company_name="Brightloop",
)

THREAD = ThreadFacts(
    thread_id="t1",
    subject="Reporting for Brightloop",
    head_message_id="m9",
    in_reply_to="<m9@mail.gmail.com>",
    references=("<m1@mail.gmail.com>",),
    last_sender="maya@brightloop.io",
    last_message_at=NOW,
    last_text="Does it work with NetSuite too?",
    open_questions=("Does it work with NetSuite too?",),
)

BODY = """Hi Maya,

Thank you for your note. You wrote that you are 45 people and want to replace spreadsheets with Salesforce \
reporting. Northwind connects to Salesforce and NetSuite, and a team of 20 is usually live in 10 days.

Would Tuesday, March 17, 10:00-10:30, Wednesday, March 18, 10:00-10:30 or Thursday, March 19, 14:00-14:30 \
(New York time) suit you for a first call?

Best,
Ann"""

CALL_TO_ACTION = (
    "Would Tuesday, March 17, 10:00-10:30, Wednesday, March 18, 10:00-10:30 or Thursday, March 19, "
    "14:00-14:30 (New York time) suit you for a first call?"
)

EVIDENCE = (
    Evidence(claim="45", source=Source.FORM, field="form.message", span="We are 45 people"),
    Evidence(
        claim="Salesforce",
        source=Source.FORM,
        field="form.message",
        span="replace spreadsheets with Salesforce",
    ),
    Evidence(
        claim="Northwind connects to Salesforce and NetSuite",
        source=Source.SENDER,
        field="sender.facts[0]",
        span="Northwind connects to Salesforce and NetSuite.",
    ),
    Evidence(
        claim="a team of 20 is usually live in 10 days",
        source=Source.SENDER,
        field="sender.facts[1]",
        span="A team of 20 is usually live in 10 days.",
    ),
)


def tenant(**changes: Any) -> Tenant:
    settings = {
        "id": "default",
        "default_sender": SENDER.mailbox,
        "senders": {SENDER.mailbox: SENDER},
        "allowed_links": ("northwind.com/case-studies", "docs.northwind.com"),
        "forbidden_words": ("synergy", "low-hanging fruit"),
        "protected_names": ("Contoso", "Fabrikam Health"),
    }
    return Tenant.model_validate({**settings, **changes})


def controls(**changes: Any) -> Controls:
    return Controls(**{"stopped": False, "mode": Mode.SEND_ALLOWED, **changes})


def rules(**changes: Any) -> Rules:
    return Rules(**{"tenant": tenant(), "controls": controls(), **changes})


def job(**changes: Any) -> Job:
    facts = {
        "id": "j1",
        "tenant": "default",
        "kind": Kind.FOLLOWUP,
        "contact_id": "k1",
        "address": IDENTITY.address,
        "event_ids": ("e1",),
        "trace_id": "tr1",
        "created_at": NOW,
        "updated_at": NOW,
        "stage": "gate_draft",
        "submissions": (SUBMISSION,),
        "sender": SENDER,
        "identity": IDENTITY,
        "slots": SLOTS,
        "plan": Plan(action=Action.PROPOSE_CALL, tone=Tone.CONVERSATIONAL, reason="asked for a demo"),
    }
    return Job.model_validate({**facts, **changes})


def draft(**changes: Any) -> Draft:
    """A draft whose bytes say what its fields say, unless `raw` is given or the fields cannot be composed."""
    fields: dict[str, Any] = {
        "id": "d1",
        "tenant": "default",
        "job_id": "j1",
        "contact_id": "k1",
        "sender": SENDER.mailbox,
        "recipient": IDENTITY.address,
        "subject": "Salesforce reporting at Brightloop",
        "body": BODY,
        "footer": footer_of(SENDER),
        "opt_out_url": WAY_OUT,
        "call_to_action": CALL_TO_ACTION,
        "evidence": EVIDENCE,
        "created_at": NOW,
        "revised_at": NOW,
    }
    fields.update(changes)
    if "raw" not in fields:
        fields["raw"] = compose(
            draft_id=fields["id"],
            sender=SENDER.but(mailbox=fields["sender"]),
            recipient=fields["recipient"],
            subject=fields["subject"],
            body=fields["body"],
            footer=fields["footer"],
            opt_out_url=fields["opt_out_url"],
        )
    return Draft.model_validate(fields)
