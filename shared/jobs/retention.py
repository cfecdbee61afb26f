"""How long what is kept of people is kept: each document says so itself, and Firestore deletes it then (P12)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast

FINISHED = timedelta(days=365)
"""Jobs after their end, and drafts that are over."""

SILENT = timedelta(days=730)
"""Contacts about whom nothing was written, and threads into which we wrote nothing."""


def kept(data: Any, *, since: str, most: timedelta, unless: tuple[str, Collection[str]] | None = None) -> Any:
    """The fields of a document with its `expire_at`: so long after the time in `since`.

    `unless` names a field and those of its values with which the document does not expire.
    """
    if not isinstance(data, dict):
        return data
    fields = cast("dict[str, Any]", data)
    begin = fields.get(since)
    if not isinstance(begin, datetime):
        return fields
    goes = unless is None or str(fields.get(unless[0], next(iter(unless[1])))) not in unless[1]
    return {**fields, "expire_at": begin + most if goes else None}
