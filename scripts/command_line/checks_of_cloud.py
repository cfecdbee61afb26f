"""The doctor's look at Google Cloud: database, queues, topics, secrets, and what operators wrote into it."""

from __future__ import annotations

from typing import Any

from scripts.catalogue import load
from scripts.command_line.checking import Check, Health, Wrong, look, skip, unknown
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem
from shared.connectors.opt_out_token import check_key
from shared.errors import Failure, Permanent
from shared.jobs.route import TenantRoute, route_id
from shared.jobs.tenant import Tenant
from shared.operators.flags import show_flags
from shared.policy.addresses import address_key
from shared.runtime.wire.archive import KEY as ARCHIVE_KEY
from shared.runtime.wire.vendors import OAUTH_CLIENT, oauth_client

_TIMEOUT_S = 5.0
_CREDENTIALS = "check PROJECT, and that these credentials may use it"
_ANYBODY = "ann@example.com"


def cloud_checks(connection: Connection) -> tuple[list[Check], Tenant | None]:
    """Every check of the cloud, and the tenant's settings where they can be read."""
    try:
        settings = connection.world.settings
    except Problem as problem:
        return [Check("Firestore", Health.FAIL, problem.message, "start it, or name another one")], None
    firestore = look("Firestore", lambda: _firestore(connection), _CREDENTIALS)
    queues = sorted({route.queue for route in settings.routing.values()})
    checks = [
        firestore,
        *(look(f"queue {name}", lambda name=name: _queue(connection, name), _CREDENTIALS) for name in queues),
        *(
            look(f"topic {name}", lambda name=name: _topic(connection, name), _CREDENTIALS)
            for name in load().topics
        ),
        *_secrets(connection),
    ]
    if firestore.health is not Health.OK:
        checks += [skip(name, "Firestore cannot be read") for name in ("control documents", "tenant")]
        return checks, None
    checks.append(look("control documents", lambda: _controls(connection), _CREDENTIALS))
    found: list[Tenant] = []
    name = f"tenant {connection.tenant}"
    checks.append(look(name, lambda: _tenant(connection, found), "mend its document in Firestore"))
    checks += [
        look(f"portal {portal}", lambda portal=portal: _portal(connection, portal), _CREDENTIALS)
        for tenant in found
        for portal in tenant.portal_ids
    ]
    return checks, found[0] if found else None


def _firestore(connection: Connection) -> str:
    connection.database.raw_many(["control/flags"])
    settings = connection.settings
    return f"project {settings.project}" + (
        f" at {settings.firestore_host}" if settings.firestore_host else ""
    )


def _queue(connection: Connection, name: str) -> str:
    from google.api_core.exceptions import NotFound
    from google.cloud.tasks_v2 import Queue

    from shared.runtime.clients.tasks import tasks_client

    settings = connection.settings
    path = f"projects/{settings.project}/locations/{settings.region}/queues/{name}"
    world = connection.world
    client: Any = world.once("tasks", lambda: tasks_client(world))
    try:
        queue: Any = client.get_queue(request={"name": path}, retry=None, timeout=_TIMEOUT_S)
    except NotFound:
        raise Wrong("it does not exist", "apply Terraform, or start the local stack again") from None
    if queue.state != Queue.State.RUNNING:
        state = Queue.State(queue.state).name.lower()
        raise Wrong(f"it is {state}: no task runs", f"resume it: gcloud tasks queues resume {name}")
    return "running"


def _topic(connection: Connection, name: str) -> str:
    from google.api_core.exceptions import NotFound

    from shared.runtime.clients.publisher import publisher_client

    world = connection.world
    client: Any = world.once("publisher", lambda: publisher_client(world))
    path = f"projects/{world.settings.project}/topics/{name}"
    try:
        client.get_topic(request={"topic": path}, retry=None, timeout=_TIMEOUT_S)
    except NotFound:
        raise Wrong("it does not exist", "apply Terraform, or start the local stack again") from None
    return "exists"


def _secrets(connection: Connection) -> list[Check]:
    checks: list[Check] = []
    for name, secret in load().secrets.items():
        if secret.per_mailbox:
            continue
        full = f"{name}-{connection.tenant}" if secret.per_tenant else name
        if name == "openai-api-key" and not connection.settings.model:
            checks.append(skip(f"secret {full}", "MODEL is empty: everything is written by rule"))
            continue
        if name == ARCHIVE_KEY and not connection.settings.audit_bucket:
            checks.append(skip(f"secret {full}", "AUDIT_BUCKET is empty: the audit is not archived"))
            continue
        if name == OAUTH_CLIENT:
            checks.append(_oauth_client(connection))
            continue
        mend = f"put it into Secret Manager: {secret.what}"
        checks.append(look(f"secret {full}", lambda full=full: _secret(connection, full), mend))
    return checks


def _oauth_client(connection: Connection) -> Check:
    """Whom owners let in; where all mailboxes are delegated there need be none."""
    name = f"secret {OAUTH_CLIENT}"
    try:
        oauth_client(connection.world)
    except Permanent as error:
        why = f"mailboxes are connected by delegation alone: {error.reason}"
        return skip(name, why)
    except Failure as error:
        return unknown(name, error.reason, _CREDENTIALS)
    return Check(name, Health.OK, "readable")


def _secret(connection: Connection, name: str) -> str:
    from shared.runtime.wire.secrets import secrets

    value = secrets(connection.world).value(name)
    if name == "address-key":
        try:
            address_key(value.encode(), _ANYBODY)
        except ValueError as error:
            raise Wrong(str(error), "put a longer one in before the first contact is written") from None
    if name == "opt-out-key":
        try:
            check_key(value)
        except ValueError as error:
            raise Wrong(str(error), "put a longer one in: until then no mail is written") from None
    return "readable"


def _controls(connection: Connection) -> str:
    ceiling = connection.settings.mode_ceiling.value
    controls = show_flags(connection.database, connection.tenant, ceiling=ceiling).controls
    if controls.garbage:
        raise Wrong(
            "everything is stopped: " + "; ".join(controls.garbage),
            "`whisper flags set FIELD VALUE` corrects a field, `whisper flags create` a missing document",
        )
    return f"understood: {'stopped' if controls.stopped else 'running'}, {controls.mode}"


def _tenant(connection: Connection, found: list[Tenant]) -> str:
    tenant = connection.tenant_settings()
    if tenant.default_sender not in tenant.senders:
        raise Wrong("its default_sender is none of its senders", f"mend {tenant.path} in Firestore")
    found.append(tenant)
    active = [form for form in tenant.forms.values() if form.active]
    if not active:
        raise Wrong("it has no active form, so no lead is accepted", f"add one to {tenant.path} in Firestore")
    if not tenant.portal_ids:
        raise Wrong("it has no portal, so no webhook is accepted", f"add one to {tenant.path} in Firestore")
    return f"{len(active)} active forms, {len(tenant.senders)} senders"


def _portal(connection: Connection, portal: str) -> str:
    path = f"routes/{route_id('portal', portal)}"
    route = connection.database.get(path, TenantRoute)
    if route is None:
        raise Wrong(
            "no route leads from it to the tenant, so its webhooks are refused",
            f'create {path} in Firestore: {{"id": "{path[7:]}", "tenant": "{connection.tenant}"}}',
        )
    if route.tenant != connection.tenant:
        raise Wrong(
            f"it leads to tenant {route.tenant}", "a portal has one tenant; take it out of one of them"
        )
    return "leads to the tenant"
