"""Where the history cannot tell, a mailbox is read by time; and however runs end, each mail is heard once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.intake.sync_mailbox import WINDOW
from shared.jobs.mail import Address
from tests.builders import ADDRESS, NOW, mail, mailbox_record
from tests.fakes import FakeFeed
from tests.intake.ears import (
    BUSY,
    came,
    ears,
    synced,
    until_done,
)

# By time


@pytest.mark.parametrize("why", ["forgotten", "rewound"])
def test_a_place_that_gmail_does_not_know_any_more_has_the_mailbox_read_by_time(why: str) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "known", ago=timedelta(hours=3))
    came(feed, "missed", ago=timedelta(minutes=3))
    if why == "forgotten":
        feed.forget()
    else:
        feed.rewind(40)
    done = synced(feed, inbox)
    assert inbox.told == ["missed"], "what is older than the overlap was heard before"
    assert done.resynced
    assert (done.record.history_id, done.record.resync_from) == (feed.at, None)
    assert done.record.synced_through == NOW
    assert not done.unfinished


def test_what_was_heard_before_is_known_when_the_mailbox_is_read_anew() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", ago=timedelta(minutes=6))
    done = synced(feed, inbox)
    feed.forget()
    done = synced(feed, inbox, done.record)
    assert (done.accepted, done.known) == (0, 1)


def test_a_mailbox_without_a_place_is_read_by_time() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1")
    done = synced(feed, inbox, mailbox_record(history_id=None))
    assert inbox.told == ["m1"]
    assert done.record.history_id == feed.at


def test_the_overlap_never_reaches_back_before_we_listened() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    began = NOW - timedelta(minutes=4)
    came(feed, "before", ago=timedelta(minutes=5))
    came(feed, "after", ago=timedelta(minutes=3))
    synced(feed, inbox, mailbox_record(history_id=None, heard_since=began, synced_through=began))
    assert inbox.told == ["after"]


def test_an_old_backlog_is_read_day_by_day_from_the_oldest_on() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    for day in (6, 4, 2):
        came(feed, f"a{day}", f"b{day}", ago=timedelta(days=day))
    since = NOW - 7 * WINDOW
    done = synced(feed, inbox, mailbox_record(history_id=None, synced_through=since))
    assert inbox.told == ["a6", "b6", "a4", "b4", "a2", "b2"]
    assert feed.trouble.asked.count("between") == 8, "one list for each day of the seven, and the overlap"
    assert not done.unfinished


@pytest.mark.parametrize("budget", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("shuffled", [False, True])
def test_reading_by_time_goes_on_without_losing_or_repeating_a_day(budget: int, shuffled: bool) -> None:
    feed, inbox = FakeFeed(NOW, shuffled=shuffled), ears()
    wanted: list[str] = []
    for number in range(12):
        id_ = f"m{number}"
        came(feed, id_, ago=timedelta(hours=40 - 3 * number))
        wanted.append(id_)
    feed.forget()
    record = mailbox_record(synced_through=NOW - timedelta(days=2))
    after = until_done(feed, inbox, record, budget=budget)
    assert set(inbox.heard) == set(wanted)
    assert after.history_id == feed.at
    assert after.resync_from is None


def test_more_messages_in_one_second_than_a_run_may_look_at_are_heard_all_the_same() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    for number in range(9):
        came(feed, f"m{number}", ago=timedelta(hours=2))
    since = NOW - timedelta(hours=5)
    until_done(feed, inbox, mailbox_record(history_id=None, synced_through=since), budget=2)
    assert len(inbox.heard) == 9
    assert feed.trouble.asked.count("between") < 100, "the hours after that second are not read by seconds"


def test_one_full_hour_in_a_quiet_month_does_not_have_the_whole_month_read_in_small_steps() -> None:
    feed, inbox = FakeFeed(NOW, page_size=50), ears()
    for number in range(40):
        came(feed, f"m{number}", ago=timedelta(days=20) - timedelta(seconds=40 * number))
    since = NOW - timedelta(days=25)
    until_done(feed, inbox, mailbox_record(history_id=None, synced_through=since), budget=10)
    assert len(inbox.heard) == 40
    assert feed.trouble.asked.count("between") < 300


def test_a_mail_that_comes_in_while_the_mailbox_is_read_by_time_is_told_by_the_history_afterwards() -> None:
    feed, inbox = FakeFeed(NOW, page_size=1), ears()
    came(feed, "m1", ago=timedelta(hours=2))
    record = mailbox_record(history_id=None, synced_through=NOW - timedelta(hours=3))
    done = synced(LateMail(NOW, kept=feed.kept, at=feed.at), inbox, record)
    assert inbox.told == ["m1"]
    feed.at = 1014
    feed.kept[-1].arrival = type(feed.kept[-1].arrival)("late", "t-late", place=1014)
    after = synced(feed, inbox, done.record)
    assert inbox.told == ["m1", "late"]
    assert after.known == 0


class LateMail(FakeFeed):
    """A mail comes in right after its present place was asked for, later than the run's `now`."""

    def place(self) -> int:
        at = super().place()
        self.arrive(mail(id="late", thread_id="t-late", received_at=self.now + timedelta(minutes=1)))
        return at


def test_a_failure_while_reading_by_time_goes_on_from_the_last_whole_day() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", ago=timedelta(days=3))
    came(feed, "m2", ago=timedelta(days=1))
    inbox.trouble.fails["hear m2"] = BUSY
    record = mailbox_record(history_id=None, synced_through=NOW - timedelta(days=4))
    done = synced(feed, inbox, record)
    assert done.failure is BUSY
    assert done.record.history_id is None
    assert done.record.resync_from is not None
    assert NOW - timedelta(days=3) < done.record.resync_from <= NOW - timedelta(days=1)
    inbox.trouble.fails.clear()
    synced(feed, inbox, done.record)
    assert inbox.told == ["m1", "m2"]


# Any interleaving

EVENTS = st.lists(
    st.one_of(
        st.sampled_from(["a mail", "a mail at the same place", "ours", "a stranger", "forget", "rewind"]),
        st.tuples(st.just("a run"), st.integers(1, 4), st.integers(1, 25)),
    ),
    max_size=25,
)


@settings(max_examples=300)
@given(EVENTS, st.integers(1, 4), st.booleans(), st.booleans())
def test_every_mail_is_heard_exactly_once_however_runs_end_and_whatever_the_history_forgets(
    events: list[str | tuple[str, int, int]], page_size: int, shuffled: bool, kept: bool
) -> None:
    now = NOW
    feed, inbox = FakeFeed(now, page_size=page_size, shuffled=shuffled), ears()
    record, wanted = mailbox_record(history_id=feed.at, synced_through=now), set[str]()
    for number, event in enumerate([*events, ("a run", 4, 10_000)]):
        now += timedelta(minutes=7)
        if isinstance(event, tuple):
            _, budget, breaks = event
            feed.breaks_at = {len(feed.trouble.asked) + breaks}
            done = synced(feed, inbox, record, budget=budget, now=now)
            # A run that loses its race to another one keeps nothing of where it came to.
            record = done.record if kept or number % 3 else record
        elif event == "forget":
            feed.forget()
        elif event == "rewind":
            feed.rewind(max(1, feed.at // 2))
        else:
            sender = "news@shop.example" if event == "a stranger" else ADDRESS
            one = mail(
                id=f"m{number}", thread_id=f"t{number}", sender=Address(address=sender), received_at=now
            )
            labels = ["SENT"] if event == "ours" else ["INBOX"]
            at_place_of_another = event == "a mail at the same place" and any(
                each.arrival.place == feed.at for each in feed.kept
            )
            feed.arrive(one, labels=labels, same_place=at_place_of_another and record.history_id != feed.at)
            wanted |= {one.id} if event.startswith("a mail") else set()
    feed.breaks_at.clear()
    until_done(feed, inbox, record, budget=3, now=now)
    seen_whole = {id_ for id_, each in inbox.heard.items() if each.sender}
    unseen = set(inbox.heard) - seen_whole
    assert wanted <= set(inbox.heard)
    assert seen_whole <= wanted, "nothing of ours, no stranger"
    assert not {id_ for id_ in unseen if "SENT" in _labels(feed, id_)}


def _labels(feed: FakeFeed, message_id: str) -> frozenset[str]:
    return next(each.arrival.labels for each in feed.kept if each.arrival.message_id == message_id)
