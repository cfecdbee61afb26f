"""A tenant's settings: its senders, forms, links and switches, as one document that operators edit."""

from __future__ import annotations

from pydantic import Field

from shared.jobs.document import Document, Value
from shared.jobs.facts import Sender


class Form(Value):
    """One allowlisted form. `subject` is what people ask about when they send it: "a demo", "pricing"."""

    name: str
    subject: str = ""
    active: bool = True


class Tenant(Document):
    """What a tenant's operators decide; guardrails, suppressions and flags live in documents of their own."""

    id: str
    portal_ids: tuple[str, ...] = ()
    forms: dict[str, Form] = Field(default_factory=dict[str, Form])
    """By form id; what is not here is not accepted."""
    default_sender: str
    """The mailbox that writes when the contact's CRM owner has none."""
    senders: dict[str, Sender]
    """By mailbox address, in lower case."""
    allowed_links: tuple[str, ...] = ()
    """Hosts or URL prefixes (`example.com/case-studies`) that a mail may link to."""
    forbidden_words: tuple[str, ...] = ()
    protected_names: tuple[str, ...] = ()
    """Names of clients that must never appear in a mail to anybody else."""
    create_contacts: bool = False
    """Whether a person the CRM does not know is created there."""
    industry_property: str = "industry"
    stage_property: str = "company_stage"
    employees_property: str = "numberofemployees"
    unknown_passes: tuple[str, ...] = ()
    """Playbooks in which a guardrail lets a person pass whose property is unknown."""

    @property
    def path(self) -> str:
        return f"tenants/{self.id}"

    def sender_for(self, owner_address: str | None) -> Sender:
        """The sender of a job: the CRM owner's mailbox when it is one of ours, else the default."""
        owned = self.senders.get((owner_address or "").lower())
        return owned or self.senders[self.default_sender]
