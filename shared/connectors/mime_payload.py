"""A mail that a mailbox has taken apart already, as the same tree that its bytes would make. No I/O of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import Message
from typing import Protocol

from shared.connectors.mime_headers import bytes_of_base64, filename, fit_for_parameters
from shared.connectors.mime_tree import MOST_HEADERS, MimePart

MOST_FETCHED = 10


class PayloadHeader(Protocol):
    """One header."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...


class PayloadBody(Protocol):
    """A part's content in base64url, or the id under which the mailbox keeps it apart."""

    @property
    def data(self) -> str: ...
    @property
    def attachment_id(self) -> str: ...


class Payload(Protocol):
    """A part with its parts."""

    @property
    def mime_type(self) -> str: ...
    @property
    def filename(self) -> str: ...
    @property
    def headers(self) -> Sequence[PayloadHeader]: ...
    @property
    def body(self) -> PayloadBody: ...
    @property
    def parts(self) -> Sequence[Payload]: ...


class Answer(Protocol):
    """A mailbox's answer with a whole mail; `is_cut` says that parts beyond the limits were left out."""

    @property
    def id(self) -> str: ...
    @property
    def thread_id(self) -> str: ...
    @property
    def internal_date(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def payload(self) -> Payload: ...
    @property
    def is_cut(self) -> bool: ...


def tree_of_payload(payload: Payload, fetch: Callable[[str], str]) -> MimePart:
    """The root part; `fetch(attachment id)` is asked for texts alone, and for a few at most."""
    left = [MOST_FETCHED]

    def fetch_few(attachment_id: str) -> str:
        left[0] -= 1
        return fetch(attachment_id) if left[0] >= 0 else ""

    return _tree(payload, fetch_few)


def _tree(part: Payload, fetch: Callable[[str], str]) -> MimePart:
    head = Message()
    for header in part.headers[:MOST_HEADERS]:
        head[header.name] = fit_for_parameters(header.name, header.value)
    if part.mime_type:
        head.set_default_type(part.mime_type)
    if part.filename and not filename(head):
        head.add_header("Content-Disposition", "attachment", filename=part.filename)

    def read(most: int) -> bytes:
        data = part.body.data
        if not data and part.body.attachment_id:
            data = fetch(part.body.attachment_id)
        return bytes_of_base64(data[: most * 4 // 3 + 4].encode("ascii", "replace"))[:most]

    return MimePart(head, read, tuple(_tree(each, fetch) for each in part.parts), utf8=True)
