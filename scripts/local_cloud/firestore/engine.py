"""Firestore as its clients see it: atomic commits on disk, consistent reads, transactions that progress."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scripts.local_cloud.clock import Clock, VirtualClock
from scripts.local_cloud.counts import Counts
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.firestore.aggregation import aggregate, aggregated_query
from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.line import Line, write_claims
from scripts.local_cloud.firestore.names import check_document_name
from scripts.local_cloud.firestore.protos import Message, microseconds
from scripts.local_cloud.firestore.query import Query, QueryShape, signature
from scripts.local_cloud.firestore.store import Store
from scripts.local_cloud.firestore.transactions import SeenQuery, Transaction, Transactions
from scripts.local_cloud.firestore.writes import Planned, name_of, plan

_LEASE_S = 2.0
_MAX_WAITING = 192
_ENTRIES_PER_READ = 1000


@dataclass
class Reading:
    """Which moment a request reads: now, a time, or the snapshot of a transaction."""

    at_us: int | None = None
    transaction: Transaction | None = None
    is_new: bool = False
    """The request itself began the transaction, and its answer names it."""


class FirestoreEngine:
    """Every database of every project, in memory and in one SQLite file.

    An acknowledged commit is on disk. `lease_s` is how long a stalled transaction may keep others waiting; on
    a virtual clock it is 0, because there nobody else runs while somebody waits.
    """

    def __init__(
        self,
        disk: Disk,
        clock: Clock,
        counts: Counts,
        *,
        lease_s: float | None = None,
        max_versions: int = 10_000,
    ) -> None:
        self.lock = threading.RLock()
        self.store = Store(disk, clock, max_versions=max_versions)
        self.query_shapes: set[QueryShape] = set()
        self._counts = counts
        if lease_s is None:
            lease_s = 0.0 if isinstance(clock, VirtualClock) else _LEASE_S
        self._line = Line(self.lock, lease_s=lease_s, max_waiting=_MAX_WAITING)
        self._transactions = Transactions(self.store, self._line)
        self._watchers: list[Callable[[], None]] = []

    # Reading

    def reading(self, request: Message) -> Reading:
        """What a request's consistency selector asks for. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION."""
        with self.lock:
            match request.WhichOneof("consistency_selector"):
                case "transaction":
                    return Reading(transaction=self._transactions.get(bytes(request.transaction)))
                case "new_transaction":
                    return Reading(transaction=self.begin(request.new_transaction), is_new=True)
                case "read_time":
                    return Reading(self.store.check_read_us(microseconds(request.read_time)))
                case _:
                    return Reading()

    def get(
        self, names: Sequence[str], reading: Reading, work: str = ""
    ) -> tuple[int, dict[str, StoredDocument | None]]:
        """The time of the reading in microseconds, and each document or None, by name."""
        with self.lock:
            transaction = reading.transaction
            if transaction is not None:
                reading.at_us = self._transactions.admit(transaction, names)
            found: dict[str, StoredDocument | None] = {}
            for name in names:
                found[name] = self.store.get(check_document_name(name), reading.at_us)
            if transaction is not None and not transaction.read_only:
                for name, document in found.items():
                    transaction.documents[name] = document.update_us if document else None
            read_us = self._read_us(reading)
        self._counts.add("reads", len(found), work)
        return read_us, found

    def query(self, query: Query, reading: Reading, work: str = "") -> tuple[int, list[StoredDocument]]:
        """The time of the reading in microseconds, and the documents that answer the query, in order."""
        read_us, found = self.run(query, reading)
        self._counts.add("reads", max(1, len(found)), work)
        return read_us, found

    def aggregate(
        self, parent: str, message: Message, reading: Reading, work: str = ""
    ) -> tuple[int, dict[str, Message]]:
        """The time of the reading in microseconds, and each aggregation's value by alias."""
        query = Query(parent, aggregated_query(message))
        read_us, found = self.run(query, reading)
        self._counts.add("reads", max(1, -(-len(found) // _ENTRIES_PER_READ)), work)
        return read_us, aggregate(message.aggregations, found)

    def count_reads(self, number: int, work: str = "") -> None:
        """Reads that were served in another way: listings, and what a listener was told."""
        if number:
            self._counts.add("reads", number, work)

    # Writing

    def commit(
        self, writes: Sequence[Message], transaction_id: bytes = b"", work: str = ""
    ) -> tuple[int, list[Message]]:
        """Apply a batch, all of it or nothing; its time in microseconds, and the result of each write.

        Errors: ABORTED when the transaction has to be tried again, else what the writes are refused for.
        """
        with self.lock:
            if transaction_id:
                transaction = self._transactions.get(transaction_id)
                commit_us, planned = self._commit_transaction(transaction, writes)
            else:
                commit_us, planned = self._commit_in_turn(writes)
        if planned.written:
            self._counts.add("writes", planned.written, work)
        if planned.deleted:
            self._counts.add("deletes", planned.deleted, work)
        return commit_us, planned.results

    def begin(self, options: Message | None = None) -> Transaction:
        """Begin a transaction from its raw options."""
        with self.lock:
            if options is not None and options.WhichOneof("mode") == "read_only":
                mode = options.read_only
                at_us = microseconds(mode.read_time) if mode.HasField("read_time") else None
                return self._transactions.begin_read_only(at_us)
            return self._transactions.begin()

    def rollback(self, transaction_id: bytes) -> None:
        """Give a transaction up; one that is over already has nothing to give up."""
        with self.lock:
            self._transactions.discard(transaction_id)

    def reset(self, project: str | None = None) -> None:
        """Delete every document of a project, or of all; open transactions on them will abort."""
        with self.lock:
            changes = dict.fromkeys(self.store.names_of(project), None)
            if changes:
                self._apply(changes, self.store.commit_us())

    # Watching

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after every commit, with the lock held; returns what ends that."""
        with self.lock:
            self._watchers.append(changed)

        def end() -> None:
            with self.lock:
                if changed in self._watchers:
                    self._watchers.remove(changed)

        return end

    def _read_us(self, reading: Reading) -> int:
        return self.store.read_us() if reading.at_us is None else reading.at_us

    def run(self, query: Query, reading: Reading) -> tuple[int, list[StoredDocument]]:
        """As `query`, for callers that count the reads themselves."""
        with self.lock:
            self.query_shapes.add(query.shape)
            transaction = reading.transaction
            if transaction is not None:
                reading.at_us = self._transactions.admit(transaction, [query.source.claim_key])
            found = query.run(self.store, reading.at_us)
            if transaction is not None and not transaction.read_only:
                transaction.queries.append(SeenQuery(query, self._read_us(reading), signature(found)))
            return self._read_us(reading), found

    def _commit_transaction(self, transaction: Transaction, writes: Sequence[Message]) -> tuple[int, Planned]:
        if transaction.read_only and writes:
            raise invalid("Cannot modify entities in a read-only transaction")
        try:
            self._transactions.check_committable(
                transaction, write_claims(name_of(write) for write in writes)
            )
            return self._commit_now(writes)
        finally:
            self._transactions.close(transaction)

    def _commit_in_turn(self, writes: Sequence[Message]) -> tuple[int, Planned]:
        if not self._line.is_empty:
            # Waiting lets go of the lock; from the moment it ends the lock stays held.
            claims = write_claims(name_of(write) for write in writes)
            self._line.leave(self._line.enter(claims))
        return self._commit_now(writes)

    def _commit_now(self, writes: Iterable[Message]) -> tuple[int, Planned]:
        commit_us = self.store.commit_us()
        planned = plan(writes, self.store.get, commit_us)
        self._apply(
            {
                name: document
                for name, document in planned.changes.items()
                if document is not self.store.get(name)
            },
            commit_us,
        )
        return commit_us, planned

    def _apply(self, changes: dict[str, StoredDocument | None], commit_us: int) -> None:
        if changes:
            self.store.apply(changes, commit_us)
            for changed in list(self._watchers):
                changed()
