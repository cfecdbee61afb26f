"""Where leads and mails are accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.jobs.cursor import Cursor
from shared.jobs.facts import Submission
from shared.jobs.mail import HeardMail
from shared.jobs.tenant import Tenant
from shared.jobs.thread import FollowedThread


@dataclass(frozen=True)
class Accepted:
    """An event and its job; `duplicate` when they were there before."""

    event_id: str
    job_id: str
    duplicate: bool


class Inbox(Protocol):
    """Where the world's events become jobs, each once."""

    def tenant_of(self, portal_id: str) -> Tenant | None:
        """The tenant that a vendor's account belongs to."""
        ...

    def tenants(self) -> Sequence[Tenant]:
        """All tenants."""
        ...

    def accept(self, tenant: Tenant, submission: Submission, address: str, *, via: str) -> Accepted:
        """Write the event and its job, or find those that are there."""
        ...

    def refuse(
        self, tenant_id: str, key: str, *, via: str, reason: str, payload: Mapping[str, object]
    ) -> None:
        """Keep what is authentic but unusable, visible and replayable."""
        ...

    def poll_soon(self, tenant: Tenant, address: str | None, *, trace_id: str) -> None:
        """Have this contact's submissions looked up at the vendor; without an address everybody's."""
        ...

    def polled_through(self, tenant: Tenant, form_id: str) -> Cursor | None:
        """How far a form has been read."""
        ...

    def remember(self, cursor: Cursor) -> None:
        """Keep how far a form has been read."""
        ...


class MailInbox(Protocol):
    """Where the mails of one mailbox become jobs, each once."""

    def is_ours(self, address: str) -> bool:
        """Whether the address is one of the tenant's own mailboxes."""
        ...

    def follows(self, mailbox: str, thread_id: str) -> FollowedThread | None:
        """The thread, where a draft of ours lies in it."""
        ...

    def knows(self, address: str) -> bool:
        """Whether the address is that of a contact, or of a person whom a job is about."""
        ...

    def hears(self, address: str, at: datetime) -> bool:
        """Whether one of the tenant's mailboxes was listened to at a time; it hears that, now or when it can again."""
        ...

    def hear(self, mail: HeardMail, followed: FollowedThread | None) -> Accepted:
        """Write the event and its job, or find those that are there."""
        ...
