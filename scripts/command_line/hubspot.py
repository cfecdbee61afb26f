"""`whisper hubspot`: lookup."""

from __future__ import annotations

import click
from rich.console import RenderableType

from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import Problem
from scripts.command_line.show import data_of, facts, heading, plain, stacked
from shared.jobs.facts import Company
from shared.operators.lookup import Person, find_company, find_person
from shared.policy.addresses import canonical_address, canonical_domain


@click.group()
def hubspot() -> None:
    """What the CRM knows."""


@hubspot.command("lookup")
@click.argument("wanted", metavar="EMAIL|DOMAIN")
@operation
def lookup(connection: Connection, wanted: str) -> Told:
    """A contact by address with its company, owner and opt-out, or a company by domain."""
    from shared.runtime.wire.crm import crm_of

    crm = crm_of(connection.world, connection.tenant, connection.tenant_settings())
    if "@" not in wanted:
        domain = canonical_domain(wanted.strip())
        company = find_company(crm, domain)
        if company is None:
            raise Problem(f"HubSpot has no company with the domain {domain}; its search is seconds behind")
        return Told({"company": data_of(company)}, stacked(heading(domain), _company(company)))
    person = find_person(crm, canonical_address(wanted))
    if person.contact is None:
        raise Problem(f"HubSpot has no contact with the address {person.address}")
    return Told(_data(person), _human(person))


def _data(person: Person) -> dict[str, object]:
    contact = person.contact
    assert contact is not None
    return {
        "contact": {
            "id": contact.id,
            "properties": dict(contact.properties),
            "company_ids": contact.company_ids,
            "notes": len(contact.note_ids),
            "tasks": len(contact.task_ids),
            "open_deals": person.open_deals,
        },
        "company": data_of(person.company) if person.company else None,
        "owner": person.owner_address,
        "opted_out": person.opted_out,
    }


def _human(person: Person) -> RenderableType:
    contact = person.contact
    assert contact is not None
    found = person.identity
    about = facts(
        (
            ("contact", contact.id),
            ("name", f"{found.first_name} {found.last_name}".strip()),
            ("title", found.title),
            ("lifecycle", found.lifecycle_stage),
            ("owner", person.owner_address or "nobody"),
            ("opted out", "yes: never write to this person" if person.opted_out else "no"),
            ("open deals", str(person.open_deals)),
            ("notes, tasks", f"{len(contact.note_ids)}, {len(contact.task_ids)}"),
        )
    )
    company = _company(person.company) if person.company else plain("no company")
    return stacked(heading(person.address), about, heading("Company"), company)


def _company(company: Company) -> RenderableType:
    unknown = "unknown"
    return facts(
        (
            ("company", company.crm_id),
            ("name", company.name),
            ("domain", company.domain),
            ("industry", company.industry or unknown),
            ("stage", company.stage or unknown),
            ("employees", unknown if company.employees is None else str(company.employees)),
        )
    )
