"""A program's way in: what a key may do, kept under its hash, so that the database does not let anybody in."""

import hashlib
from datetime import datetime

from shared.jobs.document import Document

PREFIX = "wk_"
"""What every key begins with, so that one that lies where it should not is found."""


class ApiKey(Document):
    """One key. `id` is the SHA-256 of the key, which itself is kept nowhere."""

    id: str
    tenant: str
    name: str
    role: str
    scopes: tuple[str, ...] = ()
    """Resources that it may reach, `drafts` or `drafts:read`; empty: all but `global`."""
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""

    @property
    def path(self) -> str:
        return api_key_path(self.id)

    def is_valid(self, now: datetime) -> bool:
        """Whether it lets anybody in now."""
        return self.revoked_at is None and now < self.expires_at


def api_key_id(secret: str) -> str:
    """The id of a key: who reads the database does not learn the key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def api_key_path(id_: str) -> str:
    """Where a key is kept: at the root, for the tenant is only known by it."""
    return f"api_keys/{id_}"
