"""One SQLite file under all engines: what is acknowledged is on disk before the answer leaves."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Disk:
    """A SQLite database in WAL mode, shared by the threads of one process.

    `synchronous=NORMAL` survives the death of the process (kill -9) but not of the machine, which is what
    a local cloud owes. With no path everything stays in memory.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            str(path) if path else ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._depth = 0

    def create(self, table_sql: str) -> None:
        """Create a table or index; write it with IF NOT EXISTS."""
        with self._lock:
            self._db.execute(table_sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together or not at all; nests into the outermost."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if outermost:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if outermost:
                self._db.execute("COMMIT")

    def write(self, sql: str, values: Iterable[Any] = ()) -> None:
        with self._lock:
            self._db.execute(sql, tuple(values))

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, tuple(values)).fetchall()

    def close(self) -> None:
        with self._lock:
            self._db.close()
