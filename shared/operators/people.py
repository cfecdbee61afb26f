"""Who of a tenant's people may come in by signing in at Google, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.jobs.audit import OPERATOR_CHANGED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.person import Person, person_path
from shared.jobs.stored_answer import StoredAnswer, having_made
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.pattern import Pattern
from shared.store.database import Changed, Database
from shared.store.newest import Page, Place, newest

_NAME = Pattern(r"[^\W_](?:[\w .'-]{0,60}[\w.])?")
_MET = Clash("somebody else changed it at this moment", "look at it, and try again")


def admit_person(
    database: Database,
    tenant: str,
    key: str,
    *,
    name: str,
    role: Role,
    by: Operator,
    now: datetime,
    under: StoredAnswer | None = None,
) -> Person | Refusal:
    """Let a person in, or change their role; `key` is the keyed hash of their address.

    Who is let in as this already stays so, and nothing is written of them. `under` is the record of the request: it
    says from the same commit on whom it let in. Errors: Unreachable.
    """
    denied = refuses(by, Role.ADMIN)
    if denied is not None:
        return denied
    if not _NAME.fullmatch(name):
        return Refusal("the name is no name of a person", "use letters, spaces, dots and dashes, at most 62")
    known = database.get(person_path(key), Person)
    if known is not None and known.tenant != tenant and known.removed_at is None:
        return Refusal(
            "this person belongs to another tenant", "a person has one tenant; remove them there first"
        )
    record = having_made(under, key)
    if known is not None and known.removed_at is None and (known.name, known.role) == (name, role.value):
        return _written(database, known, record)
    fresh = Person(id=key, tenant=tenant, name=name, role=role.value, added_by=by.name, added_at=now)
    person = fresh if known is None else fresh.read_at(known.version)
    before = known.role if known is not None and known.removed_at is None else "none"
    audit = _audit(person, before, role.value, by, "admitted", now)
    return _written(database, person, [person, audit, *record])


def find_operator(database: Database, tenant: str, key: str) -> Person | None:
    """One of the tenant's people, a removed one too. Errors: Unreachable."""
    person = database.get(person_path(key), Person)
    return person if person is not None and person.tenant == tenant else None


def list_people(
    database: Database, tenant: str, *, limit: int = 20, after: Place | None = None
) -> Page[Person]:
    """The tenant's people, newest first, removed ones too. Errors: Unreachable."""
    equal: dict[str, str | None] = {"tenant": tenant}
    return newest(database, "operators", Person, by="added_at", equal=equal, limit=limit, after=after)


def remove_person(
    database: Database, tenant: str, key: str, *, by: Operator, why: str, now: datetime
) -> Person | Refusal:
    """Let a person in no longer, from the next request on. Errors: Unreachable."""
    denied = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    person = find_operator(database, tenant, key)
    if person is None or person.removed_at is not None:
        return Missing("there is no such person", "list the people to see who there is")
    removed = person.but(removed_at=now)
    return _written(database, removed, [removed, _audit(person, person.role, "removed", by, why, now)])


def operator_of(database: Database, key: str) -> tuple[Operator, str] | None:
    """The operator that a person is, and their tenant; None for who may not come in. Errors: Unreachable."""
    person = database.get(person_path(key), Person)
    if person is None or person.removed_at is not None or person.role not in set(Role):
        return None
    return Operator(f"person:{person.id[:12]}", Role(person.role)), person.tenant


def _written(database: Database, person: Person, writes: Sequence[Document]) -> Person | Refusal:
    try:
        if writes:
            database.commit(writes)
    except Changed:
        return _MET
    return person


def _audit(person: Person, before: str, after: str, by: Operator, why: str, now: datetime) -> AuditEntry:
    return AuditEntry.of(
        tenant=person.tenant,
        kind=OPERATOR_CHANGED,
        subject=f"person-{person.id[:16]}",
        actor=by.name,
        reason=why,
        before=before,
        after=after,
        at=now,
    )
