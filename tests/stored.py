"""What the local cloud holds, read past every client: quickly, and without a trace in its counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.cloud.firestore_v1 import _helpers  # type: ignore[attr-defined]

from scripts.stack.simulation import Simulation
from shared.errors import Permanent
from shared.jobs.document import Document
from shared.store.database import read, typed

_Read = dict[tuple[str, int, type[Document]], Document | None]
_read: WeakKeyDictionary[Simulation, _Read] = WeakKeyDictionary()
"""A version of a document never changes, so that each is read once."""


@dataclass(frozen=True)
class Stored:
    """One document as it is kept, with what a snapshot of Google's client has."""

    path: str
    message: Any
    client: Any
    exists: bool = True

    @property
    def reference(self) -> Stored:
        return self

    @property
    def update_time(self) -> Any:
        return DatetimeWithNanoseconds.from_timestamp_pb(self.message.update_time)  # type: ignore[no-untyped-call]

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = _helpers.decode_dict(self.message.fields, self.client)
        return found


def stored(simulation: Simulation, collection: str) -> list[Stored]:
    """Every document of a collection group, in the order of its path."""
    client = simulation.world.database.client
    root = client._database_string + "/documents"
    engine = simulation.cloud.firestore
    with engine.lock:
        found = [each for group in engine.store.group(root, collection) for each in group.now.values()]
    made = [Stored(each.name.removeprefix(f"{root}/"), each.message, client) for each in found]
    return sorted(made, key=lambda each: each.path)


def every(simulation: Simulation, collection: str, type_: type[Document]) -> list[Any]:
    """Every document of a collection group that fits its type."""
    if "firestore" in simulation.channels:  # it is kept elsewhere
        return list(typed(simulation.world.database.client.collection_group(collection), type_))
    known = _read.setdefault(simulation, {})
    found = (_typed(each, type_, known) for each in stored(simulation, collection))
    return [document for document in found if document is not None]


def _typed(each: Stored, type_: type[Document], known: _Read) -> Document | None:
    time = each.message.update_time
    key = (each.path, time.seconds * 1_000_000_000 + time.nanos, type_)
    if key not in known:
        try:
            known[key] = read(each, type_)
        except Permanent:
            known[key] = None
    return known[key]
