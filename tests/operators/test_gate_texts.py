"""A text before the gate: what it says is read, and what cannot be read is refused with its rule."""

from __future__ import annotations

import pytest

from shared.operators.gate import Candidate, read_candidate
from shared.operators.refusal import Refusal

ODD = {
    "no local part": "To: @example.com\n\nhi",
    "no domain": "To: ann@\n\nhi",
    "a list without an end": "To: ann@example.com, <\n\nhi",
    "a group": "To: friends: ann@example.com;\n\nhi",
    "two": "To: ann@example.com, bob@example.com\n\nhi",
    "two headers": "To: ann@example.com\nTo: ann@example.com\n\nhi",
    "a name that is an address": "To: bob@example.com <ann@example.com>\n\nhi",
    "a From of signs": 'To: ann@example.com\nFrom: >";@@\n\nhi',
    "a From with a line break in a word": "To: ann@example.com\nFrom: =?utf-8?q?=0A?= <a@b.example>x\n\nhi",
    "a From cut off": "To: ann@example.com\nFrom: (c\n\nhi",
    "two subjects": "To: ann@example.com\nSubject: a\nSubject: b\n\nhi",
    "a copy": "To: ann@example.com\nCc: :<(\n\nhi",
    "bytes that are no UTF-8": "To: ann@example.com\nSubject: \udcff\n\nhi",
    "a body that is no UTF-8": "To: ann@example.com\n\n\ud800",
    "markup": "To: ann@example.com\nContent-Type: text/html\n\n<p>hi",
    "parts": "To: ann@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x--",
    "letters where an encoding has none": (
        "To: ann@example.com\nContent-Transfer-Encoding: quoted-printable\n\n\u4e2d"
    ),
    "an unknown charset": (
        "To: ann@example.com\nContent-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: base64\n\naGk="
    ),
    "deep JSON": '{"a":' * 5_000,
    "half a letter in JSON": '{"to": "ann@example.com", "body": "\\ud800"}',
    "a field twice": '{"to": "ann@example.com", "body": "a", "to": "bob@example.com"}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_text_is_refused_with_its_mend(text: str) -> None:
    refused = read_candidate(text)
    assert isinstance(refused, Refusal)
    assert refused.reason
    assert refused.mend
    assert "@example.com" not in refused.reason, "no address is repeated"


def test_headers_are_read_as_a_mail_program_shows_them() -> None:
    text = (
        'To: "Lee, Ann" <ann@example.com>\nFrom: =?utf-8?q?M=C3=BCller?= <m@example.com>\n'
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= to you\nContent-Transfer-Encoding: base64\n"
        "Content-Type: text/plain; charset*0=a; charset*=b\n\naGk=\n"
    )
    read = read_candidate(text)
    assert isinstance(read, Candidate), read
    assert (read.recipient, read.sender) == ("ann@example.com", "m@example.com")
    assert (read.subject, read.body.strip()) == ("Grüße to you", "hi")
