"""The words of a mail that somebody sees: which parts they stand in, and as plain text. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shared.connectors.mail_html import text_of_html
from shared.connectors.mime_charsets import text_of_bytes
from shared.connectors.mime_headers import filename, parameter
from shared.connectors.mime_reports import is_report, is_returned, returned_headers
from shared.connectors.mime_tree import MimePart
from shared.pattern import Pattern

LONGEST_TEXT = 200_000
MOST_TEXT_BYTES = 1_000_000
MOST_ATTACHMENTS = 100

_LONGEST_STUB = 400
_LONGEST_MAIL_NAME = 100
_MOST_BYTES_FOR_NAME = 16_000
_STUB = Pattern(
    r"\bHTML\b|\b(?:web )?browser\b|\bnavigateur\b|\bnavegador\b|\bprzeglądar|\bprohlížeč|\bwebbläsare",
    re.IGNORECASE,
)
_MARKED_UP = frozenset({"text/html", "text/enriched", "text/richtext", "application/xhtml+xml"})


@dataclass
class Found:
    """What was met on the way through the parts."""

    bytes_left: int = MOST_TEXT_BYTES
    attachments: list[str] = field(default_factory=list[str])
    reports: list[MimePart] = field(default_factory=list[MimePart])
    returned: list[MimePart] = field(default_factory=list[MimePart])
    defects: dict[str, None] = field(default_factory=dict[str, None])


@dataclass(frozen=True)
class _Words:
    text: str
    marked_up: bool


def text_of(root: MimePart, found: Found) -> str:
    """The mail's text; what else is in it goes to `found`."""
    text = _words(root, found, True, root.type == "multipart/report").text
    if len(text) > LONGEST_TEXT:
        found.defects["Its text is too long and is cut."] = None
    return text[:LONGEST_TEXT]


def unflowed(text: str, deletes_space: bool) -> str:
    """Text with its paragraphs put together again that were broken into lines (RFC 3676)."""
    paragraphs: list[str] = []
    flowing: tuple[str, list[str]] | None = None
    for line in text.split("\n"):
        bare = line.lstrip(">")
        marks = line[: len(line) - len(bare)]
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        if flowing and (flowing[0] != marks or bare == "-- "):
            paragraphs.append(_paragraph(*flowing))
            flowing = None
        marks, pieces = flowing or (marks, [])
        pieces.append(bare[:-1] if flows and deletes_space else bare)
        flowing = (marks, pieces) if flows else None
        if not flows:
            paragraphs.append(_paragraph(marks, pieces))
    if flowing:
        paragraphs.append(_paragraph(*flowing))
    return "\n".join(paragraphs)


def _paragraph(marks: str, pieces: list[str]) -> str:
    return (marks + " " if marks else "") + "".join(pieces)


def _words(part: MimePart, found: Found, is_root: bool, in_report: bool) -> _Words:
    if is_report(part):
        found.reports.append(part)
        return _Words("", False)
    if is_returned(part):
        found.returned.append(part)
        if not in_report:
            found.attachments.append(filename(part.head) or _name_of_mail(part))
        return _Words("", False)
    if part.parts:
        return _words_of_parts(part, found, in_report)
    if not _is_text(part, is_root):
        if part.head.get_content_maintype() != "multipart":
            _list(part, found)
        return _Words("", False)
    return _content(part, found)


def _words_of_parts(part: MimePart, found: Found, in_report: bool) -> _Words:
    if part.type == "multipart/alternative":
        return _chosen([_words(each, found, False, in_report) for each in part.parts])
    every = [_words(each, found, False, in_report) for each in part.parts]
    said = [words for words in every if words.text.strip()]
    return _Words("\n".join(words.text for words in said), any(words.marked_up for words in said))


def _chosen(alternatives: list[_Words]) -> _Words:
    """Plain text if it says what the other says, else what is shown to people."""
    said = [words for words in alternatives if words.text.strip()]
    plain = next((words for words in said if not words.marked_up), None)
    rich = next((words for words in reversed(said) if words.marked_up), None)
    if plain and not (rich and _is_stub(plain.text, rich.text)):
        return plain
    return rich or _Words("", False)


def _is_stub(plain: str, rich: str) -> bool:
    """Whether the plain text only says that there is more to see in a browser."""
    if len(plain) > _LONGEST_STUB or not _STUB.search(plain):
        return False
    return "".join(plain.split()) not in "".join(rich.split())


def _is_text(part: MimePart, is_root: bool) -> bool:
    """Whether a part is text of the mail itself, and not a file that comes with it."""
    if part.type != "text/plain" and part.type not in _MARKED_UP:
        return False
    disposition = str(part.head.get("content-disposition", "")).strip().lower()
    if disposition.startswith("attachment"):
        return False
    return is_root or not filename(part.head)


def _content(part: MimePart, found: Found) -> _Words:
    content = part.read(found.bytes_left + 1)
    if len(content) > found.bytes_left:
        found.defects["Its text is too long and is cut."] = None
    content = content[: found.bytes_left]
    found.bytes_left -= len(content)
    text, defect = text_of_bytes(content, parameter(part.head, "charset"), part.utf8)
    if defect:
        found.defects[defect] = None
    if part.type in _MARKED_UP:
        return _Words(text_of_html(text), True)
    if parameter(part.head, "format").lower() == "flowed":
        text = unflowed(text, parameter(part.head, "delsp").lower() == "yes")
    return _Words(text, False)


def _list(part: MimePart, found: Found) -> None:
    if len(found.attachments) < MOST_ATTACHMENTS:
        found.attachments.append(filename(part.head) or part.type)
    else:
        found.defects[f"It has more than {MOST_ATTACHMENTS} attachments; the others are not listed."] = None


def _name_of_mail(part: MimePart) -> str:
    """What an attached mail is listed as; one that the mailbox keeps apart is not fetched for it."""
    is_apart = part.utf8 and not part.parts
    subject = "" if is_apart else returned_headers(part, _MOST_BYTES_FOR_NAME).get("subject", "")
    return f"{subject[:_LONGEST_MAIL_NAME] or 'message'}.eml"
