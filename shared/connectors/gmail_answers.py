"""What else we rely on in Gmail's answers: ids, places in the history, sizes, raw mails."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.errors import Permanent

ME = "/gmail/v1/users/me"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_OF_TIME_MS = 253_402_300_800_000
"""The year 10000, which a datetime does not reach."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
Place = Annotated[int, Field(gt=0, lt=1 << 64)]
"""A number that only grows with each change of the mailbox."""
Moment = Annotated[int, Field(ge=0, lt=_END_OF_TIME_MS)]
"""Milliseconds since 1970."""


def checked(id_: str, longest: int = 200) -> str:
    """An id, fit for a path. Errors: Permanent."""
    if len(id_) > longest or not re.fullmatch(r"[A-Za-z0-9_-]+", id_):
        raise Permanent("gmail: an id that is not letters, digits, dashes and underscores is not used")
    return id_


def moment(time_ms: int) -> datetime:
    """A time as Gmail counts it."""
    return _EPOCH + timedelta(milliseconds=time_ms)


def _unpacked(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("it is not text")
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError):
        raise ValueError("it is not base64url") from None


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Profile(_Shape):
    """Whose mailbox it is, and its present place in its history."""

    address: str = Field(alias="emailAddress", min_length=3)
    place: Place = Field(alias="historyId")


class Listed(_Shape):
    """A message as lists and the history name it."""

    id: Id
    thread_id: Id = Field(alias="threadId")
    label_ids: tuple[str, ...] = Field(default=(), alias="labelIds")


class _Added(_Shape):
    message: Listed


class _Record(_Shape):
    id: Place
    added: tuple[_Added, ...] = Field(default=(), alias="messagesAdded")


class HistoryPage(_Shape):
    """A page of the history: its records, and the mailbox's present place."""

    records: tuple[_Record, ...] = Field(default=(), alias="history")
    place: Place = Field(alias="historyId")
    next_page: str | None = Field(default=None, alias="nextPageToken")


class MessagePage(_Shape):
    """A page of a search, newest first."""

    messages: tuple[Listed, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")


class WatchAnswer(_Shape):
    """Until when Gmail tells of changes."""

    place: Place = Field(alias="historyId")
    expires_ms: Moment = Field(alias="expiration")


class Sized(_Shape):
    """A message without its content."""

    id: Id
    thread_id: Id = Field(alias="threadId")
    internal_ms: Moment = Field(alias="internalDate")
    size: int = Field(alias="sizeEstimate", ge=0)


class RawMessage(_Shape):
    """A message's very bytes."""

    raw: Annotated[bytes, BeforeValidator(_unpacked)]


class Outlined(Listed):
    """A message of a thread, without its content."""

    internal_ms: Moment = Field(alias="internalDate")


class ThreadOutline(_Shape):
    """A thread's messages by their ids, labels and times."""

    messages: tuple[Outlined, ...] = ()


class _Itself(_Shape):
    id: Id


class ListedDraft(_Shape):
    """A draft as lists name it, with its message of the moment."""

    id: Id
    message: _Itself


class DraftPage(_Shape):
    """A page of drafts."""

    drafts: tuple[ListedDraft, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")
