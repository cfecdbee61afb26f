"""A person we may write to, kept under a keyed hash of their address."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.document import Document


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
    last_wrote_at: datetime | None = None
    """When they last wrote to us themselves: no machine of theirs."""
    away_until: datetime | None = None
    """The day they are back, as their out-of-office said."""
    created_at: datetime
    updated_at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/contacts/{self.id}"
