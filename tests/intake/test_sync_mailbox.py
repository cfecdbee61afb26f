"""What came into a mailbox is heard, each mail once, whatever fails on the way and wherever a run ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import Permanent, Retryable
from shared.intake.sync_mailbox import OVERLAP, WINDOW, Synced, sync_mailbox
from shared.jobs.mail import Address
from shared.jobs.mailbox import MailboxRecord, MailboxStatus
from tests.builders import ADDRESS, NOW, SENDER, followed_thread, mail, mailbox_record
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


# By history


def test_a_mail_of_a_person_we_know_is_heard_and_the_mailbox_is_known_up_to_now() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1")
    done = synced(feed, inbox)
    heard = inbox.heard["m1"]
    assert (heard.mailbox, heard.sender, heard.name) == (SENDER.mailbox, ADDRESS, "Maya Okafor")
    assert (heard.thread_id, heard.received_at) == ("t-m1", NOW - timedelta(minutes=1))
    assert heard.follows is None
    assert not heard.in_spam
    assert (done.accepted, done.looked_at, done.unfinished, done.failure) == (1, 1, False, None)
    assert (done.record.history_id, done.record.synced_through) == (feed.at, NOW)
    assert done.record.updated_at == NOW


def test_nothing_new_is_one_question_to_gmail() -> None:
    feed = FakeFeed(NOW)
    done = synced(feed, ears())
    assert feed.trouble.asked == ["changes"]
    assert done.record.history_id == 1000


def test_all_pages_are_read_and_all_messages_of_one_place() -> None:
    feed, inbox = FakeFeed(NOW, page_size=2), ears()
    came(feed, "m1", "m2")
    feed.arrive(mail(id="m3", thread_id="t3"), same_place=True)
    came(feed, "m4", "m5")
    done = synced(feed, inbox)
    assert inbox.told == ["m1", "m2", "m3", "m4", "m5"]
    assert done.record.history_id == feed.at


def test_what_comes_in_while_pages_are_read_is_heard_by_the_next_run() -> None:
    feed, inbox = FakeFeed(NOW, page_size=1), ears()
    came(feed, "m1", "m2")
    feed.between_pages = lambda: came(feed, "m3")
    done = synced(feed, inbox)
    assert inbox.told == ["m1", "m2"]
    feed.between_pages = lambda: None
    synced(feed, inbox, done.record)
    assert set(inbox.told) == {"m1", "m2", "m3"}


def test_a_message_that_two_records_tell_of_is_looked_at_once() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", "m1")
    done = synced(feed, inbox)
    assert inbox.told == ["m1"]
    assert feed.trouble.asked.count("glimpse") == 1
    assert done.looked_at == 1


@pytest.mark.parametrize("label", ["DRAFT", "SENT", "CHAT"])
def test_our_own_drafts_mails_and_chats_are_not_even_looked_at(label: str) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    feed.arrive(mail(), labels=[label])
    done = synced(feed, inbox)
    assert inbox.told == []
    assert "glimpse" not in feed.trouble.asked
    assert done.record.history_id == feed.at


def test_what_is_ours_is_told_by_the_message_where_the_history_names_no_labels() -> None:
    feed, inbox = FakeFeed(NOW, names_labels=False), ears()
    feed.arrive(mail(), labels=["SENT"])
    done = synced(feed, inbox)
    assert inbox.told == []
    assert done.looked_at == 1


def test_a_mail_that_was_deleted_since_is_passed_by() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", "m2")
    feed.delete("m1")
    done = synced(feed, inbox)
    assert inbox.told == ["m2"]
    assert done.passed_by == 1


def test_a_second_run_hears_nothing_twice() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1")
    record = mailbox_record()
    synced(feed, inbox, record)
    done = synced(feed, inbox, record)
    assert (done.accepted, done.known) == (0, 1)


# Whose mail it is


def test_a_person_whom_we_do_not_know_is_passed_by() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", sender=Address(address="news@shop.example"))
    done = synced(feed, inbox)
    assert inbox.told == []
    assert done.passed_by == 1


def test_in_a_thread_with_a_draft_of_ours_everybody_is_heard() -> None:
    feed, inbox = FakeFeed(NOW), ears(threads={"t1": followed_thread(contact_id="k9")})
    feed.arrive(mail(sender=Address(address="boss@brightloop.io")))
    synced(feed, inbox)
    assert inbox.heard["m1"].follows == "k9"


def test_a_colleague_of_ours_who_writes_in_the_thread_starts_nothing() -> None:
    feed, inbox = FakeFeed(NOW), ears(threads={"t1": followed_thread()})
    feed.arrive(mail(sender=Address(address=BEN)))
    assert synced(feed, inbox).passed_by == 1


def test_a_known_person_s_address_is_compared_in_its_one_spelling() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", sender=Address(address="Maya@BrightLoop.IO"))
    synced(feed, inbox)
    assert inbox.heard["m1"].sender == ADDRESS


@pytest.mark.parametrize("from_", ["", "maya@brightloop.io, ann@example.com", "not an address"])
def test_a_from_that_is_no_address_is_nobody_outside_of_our_threads(from_: str) -> None:
    feed, inbox = FakeFeed(NOW), ears(threads={"t1": followed_thread()})
    feed.arrive(mail(id="in", thread_id="t1", sender=Address(address=from_)))
    feed.arrive(mail(id="out", thread_id="t2", sender=Address(address=from_)))
    synced(feed, inbox)
    assert inbox.told == ["in"]
    assert inbox.heard["in"].sender == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": 'multipart/report; report-type=delivery-status; boundary="x"'},
        {"Content-Type": "Multipart/Report; report-type=feedback-report"},
        {"X-Failed-Recipients": "maya@brightloop.io"},
    ],
    ids=["delivery", "feedback", "failed recipients"],
)
def test_a_machines_report_is_heard_in_whichever_thread_it_lies(headers: dict[str, str]) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", sender=Address(address="mailer-daemon@mx.example"), headers=headers)
    synced(feed, inbox)
    assert inbox.told == ["m1"]


@pytest.mark.parametrize("from_", ["MAILER-DAEMON@mx.example", "postmaster@brightloop.io"])
def test_a_bounce_that_does_not_say_what_it_is_is_told_by_who_sent_it(from_: str) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", sender=Address(address=from_))
    synced(feed, inbox)
    assert inbox.told == ["m1"]


def test_spam_is_heard_as_spam() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    feed.arrive(mail(), labels=["SPAM"])
    synced(feed, inbox)
    assert inbox.heard["m1"].in_spam


@pytest.mark.parametrize(
    ("to", "cc", "heard"),
    [
        ((SENDER.mailbox,), (), True),
        ((BEN,), (SENDER.mailbox,), False),
        ((SENDER.mailbox,), (BEN,), True),
        (("all@lists.example",), (BEN, SENDER.mailbox), False),
        (("all@lists.example",), (), True),
        (("friend@example.com", SENDER.mailbox.upper()), (BEN,), True),
    ],
)
def test_of_several_mailboxes_of_ours_the_first_that_is_named_hears_it(
    to: tuple[str, ...], cc: tuple[str, ...], heard: bool
) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    named = [[Address(address=each) for each in addresses] for addresses in (to, cc)]
    came(feed, "m1", to=named[0], cc=named[1])
    synced(feed, inbox)
    assert (inbox.told == ["m1"]) is heard


def test_what_came_in_before_we_listened_is_not_heard_when_it_is_moved_here() -> None:
    feed, inbox = FakeFeed(NOW), ears(threads={"t-old": followed_thread(thread_id="t-old")})
    record = mailbox_record()
    came(feed, "old", ago=NOW - record.heard_since + OVERLAP + timedelta(seconds=1))
    came(feed, "new", ago=NOW - record.heard_since)
    done = synced(feed, inbox, record)
    assert inbox.told == ["new"]
    assert done.passed_by == 1


# A run that does not come to the end


@pytest.mark.parametrize("budget", [1, 2, 3, 4, 7])
def test_a_run_that_spent_its_budget_is_gone_on_with_exactly_where_it_ended(budget: int) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, *(f"m{number}" for number in range(7)))
    record = mailbox_record()
    before = record.synced_through
    first = synced(feed, inbox, record, budget=budget)
    assert first.looked_at == budget
    assert first.unfinished is (budget < 7)
    if first.unfinished:
        assert first.record.synced_through == before, "not all of it was heard"
        assert first.record.history_id == feed.kept[budget - 1].arrival.place
    until_done(feed, inbox, first.record, budget=budget)
    assert inbox.told == [f"m{number}" for number in range(7)], "each once, in order, none looked at again"


def test_more_messages_at_one_place_than_a_run_may_look_at_are_heard_all_the_same() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m0")
    for number in range(1, 6):
        feed.arrive(mail(id=f"m{number}", thread_id=f"t{number}"), same_place=True)
    came(feed, "m6")
    until_done(feed, inbox, mailbox_record(), budget=2)
    assert set(inbox.heard) == {f"m{number}" for number in range(7)}


def test_a_failure_leaves_the_record_where_all_before_was_heard() -> None:
    feed, inbox = FakeFeed(NOW, page_size=10), ears()
    came(feed, "m1", "m2", "m3")
    inbox.trouble.fails["hear m3"] = Retryable("Cloud Tasks took no task")
    record = mailbox_record()
    done = synced(feed, inbox, record)
    assert done.failure is inbox.trouble.fails["hear m3"]
    assert not done.unfinished
    assert done.record.history_id == feed.kept[1].arrival.place
    assert done.record.synced_through == record.synced_through
    assert done.record.status is MailboxStatus.CONNECTED
    inbox.trouble.fails.clear()
    after = synced(feed, inbox, done.record)
    assert inbox.told == ["m1", "m2", "m3"]
    assert after.record.synced_through == NOW


def test_a_message_that_cannot_be_looked_at_is_a_job_and_keeps_nobody_waiting() -> None:
    feed, inbox = FakeFeed(NOW), ears(threads={"t-m2": followed_thread(thread_id="t-m2", contact_id="k7")})
    came(feed, "m1", "m2", "m3")
    feed.trouble.fails["glimpse m2"] = Permanent("gmail: glimpse answered 400")
    done = synced(feed, inbox)
    assert inbox.told == ["m1", "m2", "m3"]
    assert done.failure is None
    unseen = inbox.heard["m2"]
    assert (unseen.sender, unseen.received_at, unseen.follows) == ("", None, "k7")
    assert done.record.status is MailboxStatus.CONNECTED


def test_a_mailbox_that_answers_nothing_is_tried_again_as_a_whole() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", "m2")
    feed.trouble.fails |= {"glimpse": BUSY, "place": BUSY}
    record = mailbox_record()
    done = synced(feed, inbox, record)
    assert inbox.told == []
    assert done.failure is BUSY
    assert done.record.but(updated_at=record.updated_at) == record


@pytest.mark.parametrize("call", ["changes", "glimpse"])
def test_a_mailbox_that_does_not_let_us_in_has_to_be_connected_again(call: str) -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1")
    feed.trouble.fails |= {call: REFUSED, "place": REFUSED}
    record = mailbox_record()
    done = synced(feed, inbox, record)
    assert (done.record.status, done.record.reason) == (MailboxStatus.RECONNECT, REFUSED.reason)
    assert done.record.history_id == record.history_id
    feed.trouble.fails.clear()
    healed = synced(feed, inbox, done.record)
    assert (healed.record.status, healed.record.reason) == (MailboxStatus.CONNECTED, "")
    assert inbox.told == ["m1"]


def test_a_short_outage_does_not_heal_what_a_person_has_to_mend() -> None:
    feed = FakeFeed(NOW)
    feed.trouble.fails["changes"] = BUSY
    broken = mailbox_record(status=MailboxStatus.RECONNECT, reason="connect it")
    done = synced(feed, ears(), broken)
    assert (done.record.status, done.record.reason) == (MailboxStatus.RECONNECT, "connect it")


def test_a_mailbox_that_lets_us_in_again_is_connected_also_when_the_run_does_not_end() -> None:
    feed, inbox = FakeFeed(NOW), ears()
    came(feed, "m1", "m2")
    done = synced(feed, inbox, mailbox_record(status=MailboxStatus.RECONNECT, reason="x"), budget=1)
    assert (done.unfinished, done.record.status, done.record.reason) == (True, MailboxStatus.CONNECTED, "")


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


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
