"""The audit as it is read: lists for operators, and every document as it is for whoever verifies it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore import FieldFilter

from shared.jobs.audit import AuditEntry, audit_root, head_path
from shared.jobs.stored_audit import StoredChain, StoredEntry, place_of
from shared.store.database import Database
from shared.store.newest import Page, Place, newest

PAGE = 300
"""Documents that one query takes."""
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LOOKS = 5
"""How often a chain is read anew while it grows under the reader."""


def newest_entries(
    database: Database,
    tenant: str,
    *,
    equal: Mapping[str, str | None],
    limit: int,
    after: Place | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AuditEntry]:
    """The newest entries of a tenant with these fields; of what concerns everybody for no tenant.

    `since` is inclusive, `until` is not. Errors: Unreachable.
    """
    path = f"{audit_root(tenant)}audit"
    return newest(
        database, path, AuditEntry, by="at", equal=equal, limit=limit, after=after, since=since, until=until
    )


def every_chain(database: Database, tenant: str) -> Iterator[StoredChain]:
    """All chains of a tenant, entries without a chain and heads without entries too. Errors: Unreachable.

    It reads pages, not at one moment: who finds a chain broken reads it again with `one_chain`.
    """
    seen: set[str] = set()
    done: list[StoredChain] = []
    for chain in _with_entries(database, tenant):
        seen.add(chain.name)
        done.append(chain)
        if len(done) == PAGE:
            yield from _headed(database, done)
            done = []
    yield from _headed(database, done)
    for snapshot in _pages(database, f"{audit_root(tenant)}audit_heads"):
        if snapshot.id not in seen:
            yield StoredChain(tenant, snapshot.id, (), snapshot.to_dict() or {})


def one_chain(database: Database, tenant: str, name: str) -> StoredChain:
    """One chain as it was at a moment, for its head was the same before and after. Errors: Unreachable."""
    path = head_path(tenant, name)
    collection = database.client.collection(f"{audit_root(tenant)}audit")
    # `-` ends the chain's name in an id, and `.` is the character after it.
    query = collection.order_by("__name__").start_at({"__name__": collection.document(f"{name}-")})
    query = query.end_before({"__name__": collection.document(f"{name}.")})
    (head,) = database.raw_many([path])
    entries: list[StoredEntry] = []
    for _ in range(_LOOKS):
        before = head
        entries = [_stored(tenant, snapshot) for snapshot in database.stream(query)]
        (head,) = database.raw_many([path])
        if head == before:
            break
    return StoredChain(tenant, name, tuple(each for each in entries if _chain_of(each) == name), head)


def entries_between(database: Database, tenant: str, since: datetime, until: datetime) -> list[StoredEntry]:
    """All entries of a time, as they are; `since` is inclusive, `until` is not. Errors: Unreachable."""
    collection = database.client.collection(f"{audit_root(tenant)}audit")
    query = collection.where(filter=FieldFilter("at", ">=", since)).where(
        filter=FieldFilter("at", "<", until)
    )
    query = query.order_by("at").order_by("__name__").limit(PAGE)
    found: list[StoredEntry] = []
    page = database.stream(query)
    while page:
        found += [_stored(tenant, snapshot) for snapshot in page]
        if len(page) < PAGE:
            break
        last = page[-1]
        page = database.stream(query.start_after({"at": last.get("at"), "__name__": last.reference}))
    return found


def first_moment(database: Database, tenant: str) -> datetime | None:
    """When the oldest entry of a tenant was made; None when there is none. Errors: Unreachable."""
    collection = database.client.collection(f"{audit_root(tenant)}audit")
    # What is compared with a time is one: garbage in its place would come first.
    query = collection.where(filter=FieldFilter("at", ">=", _EARLIEST)).order_by("at").limit(1)
    return next((snapshot.get("at") for snapshot in database.stream(query)), None)


def entries_at(database: Database, tenant: str, paths: Sequence[str]) -> dict[str, StoredEntry | None]:
    """The entries under these paths, as they are; None for each that is not there. Errors: Unreachable."""
    found: dict[str, StoredEntry | None] = {}
    for at in range(0, len(paths), PAGE):
        some = paths[at : at + PAGE]
        for path, fields in zip(some, database.raw_many(some), strict=True):
            id_ = path.rsplit("/", 1)[-1]
            found[path] = None if fields is None else StoredEntry(tenant, id_, fields)
    return found


def _with_entries(database: Database, tenant: str) -> Iterator[StoredChain]:
    """Chains by their entries, each as soon as no further entry of it can come; heads are not read.

    Ids come in their order, in which the chain `a-00000001` lies amidst the chain `a`.
    """
    open_: dict[str, list[StoredEntry]] = {}
    strays: list[StoredEntry] = []
    for snapshot in _pages(database, f"{audit_root(tenant)}audit"):
        entry = _stored(tenant, snapshot)
        for name in [name for name in open_ if not entry.id.startswith(f"{name}-")]:
            yield StoredChain(tenant, name, tuple(open_.pop(name)), None)
        chain = _chain_of(entry)
        if chain is None:
            strays.append(entry)
        else:
            open_.setdefault(chain, []).append(entry)
    for name, entries in open_.items():
        yield StoredChain(tenant, name, tuple(entries), None)
    if strays:
        yield StoredChain(tenant, "", tuple(strays), None)


def _headed(database: Database, chains: Sequence[StoredChain]) -> Iterator[StoredChain]:
    named = [chain for chain in chains if chain.name]
    heads = database.raw_many([head_path(chain.tenant, chain.name) for chain in named])
    yield from (chain for chain in chains if not chain.name)
    for chain, head in zip(named, heads, strict=True):
        yield StoredChain(chain.tenant, chain.name, chain.entries, head)


def _pages(database: Database, path: str) -> Iterator[Any]:
    """Every document of a collection in the order of ids, a page at a time."""
    collection = database.client.collection(path)
    query = collection.order_by("__name__").limit(PAGE)
    page = database.stream(query)
    while page:
        yield from page
        if len(page) < PAGE:
            return
        page = database.stream(query.start_after({"__name__": page[-1].reference}))


def _stored(tenant: str, snapshot: Any) -> StoredEntry:
    return StoredEntry(tenant, snapshot.id, snapshot.to_dict() or {})


def _chain_of(entry: StoredEntry) -> str | None:
    place = place_of(entry.id)
    return place[0] if place is not None else None
