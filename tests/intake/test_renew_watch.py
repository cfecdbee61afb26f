"""A mailbox is listened to from the moment it is known, and Gmail goes on telling us of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Failure, Permanent, Retryable
from shared.intake.renew_watch import EXPIRING, LOOK_BACK, Renewed, begin, looked_back, renew_watch
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from tests.builders import ADDRESS, NOW, SENDER, mail, mailbox_record
from tests.fake_mailbox import WATCHED
from tests.fakes import FakeFeed

TOPIC = "projects/p/topics/gmail-push"
FAILURES = [Retryable("gmail: answered 503"), Permanent("gmail: watch knows no such topic")]


def renewed(feed: FakeFeed, record: MailboxRecord | None = None) -> Renewed:
    return renew_watch(record or mailbox_record(), feed=feed, topic=TOPIC, now=NOW)


def test_a_new_mailbox_is_heard_from_now_on_and_nothing_older_is() -> None:
    feed = FakeFeed(NOW)
    feed.arrive(mail())
    record = begin("default", SENDER.mailbox, feed=feed, now=NOW)
    assert record.history_id == feed.at
    assert (record.heard_since, record.synced_through, record.updated_at) == (NOW, NOW, NOW)
    assert (record.id, record.status, record.version) == (
        mailbox_id(SENDER.mailbox),
        MailboxStatus.CONNECTED,
        None,
    )
    assert record.watch_expires_at is None


def test_one_mailbox_has_one_id_however_it_is_spelled_and_no_address_in_it() -> None:
    assert mailbox_id(f" {SENDER.mailbox.upper()} ") == mailbox_id(SENDER.mailbox)
    assert mailbox_id(SENDER.mailbox) != mailbox_id(ADDRESS)
    assert "@" not in mailbox_id(SENDER.mailbox)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_mailbox_that_does_not_say_where_it_stands_is_not_begun(failure: Failure) -> None:
    feed = FakeFeed(NOW)
    feed.trouble.fails["place"] = failure
    with pytest.raises(type(failure)):
        begin("default", SENDER.mailbox, feed=feed, now=NOW)


def test_a_watch_is_kept_with_its_end_and_changes_nothing_that_was_heard() -> None:
    feed = FakeFeed(NOW, at=5000)
    before = mailbox_record(watch_expires_at=NOW + timedelta(hours=3))
    after = renewed(feed, before)
    assert after.failure is None
    assert after.record == before.but(watch_expires_at=NOW + WATCHED, updated_at=NOW)
    assert after.record.history_id == before.history_id, "what came in before the watch is not heard yet"
    assert not after.expiring(NOW)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_watch_that_fails_leaves_the_mailbox_as_it_was(failure: Failure) -> None:
    feed, before = FakeFeed(NOW), mailbox_record(watch_expires_at=NOW + timedelta(days=6))
    feed.trouble.fails["watch"] = failure
    after = renewed(feed, before)
    assert after.record is before
    assert after.failure is failure
    assert not after.expiring(NOW)


@pytest.mark.parametrize(
    ("left", "expiring"),
    [
        (None, True),
        (timedelta(0), True),
        (-timedelta(days=1), True),
        (EXPIRING - timedelta(seconds=1), True),
        (EXPIRING, False),
        (timedelta(days=6), False),
    ],
)
def test_a_watch_is_expiring_when_renewing_has_failed_for_days(
    left: timedelta | None, expiring: bool
) -> None:
    until = None if left is None else NOW + left
    assert Renewed(mailbox_record(watch_expires_at=until)).expiring(NOW) is expiring


def test_each_day_the_mailbox_is_read_anew_by_time_over_the_last_day() -> None:
    record = mailbox_record(history_id=77, synced_through=NOW, heard_since=NOW - timedelta(days=9))
    after = looked_back(record, NOW)
    assert (after.history_id, after.resync_from) == (None, NOW - LOOK_BACK)
    assert after.synced_through == NOW
    young = record.but(heard_since=NOW - timedelta(hours=2))
    assert looked_back(young, NOW).resync_from == young.heard_since
    behind = record.but(resync_from=NOW - timedelta(days=4))
    assert looked_back(behind, NOW).resync_from == behind.resync_from
