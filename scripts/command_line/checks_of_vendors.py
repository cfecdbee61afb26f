"""The doctor's look at HubSpot, Gmail, Google Calendar and the model, by reads that change nothing."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from scripts.command_line.checking import Check, Health, Wrong, look, skip, unknown
from scripts.command_line.checks_of_delegation import Mint, delegation_checks, tokens_of
from scripts.command_line.connection import Connection
from shared.connectors import gmail, google_calendar
from shared.connectors.google_calendar import GoogleCalendar
from shared.connectors.hubspot import VERSION
from shared.jobs.facts import Connection as By
from shared.jobs.facts import Sender
from shared.jobs.tenant import Tenant
from shared.policy.addresses import same_address
from shared.runtime.wire.crm import crm_of
from shared.runtime.wire.forms import forms
from shared.runtime.wire.model import model_of
from shared.runtime.wire.vendors import google_http, hubspot_http

_KEY = "put a service key with the scopes for contacts, companies, deals, owners and forms into its secret"
_WRITES = "crm.objects.contacts.write and sales-email-read"
READS = {
    "crm.objects.contacts.read": f"/crm/objects/{VERSION}/contacts",
    "crm.objects.companies.read": f"/crm/objects/{VERSION}/companies",
    "crm.objects.deals.read": f"/crm/objects/{VERSION}/deals",
    "crm.objects.owners.read": f"/crm/owners/{VERSION}",
    "communication_preferences.read": f"/communication-preferences/{VERSION}/statuses/doctor%40example.com",
}
"""A read that a service key may make with this scope alone."""
_NOT_THERE, _FORBIDDEN = 404, 403
_DELEGATION = "allow the service account these scopes in the Workspace admin console, and check the mailbox: "


def vendor_checks(connection: Connection, tenant: Tenant | None) -> list[Check]:
    """Each credential by its smallest read; all are skipped without the tenant's settings."""
    if tenant is None:
        return [
            skip(name, "the tenant's settings cannot be read") for name in ("HubSpot", "Gmail", "Calendar")
        ] + [_model(connection)]
    known = tenant
    checks = [look("HubSpot key", lambda: _hubspot(connection, known), _KEY)]
    if checks[0].health is Health.OK:
        checks += [look("HubSpot scopes", lambda: _scopes(connection, known), _KEY), _write_scope(connection)]
    checks += [
        look(f"HubSpot form {form.name}", lambda id_=id_: _form(connection, known, id_), _KEY)
        for id_, form in tenant.forms.items()
        if form.active
    ]
    checks += _delegation(connection, known)
    for address, sender in tenant.senders.items():
        checks += [
            look(
                f"Gmail {address}",
                lambda sender=sender: _gmail(connection, sender),
                _DELEGATION + ", ".join(gmail.SCOPES),
            ),
            look(
                f"Calendar {address}",
                lambda sender=sender: _calendar(connection, sender),
                _DELEGATION + ", ".join(google_calendar.SCOPES),
            ),
        ]
    return [*checks, _model(connection)]


def _hubspot(connection: Connection, tenant: Tenant) -> str:
    """Reads one owner: whether a sender is one is said, for tasks go to owners."""
    crm = crm_of(connection.world, tenant.id, tenant)
    owner = crm.owner_id(tenant.default_sender)
    return (
        f"owner {owner}" if owner else "works; the default sender is no HubSpot user, so tasks have no owner"
    )


def _scopes(connection: Connection, tenant: Tenant) -> str:
    """HubSpot does not tell what a service key may do, so each scope is tried by the smallest read."""
    http = hubspot_http(connection.world, tenant.id)
    missing: list[str] = []
    for scope, path in READS.items():
        query: dict[str, str | int] = {"channel": "EMAIL"} if "preferences" in scope else {"limit": 1}
        reply = http.read("doctor", "GET", path, query=query, allowed=(_FORBIDDEN, _NOT_THERE))
        if reply.status == _FORBIDDEN:
            missing.append(scope)
    if missing:
        raise Wrong(
            f"the key lacks {', '.join(missing)}",
            "HubSpot, Development, Keys, Service keys: add the scopes; the key itself stays as it is",
        )
    return f"{', '.join(READS)}"


def _write_scope(connection: Connection) -> Check:
    if not connection.settings.deployed:
        return skip("HubSpot write scope", "the sandbox knows no scopes")
    return unknown(
        "HubSpot write scope",
        f"whether the key has {_WRITES} shows once something was written, and the doctor writes nothing",
        "look at the key's scopes in HubSpot: Development, Keys, Service keys",
    )


def _delegation(connection: Connection, tenant: Tenant) -> list[Check]:
    had: list[tuple[Mint, str]] = []
    if all(sender.connection is By.OAUTH for sender in tenant.senders.values()):
        return [skip("delegation key", "every mailbox is connected by its owner's consent")]

    def key() -> str:
        had.append(tokens_of(connection))
        return f"client {had[0][1]}"

    readable = look("delegation key", key, "put the service account's key file into its secret")
    return [readable, *(delegation_checks(tenant, *had[0]) if had else [])]


def _form(connection: Connection, tenant: Tenant, form_id: str) -> str:
    for _ in forms(connection.world, tenant).submissions(form_id, connection.world.clock()):
        break
    return "its submissions can be read"


class _Profile(BaseModel):
    model_config = ConfigDict(frozen=True)
    address: str = Field(alias="emailAddress")


def _gmail(connection: Connection, sender: Sender) -> str:
    http = google_http(
        connection.world, connection.tenant, "gmail", sender.mailbox, gmail.SCOPES, sender.connection
    )
    profile = http.read("profile", "GET", "/gmail/v1/users/me/profile").parsed(_Profile)
    if not same_address(profile.address, sender.mailbox):
        raise Wrong(
            "it answers as another mailbox",
            "write the mailbox's own address into the tenant's senders, no alias",
        )
    return "the mailbox can be read, and the scope for drafts is granted"


def _calendar(connection: Connection, sender: Sender) -> str:
    scopes = google_calendar.SCOPES
    http = google_http(
        connection.world, connection.tenant, "calendar", sender.mailbox, scopes, sender.connection
    )
    now = connection.world.clock()
    GoogleCalendar(http).busy(sender.calendar_id, now, now + timedelta(hours=1))
    return "free and busy times can be read"


class _Ready(BaseModel):
    ready: bool


def _model(connection: Connection) -> Check:
    if not connection.settings.model:
        return skip("model", "MODEL is empty: everything is written by rule")
    return look("model", lambda: _asked(connection), "check MODEL, OPENAI_URL and the secret openai-api-key")


def _asked(connection: Connection) -> str:
    """The same kind of question that an agent asks: structured, and answered in a few words."""
    model = model_of(connection.world)
    assert model is not None
    answer = model.complete(
        agent="doctor", instructions="Answer whether you are ready.", data="Are you ready?", output=_Ready
    )
    return f"{answer.model} answered, for {answer.input_tokens + answer.output_tokens} tokens"
