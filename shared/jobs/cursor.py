"""How far a source that is polled has been read."""

from datetime import datetime

from shared.jobs.document import Document


class Cursor(Document):
    """The newest submission that a form is known to have; `id` is the form's id."""

    id: str
    tenant: str
    read_through: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/cursors/{self.id}"
