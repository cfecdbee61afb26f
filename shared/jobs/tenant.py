"""A tenant's settings: its senders, forms, links and switches, as one document that operators edit."""

from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from shared.jobs.document import Document, Value
from shared.jobs.facts import Sender
from shared.jobs.job import Kind


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
    time_zone: str = "UTC"
    """IANA name: where the tenant's days turn, for quotas."""
    sends_a_day: int = Field(default=50, ge=0)
    """Mails that each mailbox may send in a day, those sent by hand counted."""
    sends_a_week: int = Field(default=200, ge=0)
    draft_hours: float = Field(default=72.0, gt=0)
    """Hours after its last revision in which a draft may be approved; then it expires."""
    approval_hours: float = Field(default=72.0, gt=0)
    """Hours after an approval in which the mail may go out; then it expires."""
    send_first_h: int = Field(default=9, ge=0, le=23)
    """Mails go out at or after this hour on working days, in the sender's time zone."""
    send_last_h: int = Field(default=18, ge=1, le=24)
    """And before this one."""
    send_jitter_min: float = Field(default=20.0, ge=0, le=240)
    """Mails are spread over so many minutes."""
    draft_only_playbooks: tuple[Kind, ...] = ()
    """Playbooks whose mails are never sent by us, whatever the mode says. A name of none is refused: passed over,
    the one that was meant would go on sending."""
    pause_company_on_reply: bool = False
    """Whether nobody else of a company is mailed once somebody there has answered, opted out or bounced."""
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

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for address, sender in self.senders.items():
            where = f"senders.{address}"
            if address != address.lower() or sender.mailbox.lower() != address:
                raise ValueError(
                    f"{where}: it must be in lower case, as it is looked up, and its own mailbox"
                )
            try:
                ZoneInfo(sender.time_zone)
            except (KeyError, ValueError, OSError):
                zone = sender.time_zone
                raise ValueError(f"{where}: {zone!r} is no IANA time zone such as Europe/Madrid") from None
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f"time_zone: {self.time_zone!r} is no IANA time zone such as Europe/Madrid"
            ) from None
        if self.send_first_h >= self.send_last_h:
            raise ValueError(
                "send_first_h: it must be before send_last_h; mails go out between the two hours"
            )
        if self.default_sender not in self.senders:
            raise ValueError("default_sender: it must be one of the senders, spelled alike")
        return self

    def sender_for(self, owner_address: str | None) -> Sender:
        """The sender of a job: the CRM owner's mailbox when it is one of ours, else the default."""
        owned = self.senders.get((owner_address or "").lower())
        return owned or self.senders[self.default_sender]
