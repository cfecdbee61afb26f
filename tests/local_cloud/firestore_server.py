"""A Firestore engine behind a real gRPC port, and real Google clients to it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from scripts.local_cloud.clock import Clock, RealClock
from scripts.local_cloud.counts import Counts
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.firestore.engine import FirestoreEngine
from scripts.local_cloud.firestore.rpc import services
from scripts.local_cloud.grpc_door import GrpcDoor

Db = Any
"""Google's client; its annotations name raw protobuf types where it gives datetimes, so it goes untyped."""


def client_at(address: str, project: str = "") -> Db:
    """Google's client, unchanged, pointed at an address; a project of its own unless one is named."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", address)
        return firestore.Client(
            project=project or f"p-{uuid.uuid4().hex[:8]}", credentials=AnonymousCredentials()
        )


@dataclass
class Server:
    """An engine in this process and its address."""

    engine: FirestoreEngine
    counts: Counts
    address: str

    def client(self, project: str = "") -> Db:
        return client_at(self.address, project)


@contextmanager
def served(*, clock: Clock | None = None, path: Path | None = None, **options: Any) -> Iterator[Server]:
    """A server that is gone at the end."""
    counts = Counts()
    disk = Disk(path)
    engine = FirestoreEngine(disk, clock or RealClock(), counts, **options)
    door = GrpcDoor()
    door.services.update(services(engine))
    server, port = door.serve()
    try:
        yield Server(engine, counts, f"127.0.0.1:{port}")
    finally:
        server.stop(0).wait()
        disk.close()


@dataclass
class Together:
    """What came of the same work done by many threads at once."""

    answers: list[Any] = field(default_factory=list[Any])
    errors: list[Exception] = field(default_factory=list[Exception])


def together(threads: int, work: Callable[[int], Any]) -> Together:
    """Run `work(number)` in so many threads, all started at the same moment."""
    result = Together()
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        start.wait()
        try:
            result.answers.append(work(number))
        except Exception as error:
            result.errors.append(error)

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert not any(thread.is_alive() for thread in running)
    return result
