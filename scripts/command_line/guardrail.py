"""`whisper guardrail`: list, add, off, check."""

from __future__ import annotations

import click

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem, granted
from scripts.command_line.show import facts, heading, plain, stacked, table, time_of
from shared.jobs.job import Kind
from shared.jobs.rules import GuardrailType
from shared.operators.check_contact import check_contact
from shared.operators.guardrails import (
    GuardrailShown,
    create_guardrail,
    deactivate_guardrail,
    list_guardrails,
)
from shared.operators.lookup import find_person
from shared.policy.addresses import canonical_address


@click.group()
def guardrail() -> None:
    """Which companies may be contacted: a person must pass every active rule."""


@guardrail.command("list")
@operation
def list_(connection: Connection) -> Told:
    """Every guardrail, those that are switched off and those that cannot be understood too."""
    found = granted(list_guardrails(connection.database, connection.tenant, by=operator()))
    rows = [
        (one.id, "on" if one.active else "off", one.document.get("type"), _value(one), one.garbage)
        for one in found
    ]
    columns = ("guardrail", "is", "type", "value", "garbage: everything is stopped")
    return Told({"guardrails": [_data(one) for one in found]}, table(columns, rows, empty="no guardrails"))


@guardrail.command("add")
@click.argument("type_", metavar="TYPE", type=click.Choice([t.value for t in GuardrailType]))
@click.argument("values", metavar="[VALUE]...", nargs=-1)
@click.option("--min", "low", type=click.IntRange(0), help="Of EMPLOYEE_RANGE: the fewest employees.")
@click.option("--max", "high", type=click.IntRange(0), help="Of EMPLOYEE_RANGE: the most.")
@click.option("--id", "id_", help="Its id; one is made if not said.")
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def add(
    connection: Connection,
    type_: str,
    values: tuple[str, ...],
    low: int | None,
    high: int | None,
    id_: str | None,
    why: str,
    actor: str | None,
) -> Told:
    """Add a rule that holds from the next claim on.

    \b
      whisper guardrail add ALLOWED_COMPANY_STAGE SEED SERIES_A --reason "our market"
      whisper guardrail add EMPLOYEE_RANGE --min 10 --max 500 --reason "our market"
      whisper guardrail add EXCLUDED_COMPANY_IDS 9001 9002 --reason "in litigation"
    """
    ranged = type_ == GuardrailType.EMPLOYEE_RANGE
    if ranged == bool(values) or (not ranged and (low is not None or high is not None)):
        raise Problem("EMPLOYEE_RANGE takes --min and --max, every other type takes values")
    bounds = {"min": low, "max": high}
    value: object = {k: v for k, v in bounds.items() if v is not None} if ranged else list(values)
    done = granted(
        create_guardrail(
            connection.database,
            connection.tenant,
            type_,
            value,
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
            id_=id_,
        )
    )
    return Told(_data(done), plain(f"guardrail {done.id} is on: {type_} {_value(done)}"))


@guardrail.command("off")
@click.argument("id_", metavar="ID")
@click.option("--reason", "why", required=True, help="Why, for the audit; no addresses.")
@click.option("--actor", help="Who says so; by default the user of this machine.")
@operation
def off(connection: Connection, id_: str, why: str, actor: str | None) -> Told:
    """Switch a rule off from the next claim on; it stays to be seen."""
    done = granted(
        deactivate_guardrail(
            connection.database,
            connection.tenant,
            id_,
            by=operator(actor),
            why=why,
            now=connection.world.clock(),
        )
    )
    return Told(_data(done), plain(f"guardrail {done.id} is off"))


@guardrail.command("check")
@click.argument("address", metavar="EMAIL")
@click.option("--as", "kind", type=click.Choice([k.value for k in Kind]), default=Kind.FOLLOWUP.value)
@operation
def check(connection: Connection, address: str, kind: str) -> Told:
    """Whether a person may be written to now, and what speaks against it; the exit code is 1 when not."""
    from shared.runtime.wire.crm import crm_of

    plain_address = canonical_address(address)
    tenant = connection.tenant_settings()
    person = find_person(crm_of(connection.world, tenant.id, tenant), plain_address)
    found = granted(
        check_contact(
            connection.database,
            tenant,
            person,
            connection.key_of(plain_address),
            ceiling=connection.settings.mode_ceiling.value,
            kind=Kind(kind),
            by=operator(),
            now=connection.world.clock(),
        )
    )
    data = {
        "address": plain_address,
        "may_be_mailed": found.may_be_mailed,
        "suppressed": found.suppressed,
        "guardrails": found.guardrails,
        "paused": found.paused,
        "unreadable": found.unreadable,
        "last_mailed_at": found.last_mailed_at.isoformat() if found.last_mailed_at else None,
    }
    human = stacked(
        heading(f"{plain_address} may {'' if found.may_be_mailed else 'not '}be written to"),
        facts(
            (
                ("suppressed", "\n".join(found.suppressed)),
                ("guardrails", "\n".join(found.guardrails)),
                ("paused", "\n".join(found.paused)),
                ("garbage", "\n".join(found.unreadable)),
                ("last mailed", time_of(found.last_mailed_at)),
            )
        ),
    )
    return Told(data, human, exit_code=int(not found.may_be_mailed))


def _value(one: GuardrailShown) -> str:
    value = one.document.get("value")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {bound}" for name, bound in sorted(value.items()))
    return "" if value is None else str(value)


def _data(one: GuardrailShown) -> dict[str, object]:
    return {
        "id": one.id,
        "active": one.active,
        "type": one.document.get("type"),
        "value": one.document.get("value"),
        "note": one.document.get("note"),
        "garbage": one.garbage,
    }
