"""A mail thread that we follow, because a draft of ours lies in it."""

from datetime import datetime
from typing import Any

from pydantic import model_validator

from shared.jobs.document import Document
from shared.jobs.mailbox import mailbox_id
from shared.jobs.retention import SILENT, kept


class FollowedThread(Document):
    """One thread of one of our mailboxes, with the person it is with; no words of it are kept."""

    id: str
    tenant: str
    mailbox: str
    thread_id: str
    contact_id: str
    draft_id: str
    followed_at: datetime
    expire_at: datetime | None = None
    """Two years after our last draft in it."""

    @model_validator(mode="before")
    @classmethod
    def _kept(cls, data: Any) -> Any:
        return kept(data, since="followed_at", most=SILENT)

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/threads/{self.id}"


def followed_id(mailbox: str, thread_id: str) -> str:
    """The id of a followed thread: thread ids are each mailbox's own."""
    return f"{mailbox_id(mailbox)}-{thread_id}"
