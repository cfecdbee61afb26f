"""`whisper events`: list, replay."""

from __future__ import annotations

import secrets

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import data_of, stacked, table, time_of, unreadable
from shared.jobs.event import EventStatus
from shared.operators.events import list_events, replay_event
from shared.runtime.inbox import FormInbox


@click.group("events")
def events() -> None:
    """What the world told us; refused events can be tried again."""


@events.command("list")
@click.option(
    "--status",
    type=click.Choice([status.value for status in EventStatus]),
    default=EventStatus.REFUSED.value,
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@operation
def list_(connection: Connection, status: str, limit: int) -> Told:
    """The newest events, with the reason of a refusal."""
    page = list_events(connection.database, connection.tenant, status=EventStatus(status), limit=limit)
    rows = [
        (event.id, event.via, event.reason or event.job_id or "", time_of(event.received_at))
        for event in page.items
    ]
    return Told(
        {"events": [data_of(event) for event in page.items], "unreadable": page.unreadable},
        stacked(
            table(("event", "came by", "reason or job", "received"), rows, empty=f"no {status} events"),
            unreadable(page.unreadable),
        ),
    )


@events.command("replay")
@click.argument("event_id", metavar="EVENT")
@operation
def replay(connection: Connection, event_id: str) -> Told:
    """Judge a refused event once more, and start its job if it is usable now."""
    inbox = FormInbox(connection.world, secrets.token_hex(16))
    done = granted(
        replay_event(
            connection.database,
            inbox,
            connection.tenant,
            event_id,
            by=operator(),
            now=connection.world.clock(),
        )
    )
    return Told({"event": done.event_id, "job": done.job_id}, f"accepted: {done.job_id}")
