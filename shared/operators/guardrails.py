"""Which companies may be contacted: rules that operators list, add and switch off, each change audited (P8)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from shared.jobs.audit import GUARDRAIL_CHANGED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.fields_set import FieldsSet
from shared.jobs.rules import Guardrail
from shared.jobs.stored_answer import StoredAnswer, having_made
from shared.jobs.watched import GUARDRAILS
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.versions import stale, version_tag
from shared.operators.watching import brought_along
from shared.pattern import Pattern
from shared.policy.control_changes import MISSING, said_whole, seen_fields
from shared.policy.guardrails import read_guardrails
from shared.store.collections import raw_guardrails
from shared.store.database import Changed, Database

_NAME = Pattern(r"[a-z0-9][a-z0-9-]{0,62}")
_MOST = 200
"""Guardrails of one tenant: every claim reads all of them."""
_MET = Clash("somebody else changed it at this moment", "look at it, and try again")


class GuardrailDocument(Document):
    """A guardrail as `shared/policy/guardrails.py` reads it."""

    place: str = Field(exclude=True)
    type: str
    value: object
    active: bool = True
    note: str
    created_at: datetime
    updated_at: datetime
    updated_by: str

    @property
    def path(self) -> str:
        return self.place


@dataclass(frozen=True)
class GuardrailShown:
    """One guardrail as it stands; `garbage` says why it cannot be understood: then everything is stopped."""

    id: str
    document: Mapping[str, Any]
    active: bool
    rule: Guardrail | None
    garbage: str = ""


def list_guardrails(database: Database, tenant: str, *, by: Operator) -> tuple[GuardrailShown, ...] | Refusal:
    """Every guardrail of the tenant by id, those that are switched off and those that are garbage too.

    Errors: Unreachable.
    """
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    found = raw_guardrails(database, tenant)
    return tuple(_shown(id_, found[id_]) for id_ in sorted(found))


def create_guardrail(
    database: Database,
    tenant: str,
    type_: str,
    value: object,
    *,
    by: Operator,
    why: str,
    now: datetime,
    id_: str | None = None,
    under: StoredAnswer | None = None,
) -> GuardrailShown | Refusal:
    """Add a guardrail that holds from the next claim on; what policy would not understand is refused.

    `value` is a list of words or, for EMPLOYEE_RANGE, a map with min and max. `under` is the record of the request:
    it says from the same commit on that the guardrail was made. Errors: Unreachable.
    """
    denied = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    name = id_ if id_ is not None else f"{type_.lower().replace('_', '-')}-{secrets.token_hex(3)}"
    if not _NAME.fullmatch(name):
        return Refusal(f"{name!r} is no id", "use lower-case letters, digits and dashes, at most 63")
    known = raw_guardrails(database, tenant)
    if len(known) >= _MOST:
        return Refusal(
            f"there are {len(known)} guardrails", "switch off and delete some: each claim reads them all"
        )
    made = GuardrailDocument(
        place=_path(tenant, name),
        type=type_,
        value=value,
        note=why,
        created_at=now,
        updated_at=now,
        updated_by=by.name,
    )
    document = made.model_dump()
    garbage = _shown(name, document).garbage
    if garbage:
        return Refusal(garbage, "nothing was written")
    entry = _entry(tenant, name, None, document, by, why, now)
    followed = brought_along(
        database, tenant, GUARDRAILS, _subject(name), before={}, after=document, actor=by.name, now=now
    )
    try:
        database.commit([made, entry, *followed, *having_made(under, name)])
    except Changed:
        return Clash(
            f"there is a guardrail {name} already, or somebody changed one", "look at them, try again"
        )
    return _shown(name, document)


def deactivate_guardrail(
    database: Database,
    tenant: str,
    id_: str,
    *,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None = None,
) -> GuardrailShown | Refusal:
    """Switch a guardrail off from the next claim on; it stays to be seen. Errors: Unreachable."""
    denied = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    if not id_ or "/" in id_:
        return Missing("there is no such guardrail", "list them to see which there are")
    found, version = database.raw_with_version(_path(tenant, id_))
    if found is None:
        return Missing(f"there is no guardrail {id_}", "list them to see which there are")
    outdated = stale(version, seen)
    if outdated is not None:
        return outdated
    if found.get("active") is False:
        return Refusal(f"guardrail {id_} is switched off already", "nothing has to be done")
    written: dict[str, object] = {"active": False, "note": why, "updated_at": now, "updated_by": by.name}
    after = {**found, **written}
    entry = _entry(tenant, id_, found, after, by, why, now)
    followed = brought_along(
        database, tenant, GUARDRAILS, _subject(id_), before=found, after=after, actor=by.name, now=now
    )
    try:
        database.commit([FieldsSet.of(_path(tenant, id_), version, written), entry, *followed])
    except Changed:
        return _MET
    return _shown(id_, after)


def guardrail_version(database: Database, tenant: str, id_: str) -> str:
    """What a change of the guardrail is made against. Errors: Unreachable."""
    return version_tag(database.raw_with_version(_path(tenant, id_))[1])


def _shown(id_: str, document: Mapping[str, Any]) -> GuardrailShown:
    _, garbage = read_guardrails({id_: document})
    # Read as if it were active, so that one that is switched off shows its rule too.
    read, _ = read_guardrails({id_: {**document, "active": True}})
    rule = read[0] if read and not garbage else None
    return GuardrailShown(id_, document, document.get("active") is True, rule, "".join(garbage))


def _path(tenant: str, id_: str) -> str:
    return f"tenants/{tenant}/guardrails/{id_}"


def _subject(id_: str) -> str:
    return f"guardrails/{id_}"


def _entry(
    tenant: str,
    id_: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    by: Operator,
    why: str,
    now: datetime,
) -> AuditEntry:
    return AuditEntry.of(
        tenant=tenant,
        kind=GUARDRAIL_CHANGED,
        subject=_subject(id_),
        actor=by.name,
        reason=why,
        before=_told(before),
        after=_told(after),
        at=now,
    )


def _told(document: Mapping[str, Any] | None) -> str:
    if document is None:
        return MISSING
    held = {name: value for name, value in document.items() if name in ("type", "value", "active")}
    return said_whole(seen_fields(held))
