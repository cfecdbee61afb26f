"""A person we may write to, kept under a keyed hash of their address."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import model_validator

from shared.jobs.document import Document, Value
from shared.jobs.retention import FINISHED, SILENT, kept


class Answering(StrEnum):
    """What a mail answers, and so how often such mails may go out."""

    MAIL = "mail"
    FORM = "form"
    NOTHING = "nothing"


class Mailed(Value):
    """One mail that went out to them; `event` is what it answered."""

    at: datetime
    draft_id: str
    answering: Answering = Answering.NOTHING
    event: str = ""


class Contact(Document):
    """One person of one tenant; `open_draft` is the id of the only draft that may be open for them."""

    id: str
    tenant: str
    address: str
    name: str = ""
    crm_id: str | None = None
    company_crm_id: str | None = None
    open_draft: str | None = None
    last_mailed_at: datetime | None = None
    recent_mails: tuple[Mailed, ...] = ()
    """Those that a rule may still look at, oldest first."""
    last_wrote_at: datetime | None = None
    """When they last wrote to us themselves: no machine of theirs."""
    away_until: datetime | None = None
    """The start of the day they are back, as their out-of-office said, where the sender works."""
    created_at: datetime
    updated_at: datetime
    expire_at: datetime | None = None
    """Two years after the last that happened with them."""

    @model_validator(mode="before")
    @classmethod
    def _kept(cls, data: Any) -> Any:
        return kept(data, since="updated_at", most=SILENT)

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/contacts/{self.id}"


REMEMBERED: timedelta = FINISHED
"""How long a mail to a person is remembered: that each event is answered once is judged for as long as a job of it
is kept, and how often they are mailed for a week."""

REMEMBERED_MOST = 200
"""So many are remembered at the most, so that the document stays small: answers to mails are free in number."""


def mailed(contact: Contact, mail: Mailed) -> dict[str, object]:
    """What changes of a contact when a mail went out to them."""
    last = contact.last_mailed_at
    young = [each for each in contact.recent_mails if mail.at - each.at < REMEMBERED]
    return {
        "last_mailed_at": max(mail.at, last) if last is not None else mail.at,
        "recent_mails": (*young, mail)[-REMEMBERED_MOST:],
    }
