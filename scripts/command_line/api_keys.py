"""`whisper api-key`: create, list, revoke; `whisper operator`: admit, list, remove."""

from __future__ import annotations

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted
from scripts.command_line.show import data_of, plain, stacked, table, time_of, unreadable
from shared.jobs.api_key import ApiKey
from shared.jobs.person import Person
from shared.operators.api_keys import LONGEST_DAYS, create_api_key, list_api_keys, revoke_api_key
from shared.operators.people import admit_person, list_people, remove_person
from shared.operators.roles import Role

_ROLES = click.Choice([role.value for role in Role])
_SHOWN_ONCE = "this is the only time that it is shown; send it as `Authorization: Bearer ...`"


@click.group("api-key")
def api_key() -> None:
    """Keys by which programs use the HTTP API."""


@api_key.command("create")
@click.argument("name", metavar="NAME")
@click.option("--role", type=_ROLES, default=Role.VIEWER.value, show_default=True)
@click.option(
    "--scope", "scopes", multiple=True, help="A resource: drafts, drafts:read, ...; global for all."
)
@click.option("--days", type=click.IntRange(1, LONGEST_DAYS), default=90, show_default=True)
@operation
def create(connection: Connection, name: str, role: str, scopes: tuple[str, ...], days: int) -> Told:
    """Make a key for a program and show it, once."""
    made = granted(
        create_api_key(
            connection.database,
            connection.tenant,
            name=name,
            role=Role(role),
            scopes=scopes,
            valid_days=days,
            within=None,
            by=operator(),
            now=connection.world.clock(),
        )
    )
    return Told(
        {**data_of(made.key), "secret": made.secret},
        stacked(
            plain(f"{name}, {role}, until {time_of(made.key.expires_at)}; {_SHOWN_ONCE}"), plain(made.secret)
        ),
    )


@api_key.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@operation
def list_keys(connection: Connection, limit: int) -> Told:
    """The tenant's keys, newest first."""
    page = list_api_keys(connection.database, connection.tenant, limit=limit)
    rows = [
        (
            key.id[:16],
            key.name,
            key.role,
            ", ".join(key.scopes) or "all",
            time_of(key.expires_at),
            _ended(key),
        )
        for key in page.items
    ]
    shown = table(("key", "name", "role", "scopes", "valid until", ""), rows, empty="no keys")
    return Told(
        {"api_keys": [data_of(key) for key in page.items], "unreadable": page.unreadable},
        stacked(shown, unreadable(page.unreadable)),
    )


@api_key.command("revoke")
@click.argument("key_id", metavar="KEY")
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@operation
def revoke(connection: Connection, key_id: str, why: str) -> Told:
    """Let nobody in by a key any more; KEY is its id, or how it begins."""
    page = list_api_keys(connection.database, connection.tenant, limit=500)
    found = [key.id for key in page.items if key.id.startswith(key_id)]
    done = granted(
        revoke_api_key(
            connection.database,
            connection.tenant,
            found[0] if len(found) == 1 else key_id,
            by=operator(),
            why=why,
            now=connection.world.clock(),
        )
    )
    return Told(data_of(done), plain(f"{done.name} is revoked"))


@click.group("operator")
def people() -> None:
    """People who use the HTTP API and the console by signing in at Google."""


@people.command("admit")
@click.argument("address", metavar="EMAIL")
@click.option("--name", required=True, help="What colleagues call them.")
@click.option("--role", type=_ROLES, default=Role.VIEWER.value, show_default=True)
@operation
def admit(connection: Connection, address: str, name: str, role: str) -> Told:
    """Let a person in, or change their role."""
    done = granted(
        admit_person(
            connection.database,
            connection.tenant,
            connection.key_of(address),
            name=name,
            role=Role(role),
            by=operator(),
            now=connection.world.clock(),
        )
    )
    return Told(data_of(done), plain(f"{name} may sign in as {role}"))


@people.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@operation
def list_operators(connection: Connection, limit: int) -> Told:
    """Who may sign in."""
    page = list_people(connection.database, connection.tenant, limit=limit)
    rows = [(one.id[:16], one.name, one.role, time_of(one.added_at), _left(one)) for one in page.items]
    return Told(
        {"operators": [data_of(one) for one in page.items], "unreadable": page.unreadable},
        stacked(
            table(("person", "name", "role", "since", ""), rows, empty="nobody"), unreadable(page.unreadable)
        ),
    )


@people.command("remove")
@click.argument("address", metavar="EMAIL")
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@operation
def remove(connection: Connection, address: str, why: str) -> Told:
    """Let a person in no longer."""
    done = granted(
        remove_person(
            connection.database,
            connection.tenant,
            connection.key_of(address),
            by=operator(),
            why=why,
            now=connection.world.clock(),
        )
    )
    return Told(data_of(done), plain(f"{done.name} is let in no longer"))


def _ended(key: ApiKey) -> str:
    return f"revoked {time_of(key.revoked_at)}" if key.revoked_at else ""


def _left(person: Person) -> str:
    return f"removed {time_of(person.removed_at)}" if person.removed_at else ""
