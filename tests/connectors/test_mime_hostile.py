"""No bytes make reading a mail fail, hang or grow (P7)."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.mime import mail_of_payload, read_mail
from shared.connectors.mime_text import LONGEST_TEXT, MOST_ATTACHMENTS
from shared.connectors.mime_tree import DEEPEST_PART, MOST_HEADER_BYTES
from shared.jobs.mail import Mail
from tests.connectors.payloads import answer
from tests.mail import broken

CPU_S = 3.0
MEMORY_BYTES = 100_000_000
"""Beyond the mail itself: 30 MB may be copied once while its line ends are mended."""


def many(lines: bytes, size: int = 30_000_000) -> bytes:
    return lines * (size // len(lines))


def nested(fill: bytes, depth: int = DEEPEST_PART - 1) -> bytes:
    opened = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each)
        for each in range(depth)
    )
    return b"".join(opened) + b"\r\n" + fill


MADE: list[Callable[[], bytes]] = [
    lambda: b"Content-Type: multipart/mixed; boundary=q\n\n--q\n\n" + many(b"--q "),
    lambda: b"Content-Type: multipart/mixed; boundary=q\n\n" + many(b"--q\n"),
    lambda: nested(many(b"--b")),
    lambda: nested(many(b"\n-")),
    lambda: b"A: b\n" + many(b" \n"),
    lambda: many(b"a:\n"),
    lambda: many(b"\r\r\n"),
    lambda: many(b"\r"),
    lambda: b"\n" + many(b"\n"),
    lambda: (
        b"Content-Type: multipart/mixed; boundary=q\n\n"
        + b'--q\nContent-Type: a/b; name="' * 1
        + many(b";", 9000)
    ),
    lambda: (
        b"Content-Type: multipart/mixed; boundary=q\n\n"
        + (b'--q\nContent-Type: text/plain; name="' + b";" * 4000 + b"\n\nx\n") * 200
    ),
    lambda: (b"Subject: " + b"=?a?q?x" * 4500 + b"\n") * 8 + b"\n",
    lambda: (b"Subject: " + b"=?" * 15_000 + b"\n") * 8 + b"\n",
    lambda: b"From: " + b"(" * 1_000_000 + b"\n\n",
    lambda: b"From: " + b"<" * 1_000_000 + b"\n\n",
    lambda: b"From: " + b'"' * 1_000_001 + b"\n\n",
    lambda: b"From: " + b"\\" * 1_000_001 + b"\n\n",
    lambda: b"From: " + b"a:" * 500_000 + b"\n\n",
    lambda: b"Content-Type: text/plain; format=flowed\n\n" + many(b"> a \n"),
    lambda: b"Content-Type: text/plain; charset=utf-7\n\n" + many(b"+AAA"),
    lambda: b"Content-Type: text/html\n\n" + many(b"<a x='\">"),
    lambda: b"Content-Type: text/html\n\n" + many(b"<blockquote>x"),
    lambda: b"Content-Type: text/html\n\n" + many(b"<a "),
    lambda: b"Content-Transfer-Encoding: base64\n\n" + many(b"="),
    lambda: b"Content-Type: message/delivery-status\n\n" + many(b"Status: 5.1.1\n\n"),
    lambda: b"Subject: x\n\n" + many(b"On a wrote:\n\n"),
]


def is_bounded(mail: Mail) -> bool:
    """Whether all of it together can be kept in a document, and no text holds half a character or a NUL."""
    kept = mail.model_dump_json()
    assert "\\u0000" not in kept
    kept.encode("utf-8")
    headers = sum(len(value) for values in mail.headers.values() for value in values)
    return (
        len(mail.text) <= LONGEST_TEXT
        and len(mail.own_words) <= LONGEST_TEXT
        and headers <= MOST_HEADER_BYTES
        and len(mail.attachments) <= MOST_ATTACHMENTS
        and all(len(name) <= 210 for name in mail.attachments)
    )


@pytest.mark.parametrize("make", [*broken.MAKERS, *MADE], ids=range(len(broken.MAKERS) + len(MADE)))
def test_a_mail_made_to_do_harm_costs_little_time(make: Callable[[], bytes]) -> None:
    raw = make()
    started = time.process_time()
    mail = read_mail(raw)
    assert time.process_time() - started < CPU_S
    assert is_bounded(mail)
    assert mail.size == len(raw)


@pytest.mark.parametrize(
    "make", [broken.huge_attachment, broken.huge_text, broken.nested, MADE[0], MADE[4], MADE[6]]
)
def test_a_mail_made_to_do_harm_costs_little_memory(make: Callable[[], bytes]) -> None:
    raw = make()
    tracemalloc.start()
    try:
        read_mail(raw)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_BYTES
    finally:
        tracemalloc.stop()


def test_wherever_a_mail_is_cut_off_it_is_read_as_far_as_it_goes() -> None:
    whole = read_mail(broken.sound())
    assert whole.defects == ()
    for raw in broken.truncated():
        mail = read_mail(raw)
        assert is_bounded(mail)
        assert whole.text.startswith(mail.text.rstrip("-")[:20]) or mail.defects


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    assert is_bounded(read_mail(raw))


PIECES = st.sampled_from(
    b"""Content-Type:\x20|multipart/|mixed|alternative|report|text/html|text/plain|boundary=|; |"|q|--q|--|\r\n|\n|\r
    | |charset=|utf-7|gb2312|utf-16|message/rfc822|message/delivery-status|Content-Transfer-Encoding: |base64
    |quoted-printable|Content-Disposition: |attachment|filename*0*=|filename*=|name=|utf-8''%00|%ED%A0%80|=?utf-8?q?
    |=?utf-7?b?|?=|=|=3D|<|>|</|<!--|<a |&#|99999999999|From: |Date: |a@b.example|,|(|:|;|\x00|\xed\xa0\x80|\xff|+2D0-
    |~{|Status: 5.1.1|On | wrote:|> |2026|10:00|format=flowed|\x1b$B""".replace(b"\n    |", b"|").split(b"|")
)


@given(st.lists(PIECES, max_size=120))
def test_any_arrangement_of_a_mails_pieces_is_a_mail(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert is_bounded(read_mail(raw))


@given(st.lists(PIECES, max_size=60))
def test_what_a_mailbox_makes_of_any_pieces_is_a_mail(pieces: list[bytes]) -> None:
    assert is_bounded(mail_of_payload(answer(b"From: a@b.example\r\n" + b"".join(pieces)), lambda *_: "!"))
