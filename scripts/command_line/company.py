"""`whisper company`: show, pause, resume, list."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import data_of, facts, heading, plain, stacked, table, time_of
from shared.jobs.company import CompanyRecord
from shared.operators.companies import pause_company, paused_companies, resume_company, show_company


@click.group()
def company() -> None:
    """Companies: who of them we know, and those at which nobody is mailed for a time."""


@company.command("show")
@click.argument("company_id", metavar="ID")
@operation
def show(connection: Connection, company_id: str) -> Told:
    """A company by its ID in the CRM: whether it is paused, and who of it we know."""
    found = granted(
        show_company(
            connection.database,
            connection.tenant,
            company_id,
            by=operator(),
            now=connection.world.clock(),
        )
    )
    kept = found.record
    paused = f"{kept.pause_reason}, by {kept.actor}{_end(kept)}" if kept and found.paused else "no"
    more = "" if len(found.contact_ids) == found.contacts else f"; the first {len(found.contact_ids)}:"
    data = {
        "id": found.id,
        "paused": found.paused,
        "record": data_of(kept) if kept is not None else None,
        "contacts": found.contacts,
        "contact_ids": found.contact_ids,
    }
    about = facts((("paused", paused), ("contacts", f"{found.contacts}{more}")))
    ids = table(("contact",), [(each,) for each in found.contact_ids], empty="nobody of it is known")
    return Told(data, stacked(heading(found.id), about, ids))


@company.command("pause")
@click.argument("company_id", metavar="ID")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="In UTC; without an end if not said."
)
@click.option(
    "--reason", "why", required=True, help="Why, for the audit and the waiting drafts; no addresses."
)
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def pause(
    connection: Connection, company_id: str, until: datetime | None, why: str, actor: str | None
) -> Told:
    """Mail nobody of a company, by its ID in the CRM, from the next claim on."""
    done = granted(
        pause_company(
            connection.database,
            connection.tenant,
            company_id,
            until=until.replace(tzinfo=UTC) if until is not None else None,
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
        )
    )
    return Told(data_of(done), plain(f"company {done.id} is paused{_end(done)}"))


@company.command("resume")
@click.argument("company_id", metavar="ID")
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def resume(connection: Connection, company_id: str, why: str, actor: str | None) -> Told:
    """Let the people of a company be mailed again."""
    done = granted(
        resume_company(
            connection.database,
            connection.tenant,
            company_id,
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
        )
    )
    return Told(data_of(done), plain(f"company {done.id} is not paused any more"))


@company.command("list")
@operation
def list_(connection: Connection) -> Told:
    """The companies that are paused now, the newest pause first."""
    now = connection.world.clock()
    found = granted(paused_companies(connection.database, connection.tenant, by=operator(), now=now))
    rows = [
        (
            one.id,
            time_of(one.paused_until) if one.paused_until else "resumed",
            one.pause_reason,
            one.actor,
            time_of(one.updated_at),
        )
        for one in found
    ]
    columns = ("company", "until", "why", "by", "since")
    return Told({"companies": [data_of(one) for one in found]}, table(columns, rows, empty="none is paused"))


def _end(one: CompanyRecord) -> str:
    return f" until {time_of(one.paused_until)}" if one.paused_until is not None else ""
