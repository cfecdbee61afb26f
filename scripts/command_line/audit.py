"""`whisper audit`: list, show, export, verify."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem, granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked, table, time_of, unreadable
from shared.operators.audit_query import AuditFilter, export_csv, query_audit, show_chain
from shared.operators.audit_verifying import Verified, verify_audit
from shared.policy.audit_chain import Break

_DAY = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"))


@click.group()
def audit() -> None:
    """Who decided or changed what, when and why; and whether that record is as it was written."""


def _wanted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which entries are wanted."""
    for option in (
        click.option("--everyone", is_flag=True, help="What concerns all tenants, in place of one's own."),
        click.option("--until", type=_DAY, metavar="DATE", help="Only before this day or time (UTC)."),
        click.option("--since", type=_DAY, metavar="DATE", help="Only from this day or time on (UTC)."),
        click.option("--kind", help="Only of this kind, as DRAFT_SENT."),
        click.option("--draft", metavar="DRAFT", help="Only about this draft."),
        click.option("--company", metavar="ID", help="Only about this company, by its id in the CRM."),
        click.option("--contact-id", metavar="ID", help="Only about this contact, by our own id."),
        click.option("--contact", metavar="EMAIL", help="Only about this person."),
    ):
        function = option(function)
    return function


@audit.command("list")
@_wanted
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@operation
def list_(connection: Connection, limit: int, **options: Any) -> Told:
    """The newest entries: of all kinds, or of what is named."""
    wanted = _filter(connection, **options)
    page = granted(query_audit(connection.database, connection.tenant, wanted, limit=limit, by=operator()))
    rows = [
        (
            entry.id,
            entry.kind,
            entry.actor,
            _change(entry.before, entry.after),
            entry.reason,
            time_of(entry.at),
        )
        for entry in page.items
    ]
    shown = table(("entry", "kind", "actor", "change", "reason", "at"), rows, empty="no such entries")
    return Told(
        {
            "entries": [data_of(entry) for entry in page.items],
            "unreadable": page.unreadable,
            "more": page.next is not None,
        },
        stacked(
            shown,
            plain("there are more: name a time, or a higher --limit") if page.next is not None else None,
            unreadable(page.unreadable),
        ),
    )


@audit.command("show")
@click.argument("chain", metavar="CHAIN")
@click.option("--everyone", is_flag=True, help="What concerns all tenants, in place of one's own.")
@operation
def show(connection: Connection, chain: str, everyone: bool) -> Told:
    """One CHAIN from its first entry to its last: a job's id, or what was changed outside a job."""
    found = granted(
        show_chain(connection.database, connection.tenant, chain, everyone=everyone, by=operator())
    )
    parts: list[RenderableType | None] = []
    for entry in found.chain.entries:
        said = entry.fields
        pairs = [(name, str(said[name])) for name in sorted(said) if name not in ("chain", "tenant")]
        parts += [heading(entry.id), facts(pairs)]
    data = {
        "chain": chain,
        "entries": [{"id": entry.id, **entry.fields} for entry in found.chain.entries],
        "breaks": [_data(one) for one in found.breaks],
    }
    return Told(data, stacked(*parts, _broken(found.breaks)), exit_code=1 if found.breaks else 0)


@audit.command("export")
@_wanted
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The CSV file to write."
)
@operation
def export(connection: Connection, to: Path, **options: Any) -> Told:
    """Write the wanted entries into a CSV file that a spreadsheet can open."""
    wanted = _filter(connection, **options)
    lines = granted(export_csv(connection.database, connection.tenant, wanted, by=operator()))
    count = -1
    try:
        with to.open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
                count += 1
    except OSError as error:
        raise Problem(f"{to} cannot be written ({error.strerror}); name another file") from error
    return Told({"file": str(to), "entries": count}, plain(f"{count} entries are in {to}"))


@audit.command("verify")
@operation
def verify(connection: Connection) -> Told:
    """Look at every entry, and at the archive where one is set; the exit code is 1 when something is broken."""
    from shared.runtime.wire.archive import archive

    done = granted(
        verify_audit(connection.database, connection.tenant, archive=archive(connection.world), by=operator())
    )
    data = {
        "chains": done.chains,
        "entries": done.entries,
        "archived_days": done.archived_days,
        "archived_through": {whose or "everyone": day for whose, day in done.archived_through.items()},
        "breaks": [_data(one) for one in done.breaks],
    }
    return Told(data, _verified(done), exit_code=1 if done.breaks else 0)


def _verified(done: Verified) -> RenderableType:
    through = [
        f"{whose or 'everyone'} through {day}" if day else f"{whose or 'everyone'}: nothing yet"
        for whose, day in done.archived_through.items()
    ]
    said = "\n".join(through) or "not set (AUDIT_BUCKET): who rewrote a whole chain would not be found"
    numbers = facts((("chains", done.chains), ("entries", done.entries), ("archive", said)))
    return stacked(numbers, _broken(done.breaks) or plain("all of it is as it was written"))


def _broken(breaks: tuple[Break, ...]) -> RenderableType | None:
    if not breaks:
        return None
    rows = [
        (one.chain or "-", one.number, one.wrong.value, one.tenant or "everyone", one.detail)
        for one in breaks
    ]
    return table(("chain", "number", "broken", "of", "how"), rows, empty="")


def _data(one: Break) -> dict[str, object]:
    return {
        "tenant": one.tenant,
        "chain": one.chain,
        "number": one.number,
        "wrong": one.wrong.value,
        "detail": one.detail,
    }


def _change(before: str, after: str) -> str:
    return f"{before} → {after}" if before or after else ""


def _filter(
    connection: Connection,
    *,
    contact: str | None,
    contact_id: str | None,
    company: str | None,
    draft: str | None,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    everyone: bool,
) -> AuditFilter:
    if contact and contact_id:
        raise click.UsageError("name the person by --contact or by --contact-id, not by both")
    return AuditFilter(
        contact_id=connection.key_of(contact) if contact else contact_id,
        company_id=company,
        draft_id=draft,
        kind=kind,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
        everyone=everyone,
    )
