"""Transactions: optimistic, and in line for what proved to be contended.

An attempt takes no locks by itself: it reads one consistent snapshot, remembers every document and every
query result it saw, and is refused with ABORTED at its commit if any of them would read differently by then.
That keeps documents that everybody reads (control flags, guardrails) free of queues.

Google's Python client tries again at once, without a pause, five times in all, and the id it gives of the
failed attempt is not reliable when threads share one decorated function. So what spoils an attempt is marked
as contended for a while (see `contention`), and whoever reads it next, on whichever attempt, first waits in
line (see `line`) for all that such transactions touch. From then on nobody can spoil it.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from scripts.local_cloud.firestore.contention import Contention
from scripts.local_cloud.firestore.errors import aborted, invalid
from scripts.local_cloud.firestore.line import READ, Claims, Line, Ticket, merged
from scripts.local_cloud.firestore.query import Query, signature
from scripts.local_cloud.firestore.store import Store
from scripts.local_cloud.grpc_door import RpcError

_EXPIRY_US = 270_000_000


@dataclass(frozen=True)
class SeenQuery:
    """A query result as a transaction saw it."""

    query: Query
    as_of_us: int
    result: list[tuple[str, int]]

    def differs(self, store: Store) -> bool:
        """Whether it would be another result now."""
        sources = self.query.source.collections(store)
        if not any(source.changed_us > self.as_of_us for source in sources):
            return False
        return signature(self.query.run(store)) != self.result


@dataclass(eq=False)
class Transaction:
    """What one attempt has read so far, and its place in line if it has one."""

    id: bytes
    begun_us: int
    read_only: bool = False
    snapshot_us: int | None = None
    ticket: Ticket | None = None
    documents: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    queries: list[SeenQuery] = field(default_factory=list["SeenQuery"])

    def read_claims(self) -> dict[str, int]:
        claims = dict.fromkeys(self.documents, READ)
        claims.update((seen.query.source.claim_key, READ) for seen in self.queries)
        return claims


class Transactions:
    """The transactions that are open. Its caller holds the engine's lock."""

    def __init__(self, store: Store, line: Line) -> None:
        self._store = store
        self._line = line
        self._contention = Contention()
        self._open: OrderedDict[bytes, Transaction] = OrderedDict()

    def begin(self) -> Transaction:
        """Open a read-write attempt."""
        return self._opened(Transaction(os.urandom(12), self._store.read_us()))

    def begin_read_only(self, at_us: int | None) -> Transaction:
        """Open a view of one moment, now if none is given; it never conflicts with anybody."""
        now_us = self._store.read_us()
        snapshot_us = now_us if at_us is None else self._store.check_read_us(at_us)
        return self._opened(Transaction(os.urandom(12), now_us, read_only=True, snapshot_us=snapshot_us))

    def get(self, transaction_id: bytes) -> Transaction:
        """An open transaction. Errors: INVALID_ARGUMENT."""
        transaction = self._open.get(transaction_id)
        if transaction is None:
            raise invalid("The referenced transaction has expired or is no longer valid")
        return transaction

    def admit(self, transaction: Transaction, keys: Iterable[str]) -> int:
        """Wait in line if any of these keys is contended; the moment to read them at, in microseconds.

        The moment is that of the first read, moved on by the waiting if that changes nothing that was read,
        or when it is forgotten already. Errors: FAILED_PRECONDITION for a forgotten moment of a read-only one.
        """
        if transaction.ticket is None and not transaction.read_only and not self._line.is_full:
            keys = list(keys)
            footprint = self._contention.footprint(keys)
            if footprint:
                self._stand_in_line(transaction, keys, footprint)
        at_us = transaction.snapshot_us
        if at_us is not None and (transaction.read_only or self._store.remembers(at_us)):
            return self._store.check_read_us(at_us)
        # What was read before a forgotten moment is validated at the commit all the same.
        transaction.snapshot_us = self._store.read_us()
        return transaction.snapshot_us

    def check_committable(self, transaction: Transaction, written: Claims) -> None:
        """Nothing that was read has changed, and nobody holds what is to be written. Errors: ABORTED."""
        spoilt = self._changed_keys(transaction)
        if not spoilt:
            spoilt = self._line.held_by_others(written, transaction.ticket)
            if spoilt and not self._line.holds(transaction.ticket):
                # It lost its place, or never had one, and what it read is unchanged: it waits for who holds them.
                self._line.leave(self._line.enter(written))
                spoilt = self._changed_keys(transaction)
        if spoilt:
            self._contention.mark(spoilt, merged(transaction.read_claims(), written))
            raise _contended(spoilt)

    def close(self, transaction: Transaction) -> None:
        """The end of an attempt, whichever way it went."""
        self._open.pop(transaction.id, None)
        self._line.leave(transaction.ticket)

    def discard(self, transaction_id: bytes) -> None:
        """Close a transaction if it is open."""
        transaction = self._open.get(transaction_id)
        if transaction is not None:
            self.close(transaction)

    def _stand_in_line(self, transaction: Transaction, keys: list[str], footprint: Claims) -> None:
        if self._line.held_by_others(footprint, None):
            self._contention.renew(keys)
        ticket = self._line.enter(footprint)
        if transaction.id not in self._open:
            self._line.leave(ticket)
            raise invalid("The referenced transaction has expired or is no longer valid")
        if transaction.snapshot_us is not None and self._changed_keys(transaction):
            # It will be aborted at its commit; until then it must not keep others waiting.
            self._line.leave(ticket)
            return
        transaction.ticket = ticket
        transaction.snapshot_us = self._store.read_us()

    def _changed_keys(self, transaction: Transaction) -> list[str]:
        """What would read differently now, phantoms included."""
        if transaction.read_only:
            return []
        changed: list[str] = []
        for name, update_us in transaction.documents.items():
            document = self._store.get(name)
            if (document.update_us if document else None) != update_us:
                changed.append(name)
        changed += [seen.query.source.claim_key for seen in transaction.queries if seen.differs(self._store)]
        return changed

    def _opened(self, transaction: Transaction) -> Transaction:
        """The transaction, open; what its client has forgotten is closed meanwhile."""
        oldest_us = transaction.begun_us - _EXPIRY_US
        for forgotten in list(self._open.values()):
            if forgotten.begun_us >= oldest_us:
                break
            self.close(forgotten)
        self._open[transaction.id] = transaction
        return transaction


def _contended(keys: list[str]) -> RpcError:
    return aborted(f"Too much contention on these documents. Please try again. ({keys[0]})")
