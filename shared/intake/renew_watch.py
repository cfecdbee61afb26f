"""Begin to listen to a mailbox, and have Gmail go on telling us what comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import Failure
from shared.jobs.mailbox import MailboxRecord, mailbox_id
from shared.ports.mail_feed import MailFeed

EXPIRING = timedelta(days=2)
"""A watch lasts seven days and is renewed daily: with so little left, renewing has failed for days."""
LOOK_BACK = timedelta(days=1, minutes=30)
"""How far back each daily run has a mailbox read anew: what was heard already is known by its event."""


@dataclass(frozen=True)
class Renewed:
    """The mailbox with its new watch, or what kept us from having one."""

    record: MailboxRecord
    failure: Failure | None = None

    def expiring(self, now: datetime) -> bool:
        """Whether Gmail will soon stop telling us, or does not tell us at all."""
        until = self.record.watch_expires_at
        return until is None or until - now < EXPIRING


def begin(tenant: str, address: str, *, feed: MailFeed, now: datetime) -> MailboxRecord:
    """A mailbox that is listened to from now on: what is older was answered by people. Errors: Failure."""
    return MailboxRecord(
        id=mailbox_id(address),
        tenant=tenant,
        address=address,
        heard_since=now,
        history_id=feed.place(),
        synced_through=now,
        updated_at=now,
    )


def looked_back(record: MailboxRecord, now: datetime) -> MailboxRecord:
    """The mailbox, to be read anew by time over the last day, as its next run does.

    A history that was wound back and has grown past our place since looks sound, and hides what came between.
    """
    since = max(record.heard_since, min(record.synced_through, now) - LOOK_BACK)
    earlier = since if record.resync_from is None else min(since, record.resync_from)
    return record.but(history_id=None, resync_from=earlier, updated_at=now)


def renew_watch(record: MailboxRecord, *, feed: MailFeed, topic: str, now: datetime) -> Renewed:
    """Have changes told to the topic for seven more days. A failure leaves the mailbox as it was.

    Without a watch the mailbox is still heard, by the sweep; so a failure here does not say that it is not.
    """
    try:
        watch = feed.watch(topic)
    except Failure as error:
        return Renewed(record, error)
    return Renewed(record.but(watch_expires_at=watch.expires_at, updated_at=now))
