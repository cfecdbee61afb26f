"""What machines report about a mail: delivery statuses (RFC 3464), receipts (RFC 8098), feedback (RFC 5965).

Every field is the reporter's word and proves nothing. No I/O.
"""

from __future__ import annotations

import re
from email.message import Message

from shared.connectors.mime_headers import decoded
from shared.connectors.mime_tree import MimePart, head_of
from shared.jobs.mail import Report
from shared.pattern import Pattern

MOST_REPORTS = 100

_MOST_BYTES = 256_000
_MOST_FIELDS = 200
_LONGEST_FIELD = 4_000
_REPORTS = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "text/rfc822", "message/global-headers"}
)
_BLANK_LINES = Pattern(rb"(?:\r?\n){2,}")
_RECIPIENT_FIELDS = ("final-recipient", "original-recipient", "action", "status")


def is_report(part: MimePart) -> bool:
    """Whether a part is for machines to read."""
    return part.type in _REPORTS


def is_returned(part: MimePart) -> bool:
    """Whether a part is another mail, or the headers of one."""
    return part.type in _RETURNED


def reports_in(part: MimePart) -> tuple[Report, ...]:
    """A report for every recipient, with the fields for all of them; one where no recipient has its own."""
    type_ = _REPORTS[part.type]
    blocks = [fields for fields in map(_fields, _blocks(part)) if fields]
    if type_ != "delivery-status":
        return (Report(type=type_, fields=_merged(blocks)),) if blocks else ()
    for_all = [block for block in blocks if not any(name in block for name in _RECIPIENT_FIELDS)]
    for_one = [block for block in blocks if any(name in block for name in _RECIPIENT_FIELDS)]
    shared = _merged(for_all)
    return tuple(Report(type=type_, fields={**shared, **block}) for block in for_one or for_all[:1])


def returned_headers(part: MimePart, most_bytes: int = _MOST_BYTES) -> dict[str, str]:
    """The headers of the mail that comes back, by name in lower case."""
    if part.parts:
        # Some mailboxes have taken the mail apart already.
        return _fields(part.parts[0].head)
    lines = part.read(most_bytes).lstrip(b"\r\n")
    return _fields(head_of(re.split(rb"\r?\n\r?\n", lines, maxsplit=1)[0]))


def _blocks(part: MimePart) -> list[Message]:
    content = part.read(_MOST_BYTES).strip(b"\r\n")
    if content:
        return [head_of(lines) for lines in _BLANK_LINES.split(content, maxsplit=MOST_REPORTS)[:MOST_REPORTS]]
    blocks: list[Message] = []
    for inner in part.parts[:MOST_REPORTS]:
        blocks.append(inner.head)
        lines = inner.read(_MOST_BYTES).strip(b"\r\n")
        if lines:
            blocks += [head_of(each) for each in _BLANK_LINES.split(lines, maxsplit=MOST_REPORTS)]
    return blocks[:MOST_REPORTS]


def _fields(head: Message) -> dict[str, str]:
    """A block's fields; what is given twice is joined by commas."""
    said: dict[str, dict[str, None]] = {}
    for name, value in head.raw_items():
        if name.lower() in said or len(said) < _MOST_FIELDS:
            said.setdefault(name.lower(), {})[decoded(str(value))[:_LONGEST_FIELD]] = None
    return {name: ", ".join(values)[:_LONGEST_FIELD] for name, values in said.items()}


def _merged(blocks: list[dict[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for block in blocks:
        merged = {**block, **merged}
    return merged
