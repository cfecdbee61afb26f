"""`whisper drafts approve|reject|edit|snooze|force|settle|bytes`: what a person decides about a draft."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem, granted, present
from scripts.command_line.show import coloured, facts, heading, plain, stacked, time_of
from shared.operators import decisions
from shared.operators.decisions import SNOOZE_MOST, Asked, Decided
from shared.operators.drafts import show_draft
from shared.operators.refusal import Refusal
from shared.operators.replay import queued

_revision = click.option(
    "--revision", type=click.IntRange(min=1), required=True, help="The revision that you have seen."
)
_why = click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
_actor = click.option("--actor", help="Who says so; by default the user of this machine.")


@click.command("approve")
@click.argument("draft_id", metavar="DRAFT")
@_revision
@click.option("--reason", "why", default="seen and approved", show_default=True, help="For the audit.")
@_actor
@operation
def approve(connection: Connection, draft_id: str, revision: int, why: str, actor: str | None) -> Told:
    """Let exactly this revision go out, in the sender's working hours."""
    return _decided(connection, decisions.approve, draft_id, revision, actor, why=why)


@click.command("reject")
@click.argument("draft_id", metavar="DRAFT")
@_revision
@_why
@_actor
@operation
def reject(connection: Connection, draft_id: str, revision: int, why: str, actor: str | None) -> Told:
    """End it: it is deleted from the mailbox, and the person is free for another one."""
    return _decided(connection, decisions.reject, draft_id, revision, actor, why=why)


@click.command("edit")
@click.argument("draft_id", metavar="DRAFT")
@_revision
@click.option("--subject", help="By default the one it has.")
@click.option(
    "--body",
    "body_file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    required=True,
    help="A file with the words, without signature and footer; - is standard input.",
)
@_actor
@operation
def edit(
    connection: Connection,
    draft_id: str,
    revision: int,
    subject: str | None,
    body_file: Path,
    actor: str | None,
) -> Told:
    """Put your words in its place, as the next revision: judged, filed and approved like any other."""
    try:
        with click.open_file(str(body_file), encoding="utf-8") as file:
            body = file.read()
    except UnicodeDecodeError as error:
        raise Problem(f"{body_file} is not text in UTF-8 (byte {error.start}); save it as UTF-8") from error
    if subject is None:
        subject = present(
            show_draft(connection.database, connection.tenant, draft_id),
            f"draft {draft_id} in tenant {connection.tenant}",
            "`whisper drafts list` shows those there are",
        ).subject
    return _decided(connection, decisions.edit, draft_id, revision, actor, subject=subject, body=body)


@click.command("snooze")
@click.argument("draft_id", metavar="DRAFT")
@_revision
@click.option(
    "--hours",
    type=click.FloatRange(min=0, min_open=True, max=SNOOZE_MOST / timedelta(hours=1)),
    required=True,
    help="For how long.",
)
@_actor
@operation
def snooze(connection: Connection, draft_id: str, revision: int, hours: float, actor: str | None) -> Told:
    """Put the decision off: until then it neither expires nor is asked about."""
    if math.isnan(hours):
        raise Problem("--hours is not a number; name how many")
    until = connection.world.clock() + timedelta(hours=hours)
    return _decided(connection, decisions.snooze, draft_id, revision, actor, until=until)


@click.command("force")
@click.argument("draft_id", metavar="DRAFT")
@_revision
@_why
@_actor
@operation
def force(connection: Connection, draft_id: str, revision: int, why: str, actor: str | None) -> Told:
    """Have an approved draft sent now, outside working hours too; every rule still holds."""
    return _decided(connection, decisions.force, draft_id, revision, actor, why=why)


@click.command("settle")
@click.argument("draft_id", metavar="DRAFT")
@_revision
@click.option("--sent/--not-sent", "was_sent", required=True, help="What you found among the sent mails.")
@click.option("--evidence", required=True, help="What you saw there, for the audit; no addresses.")
@click.option("--message-id", default="", help="Gmail's id of the mail that went out.")
@_actor
@operation
def settle(
    connection: Connection,
    draft_id: str,
    revision: int,
    was_sent: bool,
    evidence: str,
    message_id: str,
    actor: str | None,
) -> Told:
    """Say what became of a send that is held because its end is not known."""
    return _decided(
        connection,
        decisions.settle,
        draft_id,
        revision,
        actor,
        was_sent=was_sent,
        evidence=evidence,
        message_id=message_id,
    )


@click.command("bytes")
@click.argument("draft_id", metavar="DRAFT")
@operation
def raw(connection: Connection, draft_id: str) -> Told:
    """The mail exactly as it would be sent, headers included."""
    draft = present(
        show_draft(connection.database, connection.tenant, draft_id),
        f"draft {draft_id} in tenant {connection.tenant}",
        "`whisper drafts list` shows those there are",
    )
    text = draft.raw.decode("ascii", "backslashreplace")
    return Told({"draft": draft.id, "revision": draft.revision, "hash": draft.hash, "raw": text}, plain(text))


def _decided(
    connection: Connection,
    decision: Callable[..., Decided | Refusal],
    draft_id: str,
    revision: int,
    actor: str | None,
    **words: Any,
) -> Told:
    world = connection.world
    asked = Asked(
        connection.tenant, draft_id, revision, operator(actor), world.clock(), world.settings.routing
    )
    done = granted(decision(connection.database, asked, **words))
    if done.job is not None:
        queued(connection.queue, done.job, world.clock())
    draft, approval = done.draft, done.draft.approval
    until = draft.snoozed_until if draft.snoozed_until and draft.snoozed_until > world.clock() else None
    data = {
        "draft": draft.id,
        "state": draft.state.value,
        "revision": draft.revision,
        "hash": draft.hash,
        "send_at": _iso(approval.send_at if approval else None),
        "expires_at": _iso(approval.expires_at if approval else None),
        "snoozed_until": _iso(until),
    }
    rows = (
        ("state", coloured(draft.state)),
        ("revision", draft.revision),
        ("goes out", time_of(approval.send_at) if approval else None),
        ("put off until", time_of(until) if until else None),
        ("because", draft.end_reason),
    )
    return Told(data, stacked(heading(draft.id), facts(rows)))


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment is not None else None


COMMANDS = (approve, reject, edit, snooze, force, settle, raw)
