"""Mail as Gmail shows it: RFC 822 bytes taken apart into headers and parts."""

from __future__ import annotations

import base64
import binascii
import email
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import cast

from scripts.sandbox.exchange import Json

Kept = Callable[[bytes], str]
"""Keeps an attachment and gives its id."""


@dataclass(frozen=True)
class Parsed:
    """What is found in a mail: its payload as the API prints it, and what a search looks at."""

    payload: Json
    text: str
    attachments: list[str]

    def header(self, name: str) -> str:
        return header(self.payload, name)


def decode_raw(raw: str) -> bytes:
    """The bytes of a `raw` field. Raises ValueError when it is not base64url."""
    try:
        return base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"not base64url: {error}") from error


def encode_raw(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def parse(raw: bytes, keep_attachment: Kept) -> Parsed:
    """Take a mail apart; attachments go to `keep_attachment` and only their id stays in the payload."""
    texts: list[str] = []
    attachments: list[str] = []
    payload = _part(email.message_from_bytes(raw), "", texts, attachments, keep_attachment)
    return Parsed(payload, "\n".join(texts), attachments)


def header(payload: Json, name: str) -> str:
    """The first header of that name, or an empty string."""
    wanted = name.lower()
    return next((each["value"] for each in payload["headers"] if each["name"].lower() == wanted), "")


def addresses(value: str) -> list[str]:
    """The bare addresses in an address header, lower case."""
    return [address.lower() for _, address in getaddresses([value]) if "@" in address]


def message_ids(*values: str) -> list[str]:
    """The message ids in Message-ID, In-Reply-To or References headers, with their angle brackets."""
    return [found for value in values for found in re.findall(r"<[^<>\s]+>", value)]


def thread_subject(subject: str) -> str:
    """A subject without the prefixes of answers, as threading compares it."""
    bare = re.sub(r"^(\s*(re|fwd?|aw|wg|rv|sv)\s*(\[\d+\])?\s*:)+", "", subject, flags=re.IGNORECASE)
    return " ".join(bare.split()).casefold()


def snippet(text: str) -> str:
    """The first words of a mail, HTML-escaped as Gmail does."""
    return html.escape(" ".join(text.split())[:200])


def set_headers(raw: bytes, changes: dict[str, str]) -> bytes:
    """Replace or add headers at the top, and leave every other byte alone."""
    names = {name.lower() for name in changes}
    return _with_head(raw, changes, lambda name: name not in names)


def drop_custom_headers(raw: bytes) -> bytes:
    """A mail without its X- headers, as a sender that does not let them through would send it."""
    return _with_head(raw, {}, lambda name: not name.startswith("x-"))


def _with_head(raw: bytes, added: dict[str, str], keeps: Callable[[str], bool]) -> bytes:
    separator = b"\r\n" if b"\r\n" in raw.split(b"\n\n")[0] else b"\n"
    head, blank, body = raw.partition(separator * 2)
    kept: list[bytes] = []
    keeping = True
    for line in head.split(separator):
        if line[:1] not in (b" ", b"\t"):
            keeping = keeps(line.split(b":")[0].strip().lower().decode(errors="replace"))
        if keeping and line:
            kept.append(line)
    new = [f"{name}: {value}".encode() for name, value in added.items()]
    return separator.join([*new, *kept]) + (blank or separator * 2) + body


def _part(part: Message, part_id: str, texts: list[str], attachments: list[str], keep: Kept) -> Json:
    headers = [{"name": name, "value": _decoded(str(value))} for name, value in part.items()]
    filename = part.get_filename() or ""
    shown: Json = {
        "partId": part_id,
        "mimeType": part.get_content_type(),
        "filename": _decoded(filename),
        "headers": headers,
        "body": {"size": 0},
    }
    if part.is_multipart():
        children = cast("list[Message]", part.get_payload())
        prefix = f"{part_id}." if part_id else ""
        shown["parts"] = [
            _part(child, f"{prefix}{place}", texts, attachments, keep) for place, child in enumerate(children)
        ]
        return shown
    decoded = part.get_payload(decode=True)
    data = decoded if isinstance(decoded, bytes) else b""
    if filename or part.get_content_maintype() not in ("text", "message"):
        attachments.append(filename)
        shown["body"] = {"attachmentId": keep(data), "size": len(data)}
        return shown
    data = _as_utf8(data, part.get_content_charset())
    if part.get_content_type() == "text/plain":
        texts.append(data.decode(errors="replace"))
    shown["body"] = {"size": len(data), "data": encode_raw(data)}
    return shown


def _as_utf8(data: bytes, charset: str | None) -> bytes:
    try:
        return data.decode(charset or "utf-8").encode()
    except (LookupError, UnicodeDecodeError):
        return data.decode("latin-1").encode()


def _decoded(value: str) -> str:
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, UnicodeError, ValueError):
        return unfolded
