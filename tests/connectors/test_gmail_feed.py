"""What comes into a mailbox: by its history, by time, one message's headers, and the watch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from scripts.sandbox.world_mail import MARCUS
from shared.connectors import dialects, gmail
from shared.connectors.gmail_feed import GLIMPSED_HEADERS, GmailFeed
from shared.errors import Permanent, Retryable
from shared.ports.mail_feed import Arrival, Changes
from tests.connectors.parts import ANA, ISABEL, NOW, Rig, Script, answer, mail, rig, vendor_http
from tests.sandbox import discovery

TOPIC = "projects/local/topics/gmail-push"


@pytest.fixture
def world() -> Rig:
    return rig()


def feed(*answers: httpx.Response | Exception) -> tuple[GmailFeed, Script]:
    script = Script(*answers)
    return GmailFeed(vendor_http(script, dialect=dialects.google)), script


def changes(world: Rig, since: int, page: str | None = None) -> Changes:
    found = world.feed.changes(since, page)
    assert found is not None
    return found


def write(world: Rig, **letter: Any) -> str:
    given = {"sender": f"Ana Ruiz <{ANA}>", "subject": "A question", "text": "Hi\n", **letter}
    return str(world.sandbox.people.write(ISABEL, **given)["id"])


# The history


def test_what_came_in_after_a_place_is_told_in_order_with_its_labels(world: Rig) -> None:
    before = world.feed.place()
    ids = [write(world, text=f"{number}\n") for number in range(3)]
    found = changes(world, before)
    assert [arrival.message_id for arrival in found.arrivals] == ids
    assert all("INBOX" in arrival.labels for arrival in found.arrivals)
    places = [arrival.place for arrival in found.arrivals]
    assert before < places[0] < places[1] < places[2] <= found.newest
    assert found.newest == world.feed.place()
    assert found.next_page is None
    assert [each.message_id for each in changes(world, places[1]).arrivals] == ids[2:]


def test_nothing_new_is_an_empty_page_at_the_present_place(world: Rig) -> None:
    place = world.feed.place()
    assert changes(world, place) == Changes((), newest=place)


def test_label_changes_are_no_arrivals_and_own_drafts_are_labelled_as_such(world: Rig) -> None:
    id_ = write(world)
    place = world.feed.place()
    with world.sandbox.changing():
        world.sandbox.gmail.mailbox(ISABEL).relabel(id_, [], ["UNREAD"])
    assert changes(world, place).arrivals == ()
    filed = world.mailbox.create_draft(mail(), None)
    (arrival,) = changes(world, place).arrivals
    assert (arrival.message_id, arrival.thread_id) == (filed.message_id, filed.thread_id)
    assert arrival.labels == {"DRAFT"}


def test_a_place_that_the_mailbox_does_not_know_is_none(world: Rig) -> None:
    assert world.feed.changes(world.feed.place() + 10_000) is None


def record(id_: int, *messages: str) -> dict[str, Any]:
    added = [{"message": {"id": m, "threadId": f"t{m}", "labelIds": ["INBOX"]}} for m in messages]
    return {"id": str(id_), "messagesAdded": added}


def test_pages_are_asked_for_one_by_one_and_each_is_put_in_order() -> None:
    tested, script = feed(
        answer(
            200, {"history": [record(9, "c"), record(7, "a", "b")], "historyId": "12", "nextPageToken": "p2"}
        ),
        answer(200, {"historyId": 15}),
    )
    first = tested.changes(5)
    assert first is not None
    assert [(each.message_id, each.place) for each in first.arrivals] == [("a", 7), ("b", 7), ("c", 9)]
    assert (first.newest, first.next_page) == (12, "p2")
    assert tested.changes(5, "p2") == Changes((), newest=15)
    asked = [dict(request.url.params) for request in script.requests]
    assert asked[0] == {"startHistoryId": "5", "historyTypes": "messageAdded", "maxResults": "500"}
    assert asked[1] == {**asked[0], "pageToken": "p2"}


def test_records_of_other_changes_bring_no_arrivals() -> None:
    other = {"id": "8", "messages": [{"id": "m", "threadId": "t"}], "labelsAdded": [{"message": {"id": "m"}}]}
    tested, _ = feed(answer(200, {"history": [other], "historyId": "9"}))
    assert tested.changes(5) == Changes((), newest=9)


def test_a_history_that_went_back_says_so_by_its_number() -> None:
    tested, _ = feed(answer(200, {"historyId": "3"}))
    assert tested.changes(500) == Changes((), newest=3)


# By time


def test_what_came_in_between_two_times_is_listed_spam_included_and_own_mails_are_not(world: Rig) -> None:
    start = world.clock.now()
    world.clock.advance(60)
    plain = write(world)
    spam = write(world, labels=["SPAM"])
    archived = write(world, labels=["UNREAD"])
    world.mailbox.create_draft(mail(), None)
    sent = world.mailbox.create_draft(mail(), None)
    world.sandbox.people.send_draft(ISABEL, sent.id)
    world.clock.advance(60)
    late = write(world)
    listed = world.feed.between(start, world.clock.now() - timedelta(seconds=1))
    assert [each.message_id for each in listed.arrivals] == [archived, spam, plain]
    assert listed.next_page is None
    assert late in {each.message_id for each in world.feed.between(start, world.clock.now()).arrivals}


def test_both_ends_of_the_stretch_are_included_to_the_second() -> None:
    tested, script = feed(answer(200, {}))
    since = datetime(2026, 11, 20, 9, 0, 0, 900_000, tzinfo=UTC)
    until = datetime(2026, 11, 20, 9, 5, 0, 100_000, tzinfo=UTC)
    tested.between(since, until)
    asked = dict(script.requests[0].url.params)
    first_s, last_s = int(since.timestamp()), int(until.timestamp())
    assert asked["q"] == f"after:{first_s} before:{last_s + 1} -in:drafts -in:sent -in:chats"
    assert asked["includeSpamTrash"] == "true"


def test_a_list_goes_on_with_its_next_page() -> None:
    tested, script = feed(
        answer(200, {"messages": [{"id": "m1", "threadId": "t1"}], "nextPageToken": "p2"}),
        answer(200, {"messages": [{"id": "m2", "threadId": "t2"}]}),
    )
    first = tested.between(NOW, NOW)
    assert first.arrivals == (Arrival("m1", "t1"),)
    assert first.next_page == "p2"
    assert tested.between(NOW, NOW, first.next_page).arrivals == (Arrival("m2", "t2"),)
    assert script.requests[1].url.params["pageToken"] == "p2"


# One message


def test_a_glimpse_is_headers_and_labels_without_words(world: Rig) -> None:
    id_ = write(
        world, subject="Grüße", headers={"Auto-Submitted": "auto-replied", "X-Other": "not asked for"}
    )
    seen = world.feed.glimpse(id_)
    assert seen is not None
    assert seen.mail.sender.address == ANA
    assert seen.mail.sender.name == "Ana Ruiz"
    assert seen.mail.subject == "Grüße"
    assert seen.mail.header("auto-submitted") == "auto-replied"
    assert seen.mail.header("x-other") == ""
    assert seen.mail.text == ""
    assert seen.mail.id == id_
    assert seen.mail.received_at == world.clock.now()
    assert seen.labels == {"INBOX", "UNREAD"}
    assert world.recorder.requests[-1].url.params.get_list("metadataHeaders") == list(GLIMPSED_HEADERS)


def test_a_message_that_is_gone_is_none(world: Rig) -> None:
    id_ = write(world)
    with world.sandbox.changing():
        world.sandbox.gmail.mailbox(ISABEL).remove(id_)
    assert world.feed.glimpse(id_) is None


@pytest.mark.parametrize("id_", ["", "../profile", "a/b", "a?b", "a b", "ä"])
def test_an_id_that_is_none_never_reaches_a_path(id_: str) -> None:
    tested, script = feed(answer(200, {}))
    with pytest.raises(Permanent):
        tested.glimpse(id_)
    assert script.requests == []


# The watch


def test_the_watch_says_where_it_begins_and_when_it_ends_and_asks_for_no_label(world: Rig) -> None:
    watch = world.feed.watch(TOPIC)
    assert watch.place == world.feed.place()
    assert watch.expires_at == world.clock.now() + timedelta(days=7)
    tested, script = feed(answer(200, {"historyId": "7", "expiration": "1795164000123"}))
    assert tested.watch(TOPIC).expires_at == datetime.fromtimestamp(1795164000.123, UTC)
    assert script.requests[0].content == b'{"topicName":"projects/local/topics/gmail-push"}'


def test_a_topic_that_does_not_exist_says_what_to_mend() -> None:
    tested, _ = feed(answer(404))
    with pytest.raises(Permanent, match="let Gmail publish to it"):
        tested.watch(TOPIC)


# Whose it is


def test_the_address_is_the_mailboxs_own(world: Rig) -> None:
    assert world.feed.address() == ISABEL


def test_one_mailbox_hears_nothing_of_another(world: Rig) -> None:
    place = world.feed.place()
    world.sandbox.people.write(MARCUS, sender="leo@x.example", subject="To Marcus", text="Hi")
    assert changes(world, place).arrivals == ()


def test_every_call_is_as_google_describes_it_and_our_scopes_allow_it(world: Rig) -> None:
    id_ = write(world)
    world.feed.changes(world.feed.place())
    world.feed.between(NOW, NOW)
    world.feed.glimpse(id_)
    world.feed.watch(TOPIC)
    assert set(world.recorder.methods) == {
        "gmail.users.getProfile",
        "gmail.users.history.list",
        "gmail.users.messages.list",
        "gmail.users.messages.get",
        "gmail.users.watch",
    }
    for request in world.recorder.requests:
        if discovery.is_described(str(request.url)):
            method = discovery._method(request.method, str(request.url))  # pyright: ignore[reportPrivateUsage]
            assert set(gmail.SCOPES) & set(method.description["scopes"]), method.id


# Broken answers

CALLS: dict[str, Callable[[GmailFeed], object]] = {
    "place": lambda feed: feed.place(),
    "changes": lambda feed: feed.changes(5),
    "between": lambda feed: feed.between(NOW, NOW),
    "glimpse": lambda feed: feed.glimpse("m1"),
    "watch": lambda feed: feed.watch(TOPIC),
}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("place", {}),
        ("place", {"emailAddress": ISABEL, "historyId": "soon"}),
        ("place", {"emailAddress": ISABEL, "historyId": "0"}),
        ("place", {"emailAddress": ISABEL, "historyId": str(1 << 70)}),
        ("changes", {}),
        ("changes", {"historyId": "7", "history": [{"id": "x", "messagesAdded": []}]}),
        ("changes", {"historyId": "7", "history": [{"id": "6", "messagesAdded": [{}]}]}),
        ("changes", {"historyId": "7", "history": [record(6, "../drafts")]}),
        ("changes", {"historyId": "7", "history": "none"}),
        ("between", {"messages": [{"id": "m"}]}),
        ("between", {"messages": [{"id": "m\n", "threadId": "t"}]}),
        ("between", []),
        ("glimpse", {}),
        ("watch", {"historyId": "7"}),
        ("watch", {"historyId": "7", "expiration": "never"}),
        ("watch", {"historyId": "7", "expiration": str(1 << 60)}),
    ],
)
def test_an_answer_in_another_shape_is_retryable(name: str, body: object) -> None:
    tested, _ = feed(httpx.Response(200, json=body))
    with pytest.raises(Retryable, match="shape that we do not know"):
        CALLS[name](tested)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "fault", ["429", "403_rate", "500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage"]
)
def test_what_stays_broken_is_retryable_after_three_tries(name: str, fault: str) -> None:
    world = rig()
    write(world)
    world.sandbox.faults.add(vendor="gmail", kind=fault)
    with pytest.raises(Retryable):
        CALLS[name](world.feed)
    assert world.count("gmail") == 3


@pytest.mark.parametrize("name", CALLS)
def test_what_breaks_once_is_not_noticed(name: str) -> None:
    world = rig()
    place = world.feed.place()
    calls = {
        **CALLS,
        "changes": lambda feed: feed.changes(place),
        "glimpse": lambda feed: feed.glimpse(write(world)),
    }
    world.sandbox.faults.add(vendor="gmail", kind="503", nth=1)
    assert calls[name](world.feed) is not None


@pytest.mark.parametrize("name", CALLS)
def test_a_mailbox_that_does_not_let_us_in_is_permanent(name: str) -> None:
    error = {"code": 403, "message": f"no {ANA}", "errors": [{"domain": "global", "reason": "forbidden"}]}
    tested, _ = feed(answer(403, {"error": error}))
    with pytest.raises(Permanent) as caught:
        CALLS[name](tested)
    assert ANA not in caught.value.reason
