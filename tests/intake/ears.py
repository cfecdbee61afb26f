"""A mailbox that is heard: what comes in, and runs over it."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.errors import Permanent, Retryable
from shared.intake.sync_mailbox import Synced, sync_mailbox
from shared.jobs.mailbox import MailboxRecord
from tests.builders import ADDRESS, NOW, SENDER, mail, mailbox_record
from tests.fakes import FakeFeed, FakeMailInbox

BEN = "ben@northwind.com"
REFUSED = Permanent("gmail: the grant was taken back; connect the mailbox again")
BUSY = Retryable("gmail: answered 503")


def ears(**changes: object) -> FakeMailInbox:
    """An inbox that knows Maya; Ann and Ben are ours."""
    fields: dict[str, object] = {"ours": frozenset({SENDER.mailbox, BEN}), "known": {ADDRESS}, **changes}
    return FakeMailInbox(**fields)  # type: ignore[arg-type]


def came(feed: FakeFeed, *ids: str, ago: timedelta = timedelta(minutes=1), **changes: object) -> None:
    """Mails from Maya, one second apart."""
    for number, id_ in enumerate(ids):
        at = NOW - ago + timedelta(seconds=number)
        feed.arrive(mail(**{"id": id_, "thread_id": f"t-{id_}", "received_at": at, **changes}))


def synced(
    feed: FakeFeed,
    inbox: FakeMailInbox,
    record: MailboxRecord | None = None,
    *,
    budget: int = 100,
    now: datetime = NOW,
) -> Synced:
    return sync_mailbox(record or mailbox_record(), feed=feed, inbox=inbox, now=now, budget=budget)


def until_done(
    feed: FakeFeed, inbox: FakeMailInbox, record: MailboxRecord, *, budget: int, now: datetime = NOW
) -> MailboxRecord:
    """As many runs as it takes."""
    for _ in range(80):
        done = synced(feed, inbox, record, budget=budget, now=now)
        record = done.record
        if not done.unfinished and done.failure is None:
            return record
    raise AssertionError("it never ends")
