"""The CRM, as the stages need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.jobs.facts import Company


@dataclass(frozen=True)
class CrmContact:
    """A contact record; `properties` are those asked for, None where the CRM has no value."""

    id: str
    properties: Mapping[str, str | None]
    company_ids: tuple[str, ...] = ()
    note_ids: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()
    deal_ids: tuple[str, ...] = ()


class Crm(Protocol):
    """The customer records. Errors: Retryable, Permanent, and Unclear for creates whose answer was lost."""

    def find_contact(self, address: str) -> CrmContact | None:
        """The contact with this address, with its associations, or None when the CRM has none."""
        ...

    def create_contact(self, address: str, properties: Mapping[str, str]) -> CrmContact:
        """Create it; one that exists already under this address is returned as it is."""
        ...

    def company(self, company_id: str) -> Company | None:
        """A company by its id."""
        ...

    def find_company(self, domain: str) -> Company | None:
        """The company with this domain."""
        ...

    def owner_address(self, owner_id: str) -> str | None:
        """The mail address of a CRM user."""
        ...

    def open_deals(self, deal_ids: Sequence[str]) -> int:
        """How many of these deals are neither won nor lost."""
        ...

    def opted_out(self, address: str) -> bool:
        """Whether the person unsubscribed from mail, as the CRM knows it."""
        ...

    def find_note(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's note that carries our marker."""
        ...

    def create_note(self, contact_id: str, company_id: str | None, body: str, at: datetime) -> str:
        """Create a note at the contact (and company) and return its id; `body` is plain text."""
        ...

    def update_note(self, note_id: str, body: str) -> bool:
        """Replace a note's text, which is plain; False when somebody deleted the note."""
        ...

    def find_task(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's task that carries our marker."""
        ...

    def create_task(
        self, contact_id: str, *, subject: str, body: str, due: datetime, owner_id: str | None
    ) -> str:
        """Create a task at the contact and return its id."""
        ...

    def complete_task(self, task_id: str) -> bool:
        """Say that a task is done, also when it was before; False when somebody deleted the task."""
        ...

    def find_mail(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's record of a mail that carries our marker."""
        ...

    def create_mail(
        self,
        contact_id: str,
        company_id: str | None,
        *,
        subject: str,
        body: str,
        sent_at: datetime,
        sender: str,
        recipient: str,
        owner_id: str | None,
    ) -> str:
        """Record a mail that was sent, at the contact (and company), and return its id; it sends nothing."""
        ...

    def owner_id(self, address: str) -> str | None:
        """The CRM user with this mail address."""
        ...
