"""What the vendors know: JSON documents in memory, and in one SQLite file when they shall last."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]
_NUMBERS = "_numbers"


class State:
    """Documents by kind and key, in order of creation.

    A document that was read is never changed: a changed copy is put back. With a file, a transaction is on
    disk before it ends, so that what was answered survives kill -9.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._docs: dict[str, dict[str, Doc]] = {}
        self._undo: list[tuple[str, str, Doc | None]] = []
        self._depth = 0
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS docs (kind TEXT, key TEXT, doc TEXT, PRIMARY KEY (kind, key))"
            )
            for kind, key, doc in self._db.execute("SELECT kind, key, doc FROM docs ORDER BY rowid"):
                self._docs.setdefault(kind, {})[key] = json.loads(doc)

    def get(self, kind: str, key: str) -> Doc | None:
        return self._docs.get(kind, {}).get(key)

    def all(self, kind: str) -> list[Doc]:
        return list(self._docs.get(kind, {}).values())

    def keys(self, kind: str) -> list[str]:
        return list(self._docs.get(kind, {}))

    def put(self, kind: str, key: str, doc: Doc) -> Doc:
        of_kind = self._docs.setdefault(kind, {})
        self._undo.append((kind, key, of_kind.get(key)))
        of_kind[key] = doc
        return doc

    def delete(self, kind: str, key: str) -> None:
        of_kind = self._docs.get(kind, {})
        if key in of_kind:
            self._undo.append((kind, key, of_kind.pop(key)))

    def clear(self, kind: str) -> None:
        for key in self.keys(kind):
            self.delete(kind, key)

    def number(self, name: str) -> int:
        """The current value of a counter, 0 before its first use."""
        return int((self.get(_NUMBERS, name) or {"value": 0})["value"])

    def next_number(self, name: str, start: int = 1) -> int:
        """The next value of a counter."""
        counter = self.get(_NUMBERS, name)
        value = start if counter is None else int(counter["value"]) + 1
        self.put(_NUMBERS, name, {"value": value})
        return value

    def append(self, kind: str, doc: Doc) -> Doc:
        """Keep a document under the next sequence number, which it also carries as `seq`."""
        seq = self.next_number(f"seq/{kind}")
        return self.put(kind, f"{seq:012d}", {"seq": seq, **doc})

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All changes inside are kept together or not at all; nested ones can be undone alone."""
        mark = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._take_back(mark)
            raise
        else:
            if self._depth == 1:
                self._keep()
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._undo.clear()

    def in_transaction(self) -> bool:
        return self._depth > 0

    def _take_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            kind, key, before = self._undo.pop()
            if before is None:
                self._docs.get(kind, {}).pop(key, None)
            else:
                self._docs.setdefault(kind, {})[key] = before

    def _keep(self) -> None:
        if self._db is None or not self._undo:
            return
        self._db.execute("BEGIN IMMEDIATE")
        for kind, key in dict.fromkeys((kind, key) for kind, key, _ in self._undo):
            doc = self.get(kind, key)
            if doc is None:
                self._db.execute("DELETE FROM docs WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._db.execute(
                    "INSERT INTO docs VALUES (?, ?, ?) "
                    "ON CONFLICT (kind, key) DO UPDATE SET doc = excluded.doc",
                    (kind, key, json.dumps(doc, ensure_ascii=False)),
                )
        self._db.execute("COMMIT")

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
