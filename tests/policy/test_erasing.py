"""One person is found in any document by their keyed hash alone, and nobody else is (P12)."""

from __future__ import annotations

import json
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from scripts.stack.tenant import settings
from shared.policy import letter
from shared.policy.addresses import address_key, is_address
from shared.policy.erasing import ERASED, Concern, Finder, searched

KEY = b"k" * 32
MIRA = "mira.lind@harbor.example"
LEO = "leo@harbor.example"


def key_of(address: str) -> str:
    return address_key(KEY, address)


def finder(*links: str, of: str = MIRA) -> Finder:
    return Finder(key_of(of), links, key_of)


def mail(body: str, subject: str = "Hello") -> bytes:
    """The bytes of a draft to somebody else."""
    sender = next(iter(settings().senders.values()))
    footer = letter.footer_of(sender)
    return letter.compose(
        draft_id="draft-2", sender=sender, recipient=LEO, subject=subject, body=body, footer=footer
    )


def text_of(raw: bytes) -> str:
    """What its reader sees of a mail."""
    read = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))  # type: ignore[arg-type]
    return f"{read['subject']}\n{read.get_content()}"


@pytest.mark.parametrize(
    "text",
    [
        MIRA,
        MIRA.upper(),
        f"Mira Lind <{MIRA}>",
        f"ask {MIRA}.",
        f"mailto:{MIRA}?subject=x",
        f"https://x.example/?to={MIRA}&y=1",
        f"https://x.example/contacts/{MIRA.replace('@', '%40')}",
        json.dumps({"email": MIRA}),
        json.dumps({"email": MIRA}).replace("@", "\\u0040"),
        f"({MIRA})",
        f"a@b.example,{MIRA};c@d.example",
        f"“{MIRA}”",
        f"„{MIRA}“",
        f"«{MIRA}»",
        f"‘{MIRA}’",
        f"x='{MIRA}'",
        f"|{MIRA}|",
        f"_{MIRA}_",
        f"{MIRA}…",
        f"{MIRA}—thanks",
        f"cc--{MIRA}--thanks",
        f"Ask {MIRA}.Thanks",
        f"→{MIRA}",
        f"•{MIRA}",
        f"{MIRA}¹",
        f"\u200b{MIRA}\u200b",
        MIRA.replace("@", "@\u200b"),
        f"#{MIRA}",
        f"~{MIRA}",
        f"+{MIRA}+{LEO}",
        f"请联系{MIRA}谢谢",
        f"%3C{MIRA}%3E",
        f"mailto%3A{MIRA.replace('@', '%2540')}",
        MIRA.replace("@", "&#x40;"),
        MIRA.replace("@", "&commat;"),
        json.dumps(f"hello\n{MIRA}\nbye"),
        json.dumps(json.dumps(f"hello\n{MIRA}\nbye")),
        MIRA.replace("lind", "li=\r\nnd"),
        MIRA.replace("@", "=40"),
        "=?utf-8?b?bWlyYS5saW5kQGhhcmJvci5leGFtcGxl?=",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str) -> None:
    assert finder().concern("events", "e", {"payload": {"deep": [{"text": text}]}}) is Concern.OWN


@pytest.mark.parametrize(
    "text",
    [
        LEO,
        "xmira.lind@harbor.example",
        "x.mira.lind@harbor.example",
        "x-mira.lind@harbor.example",
        "x_mira.lind@harbor.example",
        f"{MIRA}.au",
        f"{MIRA}-x.au",
        "mira.lind",
        "",
        "@",
        "a@@b",
    ],
)
def test_another_address_is_another_person(text: str) -> None:
    assert finder().concern("events", "e", {"payload": {"text": text}}) is Concern.NONE


@pytest.mark.parametrize(
    ("collection", "data", "concern"),
    [
        ("jobs", {"contact_id": key_of(MIRA)}, Concern.OWN),
        ("jobs", {"contact_id": key_of(LEO), "address": LEO}, Concern.NONE),
        ("jobs", {"contact_id": key_of(LEO), "notes": [f"with {MIRA}"]}, Concern.MENTION),
        ("jobs", {"contact_id": key_of(LEO), "thread": {"thread_id": "t-1"}}, Concern.MENTION),
        ("jobs", {"contact_id": key_of(LEO), "thread": {"thread_id": "t-11"}}, Concern.NONE),
        ("dead_letters", {"job_id": "job-1"}, Concern.OWN),
        ("dead_letters", {"job_id": "job-11"}, Concern.NONE),
        ("events", {"job_id": "job-2", "payload": {"sender": MIRA}}, Concern.OWN),
        ("events", {"job_id": "job-2", "payload": {"fields": {"email": MIRA.upper()}}}, Concern.OWN),
        (
            "events",
            {"job_id": "job-2", "payload": {"fields": {"email": LEO, "message": MIRA}}},
            Concern.MENTION,
        ),
        ("idempotency", {"body": '{"draft": "draft-1"}'}, Concern.OWN),
        ("idempotency", {"body": '{"draft": "draft-12"}'}, Concern.NONE),
        ("companies", {"pause_reason": f"{MIRA} asked"}, Concern.MENTION),
        ("companies", {"pause_reason": "asked"}, Concern.NONE),
        ("drafts", {"contact_id": key_of(LEO), "raw": f"Cc: {MIRA}\r\n".encode()}, Concern.MENTION),
    ],
)
def test_whose_a_document_is(collection: str, data: dict[str, Any], concern: Concern) -> None:
    assert finder("job-1", "draft-1", "t-1").concern(collection, "x", data) is concern


def test_a_document_under_the_persons_own_id_is_theirs() -> None:
    assert finder().concern("contacts", key_of(MIRA), {}) is Concern.OWN


def test_the_address_is_taken_out_and_all_else_stays() -> None:
    data: dict[str, Any] = {
        "contact_id": key_of(LEO),
        "notes": [f"Mira <{MIRA}> and {LEO}", "x"],
        "raw": f"Cc: {MIRA}\r\n".encode(),
        "number": 7,
        "thread": {"last_sender": MIRA, "last_text": "her words"},
    }
    kept = finder().without("jobs", data)
    assert kept["notes"] == [f"Mira <{ERASED}> and {LEO}", "x"]
    assert kept["raw"] == f"Cc: {ERASED}\r\n".encode()
    assert (kept["number"], kept["thread"]) == (7, None)
    assert finder().concern("jobs", "x", kept) is Concern.NONE


@pytest.mark.parametrize("sign", [chr(number) for number in (*range(33, 127), 0xE9, 0x142, 0x915, 0x4E2D)])
def test_every_address_that_can_be_kept_is_found(sign: str) -> None:
    address = f"a{sign}b@harbor.example"
    if is_address(address):
        assert finder(of=address).names(f"Please copy “{address}”…")


def test_an_address_that_is_written_in_other_letters_is_found_as_well() -> None:
    jose = "jose\u0301@m\u00fcnchen.example"
    for text in ("JOS\u00c9@m\u00fcnchen.example", "jos\u00e9@xn--mnchen-3ya.example", f"({jose})"):
        assert finder(of=jose).names(text)
    assert finder(of=jose).names("jos=C3=A9@m=C3=\r\n=BCnchen.example")
    assert finder(of=jose).names(json.dumps("jos\u00e9@m\u00fcnchen.example"))
    assert finder(of=jose).names("caf\u00e9: jos\u00e9@m\u00fcnchen.example".encode())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"x.{MIRA} and {MIRA}.au and {MIRA}.", f"x.{MIRA} and {MIRA}.au and {ERASED}."),
        (f"'{MIRA}', {MIRA.upper()}", f"'{ERASED}', {ERASED}"),
        ("/c/mira.lind%40harbor.example?x=a%40b%3D", f"/c/{ERASED}?x=a%40b%3D"),
        ("mira.li=\r\nnd@harbor.example=\r\n, ok", f"{ERASED}=\r\n, ok"),
        ("\\u003cmira.lind\\u0040harbor.example\\u003e", f"\\u003c{ERASED}\\u003e"),
        ("\udcff\udcfe mira.lind@harbor.example", f"\udcff\udcfe {ERASED}"),
    ],
)
def test_the_whole_address_is_taken_out_and_nothing_beside_it(text: str, kept: str) -> None:
    raw = text.encode("utf-8", "surrogateescape")
    cleaned = finder().without("drafts", {"text": text, "raw": raw})
    assert cleaned == {"text": kept, "raw": kept.encode("utf-8", "surrogateescape")}
    assert not finder().names(cleaned)


@pytest.mark.parametrize("before", range(20, 80))
def test_a_line_of_a_mail_that_breaks_within_the_address_hides_it_not(before: int) -> None:
    words = "Thank you – we shall talk on Tuesday."
    body = f"{'x' * before} please copy {MIRA} too, and x.{MIRA}, {MIRA}.au. {words}\n"
    raw = mail(body)
    assert finder().names(raw)
    kept = finder().without("drafts", {"contact_id": key_of(LEO), "recipient": LEO, "raw": raw})
    assert not finder().names(kept)
    seen = text_of(kept["raw"])
    assert f"please copy {ERASED} too, and x.{MIRA}, {MIRA}.au. {words}" in seen


@pytest.mark.parametrize("subject", [f"For {MIRA}", f"Für {MIRA}", f"=?utf-8?q?{MIRA}?=", f"Для вас: {MIRA}"])
def test_the_subject_of_a_mail_hides_no_address(subject: str) -> None:
    kept = finder().without("drafts", {"raw": mail("Hello.", subject)})
    assert MIRA not in text_of(kept["raw"])
    assert "Hello." in text_of(kept["raw"])


def test_a_collection_that_nobody_has_heard_of_is_searched_and_jobs_go_last() -> None:
    there = ["jobs", "audit", "brand_new", "contacts", "events", "suppressions", "outbox"]
    assert searched(there) == ("brand_new", "outbox", "events", "jobs", "contacts")


@pytest.mark.parametrize(
    "piece",
    [
        "x",
        "@",
        "a@",
        "a@b.",
        "a'@b.example ",
        "'a" * 30 + "@b.example ",
        "%40",
        "=40",
        "=\n",
        "\\",
        "=?",
        "a--b@c--d.",
    ],
)
def test_a_long_text_costs_little(piece: str) -> None:
    begun = time.process_time()
    assert not finder().names(piece * (200_000 // len(piece)))
    assert time.process_time() - begun < 5
