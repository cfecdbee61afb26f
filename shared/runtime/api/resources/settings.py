"""The tenant's settings, its mailboxes and its allowlist of forms."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from shared.errors import Permanent
from shared.jobs.mailbox import mailbox_id
from shared.jobs.tenant import Form, Tenant
from shared.operators.forms import allow_form, remove_form
from shared.operators.mailboxes import list_mailboxes
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Role
from shared.operators.versions import version_tag
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Line, RawFields, Shown
from shared.runtime.sync_soon import sync_soon


class TenantShown(Shown):
    """The settings as they are; they are changed in Firestore or by the routes of their parts."""

    id: str
    settings: RawFields


class MailboxShown(Shown):
    """A mailbox, how it lets us in, and how far it was heard; times are null for one that was not heard yet."""

    id: str
    mailbox: str
    name: str
    connection: str
    status: str
    reason: str
    synced_through: datetime | None
    watch_expires_at: datetime | None


class Mailboxes(Shown):
    """Every mailbox of the tenant."""

    items: tuple[MailboxShown, ...]


class SyncAsked(Shown):
    """That a mailbox is looked at soon."""

    mailbox_id: str


class FormShown(Shown):
    """One form of the allowlist."""

    id: str
    name: str
    subject: str
    active: bool


class Forms(Shown):
    """The whole allowlist; its ETag is that of the tenant's settings."""

    items: tuple[FormShown, ...]


class FormAsked(Given):
    """What is known of a form; `subject` is what people ask about when they send it."""

    name: Line
    subject: Line | Literal[""] = ""
    active: bool = True


def _tenant(asked: Asked) -> Found | Refusal:
    found = _settings(asked)
    if isinstance(found, Refusal):
        return found
    return Found(TenantShown(id=found.id, settings=found.model_dump()), version_tag(found.version))


def _mailboxes(asked: Asked) -> Found | Refusal:
    found = _settings(asked)
    if isinstance(found, Refusal):
        return found
    items = tuple(
        MailboxShown(
            id=mailbox_id(standing.sender.mailbox),
            mailbox=standing.sender.mailbox,
            name=standing.sender.name,
            connection=standing.sender.connection.value,
            status=standing.record.status.value if standing.record else "not heard yet",
            reason=standing.record.reason if standing.record else "",
            synced_through=standing.record.synced_through if standing.record else None,
            watch_expires_at=standing.record.watch_expires_at if standing.record else None,
        )
        for standing in list_mailboxes(asked.world.database, found)
    )
    return Found(Mailboxes(items=items))


def _sync(asked: Asked) -> Found | Refusal:
    found = _settings(asked)
    if isinstance(found, Refusal):
        return found
    wanted = asked.path["mailbox_id"]
    if wanted not in {mailbox_id(address) for address in found.senders}:
        return Missing("there is no such mailbox", "list the mailboxes to see which there are")
    sync_soon(asked.world, asked.tenant, wanted, trace_id=asked.trace_id)
    return Found(SyncAsked(mailbox_id=wanted), status=202)


def _forms(asked: Asked) -> Found | Refusal:
    found = _settings(asked)
    return found if isinstance(found, Refusal) else _listed(found)


def _allow(asked: Asked) -> Found | Refusal:
    body = asked.body_as(FormAsked)
    done = allow_form(
        asked.world.database,
        asked.tenant,
        asked.path["form_id"],
        Form(name=body.name, subject=body.subject, active=body.active),
        by=asked.by,
        now=asked.now,
        seen=asked.seen,
    )
    return done if isinstance(done, Refusal) else _listed(done)


def _remove(asked: Asked) -> Found | Refusal:
    done = remove_form(
        asked.world.database,
        asked.tenant,
        asked.path["form_id"],
        by=asked.by,
        now=asked.now,
        seen=asked.seen,
    )
    return done if isinstance(done, Refusal) else _listed(done)


def _listed(tenant: Tenant) -> Found:
    items = tuple(
        FormShown(id=id_, name=form.name, subject=form.subject, active=form.active)
        for id_, form in sorted(tenant.forms.items())
    )
    return Found(Forms(items=items), version_tag(tenant.version))


def _settings(asked: Asked) -> Tenant | Refusal:
    try:
        found = asked.world.database.get(f"tenants/{asked.tenant}", Tenant)
    except Permanent as error:
        return Refusal(f"the settings of tenant {asked.tenant} cannot be read", error.reason)
    return found or Missing(f"tenant {asked.tenant} has no settings", "create it with `whisper tenant add`")


ROUTES = (
    ApiRoute("GET", "/v1/tenant", Role.VIEWER, "tenant", "The tenant's settings.", _tenant, TenantShown),
    ApiRoute(
        "GET", "/v1/mailboxes", Role.VIEWER, "mailboxes", "Every mailbox, and how far it was heard.",
        _mailboxes, Mailboxes,
    ),
    ApiRoute(
        "POST", "/v1/mailboxes/{mailbox_id}/sync", Role.APPROVER, "mailboxes",
        "Have a mailbox looked at within seconds.", _sync, SyncAsked, changes=True, status=202,
    ),
    ApiRoute("GET", "/v1/forms", Role.VIEWER, "forms", "The allowlist of forms.", _forms, Forms),
    ApiRoute(
        "PUT", "/v1/forms/{form_id}", Role.ADMIN, "forms", "Take a form's submissions, or change its row.",
        _allow, Forms, body=FormAsked, changes=True, guarded=True,
    ),
    ApiRoute(
        "DELETE", "/v1/forms/{form_id}", Role.ADMIN, "forms", "Take no more submissions of a form.",
        _remove, Forms, changes=True, guarded=True,
    ),
)  # fmt: skip
