from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.mime import read_mail
from shared.connectors.mime_text import unflowed
from shared.connectors.mime_tree import DEEPEST_PART, MOST_HEADERS, MOST_PARTS
from shared.jobs.mail import Address, Mail

HEAD = b"From: Ana Ruiz <ana@harbor.example>\r\nTo: isabel@brightpath.example\r\n"


def mail(head: bytes, body: bytes = b"Yes.") -> Mail:
    return read_mail(HEAD + head + b"\r\n" + body)


def of_parts(kind: str, *parts: bytes) -> Mail:
    body = b"".join(b"--q\r\n" + part + b"\r\n" for part in parts) + b"--q--\r\n"
    return mail(f'Content-Type: multipart/{kind}; boundary="q"\r\n'.encode(), body)


def part(type_: str, content: str, more: str = "") -> bytes:
    return f"Content-Type: {type_}; charset=utf-8\r\n{more}\r\n{content}".encode()


# Headers


def test_a_plain_mail_is_read() -> None:
    received_at = datetime(2026, 11, 2, 10, 1, tzinfo=UTC)
    raw = (
        b"Return-Path: <ana@harbor.example>\r\nFrom: =?utf-8?q?Ana_Ru=C3=ADz?= <Ana@Harbor.example>\r\n"
        b"To: Isabel <isabel@brightpath.example>, marcus@brightpath.example\r\nCc: x@y.example\r\n"
        b"Subject: =?utf-8?b?w4Q=?=\r\n =?utf-8?b?w5Y=?= and\r\n so on\r\nReceived: one\r\nReceived: two\r\n"
        b"Date: Mon, 2 Nov 2026 11:00:00 +0100\r\n\r\nYes.\r\n\r\n-- \r\nAna\r\n"
    )
    read = read_mail(raw, id="m1", thread_id="t1", received_at=received_at)
    assert (read.id, read.thread_id, read.received_at, read.size) == ("m1", "t1", received_at, len(raw))
    assert read.sender == Address(address="ana@harbor.example", name="Ana Ruíz")
    assert [each.address for each in read.to] == ["isabel@brightpath.example", "marcus@brightpath.example"]
    assert [each.address for each in read.cc] == ["x@y.example"]
    assert read.subject == "ÄÖ and so on"
    assert read.headers["received"] == ("one", "two")
    assert read.header("Return-Path") == "<ana@harbor.example>"
    assert read.sent_at == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    assert read.text == "Yes.\n\n-- \nAna\n"
    assert read.own_words == "Yes."
    assert read.defects == ()


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"=?iso-8859-1?q?Gr=FC=DFe?=", "Grüße"),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        (b"=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        (b"=?utf-8?b?w6?= =?utf-8?b?qQ==?=", "é"),
        (b"=?utf-8?q?How_are_you??= today", "How are you? today"),
        (b"=?nonsense?q?abc?=", "abc"),
        (b"=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"=?utf-8?q?a=0D=0ABcc=3A_x=40y.example=00=E2=80=AEb?=", "a Bcc: x@y.example b"),
    ],
)
def test_a_subject_is_decoded(header: bytes, subject: str) -> None:
    assert mail(b"Subject: " + header + b"\r\n").subject == subject


@pytest.mark.parametrize(
    ("from_", "address"),
    [
        (b'"ana@harbor.example" <eve@other.example>', "eve@other.example"),
        (b"ana@harbor.example <eve@other.example>", "eve@other.example"),
        (b"=?utf-8?q?Ana_=3Cana=40harbor=2Eexample=3E=2C?= <eve@other.example>", "eve@other.example"),
        (b"EVE@Other.example (ana@harbor.example)", "eve@other.example"),
        (b"(" * 5000 + b" <eve@other.example>", "eve@other.example"),
        (b"undisclosed-recipients:;", ""),
        (b"nobody", ""),
        (b"", ""),
    ],
    ids=range(8),
)
def test_a_shown_name_never_passes_for_the_senders_address(from_: bytes, address: str) -> None:
    assert read_mail(b"From: " + from_ + b"\r\n\r\nYes.").sender.address == address


@pytest.mark.parametrize(
    ("date", "year"),
    [
        (b"Mon, 2 Nov 2026 10:00:00 -0000", 2026),
        (b"2 Nov 26 10:00 EST", 2026),
        (b"Mon, 2 Nov 1901 10:00:00 +0000", None),
        (b"Mon, 2 Nov 2099 10:00:00 +0000", None),
        (b"Mon, 99 Nov 2026 10:00:00 +0000", None),
        (b"soon", None),
        (b"Mon, 2 Nov 2026 10:00:00 +99999999999999", None),
        (b"9" * 5000, None),
    ],
    ids=range(8),
)
def test_a_date_that_cannot_be_true_is_none_and_said(date: bytes, year: int | None) -> None:
    received_at = datetime(2026, 11, 2, tzinfo=UTC)
    read = read_mail(HEAD + b"Date: " + date + b"\r\n\r\nYes.", received_at=received_at)
    assert (read.sent_at.year if read.sent_at else None) == year
    assert any("date" in defect for defect in read.defects) == (year is None)


# Parts


def test_of_alternatives_the_plain_one_is_read() -> None:
    read = of_parts("alternative", part("text/plain", "Plain"), part("text/html", "<p>Rich</p>"))
    assert read.text == "Plain"


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "  \r\n",
        "Your mail client does not show HTML. See it in your browser: https://x.example",
        "Please view this e-mail in HTML",
    ],
)
def test_a_plain_part_that_says_nothing_gives_way_to_the_html(plain: str) -> None:
    read = of_parts("alternative", part("text/plain", plain), part("text/html", "<p>Yes, <b>Tuesday</b></p>"))
    assert read.text == "Yes, Tuesday"


def test_a_person_who_writes_about_browsers_is_read_in_plain_text() -> None:
    words = "It looks odd in my browser."
    read = of_parts("alternative", part("text/plain", words), part("text/html", f"<p>{words}</p><p>x</p>"))
    assert read.text == words


def test_text_before_and_after_an_attachment_is_read() -> None:
    inner = (
        b'Content-Type: multipart/alternative; boundary="i"\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\n'
        b"One\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>One</b>\r\n--i--\r\n"
    )
    file = part("application/pdf", "JVBE", "Content-Transfer-Encoding: base64\r\n")
    read = of_parts("mixed", inner, file, part("text/html", "<p>Two</p>"))
    assert read.text == "One\nTwo"
    assert read.attachments == ("application/pdf",)
    assert read.defects == ()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('Content-Disposition: attachment; filename="offer.pdf"', "offer.pdf"),
        ("Content-Disposition: attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf", "été.pdf"),
        ("Content-Disposition: attachment; filename*0=a; filename*1=b.pdf", "ab.pdf"),
        ('Content-Disposition: attachment; filename="=?utf-8?q?=C3=A9t=C3=A9?=.pdf"', "été.pdf"),
        ("Content-Disposition: attachment; filename*=nonsense''a.pdf", "a.pdf"),
        ("Content-Disposition: attachment; filename*=utf-8''a%00%0D%0Ab%E2%80%AEfdp.exe", "a b fdp.exe"),
        ("Content-Disposition: attachment; filename*=utf-8''x; filename*0*=y", "text/plain"),
        (f'Content-Disposition: attachment; filename="{"a" * 1000}.pdf"', "a" * 200),
    ],
    ids=range(8),
)
def test_an_attachment_is_listed_by_its_name_and_never_read(header: str, name: str) -> None:
    read = of_parts("mixed", part("text/plain", "Yes"), part("text/plain", "not words", f"{header}\r\n"))
    assert read.text == "Yes"
    assert read.attachments == (name,)


def test_an_attached_mail_is_not_the_writers_words_nor_a_returned_one() -> None:
    attached = b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: Old\r\n\r\nOld words"
    read = of_parts("mixed", part("text/plain", "See there"), attached)
    assert (read.text, read.attachments, read.returned_headers) == ("See there", ("Old.eml",), {})


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", "WWVzLCBUdWVzZGF5"),
        ("base64", "WWVzLCBUdW\r\n  VzZGF5=="),
        ("BASE64 ", "WWVzLCBUdWVzZGF5\r\n\r\n"),
        ("base64", "Yes, Tuesday"),
        ("quoted-printable", "Yes=2C Tues=\r\nday"),
        ("8bit", "Yes, Tuesday"),
        ("nonsense", "Yes, Tuesday"),
    ],
)
def test_transfer_encodings_are_undone(encoding: str, content: str) -> None:
    read = mail(f"Content-Transfer-Encoding: {encoding}\r\n".encode(), content.encode())
    assert read.text.strip() == "Yes, Tuesday"


def test_base64_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    assert mail(b"Content-Transfer-Encoding: base64\r\n", b"WWVzLCBUdWVzZ").text == "Yes, Tues"


def test_a_broken_boundary_is_said_and_the_words_are_read() -> None:
    body = b"--other\r\nContent-Type: text/plain\r\n\r\nYes\r\n--other--\r\n"
    for type_ in (b"multipart/mixed", b'multipart/mixed; boundary=""'):
        read = mail(b"Content-Type: " + type_ + b"\r\n", body)
        assert read.text == "Yes"
        assert read.defects == ("It has parts and does not say what stands between them.",)
    read = mail(b"Content-Type: multipart/mixed; boundary=q\r\n", b"Yes")
    assert (read.text, read.defects) == ("Yes", ("What should stand between its parts is not there.",))
    read = mail(b"Content-Type: multipart/mixed; boundary=q\r\n", b"--q\r\n\r\nYes")
    assert (read.text, read.defects) == ("Yes", ("It ends before its last part does.",))


def test_an_inner_part_that_is_not_closed_does_not_swallow_the_next_one() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=q2\r\n\r\n--q2\r\n\r\nOne"
    assert of_parts("mixed", inner, part("text/plain", "Two")).text == "One\nTwo"


def test_parts_that_are_too_many_or_too_deep_are_left_out_and_said() -> None:
    wide = of_parts("mixed", *[part("text/plain", "x")] * (MOST_PARTS + 50))
    assert wide.text.count("x") == MOST_PARTS - 1
    assert any("parts" in defect for defect in wide.defects)
    deep = b"\r\nbottom"
    for level in range(DEEPEST_PART + 5):
        boundary = b"b%d" % level
        opened = b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n--" + boundary + b"\r\n"
        deep = opened + deep + b"\r\n--" + boundary + b"--"
    read = read_mail(HEAD + deep)
    assert read.text == ""
    assert any("nested" in defect for defect in read.defects)


def test_headers_beyond_the_limits_do_not_hide_those_that_follow() -> None:
    long = b"X-Long: " + b"a" * 1_000_000 + b"\r\n"
    read = read_mail(long + HEAD + b"\r\nYes.")
    assert read.sender.address == "ana@harbor.example"
    assert read.defects == ("One of its headers is too long and is cut.",)
    many = read_mail(HEAD + b"".join(b"X-%d: y\r\n" % each for each in range(50_000)) + b"\r\nYes.")
    assert len(many.headers) <= MOST_HEADERS
    assert (many.sender.address, many.text) == ("ana@harbor.example", "Yes.")
    assert many.defects == ("It has too many headers; the last ones are not read.",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"\r\n\r\n", ""),
        (b"just words", "just words"),
        (b"From: a@b.example\r\nno header\r\nmore\r\n\r\nlast", "no header\nmore\n\nlast"),
        (b"From: a@b.example\rSubject: x\r\rwords", "words"),
        (b"From: a@b.example\r\r\nSubject: x\r\r\n\r\r\nwords", "words"),
        (b"From: a@b.example\nSubject: x\n\nwords\x00\x1b", "words"),
        (b"From a@b Mon Nov  2\nFrom: a@b.example\n\nwords", "words"),
    ],
    ids=range(8),
)
def test_what_is_hardly_a_mail_is_read_as_far_as_it_goes(raw: bytes, text: str) -> None:
    assert read_mail(raw).text == text


# Paragraphs that were broken into lines


@pytest.mark.parametrize(
    ("text", "deletes_space", "whole"),
    [
        ("one \ntwo \nthree\nfour", False, "one two three\nfour"),
        ("one \ntwo", True, "onetwo"),
        (">one \n>two\nthree", False, "> one two\nthree"),
        (">one \nthree", False, "> one \nthree"),
        ("bye \n-- \nAna", False, "bye \n-- \nAna"),
        (" >not quoted", False, ">not quoted"),
        (">> deep \n>> er", False, ">> deep er"),
    ],
)
def test_flowed_text_is_put_together_again(text: str, deletes_space: bool, whole: str) -> None:
    assert unflowed(text, deletes_space) == whole


def test_a_flowed_mail_is_read_by_paragraphs() -> None:
    read = mail(b"Content-Type: text/plain; format=flowed; delsp=no\r\n", b"one \r\ntwo\r\n")
    assert read.text == "one two\n"


# A second opinion: what the standard library writes is read as it was meant.

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=80)


@given(subject=WORDS, text=WORDS, names=st.lists(WORDS, max_size=3), rich=st.booleans())
def test_what_the_standard_library_writes_is_read_back(
    subject: str, text: str, names: list[str], rich: bool
) -> None:
    written = EmailMessage()
    written["From"] = "ana@harbor.example"
    written["Subject"] = " ".join(subject.split())
    written.set_content(text)
    if rich:
        written.add_alternative("<p>other</p>", subtype="html")
    for name in names:
        written.add_attachment(b"\x00" * 100, maintype="image", subtype="png", filename=name)
    read = read_mail(bytes(written))
    assert read.text.strip() == text.strip() or (rich and not text.strip())
    assert len(read.attachments) == len(names)
    assert read.defects == ()
