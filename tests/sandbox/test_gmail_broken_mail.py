"""Mail that is broken or hostile in its form arrives in the sandbox's Gmail, and is served as it can be."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import pytest

from scripts.sandbox.gmail_parts import DEPTH_MOST, PARTS_MOST, parse
from scripts.sandbox.world_mail import ISABEL
from tests.mail import broken
from tests.sandbox.world import GMAIL, Outside, encoded, header, outside

ANA = "ana.ruiz@harborlogistics.example"


@pytest.fixture(scope="module")
def world() -> Outside:
    return outside()


def _get(world: Outside, id_: str, **params: Any) -> dict[str, Any]:
    answer = world.google.get(f"{GMAIL}/messages/{id_}", params=params)
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()


def _texts(world: Outside, message_id: str, part: dict[str, Any]) -> str:
    """All text parts in one, those that are fetched apart too."""
    body = part["body"]
    found = ""
    if part["mimeType"].startswith("text/"):
        data = body.get("data", "")
        if "attachmentId" in body:
            data = world.google.get(
                f"{GMAIL}/messages/{message_id}/attachments/{body['attachmentId']}"
            ).json()["data"]
        found = base64.urlsafe_b64decode(data).decode()
    return found + "".join(_texts(world, message_id, child) for child in part.get("parts", []))


@pytest.mark.parametrize("maker", broken.THROUGH_ALL)
def test_any_bytes_are_kept_and_shown_in_every_format(world: Outside, maker: Callable[[], bytes]) -> None:
    raw = maker()
    id_ = world.sandbox.people.deliver_raw(ISABEL, raw)["id"]
    kept = _get(world, id_, format="raw")
    assert base64.urlsafe_b64decode(kept["raw"]) == raw
    full = _get(world, id_, format="full")
    assert full["sizeEstimate"] == kept["sizeEstimate"] == len(raw)
    assert full["payload"]["partId"] == ""
    metadata = _get(world, id_, format="metadata", metadataHeaders=["Subject", "From"])
    assert {each["name"] for each in metadata["payload"]["headers"]} <= {"Subject", "From"}
    assert "parts" not in metadata["payload"]
    assert "payload" not in _get(world, id_, format="minimal")
    world.sandbox.people.delete_message(ISABEL, id_)


def test_a_mail_that_breaks_off_anywhere_is_shown(world: Outside) -> None:
    box = world.sandbox.gmail.mailbox(ISABEL)
    for raw in broken.truncated():
        with world.sandbox.changing():
            doc = box.arrive(raw, ["INBOX"])
            box.remove(doc["id"])
        assert doc["payload"]["partId"] == ""


@pytest.mark.parametrize(
    "maker",
    [
        broken.sound,
        broken.boundary_never_closed,
        broken.unknown_charset,
        broken.charset_of_nul,
        broken.charset_that_is_no_text,
        broken.unknown_transfer_encoding,
        broken.side_by_side,
        broken.huge_attachment,
        broken.no_headers,
        broken.from_of_brackets,
        broken.many_headers,
    ],
    ids=lambda maker: maker.__name__,
)
def test_words_that_are_whole_are_found(world: Outside, maker: Callable[[], bytes]) -> None:
    id_ = world.sandbox.people.deliver_raw(ISABEL, maker())["id"]
    assert broken.WORDS in _texts(world, id_, _get(world, id_)["payload"])
    world.sandbox.people.delete_message(ISABEL, id_)


def _depth(part: dict[str, Any]) -> int:
    return 1 + max((_depth(child) for child in part.get("parts", [])), default=0)


def _count(part: dict[str, Any]) -> int:
    return 1 + sum(_count(child) for child in part.get("parts", []))


def test_what_is_nested_too_deep_or_too_many_stays_undivided(world: Outside) -> None:
    for maker in (broken.nested, broken.nested_mails):
        assert _depth(parse(maker(), lambda _: "kept").payload) == DEPTH_MOST + 1, maker.__name__
    kept: list[bytes] = []
    deep = parse(broken.nested(), lambda data: str(kept.append(data)))
    assert broken.WORDS.encode() in kept[0]
    assert deep.text == ""
    assert _count(parse(broken.side_by_side(), lambda _: "kept").payload) == PARTS_MOST
    assert _depth(parse(broken.nested(10), lambda _: "kept").payload) == 12


def test_the_parts_are_those_that_the_standard_library_finds() -> None:
    def tree(part: Any) -> Any:
        children = part.get_payload() if part.is_multipart() else []
        return [part.get_content_type(), [tree(child) for child in children]]

    def shown(part: dict[str, Any]) -> Any:
        return [part["mimeType"], [shown(child) for child in part.get("parts", [])]]

    for raw in (broken.sound(), broken.boundary_never_closed(), broken.wrong_charset(), broken.from_twice()):
        assert shown(parse(raw, lambda _: "").payload) == tree(message_from_bytes(raw))


def test_a_delivery_report_is_shown_block_by_block(world: Outside) -> None:
    answer = world.google.post(
        f"{GMAIL}/messages/send", json={"raw": encoded(b"To: gone@nowhere.example\nSubject: x\n\nx\n")}
    ).json()
    bounce = world.sandbox.people.bounce(ISABEL, answer["id"])
    report = _get(world, bounce["id"])["payload"]
    assert [part["mimeType"] for part in report["parts"]] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    status = report["parts"][1]
    assert status["body"] == {"size": 0}
    assert [part["partId"] for part in status["parts"]] == ["1.0", "1.1"]
    assert header({"payload": status["parts"][0]}, "Reporting-MTA") == "dns; googlemail.com"
    recipient = {"payload": status["parts"][1]}
    assert header(recipient, "Final-Recipient") == "rfc822; gone@nowhere.example"
    assert header(recipient, "Status") == "5.1.1"


def test_a_delivery_report_may_also_be_shown_as_text(world: Outside) -> None:
    other = outside()
    other.sandbox.gmail.reports = "data"
    raw = broken.report_of_garbage()
    id_ = other.sandbox.people.deliver_raw(ISABEL, raw)["id"]
    status = _get(other, id_)["payload"]["parts"][1]
    assert status["mimeType"] == "message/delivery-status"
    assert "parts" not in status
    assert b"Status: five" in base64.urlsafe_b64decode(status["body"]["data"])


def test_a_mail_within_a_mail_is_a_part_and_a_file_too(world: Outside) -> None:
    raw = (
        b"From: ana@x.example\r\nSubject: Fwd: yes\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nsee below\r\n'
        b'--m\r\nContent-Type: message/rfc822; name="yes.eml"\r\n'
        b'Content-Disposition: attachment; filename="yes.eml"\r\n\r\n'
        b"From: tom@x.example\r\nSubject: yes\r\nContent-Type: text/plain\r\n\r\nagreed\r\n--m--\r\n"
    )
    id_ = world.sandbox.people.deliver_raw(ISABEL, raw)["id"]
    attached = _get(world, id_)["payload"]["parts"][1]
    assert (attached["mimeType"], attached["filename"]) == ("message/rfc822", "yes.eml")
    (inner,) = attached["parts"]
    assert inner["partId"] == "1.0"
    assert header({"payload": inner}, "Subject") == "yes"
    url = f"{GMAIL}/messages/{id_}/attachments/{attached['body']['attachmentId']}"
    assert b"agreed" in base64.urlsafe_b64decode(world.google.get(url).json()["data"])


def test_a_text_of_many_megabytes_is_fetched_as_an_attachment(world: Outside) -> None:
    id_ = world.sandbox.people.deliver_raw(ISABEL, broken.huge_text(5_000_000))["id"]
    payload = _get(world, id_)["payload"]
    assert "data" not in payload["body"]
    assert len(_texts(world, id_, payload)) == payload["body"]["size"] >= 5_000_000


def test_raw_bytes_are_delivered_over_http_too(world: Outside) -> None:
    body = json.dumps({"mailbox": ISABEL, "raw": encoded(broken.nul_bytes()), "labels": ["SPAM"]}).encode()
    status, _, answer = world.sandbox.handle("POST", "/_admin/gmail/deliver_raw", body=body)
    assert status == 200
    assert _get(world, json.loads(answer)["id"], format="raw")["labelIds"] == ["SPAM"]


def test_a_mailbox_of_broken_mail_can_still_be_searched_and_listed(world: Outside) -> None:
    people = world.sandbox.people
    for maker in (
        broken.from_of_brackets,
        broken.random_bytes,
        broken.encoded_word_of_garbage,
        broken.nothing,
    ):
        people.deliver_raw(ISABEL, maker())
    sound = people.write(ISABEL, sender=ANA, subject="sound", text="sound\n")
    found = world.google.get(f"{GMAIL}/messages", params={"q": f"from:{ANA} subject:sound krill OR sound"})
    assert found.status_code == 200
    listed = world.google.get(f"{GMAIL}/messages", params={"q": f"from:{ANA} subject:sound"}).json()
    assert [row["id"] for row in listed["messages"]] == [sound["id"]]
    assert world.google.get(f"{GMAIL}/threads", params={"q": "in:anywhere"}).status_code == 200
