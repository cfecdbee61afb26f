"""A new tenant: settings, routes of its portals and control documents, written at once, and stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from shared.jobs.document import Document
from shared.jobs.facts import Sender
from shared.jobs.playbooks import PLAYBOOKS
from shared.jobs.route import TenantRoute, route_id
from shared.jobs.rules import Mode
from shared.jobs.tenant import Form, Tenant
from shared.jobs.watched import FLAGS, SETTINGS
from shared.operators.flags import ControlDocument, control_document
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.watching import created
from shared.pattern import Pattern
from shared.policy.addresses import is_address
from shared.store.database import Changed, Database

ADDED = "a new tenant"
"""The reason in the audit of everything that it begins with."""

_ID = Pattern(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")
_PORTAL = Pattern(r"[0-9]{1,20}")
_FORM = Pattern(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Added:
    """A tenant that was created, and the paths that were written."""

    tenant: Tenant
    created: tuple[str, ...]


def read_tenant(raw: object) -> Tenant | Refusal:
    """A tenant's settings from a file; unknown fields are refused, for they may be typing errors.

    `senders` may leave out `mailbox`: it is the key.
    """
    if not isinstance(raw, Mapping):
        return Refusal(
            "the settings are not a map of fields", "see `whisper tenant add --help` for an example"
        )
    given = dict(cast("Mapping[str, Any]", raw))
    senders = given.get("senders")
    if isinstance(senders, Mapping):
        named = cast("Mapping[str, object]", senders)
        given["senders"] = {
            str(address): {"mailbox": str(address), **cast("Mapping[str, object]", sender)}
            if isinstance(sender, Mapping)
            else sender
            for address, sender in named.items()
        }
    try:
        tenant = Tenant.model_validate(given)
    except ValidationError as error:
        return Refusal("; ".join(map(_said, error.errors())), "correct these fields")
    wrong = [*_unknown(tenant), *_wrong(tenant)]
    return Refusal("; ".join(wrong), "correct these fields") if wrong else tenant


def add_tenant(
    database: Database,
    tenant: Tenant,
    *,
    by: Operator,
    now: datetime,
    kill_switch: bool = True,
    mode: Mode = Mode.DRAFT_ONLY,
) -> Added | Refusal:
    """Create a tenant in one write, or nothing of it; the global control document too where it is missing.

    The tenant starts stopped and drafting only unless the caller says otherwise; the global document always
    does. Each of them has its audit entry. Errors: Unreachable.
    """
    denied = refuses(by, Role.ADMIN)
    if denied is not None:
        return denied
    routes = [TenantRoute(id=route_id("portal", p), tenant=tenant.id) for p in tenant.portal_ids]
    known = database.get_many([route.path for route in routes], TenantRoute) if routes else []
    for portal, route in zip(tenant.portal_ids, known, strict=True):
        if route is not None and route.tenant != tenant.id:
            return Refusal(
                f"portal {portal} belongs to tenant {route.tenant}",
                "a portal has one tenant; take it out there",
            )
    own = control_document(tenant.id)
    settings, everyone, controls = database.raw_many([tenant.path, control_document(None), own])
    if settings is not None:
        return Refusal(f"tenant {tenant.id} exists", f"change its settings in Firestore, at {tenant.path}")
    missing = [route for route, there in zip(routes, known, strict=True) if there is None]
    watched: list[tuple[str, str, Document]] = [(tenant.id, SETTINGS, tenant)]
    if everyone is None:
        watched.append(("", FLAGS, ControlDocument(place=control_document(None))))
    if controls is None:
        watched.append((tenant.id, FLAGS, ControlDocument(place=own, kill_switch=kill_switch, mode=mode)))
    writes: list[Document] = [*missing]
    for whose, group, document in watched:
        writes += created(database, whose, group, document, actor=by.name, why=ADDED, now=now)
    try:
        database.commit(writes)
    except Changed:
        return Refusal("somebody else created a part of it at this moment", "look at it, and try again")
    made = (tenant, *missing, *(document for _, _, document in watched[1:]))
    return Added(tenant, tuple(document.path for document in made))


def _unknown(tenant: Tenant) -> Iterator[str]:
    parts: list[tuple[str, BaseModel, type[BaseModel]]] = [("", tenant, Tenant)]
    parts += [(f"forms.{id_}.", form, Form) for id_, form in tenant.forms.items()]
    parts += [(f"senders.{address}.", sender, Sender) for address, sender in tenant.senders.items()]
    for where, part, type_ in parts:
        for name in part.model_extra or {}:
            yield f"{where}{name}: no such field; the fields are {', '.join(type_.model_fields)}"


def _wrong(tenant: Tenant) -> Iterator[str]:
    if not _ID.fullmatch(tenant.id):
        yield "id: it must be lower-case letters, digits and dashes, at most 40, and begin with a letter"
    for portal in tenant.portal_ids:
        if not _PORTAL.fullmatch(portal):
            yield f"portal_ids: {portal!r} is not a portal's number"
    for form in tenant.forms:
        if not _FORM.fullmatch(form):
            yield f"forms: {form!r} is not a form's id"
    for address, sender in tenant.senders.items():
        yield from (f"senders.{address}: {line}" for line in _wrong_sender(address, sender))
    for link in tenant.allowed_links:
        if "://" in link or "." not in link.partition("/")[0]:
            yield f"allowed_links: {link!r} must be a host or host/path, without https://"
    for kind in tenant.unknown_passes:
        if kind not in set(PLAYBOOKS):
            yield f"unknown_passes: there is no playbook {kind!r}; use one of {', '.join(PLAYBOOKS)}"


def _wrong_sender(address: str, sender: Sender) -> Iterator[str]:
    if not is_address(address):
        yield "it is not one mail address"
    if not sender.name.strip() or not sender.company.strip():
        yield "name and company may not be empty: mails are signed with them"


def _said(error: Any) -> str:
    """A field and its rule; what the settings as a whole break names its field itself."""
    where = ".".join(map(str, error["loc"]))
    return f"{where}: {error['msg'].lower()}" if where else str(error["ctx"]["error"])
