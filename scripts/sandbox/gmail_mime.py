"""The small parts of mail: headers, addresses, subjects and encodings, whatever bytes they are made of."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Mapping
from email import utils
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

from scripts.sandbox.exchange import Json

_LONGEST_DECODED = 65_536
"""A header that is longer is shown as it stands."""

_LONGEST_ADDRESSES = 262_144
_LENIENTLY: Mapping[str, Any] = {"strict": False} if getattr(utils, "supports_strict_parsing", False) else {}
"""Gmail reads an address as name, too, which newer Pythons refuse."""
_PREFIXES = re.compile(r"^(?: ?(?:re|fwd?|aw|wg|rv|sv) ?(?:\[\d{1,9}\] ?)?:)+", re.IGNORECASE)


def decode_raw(raw: str) -> bytes:
    """The bytes of a `raw` field. Raises ValueError when it is not base64url."""
    try:
        return base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"not base64url: {error}") from error


def encode_raw(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def header(payload: Json, name: str) -> str:
    """The first header of that name, or an empty string."""
    wanted = name.lower()
    return next((each["value"] for each in payload["headers"] if each["name"].lower() == wanted), "")


def addresses(value: str) -> list[str]:
    """The bare addresses in an address header, lower case."""
    try:
        found = getaddresses([value[:_LONGEST_ADDRESSES]], **_LENIENTLY)
    except (RecursionError, ValueError, IndexError, TypeError):
        return []
    return [address.lower() for _, address in found if "@" in address]


def message_ids(*values: str) -> list[str]:
    """The message ids in Message-ID, In-Reply-To or References headers, with their angle brackets."""
    return [found for value in values for found in re.findall(r"<[^<>\s]+>", value)]


def thread_subject(subject: str) -> str:
    """A subject without the prefixes of answers, as threading compares it."""
    bare = _PREFIXES.sub("", " ".join(subject.split()))
    return bare.strip().casefold()


def snippet(text: str) -> str:
    """The first words of a mail, HTML-escaped as Gmail does."""
    return html.escape(" ".join(text[:5_000].split())[:200])


def plain_of_html(text: str) -> str:
    """The words of an HTML text, roughly."""
    return html.unescape(re.sub(r"<[^<>]*>", " ", text))


def sound(text: str) -> str:
    """A text without halves of characters, which JSON in UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode()


def decoded_header(value: str) -> str:
    """A header's encoded words as text; as it stands where they are broken."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    if len(unfolded) > _LONGEST_DECODED:
        return unfolded
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError, MessageError):
        return unfolded


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
