"""`whisper mailbox`: connect, disconnect, list, sync."""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlencode

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import coloured, facts, heading, plain, stacked, table, time_of
from shared.connectors.google_oauth import token_secret
from shared.jobs import facts as job_facts
from shared.jobs.mailbox import mailbox_id
from shared.jobs.tenant import Tenant
from shared.operators.mailboxes import (
    MailboxStanding,
    begin_connection,
    check_owner,
    connect,
    disconnect,
    find_sender,
    list_mailboxes,
)
from shared.operators.roles import Operator

_UNHEARD = "not heard yet"


@click.group()
def mailbox() -> None:
    """The mailboxes that are written from and listened to."""


@mailbox.command("connect")
@click.argument("address", metavar="EMAIL")
@click.option(
    "--delegation", is_flag=True, help="By domain-wide delegation, without asking the mailbox's owner."
)
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def connect_mailbox(connection: Connection, address: str, delegation: bool, actor: str | None) -> Told:
    """Let us into a mailbox: prints the link at which its owner allows it, once."""
    tenant = connection.tenant_settings()
    said_by = operator(actor)
    if delegation:
        return _by_delegation(connection, tenant, address, said_by)
    return _by_consent(connection, tenant, address, said_by)


def _by_consent(connection: Connection, tenant: Tenant, address: str, by: Operator) -> Told:
    from shared.runtime.wire.consent import callback_url, secret_versions
    from shared.runtime.wire.vendors import oauth_client

    world = connection.world
    sender = granted(find_sender(tenant, address))
    oauth_client(world)
    # The function may only add versions: containers are made with an operator's rights.
    secret_versions(world).create(
        token_secret(tenant.id, sender.mailbox),
        region=world.settings.region,
        labels={"system": "pipeline-whisperer", "tenant": tenant.id},
    )
    begun = granted(begin_connection(connection.database, tenant, sender.mailbox, by=by, now=world.clock()))
    url = f"{callback_url(world)}?{urlencode({'start': begun.state})}"
    steps = plain(
        f"open this link as {begun.mailbox}, in a browser that is signed in to that account; "
        f"it can be used once, for 10 minutes"
    )
    data = {
        "mailbox": begun.mailbox,
        "connection": "oauth",
        "url": url,
        "valid_until": begun.until.isoformat(),
    }
    return Told(data, stacked(steps, plain(url), facts([("valid until", time_of(begun.until))])))


def _by_delegation(connection: Connection, tenant: Tenant, address: str, by: Operator) -> Told:
    from shared.runtime.wire.feed import owner_of

    world = connection.world
    sender = granted(find_sender(tenant, address)).but(connection=job_facts.Connection.DELEGATION)
    refusal = check_owner(sender.mailbox, lambda: owner_of(world, tenant, sender))
    if refusal is not None:
        granted(refusal)
    done = granted(
        connect(
            connection.database,
            tenant.id,
            sender.mailbox,
            job_facts.Connection.DELEGATION,
            by=by,
            why="domain-wide delegation opens it",
            now=world.clock(),
        )
    )
    data = {"mailbox": done.mailbox, "connection": done.connection.value}
    return Told(data, plain(f"{done.mailbox} is connected by domain-wide delegation"))


@mailbox.command("disconnect")
@click.argument("address", metavar="EMAIL")
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def disconnect_mailbox(connection: Connection, address: str, why: str, actor: str | None) -> Told:
    """Give an owner's consent back to Google; the mailbox asks to be connected again."""
    from shared.runtime.wire.consent import consent
    from shared.runtime.wire.secrets import secrets as kept

    world = connection.world
    sender = granted(
        disconnect(
            connection.database,
            connection.tenant_settings(),
            address,
            revoke=lambda name: consent(world).revoke(kept(world).value(name)),
            by=operator(actor),
            why=why,
            now=world.clock(),
        )
    )
    data = {"mailbox": sender.mailbox, "connection": None}
    return Told(data, plain(f"{sender.mailbox} is disconnected: Google no longer lets us in"))


@mailbox.command("list")
@operation
def list_all(connection: Connection) -> Told:
    """Every mailbox of the tenant, how far it was heard, and what is wrong with it."""
    standings = list_mailboxes(connection.database, connection.tenant_settings())
    columns = ("mailbox", "by", "status", "synced through", "watch expires", "reason")
    shown = table(columns, [_row(standing) for standing in standings], empty="no mailboxes")
    return Told([_data(standing) for standing in standings], shown)


@mailbox.command("sync")
@click.argument("address", metavar="EMAIL")
@operation
def sync(connection: Connection, address: str) -> Told:
    """Have a mailbox looked at within seconds, as a push does."""
    from shared.runtime.sync_soon import sync_soon

    tenant = connection.tenant_settings()
    sender = granted(find_sender(tenant, address))
    sync_soon(connection.world, tenant.id, mailbox_id(sender.mailbox), trace_id=secrets.token_hex(16))
    return Told({"mailbox": sender.mailbox, "asked": True}, heading(f"{sender.mailbox} is looked at soon"))


def _row(standing: MailboxStanding) -> tuple[object, ...]:
    record, sender = standing.record, standing.sender
    if record is None:
        return sender.mailbox, sender.connection.value, _UNHEARD, "", "", ""
    return (
        sender.mailbox,
        sender.connection.value,
        coloured(record.status.value),
        time_of(record.synced_through),
        time_of(record.watch_expires_at),
        record.reason,
    )


def _data(standing: MailboxStanding) -> dict[str, object]:
    record, sender = standing.record, standing.sender
    return {
        "mailbox": sender.mailbox,
        "id": mailbox_id(sender.mailbox),
        "connection": sender.connection.value,
        "status": record.status.value if record else _UNHEARD,
        "synced_through": _iso(record.synced_through if record else None),
        "watch_expires_at": _iso(record.watch_expires_at if record else None),
        "reason": record.reason if record else "",
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
