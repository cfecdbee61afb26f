"""The lists that operators look at: the newest documents of a collection with equal fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic

from google.cloud.firestore import FieldFilter, Query

from shared.errors import Permanent
from shared.jobs.document import Document
from shared.jobs.rules import Suppression
from shared.store.database import Database, Doc, read

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
    Index("jobs", "contact_id", "updated_at"),
    Index("drafts", "state", "revised_at"),
    Index("events", "status", "received_at"),
    Index("dead_letters", "replayed_at", "created_at"),
    Index("api_keys", "tenant", "created_at"),
    Index("operators", "tenant", "added_at"),
    Index("audit", "contact_id", "at"),
    Index("audit", "company_id", "at"),
    Index("audit", "draft_id", "at"),
    Index("audit", "kind", "at"),
)
"""What these lists need declared, descending by the last field; two equal fields merge two indexes."""


@dataclass(frozen=True)
class Place:
    """Where a page ended: the sort value and id of its last document."""

    at: datetime
    id: str


_BEFORE_ALL = Place(datetime(9998, 12, 31, tzinfo=UTC), "-")
"""Later than every time that we write."""


@dataclass(frozen=True)
class Page(Generic[Doc]):
    """Documents, newest first, and the paths of those that do not fit their type.

    `next` is where the following page begins; None when this is the last.
    """

    items: tuple[Doc, ...]
    unreadable: tuple[str, ...] = ()
    next: Place | None = None


def newest(
    database: Database,
    path: str,
    type_: type[Doc],
    *,
    by: str,
    equal: Mapping[str, str | None],
    limit: int,
    after: Place | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Doc]:
    """The newest documents of a collection by a time field, at most `limit`, following the place `after`.

    `since` is inclusive, `until` is not. Errors: Unreachable.
    """
    client = database.client
    query = client.collection(path)
    for field, value in equal.items():
        query = query.where(filter=FieldFilter(field, "==", value))
    if since is not None:
        query = query.where(filter=FieldFilter(by, ">=", since))
    if until is not None:
        query = query.where(filter=FieldFilter(by, "<", until))
    # Two documents of the same moment have an order too, so that a page never begins between them.
    query = query.order_by(by, direction=Query.DESCENDING)
    query = query.order_by("__name__", direction=Query.DESCENDING)
    if after is not None:
        query = query.start_after({by: after.at, "__name__": client.document(f"{path}/{after.id}")})
    most = max(1, min(limit, MOST))
    snapshots = database.stream(query.limit(most + 1))
    items: list[Doc] = []
    unreadable: list[str] = []
    for snapshot in snapshots[:most]:
        try:
            document = read(snapshot, type_)
        except Permanent:
            unreadable.append(snapshot.reference.path)
            continue
        if document is not None and not _is_over(document, snapshot.read_time):
            items.append(document)
    next_ = _end(snapshots[:most], by, after) if len(snapshots) > most else None
    return Page(tuple(items), tuple(unreadable), next_)


def _end(snapshots: Sequence[Any], by: str, after: Place | None) -> Place | None:
    """Where the following page begins: after the last document of this one whose sort value is a time.

    An edit by hand may have put something else there: Firestore sorts text before every time, and numbers after.
    """
    for snapshot in reversed(snapshots):
        at = snapshot.get(by)
        if isinstance(at, datetime):
            return Place(at, snapshot.id)
    # What is no time fills the page: before all times it is passed over, after them nothing else comes.
    return _BEFORE_ALL if after is None else None


def _is_over(document: Document, now: datetime) -> bool:
    """Whether it has expired: Firestore deletes it within about a day. An entry that has ended is still shown."""
    expire_at = getattr(document, "expire_at", None)
    return expire_at is not None and expire_at <= now and not isinstance(document, Suppression)
