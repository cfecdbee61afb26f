"""The line in which transactions wait for contended documents, so that a hot document always makes progress.

Everything stands in one line, first come first served: whoever conflicts with nobody ahead may go on.
A ticket claims all it needs at once, and who holds a ticket never waits for another one, so nobody can
deadlock. A holder that stalls for longer than the lease, while others wait, loses its place: that costs it
the guarantee, not the correctness, because every commit is validated anyway.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scripts.local_cloud.firestore.names import collection_id_of, collection_of, root_of

READ = 1
WRITE = 2

Claims = Mapping[str, int]
"""What somebody reads and writes, by document name, collection path or collection group."""


def merged(*all_claims: Claims) -> dict[str, int]:
    """Several claims as one."""
    result: dict[str, int] = {}
    for claims in all_claims:
        for key, modes in claims.items():
            result[key] = result.get(key, 0) | modes
    return result


def write_claims(names: Iterable[str]) -> dict[str, int]:
    """What writing these documents claims; writers meet in a document, and meet its readers and queries."""
    claims: dict[str, int] = {}
    for name in names:
        collection, root = collection_of(name), root_of(name)
        claims[name] = READ | WRITE
        claims[collection] = claims[root] = WRITE
        claims[f"{root}/**/{collection_id_of(collection)}"] = WRITE
    return claims


def conflicts(one: Claims, other: Claims) -> list[str]:
    """The keys in which a reader meets a writer."""
    if len(other) < len(one):
        one, other = other, one
    return [
        key
        for key, modes in one.items()
        if (modes & READ and other.get(key, 0) & WRITE) or (modes & WRITE and other.get(key, 0) & READ)
    ]


@dataclass(eq=False)
class Ticket:
    """A place in the line."""

    claims: Claims
    granted: bool = False
    active_s: float = field(default_factory=time.monotonic)


class Line:
    """The line itself; every method is called with the engine's lock held, and waiting lets go of it.

    `lease_s` 0 means that nobody waits: a conflicting holder loses its place at once, which is what a
    simulation with a single thread needs.
    """

    def __init__(self, lock: threading.RLock, *, lease_s: float, max_waiting: int) -> None:
        self._changed = threading.Condition(lock)
        self._lease_s = lease_s
        self._max_waiting = max_waiting
        self._tickets: list[Ticket] = []

    @property
    def is_empty(self) -> bool:
        return not self._tickets

    @property
    def is_full(self) -> bool:
        """More must not wait: those who hold tickets need some of the server's threads to get done."""
        return sum(not ticket.granted for ticket in self._tickets) >= self._max_waiting

    def enter(self, claims: Claims) -> Ticket:
        """Wait for what is claimed, and hold it until `leave`."""
        ticket = Ticket(claims)
        self._tickets.append(ticket)
        while blockers := self._ahead_of(ticket):
            self._wait_for(blockers)
        ticket.granted = True
        ticket.active_s = time.monotonic()
        return ticket

    def leave(self, ticket: Ticket | None) -> None:
        """Give a place back; harmless when it is lost already."""
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            self._changed.notify_all()

    def holds(self, ticket: Ticket | None) -> bool:
        """Whether it still has its place."""
        return ticket in self._tickets

    def held_by_others(self, claims: Claims, own: Ticket | None) -> list[str]:
        """The keys of these claims that somebody else holds."""
        return [
            key
            for ticket in self._tickets
            if ticket is not own and ticket.granted
            for key in conflicts(ticket.claims, claims)
        ]

    def _ahead_of(self, ticket: Ticket) -> list[Ticket]:
        place = self._tickets.index(ticket)
        return [other for other in self._tickets[:place] if conflicts(other.claims, ticket.claims)]

    def _wait_for(self, blockers: list[Ticket]) -> None:
        now_s = time.monotonic()
        # Those who wait ahead are woken by whom they wait for; only holders can stall.
        holders = [blocker for blocker in blockers if blocker.granted]
        stalled = [holder for holder in holders if holder.active_s + self._lease_s <= now_s]
        if stalled:
            self.leave(stalled[0])
            return
        leases_end_s = [holder.active_s + self._lease_s for holder in holders]
        self._changed.wait(min(leases_end_s) - now_s if leases_end_s else self._lease_s)
