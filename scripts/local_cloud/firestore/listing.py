"""Listings: the documents of a collection page by page, and the collections below a document."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.engine import FirestoreEngine, Reading
from scripts.local_cloud.firestore.names import reference_key
from scripts.local_cloud.firestore.protos import StructuredQuery
from scripts.local_cloud.firestore.query import Query

_DEFAULT_PAGE = 1000


@dataclass(frozen=True)
class Page:
    """Documents in the order of their names; None for one that only has documents below it."""

    documents: list[tuple[str, StoredDocument | None]]
    next_token: str


def list_documents(
    engine: FirestoreEngine,
    parent: str,
    collection_id: str,
    reading: Reading,
    *,
    show_missing: bool,
    page_size: int,
    page_token: str,
) -> Page:
    """One page of a collection; the token is the name that ended the page before."""
    with engine.lock:
        message = StructuredQuery()
        message.from_.add(collection_id=collection_id)
        _, found = engine.run(Query(parent, message), reading)
        listed: dict[str, StoredDocument | None] = {document.name: document for document in found}
        if show_missing:
            for name in _names_with_documents_below(engine, f"{parent}/{collection_id}", reading.at_us):
                listed.setdefault(name, None)
    names = sorted(listed, key=reference_key)
    if page_token:
        after = reference_key(page_token)
        names = [name for name in names if reference_key(name) > after]
    page = names[: page_size or _DEFAULT_PAGE]
    token = page[-1] if len(page) < len(names) else ""
    return Page([(name, listed[name]) for name in page], token)


def list_collection_ids(engine: FirestoreEngine, parent: str, reading: Reading) -> list[str]:
    """The ids of the collections below a document or the root that hold documents, at any depth."""
    skip = len(parent) + 1
    with engine.lock:
        below = engine.store.below(parent)
        ids = {path[skip:].partition("/")[0] for path, held in below.items() if held.documents(reading.at_us)}
    return sorted(ids)


def _names_with_documents_below(engine: FirestoreEngine, collection: str, at_us: int | None) -> set[str]:
    skip = len(collection) + 1
    return {
        f"{collection}/{path[skip:].partition('/')[0]}"
        for path, held in engine.store.below(collection).items()
        if held.documents(at_us)
    }
