"""`whisper flags`: show, set, create."""

from __future__ import annotations

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import facts, heading, plain, stacked, table
from shared.operators.flags import (
    BY_HAND,
    FIELDS,
    ControlsShown,
    create_missing_controls,
    set_flag,
    show_flags,
)


@click.group()
def flags() -> None:
    """Kill switch, mode and features: the two control documents, of which the strictest wins."""


@flags.command("show")
@operation
def show(connection: Connection) -> Told:
    """Both control documents, and what they mean together."""
    ceiling = connection.settings.mode_ceiling.value
    shown = show_flags(connection.database, connection.tenant, ceiling=ceiling)
    controls = shown.controls
    data = {
        "documents": shown.documents,
        "ceiling": ceiling,
        "stopped": controls.stopped,
        "mode": controls.mode,
        "may_send": shown.may_send,
        "rollout_percent": controls.rollout,
        "reasons": controls.reasons,
        "garbage": controls.garbage,
    }
    return Told(data, _human(shown, ceiling))


@flags.command("set")
@click.argument("field", metavar="FIELD")
@click.argument("value", metavar="VALUE")
@click.option("--global", "everyone", is_flag=True, help="Set it for all tenants, not for one.")
@click.option("--percent", type=int, help="Of contacts that a feature is on for; 100 if not said before.")
@click.option("--reason", "why", default=BY_HAND, help="Why; for the kill switch everybody sees it.")
@operation
def set_(
    connection: Connection, field: str, value: str, everyone: bool, percent: int | None, why: str
) -> Told:
    """Set one FIELD of a control document and leave the others as they are.

    \b
      whisper flags set kill_switch true --global --reason "wrong prices in the template"
      whisper flags set mode DRAFT_ONLY
      whisper flags set LONG_MEMORY_ENABLED true --percent 20
    """
    tenant = None if everyone else connection.tenant
    done = granted(
        set_flag(
            connection.database,
            tenant,
            field,
            value,
            percent=percent,
            by=operator(),
            why=why,
            now=connection.world.clock(),
        )
    )
    data = {
        "document": done.document,
        "field": done.field,
        "before": done.before,
        "after": done.after,
        "garbage": done.garbage,
    }
    line = plain(f"{done.document}: {done.field} was {_shown(done.before)} and is {_shown(done.after)}")
    return Told(data, stacked(line, _garbage(done.garbage)))


@flags.command("create")
@operation
def create(connection: Connection) -> Told:
    """Create those control documents that are missing: kill switch on, DRAFT_ONLY."""
    created = granted(
        create_missing_controls(
            connection.database, connection.tenant, by=operator(), now=connection.world.clock()
        )
    )
    line = f"created, stopped: {', '.join(created)}" if created else "both are there; nothing was created"
    return Told({"created": created}, plain(line))


def _human(shown: ControlsShown, ceiling: str) -> RenderableType:
    controls = shown.controls
    parts: list[RenderableType | None] = []
    for path, document in shown.documents.items():
        pairs = sorted((document or {}).items())
        body = facts((name, _shown(value)) for name, value in pairs) if document is not None else None
        parts += [heading(path), body or plain("missing, so everything is stopped")]
    together = facts(
        (
            ("kill switch", "on: everything is stopped" if controls.stopped else "off"),
            ("mode", controls.mode.value),
            ("ceiling", ceiling),
            ("mails", "may be sent" if shown.may_send else "are not sent"),
            ("why", "\n".join(controls.reasons)),
        )
    )
    rows = [(name, f"{percent} %") for name, percent in sorted(controls.rollout.items())]
    known = table(("feature", "on for"), rows, empty=f"features: {', '.join(FIELDS[2:])}")
    return stacked(*parts, heading("Together"), together, known, _garbage(controls.garbage))


def _garbage(lines: tuple[str, ...]) -> RenderableType | None:
    if not lines:
        return None
    text = plain("everything is stopped until this is corrected:\n" + "\n".join(lines))
    text.stylize("red")
    return text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "not set" if value is None else str(value)
