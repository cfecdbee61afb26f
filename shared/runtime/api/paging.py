"""Pages by cursor: where the last one ended, so that what is added meanwhile moves nothing."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar, cast

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from pydantic import AfterValidator, Field

from shared.jobs.stored_audit import can_be_id
from shared.runtime.api.answer import Problem
from shared.runtime.api.routes import Found, Given, Shown
from shared.store.newest import Page, Place

Row = TypeVar("Row", bound=Shown)

MOST = 100
_LONGEST_ID = 1_500
"""Bytes of a document's id: one that somebody made by hand may end a page, too."""
_BAD = "the cursor is not one of ours; leave it out to begin with the first page"


class Paged(Given):
    """Which page of a list."""

    limit: int = Field(default=20, ge=1, le=MOST, description="Entries on a page.")
    cursor: str | None = Field(
        default=None, max_length=2_100, description="`next` of the page before; nothing for the first."
    )

    @property
    def after(self) -> Place | None:
        """Where the page begins. Errors: Problem for a cursor that we never gave."""
        return None if self.cursor is None else _place(self.cursor)


def cursor_of(place: Place | None) -> str | None:
    """The cursor that leads to the page after this place."""
    if place is None:
        return None
    moment: Any = place.at
    at: str = moment.rfc3339() if hasattr(moment, "rfc3339") else moment.isoformat()
    return (
        base64.urlsafe_b64encode(json.dumps([at, place.id], ensure_ascii=False).encode()).decode().rstrip("=")
    )


def _place(cursor: str) -> Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found: Any = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (ValueError, RecursionError):
        raise Problem(400, _BAD) from None
    parts = cast("list[Any]", found if isinstance(found, list) else [])
    if len(parts) != 2 or not all(isinstance(part, str) for part in parts) or not _is_id(parts[1]):
        raise Problem(400, _BAD)
    try:
        at = _moment(parts[0])
    except ValueError:
        raise Problem(400, _BAD) from None
    return Place(at, parts[1])


def _is_id(text: str) -> bool:
    try:
        return can_be_id(text) and len(text.encode()) <= _LONGEST_ID
    except UnicodeEncodeError:
        return False


def _moment(text: str) -> datetime:
    if text.endswith("Z"):
        return _aware(cast("datetime", cast("Any", DatetimeWithNanoseconds).from_rfc3339(text)))
    at = datetime.fromisoformat(text)
    return _aware(at)


def _aware(at: datetime) -> datetime:
    offset = at.utcoffset()
    if offset is None or abs(offset) > timedelta(hours=14):
        raise ValueError("a time without a zone; write 2026-11-21T09:00:00Z")
    _check_year(at)
    return at


def _day(day: date) -> date:
    _check_year(day)
    return day


def _check_year(at: date) -> None:
    # Elsewhere what is reckoned from it, in whatever zone, would be no time any more.
    if not 1970 < at.year < 9999:
        raise ValueError("a year from 1971 to 9998")


class Listed(Shown, Generic[Row]):
    """One page of a list, newest first."""

    items: tuple[Row, ...]
    unreadable: tuple[str, ...] = Field(
        default=(), description="Documents that do not fit their type; mend them in Firestore."
    )
    next: str | None = Field(default=None, description="The cursor of the page after this one.")


def listed(page: Page[Any], row: type[Row]) -> Found:
    """A page of documents as rows."""
    items = tuple(row.model_validate(item) for item in page.items)
    of_rows: Any = Listed[row]
    return Found(of_rows(items=items, unreadable=page.unreadable, next=cursor_of(page.next)))


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time with its zone."""
Day = Annotated[date, AfterValidator(_day)]
"""A day, as 2026-11-21."""
