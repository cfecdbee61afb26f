"""What came into a mailbox is heard, each mail once, whatever fails on the way and wherever a run ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Permanent, Retryable
from shared.intake.sync_mailbox import OVERLAP
from shared.jobs.mail import Address
from shared.jobs.mailbox import MailboxStatus
from tests.builders import ADDRESS, NOW, SENDER, followed_thread, mail, mailbox_record
from tests.fakes import FakeFeed
from tests.intake.ears import (
    BEN,
    BUSY,
    REFUSED,
    came,
    ears,
    synced,
    until_done,
)

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


def test_a_mailbox_that_is_named_first_and_not_heard_leaves_it_to_the_next() -> None:
    feed, inbox = FakeFeed(NOW), ears(deaf={BEN})
    came(feed, "m1", to=[Address(address=BEN)], cc=[Address(address=SENDER.mailbox)])
    synced(feed, inbox)
    assert inbox.told == ["m1"]


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
