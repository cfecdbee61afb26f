"""What was last seen of documents that operators edit by hand, so that every edit is noticed once."""

from datetime import datetime

from pydantic import Field

from shared.jobs.audit import audit_root
from shared.jobs.document import Document, Value

FLAGS = "flags"
GUARDRAILS = "guardrails"
QUOTAS = "quotas"
SETTINGS = "settings"


class Untold(Value):
    """A change that an operation audited itself, and that the next look still has to log."""

    document: str
    field: str
    before: str
    after: str
    actor: str


class Watched(Document):
    """One group of documents as last seen: fields by document, each value as text without any address."""

    tenant: str
    """Empty for what concerns everybody."""
    group: str
    documents: dict[str, dict[str, str]] = Field(default_factory=dict[str, dict[str, str]])
    """A document that is not there is not in here."""
    untold: tuple[Untold, ...] = ()
    near: tuple[str, ...] = ()
    """Quotas that are known to be near their end."""
    seen_at: datetime

    @property
    def path(self) -> str:
        return watched_path(self.tenant, self.group)


def watched_path(tenant: str, group: str) -> str:
    """Where it is kept what was last seen of a group."""
    return f"{audit_root(tenant)}watched/{group}"
