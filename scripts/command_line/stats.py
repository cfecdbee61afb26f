"""`whisper stats`: daily, outcomes, contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import facts, heading, stacked, table
from shared.operators.stats import contact_stats, daily_stats, outcome_stats

_DAYS = 7


def _range(command: Callable[..., Any]) -> Callable[..., Any]:
    """The days that are asked for (UTC): those up to today where none are named."""
    day = click.DateTime(["%Y-%m-%d"])
    command = click.option("--last", type=day, help="In UTC; today if not said.")(command)
    return click.option("--first", type=day, help=f"{_DAYS - 1} days before the last if not said.")(command)


@click.group()
def stats() -> None:
    """Numbers: each day's, what became of the drafts, and how the contacts stand."""


@stats.command("daily")
@_range
@operation
def daily(connection: Connection, first: datetime | None, last: datetime | None) -> Told:
    """How often what happened on each day."""
    begin, end = _days(connection, first, last)
    found = granted(daily_stats(connection.database, connection.tenant, begin.date(), end.date()))
    rows = [(one.day, kind, number) for one in found for kind, number in sorted(one.counts.items())]
    return Told(
        {"days": [{"day": one.day, "counts": dict(one.counts)} for one in found]},
        table(("day", "what", "times"), rows, empty="nothing happened on these days"),
    )


@stats.command("outcomes")
@_range
@operation
def outcomes(connection: Connection, first: datetime | None, last: datetime | None) -> Told:
    """What became of the drafts: events of these days, added up and compared; no draft is followed."""
    begin, end = _days(connection, first, last)
    found = granted(
        outcome_stats(connection.database, connection.tenant, begin.date(), end.date(), by=operator())
    )
    rates = [(name, "-" if rate is None else f"{rate:.1%}") for name, rate in found.rates.items()]
    return Told(
        asdict(found),
        stacked(
            heading(f"{found.first} to {found.last}"),
            table(("what", "times"), found.totals.items(), empty=""),
            table(("compared", "rate"), rates, empty=""),
        ),
    )


@stats.command("contacts")
@operation
def contacts(connection: Connection) -> Told:
    """How many contacts there are, and how many are suppressed, away, or have an open draft."""
    found = granted(
        contact_stats(connection.database, connection.tenant, by=operator(), now=connection.world.clock())
    )
    return Told(
        asdict(found),
        facts(
            (
                ("contacts", found.contacts),
                ("away", found.away),
                ("with an open draft", found.with_open_draft),
                *((f"suppressed: {reason}", number) for reason, number in found.suppressed.items()),
            )
        ),
    )


def _days(connection: Connection, first: datetime | None, last: datetime | None) -> tuple[datetime, datetime]:
    end = last or connection.world.clock()
    return first or end - timedelta(days=_DAYS - 1), end
