"""Every collection, in memory and on disk: what is committed is written through before it is seen.

History is bounded: versions are kept for an hour, as Firestore does, and at most `max_versions` of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from scripts.local_cloud.clock import Clock
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.firestore.documents import Collection, StoredDocument
from scripts.local_cloud.firestore.errors import failed_precondition, invalid
from scripts.local_cloud.firestore.names import collection_id_of, collection_of, project_of, root_of
from scripts.local_cloud.firestore.protos import Document

_KEEP_US = 3_600_000_000


class Store:
    """Documents by collection. Its caller holds the engine's lock."""

    def __init__(self, disk: Disk, clock: Clock, *, max_versions: int = 10_000) -> None:
        self._disk = disk
        self._clock = clock
        self._max_versions = max_versions
        self._collections: dict[str, Collection] = {}
        self._groups: dict[tuple[str, str], set[str]] = {}
        self._versions: deque[tuple[int, str]] = deque()
        self._last_us = 0
        disk.create("CREATE TABLE IF NOT EXISTS firestore_documents (name TEXT PRIMARY KEY, document BLOB)")
        for (blob,) in disk.rows("SELECT document FROM firestore_documents"):
            document = StoredDocument(Document.FromString(blob))
            self._made(collection_of(document.name)).load(document)
            self._last_us = max(self._last_us, document.update_us)
        self._oldest_us = self._last_us

    def read_us(self) -> int:
        """Now, for a read: no later commit gets this time."""
        self._last_us = max(int(self._clock.time_s() * 1_000_000), self._last_us)
        return self._last_us

    def commit_us(self) -> int:
        """Now, for a commit: later than every read and commit before it."""
        self._last_us = max(int(self._clock.time_s() * 1_000_000), self._last_us + 1)
        return self._last_us

    def check_read_us(self, at_us: int) -> int:
        """The time itself when it can still be read. Errors: FAILED_PRECONDITION, INVALID_ARGUMENT."""
        if at_us < self._oldest_us:
            raise failed_precondition("The requested read_time is older than the versions that are kept.")
        if at_us > self.read_us():
            raise invalid("The requested read_time cannot be in the future.")
        return at_us

    def remembers(self, at_us: int) -> bool:
        return at_us >= self._oldest_us

    def get(self, name: str, at_us: int | None = None) -> StoredDocument | None:
        """A document now, or as it was at a time."""
        collection = self._collections.get(collection_of(name))
        return None if collection is None else collection.get(name, at_us)

    def collection(self, path: str) -> Collection | None:
        return self._collections.get(path)

    def group(self, parent: str, collection_id: str) -> list[Collection]:
        """Every collection of an id below a parent (a document, or the root)."""
        below = parent + "/"
        paths = self._groups.get((root_of(parent), collection_id), ())
        return [self._collections[path] for path in paths if path.startswith(below)]

    def below(self, parent: str) -> dict[str, Collection]:
        """Every collection at any depth below a parent, by path."""
        prefix = parent + "/"
        return {path: held for path, held in self._collections.items() if path.startswith(prefix)}

    def apply(self, changes: Mapping[str, StoredDocument | None], time_us: int) -> None:
        """Write changes (None: delete) to disk, all or none, then to memory."""
        with self._disk.transaction():
            for name, document in changes.items():
                if document is None:
                    self._disk.write("DELETE FROM firestore_documents WHERE name = ?", (name,))
                else:
                    self._disk.write(
                        "INSERT INTO firestore_documents VALUES (?, ?) "
                        "ON CONFLICT (name) DO UPDATE SET document = excluded.document",
                        (name, document.message.SerializeToString()),
                    )
        for name, document in changes.items():
            self._made(collection_of(name)).put(name, document, time_us)
            self._versions.append((time_us, name))
        self._prune(time_us)

    def names_of(self, project: str | None) -> Iterable[str]:
        """The names of all documents of a project, or of all projects."""
        return [
            name
            for path, collection in self._collections.items()
            if project is None or project_of(path) == project
            for name in collection.now
        ]

    def _made(self, path: str) -> Collection:
        collection = self._collections.get(path)
        if collection is None:
            collection = self._collections[path] = Collection()
            self._groups.setdefault((root_of(path), collection_id_of(path)), set()).add(path)
        return collection

    def _prune(self, now_us: int) -> None:
        while self._versions and (
            len(self._versions) > self._max_versions or self._versions[0][0] < now_us - _KEEP_US
        ):
            time_us, name = self._versions.popleft()
            self._oldest_us = time_us
            path = collection_of(name)
            collection = self._collections.get(path)
            if collection is None:
                continue
            collection.forget(name, time_us)
            if collection.is_empty:
                del self._collections[path]
                self._groups[root_of(path), collection_id_of(path)].discard(path)
