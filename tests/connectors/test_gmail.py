from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from scripts.sandbox.world_mail import MARCUS
from shared.connectors import dialects, gmail, google_calendar
from shared.connectors.gmail import GmailMailbox
from shared.errors import Permanent, Retryable
from shared.ports.mailbox import MailThread
from tests.connectors.parts import ANA, ISABEL, NOW, Rig, Script, answer, mail, rig, vendor_http
from tests.connectors.test_hubspot import ODD_ADDRESSES
from tests.sandbox import discovery


@pytest.fixture
def world() -> Rig:
    return rig()


def thread_with(world: Rig, address: str = ANA) -> MailThread:
    found = world.mailbox.newest_thread_with(address)
    assert found is not None
    return found


def mailbox(*answers: httpx.Response | Exception) -> tuple[GmailMailbox, Script]:
    script = Script(*answers)
    return GmailMailbox(vendor_http(script, dialect=dialects.google)), script


# Threads


def test_the_newest_thread_with_a_person_is_read_in_their_own_words(world: Rig) -> None:
    thread = thread_with(world)
    first, second = thread.messages
    assert (first.sender, second.sender) == (ISABEL, ANA)
    assert second.recipients == (ISABEL,)
    assert first.sent_at < second.sent_at
    assert "what does a pilot cost?" in second.text
    assert "tour of the Valencia hub" in first.text
    assert "tour of the Valencia hub" not in second.text
    assert second.references == (first.message_id_header,)
    assert first.message_id_header.startswith("<")
    assert not second.is_draft


def test_nobody_is_none(world: Rig) -> None:
    assert world.mailbox.newest_thread_with("nobody@nowhere.example") is None


def test_the_thread_with_the_newest_message_is_chosen_whoever_wrote_it(world: Rig) -> None:
    world.sandbox.people.write(ISABEL, sender=f"Ana Ruiz <{ANA}>", subject="Something new", text="Hi")
    assert thread_with(world).messages[0].subject == "Something new"


def test_our_own_draft_is_no_thread_with_a_person(world: Rig) -> None:
    world.mailbox.create_draft(mail(To="new@person.example"), None)
    assert world.mailbox.newest_thread_with("new@person.example") is None


def test_a_draft_in_the_thread_is_shown_and_marked(world: Rig) -> None:
    thread = thread_with(world)
    last = thread.messages[-1]
    raw = mail(
        Subject=last.subject,
        In_Reply_To=last.message_id_header,
        References=f"{thread.messages[0].message_id_header} {last.message_id_header}",
    )
    filed = world.mailbox.create_draft(raw, thread.id)
    assert filed.thread_id == thread.id
    assert [(each.id, each.is_draft) for each in thread_with(world).messages][-1] == (filed.message_id, True)


def test_a_draft_does_not_make_its_thread_the_newest(world: Rig) -> None:
    older = thread_with(world)
    world.sandbox.people.write(ISABEL, sender=f"Ana Ruiz <{ANA}>", subject="Something new", text="Hi")
    world.clock.advance(60)
    last = older.messages[-1]
    raw = mail(Subject=last.subject, In_Reply_To=last.message_id_header, References=last.message_id_header)
    assert world.mailbox.create_draft(raw, older.id).thread_id == older.id
    assert thread_with(world).messages[0].subject == "Something new"


@pytest.mark.parametrize("address", [*ODD_ADDRESSES, "a@b.example} OR {from:c@d.example"])
def test_an_odd_address_never_becomes_part_of_a_search(address: str) -> None:
    tested, script = mailbox(answer(200, {}))
    with pytest.raises(Permanent):
        tested.newest_thread_with(address)
    assert script.requests == []


def gmail_thread(id_: str, sender: str, at_ms: int, **part: Any) -> dict[str, Any]:
    payload = {
        "mimeType": "text/plain",
        "headers": [{"name": "From", "value": sender}, {"name": "To", "value": ISABEL}],
        "body": {"data": "SGVsbG8"},
        **part,
    }
    message = {"id": f"m{id_}", "threadId": id_, "internalDate": str(at_ms), "payload": payload}
    return {"id": id_, "messages": [message]}


def listed(*threads: str) -> httpx.Response:
    return answer(200, {"messages": [{"id": f"m{each}", "threadId": each} for each in threads]})


def test_a_longer_address_that_the_search_also_finds_is_passed_over() -> None:
    tested, _ = mailbox(
        listed("t1", "t1", "t2"),
        answer(200, gmail_thread("t1", "ann@b.example.au", 2)),
        answer(200, gmail_thread("t2", "Ann <Ann@B.example>", 1)),
    )
    found = tested.newest_thread_with("ann@b.example")
    assert found is not None
    assert found.id == "t2"


def test_a_thread_that_is_gone_again_is_passed_over() -> None:
    tested, script = mailbox(listed("t1", "t2"), answer(404), answer(200, gmail_thread("t2", ANA, 1)))
    found = tested.newest_thread_with(ANA)
    assert found is not None
    assert (found.id, len(script.requests)) == ("t2", 3)


# Reading mail


def text_of(**part: Any) -> str:
    tested, _ = mailbox(listed("t"), answer(200, gmail_thread("t", ANA, 1, **part)))
    found = tested.newest_thread_with(ANA)
    assert found is not None
    return found.messages[0].text


def encoded(text: str, charset: str = "utf-8") -> dict[str, str]:
    return {"data": base64.urlsafe_b64encode(text.encode(charset)).decode().rstrip("=")}


def part(mime_type: str, text: str, **more: Any) -> dict[str, Any]:
    return {"mimeType": mime_type, "body": encoded(text), **more}


FROM = [{"name": "From", "value": ANA}]


def test_plain_text_is_preferred_to_html() -> None:
    parts = [part("text/html", "<p>Marked up</p>"), part("text/plain", "Plain")]
    assert text_of(mimeType="multipart/alternative", headers=FROM, body={}, parts=parts) == "Plain"


def test_html_is_read_where_there_is_no_plain_text() -> None:
    parts = [
        part("text/html", "<div>Hello <b>you</b></div><blockquote>old</blockquote>"),
        part("text/plain", " "),
    ]
    assert text_of(mimeType="multipart/alternative", headers=FROM, body={}, parts=parts) == "Hello you"


def test_attached_texts_and_attached_mails_are_not_the_mails_words() -> None:
    parts = [
        part("text/plain", "Mine"),
        part("text/plain", "attached", filename="notes.txt"),
        part("text/plain", "also", headers=[{"name": "Content-Disposition", "value": "attachment"}]),
        {"mimeType": "message/rfc822", "parts": [part("text/plain", "forwarded")]},
    ]
    assert text_of(mimeType="multipart/mixed", headers=FROM, body={}, parts=parts) == "Mine"


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("windows-1250", "windows-1250"),
        ("iso-8859-1", "utf-8"),
        ("x-unknown", "utf-8"),
    ],
)
def test_texts_in_other_charsets_are_read(declared: str, charset: str) -> None:
    headers = [*FROM, {"name": "Content-Type", "value": f'text/plain; charset="{declared}"'}]
    assert text_of(headers=headers, body=encoded("Grüße", charset)) == "Grüße"


def test_japanese_mail_is_read() -> None:
    headers = [*FROM, {"name": "Content-Type", "value": "text/plain; charset=ISO-2022-JP"}]
    assert text_of(headers=headers, body=encoded("こんにちは", "iso-2022-jp")) == "こんにちは"


@pytest.mark.parametrize("data", ["!!!", "A", "/+/+", "=" * 5])
def test_a_text_that_is_not_base64_costs_no_more_than_its_words(data: str) -> None:
    assert isinstance(text_of(body={"data": data}), str)


def test_a_text_that_gmail_keeps_apart_is_fetched() -> None:
    tested, script = mailbox(
        listed("t"),
        answer(200, gmail_thread("t", ANA, 1, body={"attachmentId": "ANGj_x-1", "size": 5})),
        answer(200, {"data": "SGVsbG8", "size": 5}),
    )
    found = tested.newest_thread_with(ANA)
    assert found is not None
    assert found.messages[0].text == "Hello"
    for request in script.requests:
        discovery.validate_request(request.method, str(request.url), request.content)


def test_encoded_headers_are_decoded_and_broken_ones_do_no_harm() -> None:
    headers = [
        {"name": "FROM", "value": f"=?utf-8?q?J=C3=BCrgen?= <{ANA}>"},
        {"name": "To", "value": 'Broken "quote <x@y.example>, <'},
        {"name": "Cc", "value": f"One <ONE@x.example>, {ISABEL}"},
        {"name": "Subject", "value": "=?utf-8?b?R3LDvMOfZQ==?=\r\n =?iso-8859-1?q?_aus_K=F6ln?="},
        {"name": "References", "value": "<a@x> <b@x>"},
        {"name": "In-Reply-To", "value": "<b@x>"},
    ]
    tested, _ = mailbox(listed("t"), answer(200, gmail_thread("t", ANA, 1, headers=headers)))
    found = tested.newest_thread_with(ANA)
    assert found is not None
    message = found.messages[0]
    assert message.sender == ANA
    assert message.recipients[-2:] == ("one@x.example", ISABEL)
    assert message.subject == "Grüße aus Köln"
    assert message.references == ("<a@x>", "<b@x>")
    assert message.sent_at == datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)


@pytest.mark.parametrize("subject", ["=?bogus?b?R3I=?=", "=?utf-8?b?!?=", "=?utf-8?q?=FF?=", ""])
def test_a_subject_that_cannot_be_decoded_stays_a_text(subject: str) -> None:
    headers = [*FROM, {"name": "Subject", "value": subject}]
    tested, _ = mailbox(listed("t"), answer(200, gmail_thread("t", ANA, 1, headers=headers)))
    found = tested.newest_thread_with(ANA)
    assert found is not None
    assert isinstance(found.messages[0].subject, str)


def test_half_a_character_is_replaced_so_that_the_mail_can_be_stored() -> None:
    thread = json.dumps(
        gmail_thread("t", ANA, 1, headers=[*FROM, {"name": "Subject", "value": "\ud83d \U0001f600"}])
    )
    tested, _ = mailbox(listed("t"), httpx.Response(200, content=thread))
    found = tested.newest_thread_with(ANA)
    assert found is not None
    assert found.messages[0].subject == "\ufffd \U0001f600"


# Drafts


def test_a_draft_is_made_of_exactly_the_bytes_that_were_given(world: Rig) -> None:
    raw = mail(X_Whisper_Draft="d-1", body="Hello, dear Ana\n")
    world.mailbox.create_draft(raw, None)
    sent = json.loads(world.recorder.requests[-1].content)["message"]
    assert base64.urlsafe_b64decode(sent["raw"]) == raw
    assert set(sent) == {"raw"}


def test_a_draft_is_found_by_its_marker_among_all_pages_of_drafts(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail(X_Whisper_Draft="d-1"), None)
    for number in range(3):
        world.mailbox.create_draft(mail(X_Whisper_Draft=f"d-1{number}"), None)
    assert world.mailbox.find_draft("d-1") == filed
    assert world.mailbox.find_draft("d-2") is None


def test_drafts_are_looked_for_page_by_page() -> None:
    headers = [{"name": "x-whisper-draft", "value": "d-1"}]
    draft = {"id": "r2", "message": {"id": "m", "threadId": "t", "payload": {"headers": headers}}}
    tested, script = mailbox(
        answer(200, {"drafts": [{"id": "r1", "message": {"id": "m0"}}], "nextPageToken": "p2"}),
        answer(404),
        answer(200, {"drafts": [{"id": "r2", "message": {"id": "m"}}]}),
        answer(200, draft),
    )
    found = tested.find_draft("d-1")
    assert found is not None
    assert (found.id, found.message_id, found.thread_id) == ("r2", "m", "t")
    assert script.requests[2].url.params["pageToken"] == "p2"


def test_more_drafts_than_can_be_looked_at_are_no_proof_that_ours_is_missing() -> None:
    tested, _ = mailbox(answer(200, {"drafts": [], "nextPageToken": "again"}))
    with pytest.raises(Retryable):
        tested.find_draft("d-1")


def test_updating_keeps_the_drafts_id_and_a_draft_that_is_gone_is_none(world: Rig) -> None:
    filed = world.mailbox.create_draft(mail(X_Whisper_Draft="d-1"), None)
    updated = world.mailbox.update_draft(filed.id, mail(X_Whisper_Draft="d-1", body="Other\n"), None)
    assert updated is not None
    assert updated.id == filed.id
    assert world.mailbox.find_draft("d-1") == updated
    assert world.mailbox.update_draft("r-0", mail(), None) is None


@pytest.mark.parametrize("id_", ["", "../send", "a/b", "a?b", "a b", "ä"])
def test_an_id_that_is_none_never_reaches_a_path(id_: str) -> None:
    tested, script = mailbox(answer(200, {}))
    with pytest.raises(Permanent):
        tested.update_draft(id_, b"x", None)
    with pytest.raises(Permanent):
        tested.create_draft(b"x", id_)
    assert script.requests == []


# As Google sees it


def test_every_google_call_is_as_google_describes_it_and_our_scopes_allow_it(world: Rig) -> None:
    thread_with(world)
    filed = world.mailbox.create_draft(mail(X_Whisper_Draft="d-1"), None)
    world.mailbox.find_draft("d-1")
    world.mailbox.update_draft(filed.id, mail(), filed.thread_id)
    world.calendar.busy("", NOW, NOW.replace(day=27))
    called = set(world.recorder.methods)
    assert called == {
        "gmail.users.messages.list",
        "gmail.users.threads.get",
        "gmail.users.drafts.create",
        "gmail.users.drafts.list",
        "gmail.users.drafts.get",
        "gmail.users.drafts.update",
        "calendar.freebusy.query",
    }
    for request in world.recorder.requests:
        if discovery.is_described(str(request.url)):
            method = discovery._method(request.method, str(request.url))  # pyright: ignore[reportPrivateUsage]
            ours = google_calendar.SCOPES if method.api.startswith("calendar") else gmail.SCOPES
            assert set(ours) & set(method.description["scopes"]), method.id


def test_one_mailbox_never_reads_another(world: Rig) -> None:
    world.sandbox.people.write(MARCUS, sender="leo@x.example", subject="To Marcus", text="Hi")
    assert world.mailbox.newest_thread_with("leo@x.example") is None
