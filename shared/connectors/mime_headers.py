"""Headers of a mail as text: encoded words, raw bytes, parameters, addresses, dates. Linear, and never raises."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import utils
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from shared.connectors.mime_charsets import one_line, text_of_bytes
from shared.jobs.mail import Address
from shared.pattern import Pattern

LONGEST_HEADER = 32_000
MOST_ADDRESSES = 500

_LONGEST_PARAMETERS = 2_000
_LONGEST_NAME = 200
_LONGEST_DATE = 200
_DEEPEST_COMMENT = 20
_FIRST_MAIL = datetime(1990, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=2)
# Some mailers leave question marks as they are, so a few are let through.
_WORD = Pattern(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]{0,75}){0,3})\?=")
_IN_BRACKETS = Pattern(r"<\s*([^<>\s]{3,254})\s*>")
_ADDRESS = Pattern(r"[^\s@\"(),:;<>\[\\\]]{1,200}@[^\s@\"(),:;<>\[\\\]]{1,253}")


def decoded(value: str) -> str:
    """A header's text in one line, with its encoded words (RFC 2047) and raw 8-bit bytes made readable."""
    value = _without_raw_bytes(value[:LONGEST_HEADER])
    if "=?" not in value:
        return one_line(value)
    said: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        charset, content = match[1].lower(), _word_bytes(match[2], match[3])
        # Only a run of words in one charset may share a character that is cut in two.
        if between.strip() or charset != pending_charset:
            said.append(text_of_bytes(pending, pending_charset)[0])
            pending = b""
        if between.strip() or not end:
            said.append(between)
        pending, pending_charset, end = pending + content, charset, match.end()
    said += [text_of_bytes(pending, pending_charset)[0], value[end:]]
    return one_line("".join(said))


def parameter(head: Message, name: str, header: str = "content-type") -> str:
    """A parameter of a header (RFC 2231), empty when there is none or it cannot be understood."""
    try:
        found = head.get_param(name, "", header)
        if not isinstance(found, tuple):
            return decoded(str(found))
        charset, _, value = found
        return one_line(text_of_bytes(value.encode("latin-1", "replace"), charset or "")[0])
    except (ValueError, TypeError, LookupError, AttributeError):
        # What the standard library raises on parameters that contradict each other.
        return ""


def filename(head: Message) -> str:
    """The name of an attachment without control characters, empty when it has none."""
    name = parameter(head, "filename", "content-disposition") or parameter(head, "name")
    return name[:_LONGEST_NAME].strip()


def fit_for_parameters(name: str, value: str) -> str:
    """A header's value, cut where its parameters would take long to read."""
    return value[: _LONGEST_PARAMETERS if name.lower().startswith("content-") else LONGEST_HEADER]


_LENIENTLY: Mapping[str, Any] = {"strict": False} if getattr(utils, "supports_strict_parsing", False) else {}
"""Newer Pythons read a header with an address as name as none at all; `sender` sees for itself which one is meant."""


def addresses(*values: str) -> tuple[Address, ...]:
    """The mailboxes of address headers, each address once and in order. Names cannot add an address."""
    found: dict[str, Address] = {}
    for value in values:
        for name, address in _pairs(value):
            lowered = one_line(address).lower()
            if len(found) < MOST_ADDRESSES and _ADDRESS.fullmatch(lowered):
                found.setdefault(lowered, Address(address=lowered, name=decoded(name)[:_LONGEST_NAME]))
    return tuple(found.values())


def sender(value: str) -> tuple[Address, str]:
    """The mailbox of a From header, and what is wrong with it (one sentence, or empty)."""
    found = addresses(value)
    if not found:
        return Address(address=""), "It names no sender."
    if len(found) == 1:
        return found[0], ""
    # What stands outside angle brackets is shown as the name: it must not pass for the address.
    bracketed = {each.lower() for each in _IN_BRACKETS.findall(value[:LONGEST_HEADER])}
    meant = [each for each in found if each.address in bracketed]
    return (meant or list(found))[0], "It names more than one sender."


def date(value: str, received_at: datetime | None) -> tuple[datetime | None, str]:
    """The time a Date header says, None where it cannot be true; and what is wrong with it."""
    if not value.strip():
        return None, ""
    try:
        said = parsedate_to_datetime(one_line(value[:_LONGEST_DATE]))
        at = said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None, "Its date cannot be read."
    latest = received_at + _CLOCK_SKEW if received_at else datetime.max.replace(tzinfo=UTC)
    if not _FIRST_MAIL <= at <= latest:
        return None, "Its date cannot be true."
    return at, ""


def _pairs(value: str) -> list[tuple[str, str]]:
    value = value[:LONGEST_HEADER]
    # The standard library reads comments by recursion.
    if value.count("(") > _DEEPEST_COMMENT:
        value = value.replace("(", " ").replace(")", " ")
    try:
        return getaddresses([_without_raw_bytes(value)], **_LENIENTLY)
    except (ValueError, IndexError, TypeError, RecursionError):
        return []


def _without_raw_bytes(value: str) -> str:
    if not any("\udc80" <= character <= "\udcff" for character in value):
        return value
    try:
        return text_of_bytes(value.encode("ascii", "surrogateescape"), "")[0]
    except UnicodeEncodeError:
        return value


def _word_bytes(encoding: str, content: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(content.encode("utf-8", "replace"), header=True)
    return bytes_of_base64(content.encode("utf-8", "replace"))


def bytes_of_base64(content: bytes) -> bytes:
    """What base64 says, as far as it can be read; either alphabet, with or without padding."""
    letters = re.sub(rb"[^A-Za-z0-9+/=]", b"", content.translate(bytes.maketrans(b"-_", b"+/")))
    for attempt in (letters + b"===", letters[:-1] + b"==="):
        try:
            return binascii.a2b_base64(attempt)
        except binascii.Error:
            continue
    return b""
