"""Mail taken apart as Gmail shows it with `format=full`: any bytes, however broken, in linear time."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import Literal, TypeVar

from scripts.sandbox.exchange import Json
from scripts.sandbox.gmail_mime import decoded_header, encode_raw, header, plain_of_html, sound

Kept = Callable[[bytes], str]
"""Keeps an attachment and gives its id."""

Reports = Literal["parts", "data"]
"""How the blocks of a delivery report are shown: as parts with their fields as headers, or as text."""

DEPTH_MOST = 30
PARTS_MOST = 5_000
INLINE_MOST_BYTES = 2 * 2**20
"""A text that is longer is fetched as an attachment is."""

TEXT_MOST = 2**20
"""How much of a mail a search looks at."""

_LONGEST_PARAMETERS = 8_192
_HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_UNSOUND_CHARSETS = ("idna", "punycode")
"""Codecs that are no charsets of mail, and take forever."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Parsed:
    """What is found in a mail: its payload as the API prints it, and what a search looks at."""

    payload: Json
    text: str
    attachments: list[str]

    def header(self, name: str) -> str:
        return header(self.payload, name)


def parse(raw: bytes, keep_attachment: Kept, reports: Reports = "parts") -> Parsed:
    """Take a mail apart; attachments go to `keep_attachment` and only their id stays in the payload.

    What is nested deeper than 30 parts, or comes after 5,000 of them, stays one undivided part.
    """
    taken = _Apart(keep_attachment, reports)
    payload = taken.part(raw, "", 0, "text/plain")
    text = "\n".join(taken.plain) or plain_of_html("\n".join(taken.html))
    return Parsed(payload, text[:TEXT_MOST], taken.attachments)


def headers_of(raw: bytes) -> list[dict[str, str]]:
    """The headers of a mail, without a look at its body."""
    return _headers(_split(raw)[0])


class _Apart:
    """One mail being taken apart."""

    def __init__(self, keep: Kept, reports: Reports) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.attachments: list[str] = []
        self._keep = keep
        self._reports = reports
        self._parts = 0

    def part(self, data: bytes, part_id: str, depth: int, default_type: str) -> Json:
        self._parts += 1
        lines, body = _split(data)
        described = _described(lines, default_type)
        mime_type = _asked(described.get_content_type, default_type)
        filename = sound(_asked(lambda: decoded_header(described.get_filename() or ""), ""))
        shown: Json = {
            "partId": part_id,
            "mimeType": sound(mime_type),
            "filename": filename,
            "headers": _headers(lines),
            "body": {"size": 0},
        }
        inner = self._inner(described, mime_type, body) if depth < DEPTH_MOST else None
        if inner is None:
            shown["body"] = self._leaf(described, mime_type, filename, body)
            return shown
        if mime_type.startswith("message/") and filename:
            self.attachments.append(filename)
            shown["body"] = {"attachmentId": self._keep(body), "size": len(body)}
        inner_type = "message/rfc822" if mime_type == "multipart/digest" else "text/plain"
        prefix = f"{part_id}." if part_id else ""
        parts: list[Json] = []
        for place, piece in enumerate(inner):
            if self._parts >= PARTS_MOST:
                break
            parts.append(self.part(piece, f"{prefix}{place}", depth + 1, inner_type))
        return {**shown, "parts": parts}

    def _inner(self, described: Message, mime_type: str, body: bytes) -> list[bytes] | None:
        """The pieces of a part that has some, or None for a leaf."""
        if mime_type.startswith("multipart/"):
            return _pieces(body, _asked(lambda: described.get_boundary() or "", ""))
        if mime_type == "message/delivery-status":
            return _blocks(body) if self._reports == "parts" else None
        if mime_type in ("message/disposition-notification", "message/feedback-report"):
            return [body] if self._reports == "parts" else None
        if mime_type in ("message/rfc822", "message/global"):
            return [_decoded_body(described, body)]
        return None

    def _leaf(self, described: Message, mime_type: str, filename: str, body: bytes) -> Json:
        data = _decoded_body(described, body)
        if filename or not mime_type.startswith(("text/", "message/")):
            self.attachments.append(filename)
            return {"attachmentId": self._keep(data), "size": len(data)}
        data = _as_utf8(data, _asked(lambda: described.get_content_charset() or "", ""))
        if mime_type == "text/plain":
            self.plain.append(data[:TEXT_MOST].decode(errors="replace"))
        if mime_type == "text/html":
            self.html.append(data[:TEXT_MOST].decode(errors="replace"))
        if len(data) > INLINE_MOST_BYTES:
            return {"attachmentId": self._keep(data), "size": len(data)}
        return {"size": len(data), "data": encode_raw(data)}


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """The unfolded header lines, and the body: what follows the first line that cannot be a header."""
    lines: list[list[bytes]] = []
    place = 0
    for match in _LINE.finditer(data):
        line = match[0].rstrip(b"\r\n")
        if not line:
            place = match.end()
            break
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1].append(line)
        elif _HEADER_LINE.match(line):
            lines.append([line])
        elif place or not line.startswith(b"From "):
            break
        place = match.end()
    return [b"".join(line) for line in lines], data[place:]


def _headers(lines: list[bytes]) -> list[dict[str, str]]:
    headers: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(b":")
        text = decoded_header(value.strip().decode("utf-8", "replace"))
        headers.append({"name": name.strip().decode("ascii", "replace"), "value": sound(text)})
    return headers


def _described(lines: list[bytes], default_type: str) -> Message:
    """The part's own description of itself, for the standard library to read."""
    kept: dict[bytes, bytes] = {}
    for line in lines:
        name = line.partition(b":")[0].strip().lower()
        if name in (b"content-type", b"content-transfer-encoding", b"content-disposition"):
            kept.setdefault(name, line[:_LONGEST_PARAMETERS])
    described = email.message_from_bytes(b"\n".join([*kept.values(), b"", b""]))
    described.set_default_type(default_type)
    return described


def _pieces(body: bytes, boundary: str) -> list[bytes] | None:
    """What stands between the boundaries; None where there is not one of them."""
    mark = boundary.encode("utf-8", "surrogateescape")
    if not mark or b"\n" in mark:
        return None
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(mark) + rb"(--)?[ \t]*(?=\r?\n|\r?\Z)")
    pieces: list[bytes] = []
    start: int | None = None
    for match in line.finditer(body):
        if start is not None:
            pieces.append(_without_line_end(body[start : match.start()]))
        start = match.end()
        if match[1] or len(pieces) > PARTS_MOST:
            start = None
            break
    if start is not None:
        pieces.append(_without_line_end(body[start:]))
    return pieces or None


def _without_line_end(piece: bytes) -> bytes:
    """A piece without the end of its boundary's line."""
    return piece.removeprefix(b"\r").removeprefix(b"\n")


def _blocks(body: bytes) -> list[bytes]:
    """The blocks of fields of a delivery status, which blank lines part."""
    blocks = re.split(rb"\r?\n(?:[ \t]*\r?\n)+", body.strip(b"\r\n"))
    return [block.strip(b"\r\n") + b"\n" for block in blocks if block.strip()]


def _decoded_body(described: Message, body: bytes) -> bytes:
    """A body without its transfer encoding; as it stands where that is broken."""

    def decoded() -> bytes:
        described.set_payload(body.decode("ascii", "surrogateescape"))
        data = described.get_payload(decode=True)
        return data if isinstance(data, bytes) else body

    kind = str(described.get("content-transfer-encoding", "")).strip().lower()
    return body if kind in ("", "7bit", "8bit", "binary") else _asked(decoded, body)


def _as_utf8(data: bytes, charset: str) -> bytes:
    if charset.lower() not in _UNSOUND_CHARSETS:
        try:
            return data.decode(charset or "utf-8").encode()
        except (LookupError, ValueError):
            pass
    return data.decode("latin-1").encode()


def _asked(question: Callable[[], Found], otherwise: Found) -> Found:
    """What the standard library makes of a mail; it raises all kinds of errors for broken ones."""
    try:
        return question()
    except Exception:
        return otherwise
