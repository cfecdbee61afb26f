"""The answer to a request that may come twice, kept for a day."""

from datetime import datetime

from pydantic import Field

from shared.jobs.document import Document


class StoredAnswer(Document):
    """What a request with an Idempotency-Key was answered, so that a repetition changes nothing."""

    id: str
    tenant: str
    request: str
    """SHA-256 of method, path and body: another request under the same key is refused."""
    lease_until: datetime
    """While it is being worked on: until then nobody else begins."""
    status: int | None = None
    body: str = Field(default="", repr=False)
    etag: str = ""
    made: str = ""
    """The id of what the request created, let in or let go, written in the commit that did it: a repetition finds it,
    and does it no second time."""
    expire_at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/idempotency/{self.id}"


def having_made(record: StoredAnswer | None, id_: str) -> list[StoredAnswer]:
    """What to write along with what a request made, so that its repetition finds it; nothing without a record."""
    return [record.but(made=id_)] if record is not None else []
