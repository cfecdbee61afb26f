"""Documents in memory, by collection, with the versions that went before them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from scripts.local_cloud.firestore.names import reference_key
from scripts.local_cloud.firestore.protos import Document, Message, Value, microseconds
from scripts.local_cloud.firestore.values import (
    NAME,
    REFERENCE,
    FieldPath,
    OrderKey,
    get_field,
    order_key,
    set_field,
)

_INDEX_FROM = 64
"""Collections smaller than this are scanned: an index would cost more than it saves."""


class StoredDocument:
    """One version of a document; its message is never changed once it is stored."""

    __slots__ = ("_keys", "message", "name", "update_us")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.name: str = message.name
        self.update_us = microseconds(message.update_time)
        self._keys: dict[FieldPath, OrderKey | None] = {}

    def key(self, path: FieldPath) -> OrderKey | None:
        """What the value at a path is ordered by; None when the document has no such field."""
        try:
            return self._keys[path]
        except KeyError:
            key = self._keys[path] = self._computed_key(path)
            return key

    def value(self, path: FieldPath) -> Message | None:
        """The value at a path; the document's own reference for `__name__`."""
        return Value(reference_value=self.name) if path == NAME else get_field(self.message.fields, path)

    def masked(self, paths: Iterable[FieldPath]) -> Message:
        """A copy with these fields only."""
        copy = Document(name=self.name)
        copy.create_time.CopyFrom(self.message.create_time)
        copy.update_time.CopyFrom(self.message.update_time)
        for path in paths:
            value = None if path == NAME else get_field(self.message.fields, path)
            if value is not None:
                set_field(copy.fields, path, value)
        return copy

    def _computed_key(self, path: FieldPath) -> OrderKey | None:
        if path == NAME:
            return (REFERENCE, reference_key(self.name))
        value = get_field(self.message.fields, path)
        return None if value is None else order_key(value)


_Version = tuple[int, StoredDocument | None]
"""When a version was replaced, in microseconds, and what it was."""


def _replaced_us(version: _Version) -> int:
    return version[0]


class Collection:
    """The documents directly inside one collection: now, and as they were."""

    def __init__(self) -> None:
        self.now: dict[str, StoredDocument] = {}
        self.changed_us = 0
        self._past: dict[str, list[_Version]] = {}
        self._indexes: dict[FieldPath, dict[OrderKey | None, dict[str, StoredDocument]]] = {}

    def get(self, name: str, at_us: int | None) -> StoredDocument | None:
        """A document now (`at_us` None) or as it was at a time."""
        if at_us is not None and at_us < self.changed_us:
            versions = self._past.get(name, [])
            place = bisect_right(versions, at_us, key=_replaced_us)
            if place < len(versions):
                return versions[place][1]
        return self.now.get(name)

    def documents(self, at_us: int | None) -> dict[str, StoredDocument]:
        """All documents by name, now or as they were at a time. Not to be changed."""
        if at_us is None or at_us >= self.changed_us:
            return self.now
        then = dict(self.now)
        for name in self._past:
            before = self.get(name, at_us)
            if before is None:
                then.pop(name, None)
            else:
                then[name] = before
        return then

    def where_equal(self, equalities: Iterable[tuple[FieldPath, OrderKey]]) -> Iterable[StoredDocument]:
        """Documents now, narrowed by the most selective equality: a superset of the exact answer."""
        best = self.now
        if len(self.now) >= _INDEX_FROM:
            for path, key in equalities:
                found = self._index(path).get(key, {})
                if len(found) < len(best):
                    best = found
        return best.values()

    def put(self, name: str, document: StoredDocument | None, time_us: int) -> None:
        """Replace a document (None: delete it), and remember what it was."""
        before = self.now.get(name)
        self._past.setdefault(name, []).append((time_us, before))
        self.changed_us = time_us
        if document is None:
            self.now.pop(name, None)
        else:
            self.now[name] = document
        for path, index in self._indexes.items():
            if before is not None:
                held = index[before.key(path)]
                del held[name]
                if not held:
                    del index[before.key(path)]
            if document is not None:
                index.setdefault(document.key(path), {})[name] = document

    def load(self, document: StoredDocument) -> None:
        """Put a document that was read from disk."""
        self.now[document.name] = document
        self.changed_us = max(self.changed_us, document.update_us)

    def forget(self, name: str, time_us: int) -> None:
        """Drop the versions of a document that were replaced up to this time."""
        versions = self._past.get(name, [])
        del versions[: bisect_right(versions, time_us, key=_replaced_us)]
        if not versions:
            self._past.pop(name, None)

    @property
    def is_empty(self) -> bool:
        return not self.now and not self._past

    def _index(self, path: FieldPath) -> dict[OrderKey | None, dict[str, StoredDocument]]:
        """Documents by what they hold at a path; made when a query first asks for it, then kept."""
        index = self._indexes.get(path)
        if index is None:
            index = self._indexes[path] = {}
            for name, document in self.now.items():
                index.setdefault(document.key(path), {})[name] = document
        return index
