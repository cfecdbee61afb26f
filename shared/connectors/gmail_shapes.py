"""The parts of Gmail's answers that we rely on, and a mail made of them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from pydantic import BaseModel, ConfigDict, Field

from shared.connectors.mail_address import addresses_in
from shared.connectors.mail_html import text_of_html
from shared.connectors.mail_text import own_words
from shared.jobs.facts import Message

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Header(_Shape):
    name: str
    value: str = ""


class _Body(_Shape):
    data: str = ""
    attachment_id: str = Field(default="", alias="attachmentId")


class Part(_Shape):
    """A part of a mail, with its parts."""

    mime_type: str = Field(default="", alias="mimeType")
    filename: str = ""
    headers: tuple[_Header, ...] = ()
    body: _Body = _Body()
    parts: tuple[Part, ...] = ()

    def header(self, name: str) -> str:
        """The first header of that name, empty when there is none."""
        return next((each.value for each in self.headers if each.name.lower() == name.lower()), "")

    def texts(self, mime_type: str) -> Iterator[Part]:
        """The parts that are text of the mail itself: neither attached files nor attached mails."""
        if self.mime_type.lower() == "message/rfc822":
            return
        attached = self.filename or self.header("content-disposition").lower().startswith("attachment")
        if self.mime_type.lower() == mime_type and not attached:
            yield self
        for part in self.parts:
            yield from part.texts(mime_type)


class GmailMessage(_Shape):
    """A mail as Gmail keeps it."""

    id: str
    thread_id: str = Field(alias="threadId")
    label_ids: tuple[str, ...] = Field(default=(), alias="labelIds")
    internal_date: int = Field(default=0, alias="internalDate", ge=0, lt=1 << 53)
    payload: Part = Part()


class Thread(_Shape):
    """A thread with all of its mails, oldest first."""

    id: str
    messages: tuple[GmailMessage, ...] = ()


class _Listed(_Shape):
    id: str
    thread_id: str = Field(alias="threadId")


class MessageList(_Shape):
    """A page of search results, newest first."""

    messages: tuple[_Listed, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")


class DraftAnswer(_Shape):
    """A draft with its mail; of the mail only what the format asked for."""

    id: str = Field(min_length=1)
    message: GmailMessage


class _ListedDraft(_Shape):
    id: str


class DraftList(_Shape):
    """A page of drafts."""

    drafts: tuple[_ListedDraft, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")


class Attachment(_Shape):
    """The content of a part that Gmail keeps apart."""

    data: str = ""


def as_message(mail: GmailMessage, fetch: Callable[[str, str], str]) -> Message:
    """The mail with its writer's own words; `fetch(message id, attachment id)` gives parts kept apart."""
    payload = mail.payload
    return Message(
        id=mail.id,
        thread_id=mail.thread_id,
        sender=next(iter(addresses_in(payload.header("from"))), ""),
        recipients=addresses_in(payload.header("to"), payload.header("cc")),
        subject=_decoded_header(payload.header("subject")),
        sent_at=_EPOCH + timedelta(milliseconds=mail.internal_date),
        text=own_words(_text(mail, fetch)),
        message_id_header=next(iter(_MESSAGE_ID.findall(payload.header("message-id"))), ""),
        references=_references(payload),
        is_draft="DRAFT" in mail.label_ids,
    )


def _references(payload: Part) -> tuple[str, ...]:
    found = _MESSAGE_ID.findall(f"{payload.header('references')} {payload.header('in-reply-to')}")
    return tuple(dict.fromkeys(found))


def _text(mail: GmailMessage, fetch: Callable[[str, str], str]) -> str:
    plain = [_content(part, mail.id, fetch) for part in mail.payload.texts("text/plain")]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    marked_up = (_content(part, mail.id, fetch) for part in mail.payload.texts("text/html"))
    return "\n".join(text_of_html(markup) for markup in marked_up)


def _content(part: Part, message_id: str, fetch: Callable[[str, str], str]) -> str:
    encoded = part.body.data
    if not encoded and part.body.attachment_id:
        encoded = fetch(message_id, part.body.attachment_id)
    try:
        content = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return ""
    declared = re.search(r"charset\s*=\s*\"?([\w.:-]{1,40})", part.header("content-type"), re.IGNORECASE)
    charset = declared[1] if declared else "utf-8"
    # Mail that says it is Latin-1 is often UTF-8, and hardly ever the other way round.
    for attempt in (charset, "utf-8") if charset.lower().startswith("iso-2022") else ("utf-8", charset):
        try:
            return content.decode(attempt)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def _decoded_header(value: str) -> str:
    try:
        decoded = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        decoded = value
    return " ".join(decoded.split())
