"""Mails, drafts and what went out, as the mailbox has them now."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.connectors import dialects, gmail
from shared.connectors.gmail import RAW_MOST_BYTES, TOO_LARGE, GmailMailbox
from shared.errors import Failure, Permanent, Retryable, Unclear
from shared.ports.mailbox import DraftInMailbox, SentMail
from tests.connectors.parts import ANA, ISABEL, Rig, Script, answer, mail, rig, vendor_http
from tests.connectors.test_hubspot import ODD_ADDRESSES
from tests.sandbox import discovery

LARGE = RAW_MOST_BYTES + 1


@pytest.fixture
def world() -> Rig:
    return rig()


def mailbox(
    *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response], **settings: Any
) -> tuple[GmailMailbox, Script]:
    script = Script(*answers)
    return GmailMailbox(vendor_http(script, dialect=dialects.google, **settings)), script


def formats(script: Script) -> list[str]:
    return [request.url.params.get("format", "") for request in script.requests]


def deliver(world: Rig, raw: bytes) -> str:
    return str(world.sandbox.people.deliver_raw(ISABEL, raw)["id"])


def message(size: int = 100, **fields: Any) -> dict[str, Any]:
    return {
        "id": "m1",
        "threadId": "t1",
        "labelIds": ["INBOX"],
        "internalDate": "1795164000123",
        "sizeEstimate": size,
        **fields,
    }


def tree(text: str = "Hello", **body: Any) -> dict[str, Any]:
    return {
        "mimeType": "text/plain",
        "headers": [{"name": "From", "value": ANA}, {"name": "Subject", "value": "Big"}],
        "body": body or {"data": base64.urlsafe_b64encode(text.encode()).decode()},
    }


# One mail


def test_a_mail_is_read_from_its_very_bytes(world: Rig) -> None:
    raw = mail("Good morning\n\n> quoted\n", From=f"Ana Ruiz <{ANA}>", To=ISABEL, X_Odd="kept")
    id_ = deliver(world, raw)
    found = world.mailbox.mail(id_)
    assert found is not None
    assert (found.id, found.thread_id, found.size) == (id_, id_, len(raw))
    assert found.sender.address == ANA
    assert found.header("x-odd") == "kept"
    assert found.received_at == world.clock.now()
    assert "Good morning" in found.own_words
    assert "quoted" in found.text
    assert found.defects == ()
    assert [request.url.params["format"] for request in world.recorder.requests[-2:]] == ["minimal", "raw"]


def test_a_mail_that_is_gone_is_none_also_when_it_goes_while_it_is_read(world: Rig) -> None:
    assert world.mailbox.mail("19" + "0" * 14) is None
    for answers in (
        [answer(404)],
        [answer(200, message()), answer(404)],
        [answer(200, message(LARGE)), answer(404)],
    ):
        tested, _ = mailbox(*answers)
        assert tested.mail("m1") is None


def test_a_large_mail_is_read_part_by_part_without_what_is_attached() -> None:
    tested, script = mailbox(
        answer(200, message(LARGE)), answer(200, message(LARGE, payload=tree("Only words\n")))
    )
    found = tested.mail("m1")
    assert found is not None
    assert formats(script) == ["minimal", "full"]
    assert found.own_words.strip() == "Only words"
    assert found.subject == "Big"
    assert (found.size, found.defects) == (LARGE, ())
    assert found.received_at == datetime(2026, 11, 20, 8, 40, 0, 123_000, tzinfo=UTC)


def test_thirty_megabytes_of_attachment_do_not_hide_the_words(world: Rig) -> None:
    part = b"Content-Type: application/zip; name=a.zip\r\nContent-Disposition: attachment; filename=a.zip\r\n"
    blob = b"\r\n".join([b"A" * 76] * 400_000)
    raw = (
        (
            f"From: {ANA}\r\nTo: {ISABEL}\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
            "Here they are.\r\n--b\r\n"
        ).encode()
        + part
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + blob
        + b"\r\n--b--\r\n"
    )
    found = world.mailbox.mail(deliver(world, raw))
    assert found is not None
    assert found.own_words.strip() == "Here they are."
    assert found.attachments == ("a.zip",)
    assert found.size > 30_000_000


@pytest.mark.parametrize("where", ["tree", "part"])
def test_a_mail_that_is_too_large_in_every_way_comes_with_its_headers_and_says_so(where: str) -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        asked = request.url.params.get("format", "")
        if "/attachments/" in request.url.path:
            return answer(200, {"data": "QUFB" * 1000})
        if asked == "full" and where == "tree":
            return answer(200, message(LARGE, payload=tree("x" * 4000)))
        if asked == "full":
            return answer(200, message(LARGE, payload=tree(attachmentId="a1", size=4000)))
        if asked == "metadata":
            return answer(200, message(LARGE, payload={**tree(), "body": {}}))
        return answer(200, message(LARGE))

    tested, _ = mailbox(answered, max_bytes=2000)
    found = tested.mail("m1")
    assert found is not None
    assert (found.subject, found.text, found.size) == ("Big", "", LARGE)
    assert TOO_LARGE in found.defects


@pytest.mark.parametrize(
    "answers",
    [
        [{}],
        [message(sizeEstimate=-1)],
        [message(internalDate=str(1 << 60))],
        [message(), message()],
        [message(), message(raw=7)],
        [message(), message(raw="ä")],
        [message(), message(raw="a")],
        [message(LARGE), {}],
        [message(LARGE), message(LARGE, payload={"headers": "none"})],
    ],
)
def test_an_answer_in_another_shape_is_retryable(answers: list[dict[str, Any]]) -> None:
    tested, _ = mailbox(*(answer(200, each) for each in answers))
    with pytest.raises(Retryable, match="shape that we do not know"):
        tested.mail("m1")


# Threads


def test_a_thread_is_read_by_its_id_and_one_that_is_gone_is_none(world: Rig) -> None:
    newest = world.mailbox.newest_thread_with(ANA)
    assert newest is not None
    assert world.mailbox.thread(newest.id) == newest
    assert world.mailbox.thread("19" + "0" * 14) is None


def test_a_mail_that_is_too_large_does_not_hide_the_rest_of_its_thread() -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        asked, path = request.url.params.get("format"), request.url.path
        if "/threads/" in path:
            messages = [message(payload=tree(), id=f"m{n}", internalDate=str(n)) for n in (1, 2)]
            if asked == "minimal":
                listed = [{"id": f"m{n}", "threadId": "t1", "internalDate": str(n)} for n in (1, 2)]
                return answer(200, {"id": "t1", "messages": listed})
            return answer(200, {"id": "t1", "messages": [*messages, {"padding": "x" * 4000}]})
        words = "x" * 4000 if path.endswith("m1") and asked == "full" else "Hello"
        return answer(200, message(id=path[-2:], internalDate=path[-1], payload=tree(words)))

    tested, _ = mailbox(answered, max_bytes=2000)
    thread = tested.thread("t1")
    assert thread is not None
    assert [each.id for each in thread.messages] == ["m1", "m2"]
    assert thread.messages[1].text == "Hello"


def test_a_time_that_no_calendar_has_is_another_shape() -> None:
    tested, _ = mailbox(answer(200, {"id": "t1", "messages": [message(internalDate=str(1 << 52))]}))
    with pytest.raises(Retryable, match="shape that we do not know"):
        tested.thread("t1")


# Drafts


def draft_in(world: Rig, id_: str) -> DraftInMailbox:
    found = world.mailbox.draft(id_)
    assert found is not None
    return found


def test_a_draft_is_as_it_lies_in_the_mailbox_now(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail("Hello, dear Ana\n", X_Whisper_Draft="d-1"), None)
    found = draft_in(world, filed.id)
    assert (found.id, found.message_id, found.thread_id) == (filed.id, filed.message_id, filed.thread_id)
    assert found.marker == "d-1"
    assert found.mail.own_words.strip() == "Hello, dear Ana"
    assert found.mail.to[0].address == ANA
    world.sandbox.people.edit_draft(ISABEL, filed.id, "Hi Ana,\n")
    edited = draft_in(world, filed.id)
    assert edited.id == filed.id
    assert edited.message_id != filed.message_id
    assert edited.mail.own_words.strip() == "Hi Ana,"
    assert edited.marker == ""


def test_a_draft_that_was_sent_deleted_or_thrown_away_is_none(world: Rig) -> None:
    sent, deleted, trashed = (world.mailbox.create_draft(mail(), None) for _ in range(3))
    world.sandbox.people.send_draft(ISABEL, sent.id)
    world.sandbox.people.delete_draft(ISABEL, deleted.id)
    with world.sandbox.changing():
        world.sandbox.gmail.mailbox(ISABEL).relabel(trashed.message_id, ["TRASH"], [])
    assert [world.mailbox.draft(each.id) for each in (sent, deleted, trashed)] == [None, None, None]


def test_all_drafts_are_listed_with_their_messages_of_the_moment(world: Rig) -> None:
    first, second, trashed = (world.mailbox.create_draft(mail(), None) for _ in range(3))
    with world.sandbox.changing():
        world.sandbox.gmail.mailbox(ISABEL).relabel(trashed.message_id, ["TRASH"], [])
    listed = world.mailbox.listed_drafts()
    assert {listed[first.id], listed[second.id]} == {first.message_id, second.message_id}
    assert trashed.id not in listed
    world.sandbox.people.edit_draft(ISABEL, first.id, "Hi\n")
    world.mailbox.delete_draft(second.id)
    edited = world.mailbox.listed_drafts()
    assert edited[first.id] == draft_in(world, first.id).message_id != first.message_id
    assert second.id not in edited


def test_drafts_are_listed_page_by_page_and_never_in_part() -> None:
    page = {"drafts": [{"id": "r1", "message": {"id": "m1", "threadId": "t"}}], "nextPageToken": "p2"}
    tested, script = mailbox(
        answer(200, page), answer(200, {"drafts": [{"id": "r2", "message": {"id": "m2", "threadId": "t"}}]})
    )
    assert tested.listed_drafts() == {"r1": "m1", "r2": "m2"}
    assert script.requests[1].url.params["pageToken"] == "p2"
    endless, _ = mailbox(answer(200, page))
    with pytest.raises(Retryable, match="more drafts than can be looked at"):
        endless.listed_drafts()


def test_a_draft_is_deleted_for_good_and_one_that_is_gone_is_told_so(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail(), None)
    assert world.mailbox.delete_draft(filed.id) is True
    assert world.mailbox.draft(filed.id) is None
    assert world.mailbox.delete_draft(filed.id) is False


def test_a_draft_that_a_person_sent_is_not_there_to_be_deleted_and_its_mail_stays(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail(), None)
    sent = world.sandbox.people.send_draft(ISABEL, filed.id)
    assert world.mailbox.delete_draft(filed.id) is False
    assert world.mailbox.mail(sent["id"]) is not None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("429", Retryable), ("403_rate", Retryable)]
    + [(each, Unclear) for each in ("500", "503", "timeout", "drop_before", "lost_answer")],
)
def test_a_deletion_goes_out_once_whatever_happens(world: Rig, fault: str, kind: type[Failure]) -> None:
    filed = world.mailbox.create_draft(mail(), None)
    world.sandbox.faults.add(vendor="gmail", method="DELETE", kind=fault)
    with pytest.raises(Failure) as caught:
        world.mailbox.delete_draft(filed.id)
    assert type(caught.value) is kind
    assert world.count("gmail", "DELETE") == 1


# What went out


def send(world: Rig, **headers: str) -> str:
    filed = world.mailbox.create_draft(mail(**headers), None)
    return str(world.sandbox.people.send_draft(ISABEL, filed.id)["id"])


def test_what_went_out_to_a_person_is_told_oldest_first_with_its_marker(world: Rig) -> None:
    before = world.clock.now()
    old = send(world, Subject="Before")
    world.clock.advance(60)
    since = world.clock.now()
    first = send(world, X_Whisper_Draft="d-1", Subject="Grüße", Cc="Bo <bo@x.example>")
    world.clock.advance(60)
    second = send(world, To="bo@x.example", Cc=f"Ana Ruiz <{ANA.title()}>")
    send(world, To="somebody@else.example")
    world.mailbox.create_draft(mail(), None)
    found = world.mailbox.sent_mails(ANA, since)
    assert [each.message_id for each in found] == [first, second]
    thread = found[0].thread_id
    given = found[0].message_id_header
    assert given.endswith("@mail.gmail.com>")
    assert found[0] == SentMail(first, thread, since, "Grüße", (ANA, "bo@x.example"), "d-1", given)
    assert world.mailbox.thread(thread) is not None
    assert found[1].marker == ""
    assert old in {each.message_id for each in world.mailbox.sent_mails(ANA, before)}


def test_a_longer_address_that_the_search_also_finds_is_no_proof() -> None:
    headers = [{"name": "To", "value": f"{ANA}.au"}]
    tested, _ = mailbox(
        answer(200, {"messages": [{"id": "m1", "threadId": "t1"}]}),
        answer(200, message(labelIds=["SENT"], payload={"headers": headers})),
    )
    assert tested.sent_mails(ANA, datetime(2026, 1, 1, tzinfo=UTC)) == ()


def test_what_has_not_gone_out_yet_or_is_gone_is_passed_over() -> None:
    headers = [{"name": "To", "value": ANA}]
    tested, _ = mailbox(
        answer(200, {"messages": [{"id": "m1", "threadId": "t1"}, {"id": "m2", "threadId": "t2"}]}),
        answer(200, message(labelIds=["SCHEDULED"], payload={"headers": headers})),
        answer(404),
    )
    assert tested.sent_mails(ANA, datetime(2026, 1, 1, tzinfo=UTC)) == ()


def test_more_mails_than_can_be_looked_at_are_no_proof_that_ours_is_missing() -> None:
    tested, _ = mailbox(answer(200, {"messages": [], "nextPageToken": "again"}))
    with pytest.raises(Retryable, match="more mails than can be looked at"):
        tested.sent_mails(ANA, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("address", [*ODD_ADDRESSES, "a@b.example} OR {from:c@d.example"])
def test_an_odd_address_never_becomes_part_of_a_search(address: str) -> None:
    tested, script = mailbox(answer(200, {}))
    with pytest.raises(Permanent):
        tested.sent_mails(address, datetime(2026, 1, 1, tzinfo=UTC))
    assert script.requests == []


# All of them

CALLS: dict[str, Callable[[GmailMailbox, str], object]] = {
    "mail": lambda box, id_: box.mail(id_),
    "thread": lambda box, id_: box.thread(id_),
    "draft": lambda box, id_: box.draft(id_),
    "delete_draft": lambda box, id_: box.delete_draft(id_),
}
READS: dict[str, Callable[[Rig], object]] = {
    "mail": lambda world: world.mailbox.mail("m1"),
    "thread": lambda world: world.mailbox.thread("t1"),
    "draft": lambda world: world.mailbox.draft("r1"),
    "listed_drafts": lambda world: world.mailbox.listed_drafts(),
    "sent_mails": lambda world: world.mailbox.sent_mails(ANA, world.clock.now() - timedelta(days=1)),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("id_", ["", "../send", "a/b", "a?b", "a b", "ä", "a" * 201])
def test_an_id_that_is_none_never_reaches_a_path(name: str, id_: str) -> None:
    tested, script = mailbox(answer(200, {}))
    with pytest.raises(Permanent):
        CALLS[name](tested, id_)
    assert script.requests == []


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(
    "fault", ["429", "403_rate", "500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage"]
)
def test_a_read_that_stays_broken_is_retryable_after_three_tries(name: str, fault: str) -> None:
    world = rig()
    world.sandbox.faults.add(vendor="gmail", kind=fault)
    with pytest.raises(Retryable):
        READS[name](world)
    assert world.count("gmail") == 3


def test_every_call_is_as_google_describes_it_and_our_scopes_allow_it(world: Rig) -> None:
    id_ = deliver(world, mail(From=ANA, To=ISABEL))
    filed = world.mailbox.create_draft(mail(), None)
    since = world.clock.now()
    send(world)
    world.mailbox.mail(id_)
    world.mailbox.thread(id_)
    world.mailbox.draft(filed.id)
    world.mailbox.sent_mails(ANA, since)
    world.mailbox.delete_draft(filed.id)
    assert {
        "gmail.users.messages.get",
        "gmail.users.messages.list",
        "gmail.users.threads.get",
        "gmail.users.drafts.get",
        "gmail.users.drafts.delete",
    } <= set(world.recorder.methods)
    for request in world.recorder.requests:
        if discovery.is_described(str(request.url)):
            method = discovery._method(request.method, str(request.url))  # pyright: ignore[reportPrivateUsage]
            assert set(gmail.SCOPES) & set(method.description["scopes"]), method.id


def test_no_word_of_a_mail_is_in_a_failure() -> None:
    body = json.dumps(message(LARGE, payload={"headers": f"canary {ANA}"}))
    tested, _ = mailbox(answer(200, message(LARGE)), httpx.Response(200, content=body))
    with pytest.raises(Retryable) as caught:
        tested.mail("m1")
    assert ANA not in caught.value.reason
    assert "canary" not in caught.value.reason
