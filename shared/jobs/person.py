"""A person who may come in by signing in at Google."""

from datetime import datetime

from shared.jobs.document import Document


class Person(Document):
    """Somebody who signs in at Google, under the keyed hash of their address: no address is kept."""

    id: str
    tenant: str
    name: str
    """What colleagues call them; an admin chose it."""
    role: str
    added_by: str
    added_at: datetime
    removed_at: datetime | None = None

    @property
    def path(self) -> str:
        return person_path(self.id)


def person_path(id_: str) -> str:
    """Where a person is kept: at the root, for the tenant is only known by them."""
    return f"operators/{id_}"
