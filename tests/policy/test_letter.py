from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.jobs.facts import ThreadFacts
from shared.policy.letter import (
    DRAFT_HEADER,
    ONE_CLICK_HEADER,
    OPT_OUT_HEADER,
    compose,
    differences,
    footer_of,
    read,
    reply_subject,
    text_of,
)
from shared.policy.limits import DEFAULTS, Limits
from tests.policy.examples import BODY, IDENTITY, SENDER, THREAD, draft

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=160)


def write(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "draft_id": "d1",
        "sender": SENDER,
        "recipient": IDENTITY.address,
        "subject": "Salesforce reporting",
        "body": BODY,
        "footer": footer_of(SENDER),
    }
    return compose(**{**fields, **changes})


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_mail_says_who_to_whom_and_what() -> None:
    mail = parsed(write())
    assert mail["From"] == "Ann Lee <ann@northwind.com>"
    assert mail["To"] == "maya@brightloop.io"
    assert mail["Subject"] == "Salesforce reporting"
    assert mail[DRAFT_HEADER] == "d1"
    assert mail.get_content().replace("\r\n", "\n") == text_of(BODY, footer_of(SENDER))
    assert "Message-ID" not in mail
    assert "Date" not in mail


def test_the_same_draft_always_has_the_same_bytes() -> None:
    assert write(thread=THREAD) == write(thread=THREAD)
    assert write() != write(draft_id="d2")
    assert b"\r\n" in write()
    assert b"\n" not in write().replace(b"\r\n", b"")


def test_an_answer_carries_the_thread_in_its_headers() -> None:
    mail = parsed(write(thread=THREAD))
    assert mail["In-Reply-To"] == "<m9@mail.gmail.com>"
    assert mail["References"] == "<m1@mail.gmail.com> <m9@mail.gmail.com>"
    assert "In-Reply-To" not in parsed(write())


@pytest.mark.parametrize(
    ("thread_subject", "subject"),
    [
        ("Reporting", "Re: Reporting"),
        ("Re: Reporting", "Re: Reporting"),
        ("RE: Reporting", "RE: Reporting"),
        ("re : Reporting", "re : Reporting"),
        ("Re[2]: Reporting", "Re[2]: Reporting"),
        ("Reporting:\r\n now", "Re: Reporting: now"),
        ("", "Re:"),
        ("Regarding us", "Re: Regarding us"),
    ],
)
def test_the_subject_of_an_answer_is_the_threads_with_one_re(thread_subject: str, subject: str) -> None:
    assert reply_subject(thread_subject) == subject
    assert reply_subject(subject) == subject


def test_long_message_ids_are_neither_broken_nor_encoded() -> None:
    long_id = f"<{'A' * 90}@prod.outlook.com>"
    ids = tuple(f"<{'b' * 70}{n}@mail.gmail.com>" for n in range(30))
    raw = write(thread=THREAD.but(in_reply_to=long_id, references=ids))
    assert f"In-Reply-To: {long_id}\r\n".encode() in raw
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    references = str(parsed(raw)["References"]).split()
    assert references[0] == ids[0]
    assert references[-1] == long_id
    assert len(references) == 20


@pytest.mark.parametrize(
    "wrong",
    [
        "<a@x.com>\r\nBcc: evil@x.com",
        "<a@x.com> <b@x.com>",
        "no brackets",
        "<ä@x.com>",
        "<" + "a" * 2000 + "@x.com>",
        "<>",
    ],
)
def test_what_is_no_message_id_is_left_out(wrong: str) -> None:
    mail = parsed(write(thread=THREAD.but(in_reply_to=wrong, references=(wrong, "<m1@x.com>"))))
    assert "In-Reply-To" not in mail
    assert "Bcc" not in mail
    assert mail["References"] == "<m1@x.com>"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "Hi\r\nBcc: evil@x.com"),
        ("subject", "Hi\nBcc: evil@x.com"),
        ("subject", "Hi\rBcc: evil@x.com"),
        ("subject", "Hi\x00there"),
        ("subject", "Hi\u2028there"),
        ("recipient", "maya@brightloop.io, evil@x.com"),
        ("recipient", "maya@brightloop.io;evil@x.com"),
        ("recipient", "Maya <maya@brightloop.io>"),
        ("recipient", "maya@brightloop.io\r\nBcc: evil@x.com"),
        ("recipient", ""),
        ("recipient", "josé@example.es"),
        ("draft_id", "d1\r\nBcc: evil@x.com"),
        ("draft_id", ""),
        ("sender", SENDER.but(name="Ann\r\nBcc: evil@x.com")),
        ("sender", SENDER.but(name="=?utf-8?q?Ann=0D=0ABcc:_evil@x.com?=")),
        ("sender", SENDER.but(mailbox="ann@northwind.com, evil@x.com")),
    ],
)
def test_nothing_can_forge_a_header_or_a_second_recipient(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{field}.*: .+; .+"):
        write(**{field: value})


def test_the_largest_mail_passes_and_a_byte_more_does_not() -> None:
    size = len(write())
    assert write(limits=Limits(raw_max_bytes=size))
    with pytest.raises(ValueError, match=f"{size} bytes, at most {size - 1}"):
        write(limits=Limits(raw_max_bytes=size - 1))
    assert DEFAULTS.raw_max_bytes == 262144


def test_the_footer_is_what_the_settings_say_and_leaves_no_gaps() -> None:
    assert footer_of(SENDER.but(signature="", postal_address=" ")) == SENDER.unsubscribe_line
    assert text_of("Hello\n\n", "") == "Hello\n"
    assert text_of("Hello", "Ann\nNorthwind") == "Hello\n\nAnn\nNorthwind\n"


@settings(max_examples=200)
@given(
    subject=PRINTABLE, body=st.text(st.characters(exclude_categories=("Cs",)), max_size=400), name=PRINTABLE
)
def test_every_text_is_read_back_as_it_was_written(subject: str, body: str, name: str) -> None:
    try:
        raw = write(subject=subject, body=body, sender=SENDER.but(name=name))
    except ValueError:
        return
    letter = read(raw)
    assert letter.recipients == ("maya@brightloop.io",)
    assert letter.senders == ("ann@northwind.com",)
    assert letter.subject == " ".join(subject.split())
    assert letter.text == text_of(body, footer_of(SENDER))
    assert letter.headers == (
        "from",
        "to",
        "subject",
        DRAFT_HEADER.lower(),
        "content-type",
        "content-transfer-encoding",
        "mime-version",
    )


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?Hi=0D=0ABcc:_evil@x.com?=",
        "=?utf-8?b?SGkNCkJjYzogZXZpbEB4LmNvbQ==?=",
        "Re: =?utf-8?q?Hi=0D=0A=0D=0Aanother body?=",
        "=?utf-8?q?Hi?= =?utf-8?q?_=0D=0ABcc:_evil@x.com?=",
        "=?utf-8?q?caf=C3=A9?=",
        "👾 =?utf-8?b?" + "QUFB" * 200 + "?=",
        "=?",
        "what =? that",
    ],
)
def test_a_subject_that_looks_encoded_is_text_and_nothing_is_decoded_out_of_it(subject: str) -> None:
    raw = write(subject=subject)
    letter = read(raw)
    assert letter.subject == " ".join(subject.split())
    assert letter.recipients == ("maya@brightloop.io",)
    assert letter.headers == read(write()).headers
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


WORDS = [
    "Pricing", "–", "reconciliation", "for", "the", "Valencia", "hub", "pilot", "in", "Málaga", "über", "Prognosen",
    "für", "Ihr", "Lager", "“Q4”", "l’équipe", "d’été", "№", "納品書の照合について", "встреча", "прогноз", "Genève",
    "&", "São-Paulo", "plain", "words", "here", "too",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=16))
def test_no_space_between_words_of_any_script_is_lost(words: list[str]) -> None:
    subject = reply_subject(" ".join(words)[:150])
    raw = write(subject=subject)
    assert read(raw).subject == subject
    assert parsed(raw)["Subject"] == subject
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@given(st.lists(st.text(max_size=60), max_size=4), st.text(max_size=60))
def test_no_thread_can_add_a_header(references: list[str], in_reply_to: str) -> None:
    thread = ThreadFacts.model_validate(
        {**dict(THREAD), "references": tuple(references), "in_reply_to": in_reply_to}
    )
    assert set(read(write(thread=thread)).headers) <= {*read(write()).headers, "in-reply-to", "references"}


TOKEN = "AbC_-9" * 64
LONG = f"https://europe-west1-a-long-project-name.cloudfunctions.net/receive_opt_out?t={TOKEN}"


def test_the_way_out_stands_in_two_headers_unbroken_however_long_it_is() -> None:
    raw = write(opt_out_url=LONG)
    assert f"\r\n{OPT_OUT_HEADER}: <{LONG}>\r\n".encode() in raw
    assert f"\r\n{ONE_CLICK_HEADER}: List-Unsubscribe=One-Click\r\n".encode() in raw
    mail = parsed(raw)
    assert mail[OPT_OUT_HEADER] == f"<{LONG}>"
    assert read(raw).opt_out == (f"<{LONG}>", "List-Unsubscribe=One-Click")
    assert write(opt_out_url=LONG) == raw


def test_the_way_out_adds_its_two_headers_and_changes_nothing_else() -> None:
    with_it, without = write(opt_out_url=LONG).split(b"\r\n"), write().split(b"\r\n")
    added = [line for line in with_it if line not in without]
    assert [line.partition(b":")[0] for line in added] == [b"List-Unsubscribe", b"List-Unsubscribe-Post"]
    assert [line for line in with_it if line not in added] == without


@pytest.mark.parametrize(
    "url",
    [
        "mailto:stop@northwind.com",
        "javascript:alert(1)",
        "https://x.example/?t=1>, <https://evil.example/",
        "https://x.example/?t=1\r\nBcc: evil@x.com",
        "https://x.example/?t=1 2",
        "https://x.example/é",
        "https://x.example/" + "a" * 1000,
        "x.example/?t=1",
    ],
)
def test_what_is_no_plain_url_is_no_way_out(url: str) -> None:
    with pytest.raises(ValueError, match="opt_out_url"):
        write(opt_out_url=url)


@pytest.mark.parametrize(
    "forged",
    [
        b"List-Unsubscribe: <https://evil.example/>\r\n",
        b"List-Unsubscribe: <https://evil.example/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        b"List-Unsubscribe: <mailto:evil@x.com>\r\n",
    ],
)
def test_a_way_out_that_the_draft_does_not_have_is_a_difference(forged: bytes) -> None:
    for good in (draft(opt_out_url=""), draft()):
        found = differences(good.but(raw=forged + good.raw))
        assert any("way out" in line or "twice" in line for line in found), found
    assert differences(draft(opt_out_url="")) == ()


def test_half_a_way_out_is_a_difference() -> None:
    good = draft()
    for name in (OPT_OUT_HEADER, ONE_CLICK_HEADER):
        kept = [line for line in good.raw.split(b"\r\n") if not line.startswith(f"{name}:".encode())]
        assert "way out" in differences(good.but(raw=b"\r\n".join(kept)))[0]


@given(PRINTABLE.filter(str.isprintable), PRINTABLE)
def test_no_words_can_set_or_change_a_way_out(subject: str, body: str) -> None:
    raw = write(opt_out_url=LONG, subject=f"List-Unsubscribe: <https://evil.example/> {subject}", body=body)
    assert read(raw).opt_out[0] == f"<{LONG}>"
    assert read(raw).headers.count("list-unsubscribe") == 1
    assert read(
        write(subject=subject, body=f"List-Unsubscribe: <https://evil.example/>\n{body}")
    ).opt_out == (
        "",
        "",
    )


def test_bytes_that_say_what_the_draft_says_do_not_differ() -> None:
    assert differences(draft()) == ()
    assert differences(draft(subject="Grüße  aus   Boston", body="Zeile\r\nzwei\n")) == ()


def test_every_way_in_which_bytes_can_differ_is_named() -> None:
    good = draft()
    changed = {
        "sender": "bob@northwind.com",
        "recipient": "evil@x.com",
        "subject": "Another subject",
        "body": BODY + " And more.",
        "footer": "",
        "id": "d2",
        "opt_out_url": "https://functions.example/receive_opt_out?t=bob",
    }
    for field, value in changed.items():
        assert len(differences(good.but(**{field: value}))) == 1, field
    for extra in (b"Bcc: evil@x.com\r\n", b"Reply-To: evil@x.com\r\n", b"Cc: evil@x.com\r\n"):
        assert "headers that no draft has" in differences(good.but(raw=extra + good.raw))[0]
    twice = differences(good.but(raw=b"To: evil@x.com\r\n" + good.raw))
    assert any("To header" in line for line in twice)
    html = EmailMessage()
    html.set_content("<p>hi</p>", subtype="html")
    assert "it is not one plain text" in differences(good.but(raw=html.as_bytes()))
    assert differences(good.but(raw=b""))
