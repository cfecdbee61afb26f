"""A mailbox that its owner is being asked to let us into."""

import hashlib
from datetime import datetime

from pydantic import Field

from shared.jobs.document import Document
from shared.pattern import Pattern

_STATE = Pattern(r"([a-z][a-z0-9-]{0,39})\.([A-Za-z0-9_-]{43})")


class PendingConnection(Document):
    """What the owner's browser comes back to, once; kept under the hash of the state that it carries."""

    id: str
    tenant: str
    mailbox: str
    verifier: str = Field(repr=False)
    """PKCE's: it never leaves us before the exchange."""
    begun_by: str
    created_at: datetime
    expire_at: datetime
    used_at: datetime | None = None

    @property
    def path(self) -> str:
        return path_of(self.tenant, self.id)

    def is_open(self, now: datetime) -> bool:
        """Whether the owner can still answer."""
        return self.used_at is None and now < self.expire_at


def state_of(tenant: str, secret: str) -> str:
    """What the browser carries: whose it is, and 32 random bytes in base64url that nobody can guess."""
    return f"{tenant}.{secret}"


def pending_path(state: str) -> str | None:
    """Where the connection of a state is kept; None for what is no state."""
    found = _STATE.fullmatch(state)
    return path_of(found[1], pending_id(state)) if found else None


def pending_id(state: str) -> str:
    """The id of a connection: who reads the database does not learn the state."""
    return hashlib.sha256(state.encode()).hexdigest()


def path_of(tenant: str, id_: str) -> str:
    """The path of a connection."""
    return f"tenants/{tenant}/connections/{id_}"
