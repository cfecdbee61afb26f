"""Which tenant a vendor's account belongs to."""

import hashlib

from shared.jobs.document import Document


class TenantRoute(Document):
    """From a portal, mailbox or key, under its hash, to a tenant."""

    id: str
    tenant: str

    @property
    def path(self) -> str:
        return f"routes/{self.id}"


def route_id(kind: str, value: str) -> str:
    """The id of a route: a hash of its kind (`portal`) and value."""
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()[:32]
