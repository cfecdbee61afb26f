"""What a process has of the world: its settings, its clock and its clients, each made on first use."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from shared.runtime.settings import Settings, read_settings

if TYPE_CHECKING:
    import httpx
    from google.cloud.firestore import Client as FirestoreClient

    from shared.store.database import Database

Made = TypeVar("Made")


class World:
    """Settings, clock and the ways to reach Google and the vendors.

    `channel` gives a gRPC channel for a service (`firestore`, `tasks`, `pubsub`, `secrets`) in place of the
    network; `http` is a transport for vendors. Both are seams for simulation, and refused when deployed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        channel: Callable[[str], Any] | None = None,
        http: httpx.BaseTransport | None = None,
    ) -> None:
        if settings.deployed and (channel is not None or http is not None):
            raise ValueError("a deployed function has the real world only: pass neither channel nor http")
        self.settings = settings
        self.clock = clock
        self.channel = channel
        self.http = http
        self.made: dict[object, Any] = {}
        """What the wire made once for this process (connectors, tokens), by its key."""
        self._lock = threading.RLock()

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """The thing under this key, made by the first caller."""
        with self._lock:
            if key not in self.made:
                self.made[key] = make()
            return self.made[key]

    @cached_property
    def database(self) -> Database:
        from shared.store.database import Database

        return Database(self.firestore)

    @cached_property
    def firestore(self) -> FirestoreClient:
        from shared.runtime.clients.firestore import firestore_client

        return firestore_client(self)


_world: World | None = None
_lock = threading.Lock()


def world() -> World:
    """The process's world, made from its environment when the first request comes."""
    global _world
    with _lock:
        if _world is None:
            _world = World(read_settings(os.environ))
        return _world


def install(made: World | None) -> None:
    """Put a simulated world in place of the real one, or take it away. Errors: ValueError when deployed."""
    global _world
    if made is not None and (made.settings.deployed or os.environ.get("K_SERVICE")):
        raise ValueError("a simulated world is refused on Cloud Run (K_SERVICE is set)")
    with _lock:
        _world = made
