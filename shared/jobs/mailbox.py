"""A sender's mailbox as we hear it: how far it was read, and whether it can be."""

from datetime import datetime
from enum import StrEnum

from shared.jobs.document import Document, Value
from shared.jobs.route import route_id


class MailboxStatus(StrEnum):
    """Whether we can hear a mailbox."""

    CONNECTED = "connected"
    RECONNECT = "reconnect"
    """Google refuses us: a person has to connect it again; `reason` says how."""


class GmailProbe(Value):
    """What two sends at once of one draft to oneself showed of a mailbox; Gmail documents none of it."""

    probed_at: datetime
    single_send: bool
    """Whether only one mail went out."""
    keeps_marker: bool
    """Whether our header is on the mail that went out."""
    replaces_message_id: bool


class MailboxRecord(Document):
    """One of a tenant's mailboxes. Everything that came in up to `synced_through` has been heard."""

    id: str
    tenant: str
    address: str
    status: MailboxStatus = MailboxStatus.CONNECTED
    reason: str = ""
    heard_since: datetime
    """When we began to listen: what is older was answered by people."""
    history_id: int | None = None
    """Gmail's place in its history up to which all was heard; None while it is read anew by time."""
    synced_through: datetime
    resync_from: datetime | None = None
    """While it is read anew by time: everything before this was looked at."""
    watch_expires_at: datetime | None = None
    """When Gmail stops telling us of new mail; the sweep goes on hearing it."""
    probe: GmailProbe | None = None
    """Until a person had it probed, an unclear send of a draft that is still there is held."""
    updated_at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/mailboxes/{self.id}"

    def is_watched(self, now: datetime) -> bool:
        """Whether Gmail tells us of new mail."""
        return self.watch_expires_at is not None and now < self.watch_expires_at


def mailbox_id(address: str) -> str:
    """The id of a mailbox, and of the route that leads from it to its tenant."""
    return route_id("mailbox", address.strip().lower())
