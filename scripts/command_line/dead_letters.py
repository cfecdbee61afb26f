"""`whisper dead-letters`: list, replay."""

from __future__ import annotations

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem, granted, present
from scripts.command_line.show import data_of, stacked, table, time_of, unreadable
from shared.operators.dead_letters import (
    Fate,
    find_dead_letter,
    list_dead_letters,
    preview,
    replay_dead_letters,
)

_MOST = 500


@click.group("dead-letters")
def dead_letters() -> None:
    """Jobs that could not go on."""


@dead_letters.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that were replayed, too.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=20, show_default=True)
@operation
def list_(connection: Connection, everything: bool, limit: int) -> Told:
    """The newest dead letters, with the reason and what is tried next."""
    page = list_dead_letters(connection.database, connection.tenant, waiting_only=not everything, limit=limit)
    rows = [
        (
            letter.id,
            letter.stage,
            letter.kind,
            letter.attempts,
            letter.reason,
            time_of(letter.created_at),
            time_of(letter.requeue_at) if letter.requeue_at else "by a person",
        )
        for letter in page.items
    ]
    columns = ("dead letter", "stage", "kind", "attempts", "reason", "since", "replayed")
    return Told(
        {"dead_letters": [data_of(letter) for letter in page.items], "unreadable": page.unreadable},
        stacked(table(columns, rows, empty="no dead letters"), unreadable(page.unreadable)),
    )


@dead_letters.command("replay")
@click.argument("letter_id", metavar="[DEAD_LETTER]", required=False)
@click.option("--all", "everything", is_flag=True, help=f"All that wait, at most {_MOST}, newest first.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@operation
def replay(connection: Connection, letter_id: str | None, everything: bool, dry_run: bool) -> Told:
    """Start the job of one dead letter again where it stopped, or of all."""
    if (letter_id is None) == (not everything):
        raise Problem("name one dead letter, or say --all; `whisper dead-letters list` shows them")
    database, world = connection.database, connection.world
    if letter_id is not None:
        letter = present(
            find_dead_letter(database, connection.tenant, letter_id),
            f"dead letter {letter_id} in tenant {connection.tenant}",
            "`whisper dead-letters list` shows those there are",
        )
        letters, passed_by = [letter], ()
    else:
        page = list_dead_letters(database, connection.tenant, limit=_MOST)
        letters, passed_by = list(page.items), page.unreadable
    routing = world.settings.routing
    if dry_run:
        done = preview(database, routing, letters)
    else:
        done = granted(
            replay_dead_letters(
                database, connection.queue, routing, letters, by=operator(), now=world.clock()
            )
        )
    data = [
        {"dead_letter": d.letter.id, "job": d.letter.job_id, "fate": d.fate, "queued": d.queued} for d in done
    ]
    rows = [(d.letter.id, d.letter.stage, d.fate) for d in done]
    human = table(("dead letter", "stage", "replay"), rows, empty="no dead letters wait")
    stuck = letter_id is not None and done[0].fate not in (Fate.REPLAYED, Fate.WOULD_REPLAY)
    return Told(
        {"dry_run": dry_run, "results": data, "unreadable": passed_by},
        stacked(human, unreadable(passed_by)),
        exit_code=int(stuck),
    )
