"""A company as we keep it: whether anybody there is written to at present."""

from datetime import datetime

from shared.jobs.document import Document


class CompanyRecord(Document):
    """One company by its CRM id. `paused_until` None with a reason is a pause without an end."""

    id: str
    tenant: str
    paused_until: datetime | None = None
    pause_reason: str = ""
    actor: str = ""
    updated_at: datetime

    @property
    def path(self) -> str:
        return company_path(self.tenant, self.id)

    def is_paused(self, now: datetime) -> bool:
        """Whether nobody of this company is mailed now."""
        if not self.pause_reason:
            return False
        return self.paused_until is None or now < self.paused_until


def company_path(tenant: str, company_id: str) -> str:
    """Where the record of a company lies."""
    return f"tenants/{tenant}/companies/{company_id}"
