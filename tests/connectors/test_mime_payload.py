"""A mail is read the same from its bytes and from what a mailbox has made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.connectors.gmail_shapes import GmailMessage, as_message
from shared.connectors.mime import mail_of_payload, read_mail
from shared.connectors.mime_payload import MOST_FETCHED
from shared.connectors.mime_tree import MOST_PARTS
from tests.connectors.payloads import answer, base64url
from tests.mail import corpus

FIXTURES = [*corpus.fixtures("learn"), *corpus.fixtures("test")]


def nothing(message_id: str, attachment_id: str) -> str:
    raise AssertionError("nothing is kept apart here")


def message(payload: dict[str, Any]) -> GmailMessage:
    return GmailMessage.model_validate({"id": "m1", "threadId": "t1", "payload": payload})


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.path.name)
def test_both_ways_give_the_same_mail(fixture: corpus.Fixture) -> None:
    """The mailbox's parts come from the standard library here, which so judges our own splitting."""
    raw = read_mail(fixture.raw)
    apart = mail_of_payload(answer(fixture.raw, internal_date=0), nothing)
    assert raw.defects == ()
    for name in (
        "sender",
        "to",
        "cc",
        "subject",
        "sent_at",
        "headers",
        "attachments",
        "reports",
        "returned_headers",
    ):
        assert getattr(apart, name) == getattr(raw, name), name
    assert apart.text.strip() == raw.text.strip()
    assert apart.own_words == raw.own_words
    assert apart.size == raw.size


def test_the_mailboxs_own_ids_and_time_are_kept() -> None:
    mail = mail_of_payload(answer(b"From: a@b.example\r\n\r\nYes", internal_date=1_795_000_000_000), nothing)
    assert (mail.id, mail.thread_id) == ("m1", "t1")
    assert mail.received_at == datetime.fromtimestamp(1_795_000_000, UTC)


def test_only_texts_and_reports_that_are_kept_apart_are_fetched() -> None:
    asked: list[str] = []

    def fetch(message_id: str, attachment_id: str) -> str:
        asked.append(attachment_id)
        return base64url(b"Status: 5.1.1" if attachment_id == "report" else b"Yes")

    def apart(type_: str, id_: str, filename: str = "") -> dict[str, Any]:
        return {"mimeType": type_, "filename": filename, "body": {"attachmentId": id_, "size": 9}}

    parts = [
        apart("text/plain", "text"),
        apart("application/pdf", "file", "offer.pdf"),
        apart("text/plain", "note", "note.txt"),
        apart("message/rfc822", "mail"),
        apart("message/delivery-status", "report"),
    ]
    mail = mail_of_payload(message({"mimeType": "multipart/mixed", "parts": parts}), fetch)
    assert mail.text == "Yes"
    assert mail.attachments == ("offer.pdf", "note.txt", "message.eml")
    assert mail.reports[0].fields == {"status": "5.1.1"}
    # A report's returned headers are worth one more call.
    assert asked == ["text", "report", "mail"]


def test_no_more_than_a_few_are_fetched() -> None:
    asked: list[str] = []

    def fetch(message_id: str, attachment_id: str) -> str:
        asked.append(attachment_id)
        return base64url(b"Yes")

    parts = [{"mimeType": "text/plain", "body": {"attachmentId": f"a{each}"}} for each in range(50)]
    mail_of_payload(message({"mimeType": "multipart/mixed", "parts": parts}), fetch)
    assert len(asked) == MOST_FETCHED


def test_a_report_that_the_mailbox_has_taken_apart_is_read() -> None:
    def fields(**given: str) -> dict[str, Any]:
        headers = [{"name": name.replace("_", "-"), "value": value} for name, value in given.items()]
        return {"mimeType": "text/plain", "headers": headers, "body": {"size": 0}}

    parts = [
        {"mimeType": "text/plain", "body": {"data": base64url(b"It failed.")}},
        {
            "mimeType": "message/delivery-status",
            "parts": [
                fields(Reporting_MTA="dns; x"),
                fields(Final_Recipient="rfc822; a@b.example", Action="failed", Status="5.1.1"),
            ],
        },
        {"mimeType": "message/rfc822", "parts": [fields(To="a@b.example", Subject="Ours")]},
    ]
    mail = mail_of_payload(message({"mimeType": "multipart/report", "parts": parts}), nothing)
    assert mail.text == "It failed."
    assert [each.fields["status"] for each in mail.reports] == ["5.1.1"]
    assert mail.reports[0].fields["reporting-mta"] == "dns; x"
    assert mail.returned_headers == {"to": "a@b.example", "subject": "Ours"}


def test_headers_alone_are_a_mail_without_words() -> None:
    """What `format=metadata` answers."""
    headers = [
        {"name": "From", "value": "a@b.example"},
        {"name": "Content-Type", "value": "multipart/report"},
    ]
    mail = mail_of_payload(message({"mimeType": "multipart/report", "headers": headers}), nothing)
    assert (mail.sender.address, mail.text, mail.attachments) == ("a@b.example", "", ())


def test_a_payload_with_too_many_or_too_deep_parts_is_cut_before_it_is_read() -> None:
    words = {"mimeType": "text/plain", "body": {"data": base64url(b"Yes")}}
    wide = message({"mimeType": "multipart/mixed", "parts": [words] * 5000})
    assert len(wide.payload.parts) == MOST_PARTS - 1
    deep: dict[str, Any] = words
    for _ in range(10_000):
        deep = {"mimeType": "multipart/mixed", "parts": [deep]}
    for cut in (wide, message(deep)):
        mail = mail_of_payload(cut, nothing)
        assert mail.defects[0] == "It has too many parts or too deep ones; those are not read."
    while deep.get("parts"):
        # Taken apart by hand: letting go of so deep a tree at once is work for the interpreter.
        deep = deep.pop("parts")[0]


def test_a_message_of_a_thread_is_made_of_the_mail() -> None:
    raw = (
        b"From: Ana <ANA@harbor.example>\r\nTo: isabel@brightpath.example\r\nCc: ana@harbor.example, x@y.example\r\n"
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@harbor.example>\r\nIn-Reply-To: <0@b.example>\r\n"
        b"References: <9@b.example>\r\n <0@b.example>\r\n\r\nYes.\r\n\r\nOn Mon, 2 Nov 2026, I wrote:\r\n> No\r\n"
    )
    read = as_message(answer(raw), nothing)
    assert (read.sender, read.subject, read.text) == ("ana@harbor.example", "Grüße", "Yes.")
    assert read.recipients == ("isabel@brightpath.example", "ana@harbor.example", "x@y.example")
    assert (read.message_id_header, read.references) == (
        "<1@harbor.example>",
        ("<9@b.example>", "<0@b.example>"),
    )
    assert read.sent_at == datetime.fromtimestamp(1_795_000_000, UTC)
