"""What an erasure asks of Firestore: every document of a collection, one person's own, and to delete them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from google.api_core import exceptions as google_errors
from google.cloud.firestore import FieldFilter

from shared.jobs.erasure import Erasure
from shared.jobs.job import Job
from shared.store.database import (
    READ_TIMEOUT_S,
    UNREACHABLE,
    WRITE_TIMEOUT_S,
    Changed,
    Database,
    Unreachable,
    typed,
)

PAGE = 300
"""Documents that one query takes."""
BATCH = 200
"""Documents that one commit deletes."""


@dataclass(frozen=True)
class Found:
    """One document as it is, whatever type it should have."""

    path: str
    id: str
    data: dict[str, Any]
    version: datetime


def collections_of(database: Database, tenant: str) -> list[str]:
    """The collections that a tenant has. Errors: Unreachable."""
    try:
        listed = database.client.document(f"tenants/{tenant}").collections(timeout=READ_TIMEOUT_S)
        return sorted(str(each.id) for each in listed)
    except UNREACHABLE as error:
        raise Unreachable(type(error).__name__) from error


def every_document(database: Database, path: str, after: str = "") -> Iterator[Found]:
    """All documents of a collection in the order of their ids, page by page, after one id. Errors: Unreachable."""
    query = database.client.collection(path).order_by("__name__").limit(PAGE)
    while True:
        page = (
            query.start_after({"__name__": database.client.document(f"{path}/{after}")}) if after else query
        )
        snapshots = database.stream(page)
        yield from map(_found, snapshots)
        if len(snapshots) < PAGE:
            return
        after = str(snapshots[-1].id)


def documents_about(database: Database, tenant: str, collection: str, contact_id: str) -> list[Found]:
    """The documents of a collection that carry a person's id. Errors: Unreachable."""
    query = database.client.collection(f"tenants/{tenant}/{collection}").where(
        filter=FieldFilter("contact_id", "==", contact_id)
    )
    return [_found(each) for each in database.stream(query)]


def jobs_about(database: Database, tenant: str, contact_id: str) -> list[Job]:
    """The jobs of a person; one that does not fit its type cannot run, and is left out. Errors: Unreachable."""
    query = database.client.collection(f"tenants/{tenant}/jobs").where(
        filter=FieldFilter("contact_id", "==", contact_id)
    )
    return list(typed(query, Job))


def delete(database: Database, paths: Sequence[str]) -> None:
    """Delete documents; those that are gone already are as good as deleted. Errors: Unreachable."""
    for start in range(0, len(paths), BATCH):
        batch = database.client.batch()
        for path in paths[start : start + BATCH]:
            batch.delete(database.client.document(path))
        _committed(batch)


def replace(database: Database, found: Found, data: dict[str, Any]) -> bool:
    """Put other values in a document's place; False when it was changed meanwhile. Errors: Unreachable."""
    changed = {name: value for name, value in data.items() if value != found.data.get(name)}
    if not changed:
        return True
    batch = database.client.batch()
    option = database.client.write_option(last_update_time=found.version)
    batch.update(database.client.document(found.path), changed, option=option)
    try:
        _committed(batch)
    except Changed:
        return False
    return True


def due_erasures(database: Database, now: datetime) -> Iterator[Erasure]:
    """Erasures of all tenants that are to be gone on with, oldest first. Errors: Unreachable."""
    query = (
        database.client.collection_group("erasures")
        .where(filter=FieldFilter("next_at", "<=", now))
        .order_by("next_at")
        .limit(PAGE)
    )
    yield from typed(query, Erasure)


def all_erasures(database: Database, tenant: str) -> Iterator[Erasure]:
    """Every erasure of a tenant. Errors: Unreachable."""
    yield from typed(database.client.collection(f"tenants/{tenant}/erasures"), Erasure)


def _found(snapshot: Any) -> Found:
    data = cast("dict[str, Any]", snapshot.to_dict() or {})
    version = cast("datetime", snapshot.update_time)
    return Found(str(snapshot.reference.path), str(snapshot.id), data, version)


def _committed(batch: Any) -> None:
    try:
        batch.commit(retry=None, timeout=WRITE_TIMEOUT_S)
    except (google_errors.FailedPrecondition, google_errors.NotFound, google_errors.Aborted) as error:
        raise Changed(type(error).__name__) from error
    except UNREACHABLE as error:
        raise Unreachable(type(error).__name__) from error
