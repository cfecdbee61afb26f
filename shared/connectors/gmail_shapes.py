"""The parts of Gmail's answers that we rely on, and a mail made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.connectors.gmail_answers import Moment
from shared.connectors.mime import mail_of_payload
from shared.connectors.mime_tree import DEEPEST_PART, MOST_PARTS
from shared.jobs.facts import Message
from shared.jobs.mail import Mail
from shared.pattern import Pattern

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MESSAGE_ID = Pattern(r"<[^<>\s]{1,900}>")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


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


class GmailMessage(_Shape):
    """A mail as Gmail keeps it."""

    id: str
    thread_id: str = Field(alias="threadId")
    label_ids: tuple[str, ...] = Field(default=(), alias="labelIds")
    internal_date: Moment = Field(default=0, alias="internalDate")
    size: int = Field(default=0, alias="sizeEstimate", ge=0)
    payload: Part = Part()
    is_cut: bool = False
    """Whether parts were left out of the payload, which was beyond the limits."""

    @model_validator(mode="before")
    @classmethod
    def _within_limits(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        answer = cast("dict[str, object]", given)
        payload, is_cut = _cut(answer.get("payload"))
        return {**answer, "payload": payload, "is_cut": True} if is_cut else answer


class Thread(_Shape):
    """A thread with all of its mails, oldest first."""

    id: str
    messages: tuple[GmailMessage, ...] = ()


class DraftAnswer(_Shape):
    """A draft with its mail; of the mail only what the format asked for."""

    id: str = Field(min_length=1)
    message: GmailMessage


class Attachment(_Shape):
    """The content of a part that Gmail keeps apart."""

    data: str = ""


def _cut(payload: object) -> tuple[object, bool]:
    """The payload with no more parts than are read, and whether it had more."""
    if not isinstance(payload, dict):
        return payload, False
    root = dict(cast("dict[str, object]", payload))
    is_cut, count = False, 1
    level = [root]
    for depth in range(DEEPEST_PART + 1):
        below: list[dict[str, object]] = []
        for part in level:
            inner = part.get("parts")
            if not isinstance(inner, list) or not inner:
                continue
            every = cast("list[object]", inner)
            room = max(0, MOST_PARTS - count) if depth < DEEPEST_PART else 0
            kept = [dict(cast("dict[str, object]", each)) for each in every[:room] if isinstance(each, dict)]
            is_cut = is_cut or len(kept) < len(every)
            part["parts"] = kept
            count += len(kept)
            below += kept
        level = below
    return root, is_cut


def as_message(answer: GmailMessage, fetch: Callable[[str, str], str]) -> Message:
    """The mail with its writer's own words, as a message of its thread."""
    mail = mail_of_payload(answer, fetch)
    return Message(
        id=mail.id,
        thread_id=mail.thread_id,
        sender=mail.sender.address,
        recipients=tuple(dict.fromkeys(each.address for each in (*mail.to, *mail.cc))),
        subject=mail.subject,
        sent_at=_EPOCH + timedelta(milliseconds=answer.internal_date),
        text=mail.own_words,
        message_id_header=next(iter(_MESSAGE_ID.findall(mail.header("message-id"))), ""),
        references=_references(mail),
        is_draft="DRAFT" in answer.label_ids,
    )


def _references(mail: Mail) -> tuple[str, ...]:
    found = _MESSAGE_ID.findall(f"{mail.header('references')} {mail.header('in-reply-to')}")
    return tuple(dict.fromkeys(found))
