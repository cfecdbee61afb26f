"""The two control documents: what they say together, and one field of one of them set, or refused (P8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import Field

from shared.jobs.audit import FLAG_CHANGED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.fields_set import FieldsSet
from shared.jobs.rules import Controls, Mode
from shared.jobs.watched import FLAGS
from shared.operators.audit import refused_words, shown_value
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.versions import Stale, stale
from shared.operators.watching import brought_along, created
from shared.policy.flags import Flag, may_send, read_controls
from shared.store.database import Changed, Database

FIELDS = ("kill_switch", "mode", *Flag)
"""What can be set by name."""

BY_HAND = "set by hand"
"""The reason in the audit where an operator gave none."""
CREATED = "created, stopped"
"""The reason in the audit where a control document was missing."""

GLOBAL = "control/flags"
_SOUND: Mapping[str, object] = {"kill_switch": True, "mode": Mode.DRAFT_ONLY.value}
_BOOLEANS = {"true": True, "false": False}
_STOPPING = (("kill_switch", "true"), ("mode", Mode.DRAFT_ONLY.value))
_TRIES = 5
"""Others write the audit and what was last seen of the document: a stop is not lost to them."""


class ControlDocument(Document):
    """A control document as it is created: stopped, and drafting only."""

    place: str = Field(exclude=True)
    kill_switch: bool = True
    mode: Mode = Mode.DRAFT_ONLY
    features: dict[str, object] = Field(default_factory=dict[str, object])

    @property
    def path(self) -> str:
        return self.place


@dataclass(frozen=True)
class ControlsShown:
    """Both documents as they are (None: missing), by path, and what they mean together."""

    documents: Mapping[str, Mapping[str, Any] | None]
    controls: Controls

    @property
    def may_send(self) -> bool:
        return may_send(self.controls)


@dataclass(frozen=True)
class FlagSet:
    """One field that was set, with its value before and after; `garbage` is what is still wrong."""

    document: str
    field: str
    before: object
    after: object
    garbage: tuple[str, ...]


def control_document(tenant: str | None) -> str:
    """Where a tenant's control document is; None is the global one."""
    return GLOBAL if tenant is None else f"tenants/{tenant}/control/flags"


def show_flags(database: Database, tenant: str, *, ceiling: str) -> ControlsShown:
    """What stages read, as they understand it under the environment's ceiling. Errors: Unreachable."""
    paths = (control_document(None), control_document(tenant))
    everyone, own = database.raw_many(paths)
    return ControlsShown(
        dict(zip(paths, (everyone, own), strict=True)), read_controls(everyone, own, ceiling=ceiling)
    )


def create_missing_controls(
    database: Database, tenant: str, *, by: Operator, now: datetime
) -> tuple[str, ...] | Refusal:
    """Create those control documents that are missing, stopped; returns their paths. Errors: Unreachable."""
    denied = refuses(by, Role.ADMIN)
    if denied is not None:
        return denied
    done: list[str] = []
    for whose in (None, tenant):
        missing = _created_if_missing(database, whose, by, now)
        if missing is None:
            return Clash(
                f"somebody else changed {control_document(whose)} at this moment", "look at it, and try again"
            )
        done += missing
    return tuple(done)


def _created_if_missing(
    database: Database, tenant: str | None, by: Operator, now: datetime
) -> list[str] | None:
    """The path that was created, if any; None where others were faster each time."""
    path = control_document(tenant)
    for _ in range(_TRIES):
        if database.raw_many([path])[0] is not None:
            return []
        fresh = ControlDocument(place=path)
        try:
            database.commit(
                created(database, tenant or "", FLAGS, fresh, actor=by.name, why=CREATED, now=now)
            )
        except Changed:
            continue
        return [path]
    return None


def set_flag(
    database: Database,
    tenant: str | None,
    field: str,
    value: str,
    *,
    percent: int | None = None,
    by: Operator,
    why: str = BY_HAND,
    now: datetime,
    seen: str | None = None,
) -> FlagSet | Refusal:
    """Set one field of the tenant's control document, or of the global one when `tenant` is None.

    `field` is one of FIELDS; a feature takes true or false, and `percent` for its rollout. What the stages
    would not understand is refused; so is a change of another version than the one `seen`. Whoever decides on
    drafts may stop everything; all else is an admin's. Errors: Unreachable (unknown whether it was set).
    """
    stopping = (field, value) in _STOPPING
    denied = refuses(by, Role.APPROVER if stopping else Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    for _ in range(_TRIES):
        done = _tried(database, tenant, field, value, percent, by, why, now, seen)
        if not isinstance(done, Changed):
            return done
    return Stale("somebody else changed it at this moment", "look at it again, then decide again")


def _tried(
    database: Database,
    tenant: str | None,
    field: str,
    value: str,
    percent: int | None,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None,
) -> FlagSet | Refusal | Changed:
    """Changed when somebody else wrote at this moment; nothing was written then."""
    path = control_document(tenant)
    found, version = database.raw_with_version(path)
    outdated = stale(version, seen)
    if outdated is not None:
        return outdated
    if found is None:
        return Missing(
            f"{path} does not exist, so everything is stopped",
            "create it, stopped, by `whisper flags create`",
        )
    change = _change(found, field, value, percent)
    if isinstance(change, Refusal):
        return change
    where, after = change
    refusal = _refused_by_policy(found, where, after)
    if refusal is not None:
        return refusal
    before = _at(found, where)
    written = {where: after}
    if field == "kill_switch":
        # The reason stands where everybody sees it: in the document, and in what the stopped jobs say.
        written |= {"note": "" if why == BY_HAND else why, "updated_by": by.name}
    changed = dict(found)
    for name, one in written.items():
        changed = _with(changed, name, one)
    audit = AuditEntry.of(
        tenant=tenant or "",
        kind=FLAG_CHANGED,
        subject=path,
        actor=by.name,
        reason=why,
        before=f"{where}={shown_value(before)}",
        after=f"{where}={shown_value(after)}",
        at=now,
    )
    followed = brought_along(
        database, tenant or "", FLAGS, path, before=found, after=changed, actor=by.name, now=now
    )
    try:
        database.commit([FieldsSet.of(path, version, written), audit, *followed])
    except Changed as lost:
        return lost
    return FlagSet(path, where, before, after, _garbage(_with(found, where, after)))


def _change(
    found: Mapping[str, Any], field: str, value: str, percent: int | None
) -> tuple[str, object] | Refusal:
    """The field's path and its new value."""
    name = field.removeprefix("features.")
    if name in set(Flag):
        enabled = _BOOLEANS.get(value)
        if enabled is None:
            return Refusal(f"{name} is {value!r}", "it must be true or false, with --percent for its rollout")
        if percent is None:
            percent = _percent_of(found, name)
        if not 0 <= percent <= 100:
            return Refusal(f"--percent is {percent}", "it must be a whole number from 0 to 100")
        return f"features.{name}", {"enabled": enabled, "rollout_percent": percent}
    if percent is not None:
        return Refusal(f"{field} has no rollout", "leave out --percent; only features have it")
    if field == "kill_switch":
        on = _BOOLEANS.get(value)
        return (field, on) if on is not None else Refusal(f"{field} is {value!r}", "it must be true or false")
    if field == "mode":
        if value in set(Mode):
            return field, value
        return Refusal(f"{field} is {value!r}", "it must be exactly DRAFT_ONLY or SEND_ALLOWED")
    return Refusal(f"there is no flag {field}", f"use one of {', '.join(FIELDS)}")


def _percent_of(found: Mapping[str, Any], name: str) -> int:
    """The rollout that the feature has, else everybody."""
    held = _at(found, f"features.{name}.rollout_percent")
    return held if isinstance(held, int) and not isinstance(held, bool) and 0 <= held <= 100 else 100


def _refused_by_policy(found: Mapping[str, Any], where: str, after: object) -> Refusal | None:
    """The policy that reads the document has the last word on what is written into it."""
    known = _garbage(found)
    new = [line for line in _garbage(_with(found, where, after)) if line not in known]
    return Refusal(new[0], "nothing was written") if new else None


def _garbage(document: Mapping[str, Any]) -> tuple[str, ...]:
    return read_controls(document, _SOUND, ceiling=Mode.SEND_ALLOWED.value).garbage


def _with(found: Mapping[str, Any], where: str, after: object) -> dict[str, Any]:
    """The document after the write: a map on the way that is none is replaced, as Firestore does."""
    outer, _, inner = where.partition(".")
    if not inner:
        return {**found, outer: after}
    held: object = found.get(outer)
    changed: dict[str, object] = {inner: after}
    if isinstance(held, Mapping):
        changed = {**cast("Mapping[str, object]", held), inner: after}
    return {**found, outer: changed}


def _at(found: Mapping[str, Any], where: str) -> object:
    value: object = found
    for key in where.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, object]", value).get(key)
    return value
