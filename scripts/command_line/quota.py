"""`whisper quota`: status, set, clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import plain, stacked, table, time_of
from shared.operators.quotas import (
    HIGHEST_LIMIT,
    SPANS,
    QuotaStatus,
    Span,
    clear_override,
    override_quota,
    quota_status,
)

_SPAN = click.Choice(SPANS)


@click.group()
def quota() -> None:
    """How many mails each mailbox may still send today and this week."""


@quota.command("status")
@click.argument("mailbox", metavar="[MAILBOX]", required=False)
@operation
def status(connection: Connection, mailbox: str | None) -> Told:
    """Used, on its way, sent by hand, left, and when it turns: by the date in the tenant's time zone."""
    now = connection.world.clock()
    found = granted(quota_status(connection.database, connection.tenant, mailbox, by=operator(), now=now))
    return _told(found)


@quota.command("set")
@click.argument("mailbox", metavar="MAILBOX")
@click.argument("span", metavar="day|week", type=_SPAN)
@click.argument("limit", metavar="LIMIT", type=click.IntRange(0, HIGHEST_LIMIT))
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def set_(connection: Connection, mailbox: str, span: str, limit: int, why: str, actor: str | None) -> Told:
    """Give a mailbox another LIMIT for this day or week alone; 0 stops it."""
    done = granted(
        override_quota(
            connection.database,
            connection.tenant,
            mailbox,
            cast("Span", span),
            limit,
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
        )
    )
    return _told((done,))


@quota.command("clear")
@click.argument("mailbox", metavar="MAILBOX")
@click.argument("span", metavar="day|week", type=_SPAN)
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def clear(connection: Connection, mailbox: str, span: str, why: str, actor: str | None) -> Told:
    """Let the setting hold again for this day or week."""
    done = granted(
        clear_override(
            connection.database,
            connection.tenant,
            mailbox,
            cast("Span", span),
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
        )
    )
    return _told((done,))


def _told(found: Sequence[QuotaStatus]) -> Told:
    rows = [
        (
            one.mailbox,
            one.quota.period.name,
            one.quota.used,
            one.quota.reserved,
            one.quota.by_hand,
            one.quota.remaining,
            f"{one.quota.limit}{' (overridden)' if one.quota.overridden else ''}",
            time_of(one.resets_at),
        )
        for one in found
    ]
    columns = ("mailbox", "period", "used", "on its way", "by hand", "left", "limit", "turns at")
    garbage = [line for one in found for line in one.quota.garbage]
    return Told(
        {"quotas": [_data(one) for one in found]},
        stacked(table(columns, rows, empty="no mailboxes"), _garbage(garbage)),
    )


def _garbage(lines: Sequence[str]) -> RenderableType | None:
    if not lines:
        return None
    text = plain("nothing is sent until this is corrected:\n" + "\n".join(lines))
    text.stylize("red")
    return text


def _data(one: QuotaStatus) -> dict[str, object]:
    quota = one.quota
    return {
        "mailbox": one.mailbox,
        "span": one.span,
        "period": quota.period.name,
        "used": quota.used,
        "reserved": quota.reserved,
        "by_hand": quota.by_hand,
        "remaining": quota.remaining,
        "limit": quota.limit,
        "overridden": quota.overridden,
        "resets_at": one.resets_at.isoformat(),
        "garbage": quota.garbage,
    }
