"""A mail as a tree of its parts, taken apart in time that grows with its size alone, whatever it is made of.

The standard library reads the headers; its own splitting of bodies recurses once per nested part and looks at
every line once per open part, so a mail made for it would take minutes. No I/O.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser

from shared.connectors.mime_headers import LONGEST_HEADER, bytes_of_base64, fit_for_parameters, parameter
from shared.pattern import Pattern

MOST_PARTS = 200
DEEPEST_PART = 12
MOST_HEADERS = 500
MOST_HEADER_BYTES = 256_000

_LONGEST_BOUNDARY = 200
_LONGEST_HEADER_NAME = 100
_MOST_PART_HEADER_BYTES = 16_000
_HEADER = Pattern(rb"[^\n]++(?:\n[ \t][^\n]*+)*+(?:\n|\Z)")
_LONE_RETURN = Pattern(rb"\r(?!\n)")
_BLANK_LINE = Pattern(rb"\r?\n\r?\n")
_FIRST_BOUNDARY = Pattern(rb"(?:\A|(?<=\n))--([^\s]{1,200})[ \t]{0,20}\r?\n(?=[Cc]ontent-[Tt])")
_OTHER_LINE = Pattern(rb"(?:\A|(?<=\n))(?=[^\r\n])(?![ \t]|[!-9;-~]+[ \t]{0,20}:|From )")
_SPACE_IN_WORDS = Pattern(rb"\S (?=\S)")
_LINE_REST = Pattern(rb"(--)?[ \t]{0,100}(?:\r?\n|\Z)")
_MOST_LOOKS = 200_000
_ENCODED_MOST = 4
"""A byte takes at most this many when encoded, line ends and all."""


@dataclass(frozen=True)
class MimePart:
    """A part of a mail: its headers, its content without transfer encoding, and its parts.

    `read(most)` gives the content's first bytes; `utf8` says that a mailbox turned them into UTF-8.
    """

    head: Message
    read: Callable[[int], bytes]
    parts: tuple[MimePart, ...] = ()
    utf8: bool = False

    @property
    def type(self) -> str:
        """The content type in lower case, `text/plain` when none can be read."""
        return self.head.get_content_type()


@dataclass
class Splitting:
    """What is left of the limits while a mail is taken apart, and what was wrong with it."""

    parts_left: int = MOST_PARTS
    header_bytes_left: int = MOST_HEADER_BYTES * 2
    looks_left: int = _MOST_LOOKS
    defects: dict[str, None] = field(default_factory=dict[str, None])

    def defect(self, sentence: str) -> None:
        """Say once what is wrong."""
        self.defects[sentence] = None


def tree_of(raw: bytes) -> tuple[MimePart, tuple[str, ...]]:
    """The mail's root part, and what is wrong with its form."""
    splitting = Splitting()
    raw = _with_known_line_ends(raw, splitting)
    return _part(raw, 0, len(raw), 0, "text/plain", splitting), tuple(splitting.defects)


def head_of(lines: bytes, most: int = MOST_HEADER_BYTES) -> Message:
    """A block of header lines as the standard library reads it, within the limits."""
    return _fit(BytesHeaderParser().parsebytes(lines[:most]), Splitting())


def _with_known_line_ends(raw: bytes, splitting: Splitting) -> bytes:
    if b"\r\r\n" in raw:
        splitting.defect("Its lines end in two ways.")
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\n" not in raw and b"\r" in raw:
        splitting.defect("Its lines end in carriage returns alone.")
        raw = raw.replace(b"\r", b"\n")
    return raw.lstrip(b"\r\n")


def _part(raw: bytes, start: int, end: int, depth: int, default: str, splitting: Splitting) -> MimePart:
    splitting.parts_left -= 1
    head, body = _head(raw, start, end, depth, splitting)
    head.set_default_type(default)
    encoding = str(head.get("content-transfer-encoding", "")).strip().lower()

    def read(most: int) -> bytes:
        return _without_encoding(raw[body : min(end, body + most * _ENCODED_MOST + 100)], encoding)[:most]

    if head.get_content_maintype() != "multipart":
        return MimePart(head, read)
    if depth >= DEEPEST_PART:
        splitting.defect(f"Its parts are nested more than {DEEPEST_PART} deep; what is deeper is not read.")
        return MimePart(head, lambda most: b"")
    places = _places(raw, body, end, head, splitting)
    if not places:
        head.replace_header("content-type", "text/plain")
        return MimePart(head, read)
    inner = "message/rfc822" if head.get_content_subtype() == "digest" else "text/plain"
    parts: list[MimePart] = []
    for first, last in places:
        if splitting.parts_left <= 0:
            splitting.defect(f"It has more than {MOST_PARTS} parts; the others are not read.")
            break
        parts.append(_part(raw, first, last, depth + 1, inner, splitting))
    return MimePart(head, read, tuple(parts))


def _head(raw: bytes, start: int, end: int, depth: int, splitting: Splitting) -> tuple[Message, int]:
    """A part's headers, and where its content starts."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Message(), raw.index(b"\n", start) + 1
    blank = _BLANK_LINE.search(raw, start, end)
    last, body = (blank.start(), blank.end()) if blank else (end, end)
    lines = _lines_within_limits(raw, start, last, depth, splitting)
    whole = len(lines) == last - start
    other = _OTHER_LINE.search(lines)
    if other:
        # A line that is no header ends them: it and all below it are content.
        at_once = not depth and not other.start()
        splitting.defect("It has no headers." if at_once else "A line among its headers is none.")
        body = start + other.start() if whole or at_once else body
        lines = lines[: other.start()]
    return _fit(BytesHeaderParser().parsebytes(lines), splitting), body


def _lines_within_limits(raw: bytes, start: int, end: int, depth: int, splitting: Splitting) -> bytes:
    """The header lines, each header cut where it is too long, and no more of them than may be read."""
    left = min(splitting.header_bytes_left, _MOST_PART_HEADER_BYTES if depth else MOST_HEADER_BYTES)
    longest = min(left, LONGEST_HEADER)
    kept: list[bytes] = []
    for header in _HEADER.finditer(raw, start, end):
        line = header[0]
        if len(line) > longest:
            splitting.defect("One of its headers is too long and is cut.")
            line = line[:longest].rstrip(b"\r\n") + b"\n"
        left -= len(line)
        if left < 0 or len(kept) > MOST_HEADERS:
            splitting.defect("It has too many headers; the last ones are not read.")
            break
        kept.append(line)
    lines = b"".join(kept)
    splitting.header_bytes_left -= len(lines)
    return _LONE_RETURN.sub(b"\n", lines)


def _fit(parsed: Message, splitting: Splitting) -> Message:
    head = Message()
    for place, (name, value) in enumerate(parsed.raw_items()):
        if place >= MOST_HEADERS:
            splitting.defect("It has too many headers; the last ones are not read.")
            break
        if len(name) <= _LONGEST_HEADER_NAME:
            text = str(value)
            fitting = fit_for_parameters(name, text)
            if len(fitting) < len(text):
                splitting.defect("One of its headers is too long and is cut.")
            head[name] = fitting
    return head


def _places(raw: bytes, start: int, end: int, head: Message, splitting: Splitting) -> list[tuple[int, int]]:
    """Where each part of a multipart starts and ends; empty when no boundary is found."""
    boundary = parameter(head, "boundary").encode("utf-8", "replace")
    if not boundary or len(boundary) > _LONGEST_BOUNDARY:
        splitting.defect("It has parts and does not say what stands between them.")
        found = _FIRST_BOUNDARY.search(raw, start, end)
        boundary = found[1] if found else b""
    if not boundary:
        return []
    places: list[tuple[int, int]] = []
    opened = -1
    place = start
    delimiter = b"--" + boundary
    while (place := raw.find(delimiter, place, end)) >= 0:
        rest = _LINE_REST.match(raw, place + len(delimiter), end)
        splitting.looks_left -= 1
        if splitting.looks_left <= 0:
            splitting.defect("Too much in it looks like the border of a part; what follows is not read.")
            return places
        if not rest or (place > start and raw[place - 1 : place] != b"\n"):
            place += len(delimiter)
            continue
        if opened >= 0:
            places.append((opened, _before_line_end(raw, opened, place)))
        opened = rest.end()
        if rest[1]:
            return places
        if len(places) > splitting.parts_left:
            return places
        place = max(rest.end() - 1, place + len(delimiter))
    if opened < 0:
        splitting.defect("What should stand between its parts is not there.")
        return []
    splitting.defect("It ends before its last part does.")
    return [*places, (opened, end)]


def _before_line_end(raw: bytes, start: int, place: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    place -= 1 if place > start and raw[place - 1 : place] == b"\n" else 0
    return place - 1 if place > start and raw[place - 1 : place] == b"\r" else place


def _without_encoding(content: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding == "base64" and not _is_plain(content[:2000]):
        return bytes_of_base64(content)
    return content


def _is_plain(content: bytes) -> bool:
    """Whether this is text that only says that it is base64: words with spaces between them."""
    return len(_SPACE_IN_WORDS.findall(content)) * 20 > len(content)
