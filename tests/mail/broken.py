"""Mails that are broken or hostile in their form, made on demand."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

import pytest

_HEAD = (
    b"From: Ana Ruiz <ana.ruiz@harborlogistics.example>\r\n"
    b"To: Isabel Perez <isabel.perez@brightpath.example>\r\n"
    b"Subject: Re: Delivery forecasts\r\n"
    b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
    b"Message-ID: <broken@harborlogistics.example>\r\n"
    b"MIME-Version: 1.0\r\n"
)
WORDS = "Yes, Tuesday at ten suits me."
"""What a reader should still find in the mails whose text is whole."""
_WORDS = WORDS.encode()
_PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def _mail(headers: bytes, body: bytes) -> bytes:
    return _HEAD + headers + b"\r\n" + body


def sound() -> bytes:
    """A whole mail of nested parts, from which broken ones are cut."""
    inner = (
        b"--in\r\n" + _PLAIN + _WORDS + b"\r\n--in\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>Yes, Tuesday at ten=20suits me.</p>\r\n--in--\r\n"
    )
    parts = (
        b'--out\r\nContent-Type: multipart/alternative; boundary="in"\r\n\r\n' + inner,
        b'--out\r\nContent-Type: application/pdf; name="plan.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="plan.pdf"\r\n\r\n'
        + base64.encodebytes(bytes(range(256)) * 4).replace(b"\n", b"\r\n"),
        b"--out\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@mailbox.example\r\nSubject: within\r\n\r\nwithin\r\n",
    )
    return _mail(b'Content-Type: multipart/mixed; boundary="out"\r\n', b"".join(parts) + b"--out--\r\n")


def truncated() -> Iterator[bytes]:
    """The sound mail cut off after every seventh byte, and at every line."""
    whole = sound()
    cuts = {*range(0, len(whole), 7), *(i for i, byte in enumerate(whole) if byte in b"\r\n")}
    for cut in sorted(cuts):
        yield whole[:cut]


def no_boundary_named() -> bytes:
    """A multipart whose header names no boundary."""
    return _mail(b"Content-Type: multipart/mixed\r\n", b"--x\r\n" + _PLAIN + _WORDS + b"\r\n--x--\r\n")


def boundary_never_seen() -> bytes:
    """A multipart whose boundary is nowhere in the body."""
    return _mail(b'Content-Type: multipart/mixed; boundary="absent"\r\n', _WORDS + b"\r\n")


def boundary_never_closed() -> bytes:
    """A multipart that ends without its closing boundary."""
    return _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", b"--x\r\n" + _PLAIN + _WORDS)


def boundary_of_parent_within_child() -> bytes:
    """A child multipart that uses its parent's boundary."""
    body = b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + _PLAIN + _WORDS
    return _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", body + b"\r\n--x--\r\n--x--\r\n")


def huge_attachment(size: int = 30_000_000) -> bytes:
    """An attachment of so many bytes once decoded."""
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    body = b"--x\r\n" + _PLAIN + _WORDS + b"\r\n--x\r\nContent-Type: application/zip; name=big.zip\r\n"
    body += b"Content-Transfer-Encoding: base64\r\n\r\n" + line * (size // 57 + 1) + b"--x--\r\n"
    return _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", body)


def huge_text(size: int = 30_000_000) -> bytes:
    """A plain text of so many bytes, in lines."""
    return _mail(
        b"Content-Type: text/plain; charset=utf-8\r\n", b"all work and no play \r\n" * (size // 23 + 1)
    )


def huge_line(size: int = 30_000_000) -> bytes:
    """A plain text of so many bytes in a single line."""
    return _mail(b"Content-Type: text/plain; charset=utf-8\r\n", b"a" * size)


def huge_html(size: int = 10_000_000) -> bytes:
    """HTML that opens elements and never closes one."""
    return _mail(b"Content-Type: text/html; charset=utf-8\r\n", b"<div><b>x" * (size // 9))


def wrong_charset() -> bytes:
    """UTF-8 declared, Latin-1 sent."""
    return _mail(b"Content-Type: text/plain; charset=utf-8\r\n", "¿Mañana? Sí, señora.".encode("latin-1"))


def ascii_declared_utf8_sent() -> bytes:
    """US-ASCII declared, UTF-8 sent."""
    return _mail(b"Content-Type: text/plain; charset=us-ascii\r\n", "¿Mañana? Sí, señora.".encode())


def unknown_charset() -> bytes:
    """A charset that nobody has."""
    return _mail(b"Content-Type: text/plain; charset=x-klingon-8\r\n", _WORDS)


def charset_that_is_no_text() -> bytes:
    """Names that Python knows as codecs between bytes, not charsets."""
    return _mail(b"Content-Type: text/plain; charset=zlib_codec\r\n", _WORDS)


def charset_of_nul() -> bytes:
    """A charset with a NUL in its name."""
    return _mail(b'Content-Type: text/plain; charset="utf\x00-8"\r\n', _WORDS)


def nul_bytes() -> bytes:
    """NULs in headers, in the text and between them."""
    body = b"\x00".join(_WORDS.split(b" ")) + b"\x00" * 1000
    return _mail(b"X-Nul: a\x00b\r\nContent-Type: text/plain; charset=utf-8\r\n", body)


def nested(depth: int = 10_000) -> bytes:
    """Multiparts in multiparts, so deep, the text in the innermost."""
    opened = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (level, level + 1)
        for level in range(depth)
    )
    text = b"--b%d\r\n" % depth + _PLAIN + _WORDS + b"\r\n"
    closed = b"".join(b"--b%d--\r\n" % level for level in range(depth, -1, -1))
    return _mail(b"Content-Type: multipart/mixed; boundary=b0\r\n", opened + text + closed)


def nested_mails(depth: int = 10_000) -> bytes:
    """Attached mails in attached mails, so deep."""
    return _mail(
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: innermost\r\n\r\n" + _WORDS,
    )


def same_boundary_nested(depth: int = 10_000) -> bytes:
    """Multiparts in multiparts that all have one boundary."""
    level = b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return _mail(b"Content-Type: multipart/mixed; boundary=b\r\n", level * depth + b"--b--\r\n" * depth)


def side_by_side(count: int = 100_000) -> bytes:
    """So many small parts under one multipart."""
    body = b"--x\r\n" + _PLAIN + _WORDS + b"\r\n" + b"--x\r\n\r\nx\r\n" * (count - 1) + b"--x--\r\n"
    return _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", body)


def attachments_side_by_side(count: int = 20_000) -> bytes:
    """So many attachments, each with a name."""
    parts = (
        b"--x\r\nContent-Disposition: attachment; filename=f%d.txt\r\n\r\nx\r\n" % number
        for number in range(count)
    )
    return _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", b"".join(parts) + b"--x--\r\n")


def long_header(size: int = 1_000_000) -> bytes:
    """One header line of so many bytes."""
    return _mail(b"X-Long: " + b"a" * size + b"\r\n" + _PLAIN[:-2], _WORDS)


def long_folded_header(size: int = 1_000_000) -> bytes:
    """One header of so many bytes, folded into many lines."""
    return _mail(b"X-Long: a\r\n" + b" aaaaaaaa\r\n" * (size // 11) + _PLAIN[:-2], _WORDS)


def long_subject(size: int = 1_000_000) -> bytes:
    """A subject of so many bytes, parsed as structured text by some."""
    return b"Subject: " + b"Re: " * (size // 4) + b"\r\n" + _mail(_PLAIN[:-2], _WORDS)


def many_headers(count: int = 50_000) -> bytes:
    """So many headers."""
    return _mail(b"".join(b"X-H%d: v\r\n" % number for number in range(count)) + _PLAIN[:-2], _WORDS)


def many_headers_of_one_name(count: int = 50_000) -> bytes:
    """So many headers of one name."""
    return _mail(b"Received: from a by b; Mon, 23 Nov 2026 09:00:00 +0000\r\n" * count + _PLAIN[:-2], _WORDS)


def endless_encoded_words(count: int = 50_000) -> bytes:
    """A subject of so many encoded words."""
    return b"Subject: " + b"=?utf-8?q?x?=\r\n " * count + b"end\r\n" + _mail(_PLAIN[:-2], _WORDS)


def unfinished_encoded_words(count: int = 50_000) -> bytes:
    """A subject of so many encoded words that are never closed."""
    return b"Subject: " + b"=?utf-8?q?x " * count + b"\r\n" + _mail(_PLAIN[:-2], _WORDS)


def encoded_word_of_garbage() -> bytes:
    """Encoded words with an unknown charset, broken base64 and an unknown encoding."""
    subject = b"Subject: =?x-klingon?q?abc?= =?utf-8?b?!!!?= =?utf-8?x?abc?= =?utf-8?b?gICA?=\r\n"
    return subject + _mail(_PLAIN[:-2], _WORDS)


def encoded_word_with_line_end() -> bytes:
    """An encoded word that hides a line end and another header."""
    name = base64.b64encode(b"Ana\r\nBcc: everybody@mailbox.example").decode()
    line = f"From: =?utf-8?b?{name}?= <ana.ruiz@harborlogistics.example>\r\n".encode()
    return line + _PLAIN + _WORDS


def base64_garbage() -> bytes:
    """A base64 body that is none."""
    headers = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
    return _mail(headers, b"!!! this is not base64 \xff\xfe ===\r\nA\r\n" * 50)


def base64_short() -> bytes:
    """A base64 body that ends within a group."""
    headers = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
    return _mail(headers, base64.b64encode(_WORDS)[:-3])


def quoted_printable_garbage() -> bytes:
    """A quoted-printable body with escapes that are none."""
    headers = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    return _mail(headers, b"=ZZ =4 =\x00= 100% = =E2=82 " + _WORDS + b" =")


def unknown_transfer_encoding() -> bytes:
    """A transfer encoding that nobody has."""
    headers = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-zip-of-doom\r\n"
    return _mail(headers, _WORDS)


def uuencoded_garbage() -> bytes:
    """A uuencoded body that breaks off."""
    headers = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n"
    return _mail(headers, b"begin 644 x\r\nM\xff\xff\xff\r\n")


def lone_surrogates() -> bytes:
    """Halves of surrogate pairs, in UTF-8 (CESU) and in UTF-7 and UTF-16, in header and text."""
    half = "\ud83d".encode("utf-8", "surrogatepass")
    headers = b"Subject: half " + half + b"\r\nX-Half: =?utf-16-be?b?2D0=?= =?utf-7?q?+2D0-?=\r\n"
    return headers + _mail(_PLAIN[:-2], _WORDS + b" " + half)


def utf7_surrogates() -> bytes:
    """UTF-7 whose text holds half of a surrogate pair."""
    return _mail(b"Content-Type: text/plain; charset=utf-7\r\n", b"half +2D0- of a pair")


def mixed_line_ends() -> bytes:
    """LF, CR and CRLF in turn, in the headers and in the body."""
    head = b"From: ana.ruiz@harborlogistics.example\nTo: isabel.perez@brightpath.example\rSubject: Re\r\n"
    return (
        head + b"MIME-Version: 1.0\nContent-Type: text/plain\r\r" + _WORDS + b"\nsecond\rthird\r\n\n\rfourth"
    )


def empty_body() -> bytes:
    """Headers and nothing else."""
    return _mail(_PLAIN[:-2], b"")


def nothing() -> bytes:
    """No byte at all."""
    return b""


def no_headers() -> bytes:
    """A text without any header."""
    return b"\r\n" + _WORDS


def headers_that_are_none() -> bytes:
    """Lines without a colon where headers are expected."""
    return b"hello there\r\n: nameless\r\n continued from nowhere\r\n\r\n" + _WORDS


def only_line_ends(count: int = 1_000_000) -> bytes:
    """Line ends and nothing else."""
    return b"\r\n" * count


def random_bytes(size: int = 100_000) -> bytes:
    """Bytes without any order, the same at every call."""
    blocks = (hashlib.sha256(b"%d" % number).digest() for number in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def from_of_many(count: int = 500) -> bytes:
    """A From of so many addresses."""
    names = b",\r\n ".join(b"P%d <p%d@mailbox.example>" % (number, number) for number in range(count))
    return b"From: " + names + b"\r\nTo: isabel.perez@brightpath.example\r\n" + _PLAIN + _WORDS


def to_of_many(count: int = 20_000) -> bytes:
    """A To of so many addresses."""
    names = b", ".join(b"p%d@mailbox.example" % number for number in range(count))
    return b"From: ana.ruiz@harborlogistics.example\r\nTo: " + names + b"\r\n" + _PLAIN + _WORDS


def from_of_brackets(count: int = 50_000) -> bytes:
    """A From of open brackets, comments and quotes that are never closed."""
    line = b"From: " + b"(" * count + b"<" * count + b'"' * (count + 1) + b"\r\n"
    return line + _PLAIN + _WORDS


def from_missing() -> bytes:
    """No From at all."""
    return b"Subject: who am I\r\n" + _PLAIN + _WORDS


def from_twice() -> bytes:
    """Two From headers that disagree."""
    return b"From: somebody.else@mailbox.example\r\n" + _mail(_PLAIN[:-2], _WORDS)


def from_group() -> bytes:
    """A From that is an empty group."""
    return b"From: undisclosed-senders:;\r\n" + _PLAIN + _WORDS


def raw_eight_bit_headers() -> bytes:
    """Headers in raw Latin-1 and in raw Shift_JIS."""
    name, subject = "José Núñez".encode("latin-1"), "会議の件".encode("shift_jis")
    head = b"From: " + name + b" <jose@mailbox.example>\r\nSubject: " + subject + b"\r\n"
    return head + _PLAIN + _WORDS


def date_impossible() -> bytes:
    """A date that no calendar has, and a zone that no clock has."""
    return b"Date: Mon, 99 Nov 99999 77:88:99 +9999\r\n" + _PLAIN + _WORDS


def date_of_digits(size: int = 100_000) -> bytes:
    """A date of so many digits."""
    return b"Date: Mon, " + b"9" * size + b" Nov 2026 09:00:00 +0000\r\n" + _PLAIN + _WORDS


def continuation_bomb(count: int = 20_000) -> bytes:
    """A file name in so many RFC 2231 continuations."""
    name = b"".join(b';\r\n filename*%d="x"' % number for number in range(count))
    return _mail(b"Content-Disposition: attachment" + name + b"\r\n" + _PLAIN[:-2], _WORDS)


def continuations_out_of_order() -> bytes:
    """RFC 2231 continuations with gaps, repeats, an unknown charset and a number of many digits."""
    name = b"; filename*7*=c; filename*0*=x-klingon''%FF; filename*0=b; filename*" + b"9" * 5000 + b"=z"
    return _mail(b"Content-Disposition: attachment" + name + b"\r\n" + _PLAIN[:-2], _WORDS)


def parameters_bomb(count: int = 20_000) -> bytes:
    """A content type of so many parameters, with quotes that are never closed."""
    given = b"".join(b'; p%d="' % number for number in range(count))
    return _mail(b"Content-Type: text/plain" + given + b"\r\n", _WORDS)


def type_of_garbage() -> bytes:
    """A content type that is none, with a boundary of nothing."""
    return _mail(b'Content-Type: ///;;;=; boundary=""\r\n', b"--\r\n" + _WORDS + b"\r\n----\r\n")


def report_of_garbage() -> bytes:
    """A delivery report whose blocks hold no fields, or broken ones."""
    status = b"\r\n\r\n\r\nFinal-Recipient\r\nStatus: five\r\n\r\n: x\r\nAction: \xff\xfe\r\n\r\nFinal-Recipient: ;;;"
    body = b"--x\r\n" + _PLAIN + b"failed\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n" + status
    headers = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n"
    return _mail(headers, body + b"\r\n--x--\r\n")


def report_of_many_blocks(count: int = 50_000) -> bytes:
    """A delivery report about so many recipients."""
    blocks = b"".join(
        b"Final-Recipient: rfc822;p%d@mailbox.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % number
        for number in range(count)
    )
    body = b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;x\r\n\r\n" + blocks
    headers = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n"
    return _mail(headers, body + b"--x--\r\n")


def quotes_without_end(depth: int = 100_000) -> bytes:
    """One line that is quoted so many times, and lines that nearly begin a quote."""
    nearly = b"On Mon, 2 Nov 2026 at 10:01, Isabel <\r\n" * 20_000
    return _mail(b"Content-Type: text/plain\r\n", b">" * depth + b" x\r\n" + nearly + _WORDS)


MAKERS: tuple[Callable[[], bytes], ...] = (
    no_boundary_named, boundary_never_seen, boundary_never_closed, boundary_of_parent_within_child,
    huge_attachment, huge_text, huge_line, huge_html,
    wrong_charset, ascii_declared_utf8_sent, unknown_charset, charset_that_is_no_text, charset_of_nul,
    nul_bytes, nested, nested_mails, same_boundary_nested, side_by_side, attachments_side_by_side,
    long_header, long_folded_header, long_subject, many_headers, many_headers_of_one_name,
    endless_encoded_words, unfinished_encoded_words, encoded_word_of_garbage, encoded_word_with_line_end,
    base64_garbage, base64_short, quoted_printable_garbage, unknown_transfer_encoding, uuencoded_garbage,
    lone_surrogates, utf7_surrogates, mixed_line_ends, empty_body, nothing, no_headers,
    headers_that_are_none, only_line_ends, random_bytes,
    from_of_many, to_of_many, from_of_brackets, from_missing, from_twice, from_group,
    raw_eight_bit_headers, date_impossible, date_of_digits,
    continuation_bomb, continuations_out_of_order, parameters_bomb, type_of_garbage,
    report_of_garbage, report_of_many_blocks, quotes_without_end,
)  # fmt: skip
"""Every maker of one broken mail; `truncated` yields many more."""

ALWAYS = {
    "huge_attachment", "huge_text", "nested", "wrong_charset", "from_of_many", "boundary_never_closed",
    "report_of_garbage", "nothing", "from_missing", "lone_surrogates", "random_bytes",
}  # fmt: skip
"""Those that go through the whole system every time; there the others are long."""

THROUGH_ALL = [
    pytest.param(maker, marks=() if maker.__name__ in ALWAYS else (pytest.mark.long,), id=maker.__name__)
    for maker in MAKERS
]
