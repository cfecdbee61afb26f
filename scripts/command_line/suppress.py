"""`whisper suppress`: add, check, remove."""

from __future__ import annotations

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked, time_of
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.replay import queued
from shared.operators.suppressions import add_suppression, check_suppression, remove_suppression


@click.group()
def suppress() -> None:
    """Who is never mailed."""


@suppress.command("add")
@click.argument("address", metavar="EMAIL")
@click.option(
    "--as",
    "reason",
    type=click.Choice([r.value for r in SuppressionReason if r is not SuppressionReason.ERASED]),
    default=SuppressionReason.MANUAL.value,
    show_default=True,
    help="OPT_OUT and COMPLAINT never end; the others end after a year.",
)
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def add(connection: Connection, address: str, reason: str, why: str, actor: str | None) -> Told:
    """Never mail a person again."""
    done = granted(
        add_suppression(
            connection.database,
            connection.tenant,
            connection.key_of(address),
            reason=SuppressionReason(reason),
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
            routing=connection.world.settings.routing,
        )
    )
    if done.withdraws is not None:
        queued(connection.queue, done.withdraws, connection.world.clock())
    line = "is suppressed" if done.changed else "was suppressed already, for as strong a reason"
    return Told(
        {"address": address, "suppressed": True, "changed": done.changed, "entry": data_of(done.entry)},
        stacked(plain(f"{address} {line}"), _entry(done.entry)),
    )


@suppress.command("check")
@click.argument("address", metavar="EMAIL")
@operation
def check(connection: Connection, address: str) -> Told:
    """Whether a person is suppressed, since when and why; the CRM's opt-outs are in `hubspot lookup`."""
    now = connection.world.clock()
    standing = check_suppression(connection.database, connection.tenant, connection.key_of(address), now=now)
    entry = standing.entry
    data = {
        "address": address,
        "suppressed": standing.suppressed,
        "entry": data_of(entry) if entry else None,
    }
    line = f"{address} is {'' if standing.suppressed else 'not '}suppressed"
    return Told(data, stacked(heading(line), _entry(entry) if entry else None))


@suppress.command("remove")
@click.argument("address", metavar="EMAIL")
@click.option("--reason", "why", default="", help="Why, for the audit; no addresses.")
@click.option(
    "--force", is_flag=True, help="Also end an opt-out or a complaint: only on the person's own word."
)
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def remove(connection: Connection, address: str, why: str, force: bool, actor: str | None) -> Told:
    """Let a person be mailed again."""
    ended = granted(
        remove_suppression(
            connection.database,
            connection.tenant,
            connection.key_of(address),
            by=operator(actor),
            why=why,
            force=force,
            now=connection.world.clock(),
        )
    )
    return Told(
        {"address": address, "suppressed": False, "was": data_of(ended)},
        plain(f"{address} is not suppressed any more (it was {ended.reason})"),
    )


def _entry(entry: Suppression) -> RenderableType:
    return facts(
        (
            ("reason", entry.reason.value),
            ("by", entry.actor),
            ("since", time_of(entry.created_at)),
            ("until", time_of(entry.expire_at) if entry.expire_at else "for ever"),
        )
    )
