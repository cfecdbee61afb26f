"""Who of a tenant's people may come in by signing in at Google, and as what."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.audit import OPERATOR_CHANGED, AuditEntry
from shared.jobs.person import Person, person_path
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.pattern import Pattern
from shared.store.database import Changed, Database
from shared.store.newest import Page, Place, newest

_NAME = Pattern(r"[^\W_](?:[\w .'-]{0,60}[\w.])?")
_MET = Clash("somebody else changed it at this moment", "look at it, and try again")


def admit_person(
    database: Database, tenant: str, key: str, *, name: str, role: Role, by: Operator, now: datetime
) -> Person | Refusal:
    """Let a person in, or change their role; `key` is the keyed hash of their address. Errors: Unreachable."""
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
    fresh = Person(id=key, tenant=tenant, name=name, role=role.value, added_by=by.name, added_at=now)
    person = fresh if known is None else fresh.read_at(known.version)
    before = known.role if known is not None and known.removed_at is None else "none"
    try:
        database.commit([person, _audit(person, before, role.value, by, "admitted", now)])
    except Changed:
        return _MET
    return person


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
    person = database.get(person_path(key), Person)
    if person is None or person.tenant != tenant or person.removed_at is not None:
        return Missing("there is no such person", "list the people to see who there is")
    removed = person.but(removed_at=now)
    try:
        database.commit([removed, _audit(person, person.role, "removed", by, why, now)])
    except Changed:
        return _MET
    return removed


def operator_of(database: Database, key: str) -> tuple[Operator, str] | None:
    """The operator that a person is, and their tenant; None for who may not come in. Errors: Unreachable."""
    person = database.get(person_path(key), Person)
    if person is None or person.removed_at is not None or person.role not in set(Role):
        return None
    return Operator(f"person:{person.id[:12]}", Role(person.role)), person.tenant


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
