"""The lists that operators look at: the newest documents of a collection with equal fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from google.cloud.firestore import FieldFilter, Query

from shared.store.database import Database, Doc, typed

MOST = 500
"""Documents that one list takes at most."""


@dataclass(frozen=True)
class Index:
    """A composite index: a collection, fields that are compared for equality, and the one it is sorted by."""

    collection: str
    equal: str
    newest_by: str


INDEXES = (
    Index("jobs", "status", "updated_at"),
    Index("jobs", "kind", "updated_at"),
    Index("drafts", "state", "revised_at"),
    Index("events", "status", "received_at"),
    Index("dead_letters", "replayed_at", "created_at"),
)
"""What these lists need declared, descending by the last field; two equal fields merge two indexes."""


@dataclass(frozen=True)
class Page(Generic[Doc]):
    """Documents, newest first, and the paths of those that do not fit their type."""

    items: tuple[Doc, ...]
    unreadable: tuple[str, ...] = ()


def newest(
    database: Database,
    path: str,
    type_: type[Doc],
    *,
    by: str,
    equal: Mapping[str, str | None],
    limit: int,
) -> Page[Doc]:
    """The newest documents of a collection by a time field, at most `limit`. Errors: Unreachable."""
    query = database.client.collection(path)
    for field, value in equal.items():
        query = query.where(filter=FieldFilter(field, "==", value))
    query = query.order_by(by, direction=Query.DESCENDING).limit(max(1, min(limit, MOST)))
    unreadable: list[str] = []
    items = tuple(typed(query, type_, passed_by=unreadable))
    return Page(items, tuple(unreadable))
