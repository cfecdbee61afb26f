"""Queries: where they look, what matches, in which order, and which part of it is the answer."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.local_cloud.firestore.documents import Collection, StoredDocument
from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.filters import (
    Predicate,
    compiled,
    equalities,
    inequality_fields,
    leaves,
)
from scripts.local_cloud.firestore.names import collection_of, root_of
from scripts.local_cloud.firestore.nearest import Nearest
from scripts.local_cloud.firestore.protos import Message
from scripts.local_cloud.firestore.store import Store
from scripts.local_cloud.firestore.values import NAME, FieldPath, OrderKey, order_key, parse_field_path

_DESCENDING = 2
_NAME = "__name__"


@dataclass(frozen=True, order=True)
class QueryShape:
    """What decides which index a query needs; distinct shapes are kept to compare with declared indexes."""

    collection_id: str
    scope: str
    filters: tuple[tuple[str, str], ...]
    orders: tuple[tuple[str, str], ...]
    vector: tuple[str, int] | tuple[()] = ()


@dataclass(frozen=True)
class Source:
    """Where a query looks: one collection, every collection of an id, or everything below a parent."""

    parent: str
    collection_id: str
    all_descendants: bool

    def collections(self, store: Store) -> list[Collection]:
        if not self.collection_id:
            below = store.below(self.parent)
            if self.all_descendants:
                return list(below.values())
            return [held for path, held in below.items() if collection_of(path) == self.parent]
        if self.all_descendants:
            return store.group(self.parent, self.collection_id)
        held = store.collection(f"{self.parent}/{self.collection_id}")
        return [] if held is None else [held]

    @property
    def claim_key(self) -> str:
        """The name under which readers of this source and writers into it meet."""
        if not self.collection_id:
            return root_of(self.parent)
        if self.all_descendants:
            return f"{root_of(self.parent)}/**/{self.collection_id}"
        return f"{self.parent}/{self.collection_id}"


@dataclass(frozen=True)
class _Cursor:
    keys: tuple[OrderKey, ...]
    before: bool

    def side(self, document: StoredDocument, orders: list[tuple[FieldPath, bool]]) -> int:
        """-1 when the document stands before the cursor, 1 behind it."""
        for wanted, (path, descending) in zip(self.keys, orders, strict=False):
            key = document.key(path)
            if key != wanted:
                assert key is not None
                return 1 if (key > wanted) != descending else -1
        return 1 if self.before else -1


class Query:
    """One structured query, ready to run as often as needed. Errors: INVALID_ARGUMENT."""

    def __init__(self, parent: str, message: Message) -> None:
        self.source = _source(parent, message)
        self.fields = _projection(message)
        has_filter = message.HasField("where")
        self._predicate: Predicate | None = compiled(message.where) if has_filter else None
        self._equalities = list(equalities(message.where)) if has_filter else []
        self._orders = _orders(message)
        self._start = _cursor(message.start_at, self._orders) if message.HasField("start_at") else None
        self._end = _cursor(message.end_at, self._orders) if message.HasField("end_at") else None
        self._offset = _not_negative(message.offset, "offset")
        self._limit = _not_negative(message.limit.value, "limit") if message.HasField("limit") else None
        self._nearest = Nearest(message.find_nearest) if message.HasField("find_nearest") else None
        self.shape = _shape(message, self._nearest)

    def run(self, store: Store, at_us: int | None = None) -> list[StoredDocument]:
        """The documents that answer this query, in order, now or as of a time."""
        found = self._in_order(self._within_cursors(self._matching(store, at_us)))
        if self._offset or self._limit is not None:
            end = None if self._limit is None else self._offset + self._limit
            found = found[self._offset : end]
        return self._nearest.of(found) if self._nearest else found

    def projected(self, document: StoredDocument) -> Message:
        """What the answer holds of a document."""
        return document.message if self.fields is None else document.masked(self.fields)

    def _matching(self, store: Store, at_us: int | None) -> Iterable[StoredDocument]:
        # A document that lacks a field of the order is in no index for it, hence not in the answer.
        ordered_by = [path for path, _ in self._orders if path != NAME]
        predicate = self._predicate
        for collection in self.source.collections(store):
            if at_us is None or at_us >= collection.changed_us:
                candidates = collection.where_equal(self._equalities)
            else:
                candidates = collection.documents(at_us).values()
            for document in candidates:
                if (predicate is None or predicate(document)) and all(
                    document.key(path) is not None for path in ordered_by
                ):
                    yield document

    def _within_cursors(self, documents: Iterable[StoredDocument]) -> Iterable[StoredDocument]:
        start, end, orders = self._start, self._end, self._orders
        if start is not None:
            documents = [document for document in documents if start.side(document, orders) > 0]
        if end is not None:
            documents = [document for document in documents if end.side(document, orders) < 0]
        return documents

    def _in_order(self, documents: Iterable[StoredDocument]) -> list[StoredDocument]:
        directions = {descending for _, descending in self._orders}
        if self._limit is not None and len(directions) == 1:
            paths = [path for path, _ in self._orders]
            pick = heapq.nlargest if directions.pop() else heapq.nsmallest
            return pick(
                self._offset + self._limit, documents, key=lambda document: [document.key(p) for p in paths]
            )
        found = list(documents)
        for path, descending in reversed(self._orders):
            found.sort(key=lambda document, path=path: document.key(path) or (), reverse=descending)
        return found


def signature(documents: Iterable[StoredDocument]) -> list[tuple[str, int]]:
    """What a transaction remembers of a result, to notice later that it would differ."""
    return [(document.name, document.update_us) for document in documents]


def _source(parent: str, message: Message) -> Source:
    root_of(parent)
    selectors = message.from_
    if len(selectors) > 1:
        raise invalid("A query reads from one collection selector.")
    if not selectors:
        return Source(parent, "", all_descendants=True)
    return Source(parent, selectors[0].collection_id, selectors[0].all_descendants)


def _projection(message: Message) -> list[FieldPath] | None:
    if not message.HasField("select") or not message.select.fields:
        return None
    return [parse_field_path(field.field_path) for field in message.select.fields]


def _orders(message: Message) -> list[tuple[FieldPath, bool]]:
    """(path, descending) as asked for, then the fields of inequalities, then the name."""
    named = [(order.field.field_path, order.direction == _DESCENDING) for order in message.order_by]
    descending = named[-1][1] if named else False
    fields = {path for path, _ in named}
    implied = inequality_fields(message.where) if message.HasField("where") else set[str]()
    named += [(path, descending) for path in sorted(implied - fields - {_NAME})]
    if _NAME not in fields:
        named.append((_NAME, descending))
    return [(parse_field_path(path), down) for path, down in named]


def _cursor(message: Message, orders: list[tuple[FieldPath, bool]]) -> _Cursor:
    if len(message.values) > len(orders):
        raise invalid("A cursor has more values than the query has orders.")
    return _Cursor(tuple(order_key(value) for value in message.values), message.before)


def _not_negative(number: int, what: str) -> int:
    if number < 0:
        raise invalid(f"{what} is negative")
    return number


def _shape(message: Message, nearest: Nearest | None) -> QueryShape:
    selectors = message.from_
    group = not selectors or selectors[0].all_descendants
    filters = leaves(message.where) if message.HasField("where") else ()
    return QueryShape(
        collection_id=selectors[0].collection_id if selectors else "",
        scope="COLLECTION_GROUP" if group else "COLLECTION",
        filters=tuple(sorted(set(filters))),
        orders=tuple(
            (order.field.field_path, "DESCENDING" if order.direction == _DESCENDING else "ASCENDING")
            for order in message.order_by
        ),
        vector=nearest.shape if nearest else (),
    )
