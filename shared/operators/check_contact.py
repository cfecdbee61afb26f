"""Whether a person may be written to now, judged by the same function as plan, gate and claim (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.jobs.company import CompanyRecord, company_path
from shared.jobs.contact import Contact
from shared.jobs.job import Kind
from shared.jobs.rules import Rules, Suppression
from shared.jobs.tenant import Tenant
from shared.operators.flags import control_document
from shared.operators.lookup import Person
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy.contactability import contactability
from shared.policy.flags import read_controls
from shared.policy.guardrails import read_guardrails
from shared.store.collections import raw_guardrails
from shared.store.database import Database


@dataclass(frozen=True)
class ContactCheck:
    """What speaks against writing to a person, by kind of obstacle; nothing in any field: they may be mailed."""

    suppressed: tuple[str, ...] = ()
    guardrails: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    """A pause of their company, and their own absence."""
    unreadable: tuple[str, ...] = ()
    last_mailed_at: datetime | None = None

    @property
    def may_be_mailed(self) -> bool:
        return not (self.suppressed or self.guardrails or self.paused or self.unreadable)


def check_contact(
    database: Database,
    tenant: Tenant,
    person: Person,
    key: str,
    *,
    ceiling: str,
    kind: Kind = Kind.FOLLOWUP,
    by: Operator,
    now: datetime,
) -> ContactCheck | Refusal:
    """Judge a person as the CRM knows them; `key` is the keyed hash of their address.

    `kind` is the playbook, for the settings may let unknown properties pass in some. Errors: Unreachable,
    Permanent.
    """
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    here = f"tenants/{tenant.id}"
    everyone, own = database.raw_many([control_document(None), control_document(tenant.id)])
    guardrails, garbage = read_guardrails(raw_guardrails(database, tenant.id))
    contact = database.get(f"{here}/contacts/{key}", Contact)
    rules = Rules(
        tenant=tenant,
        controls=read_controls(everyone, own, ceiling=ceiling),
        guardrails=guardrails,
        suppression=database.get(f"{here}/suppressions/{key}", Suppression),
        contact=contact,
    )
    found = contactability(person.identity, rules, kind, now)
    return ContactCheck(
        suppressed=found.suppressed,
        guardrails=tuple(breach.reason for breach in found.breaches),
        paused=_paused(database, tenant.id, person, contact, now),
        unreadable=(*found.unreadable, *(f"cannot be read: {line}" for line in garbage)),
        last_mailed_at=contact.last_mailed_at if contact is not None else None,
    )


def _paused(
    database: Database, tenant: str, person: Person, contact: Contact | None, now: datetime
) -> tuple[str, ...]:
    found: list[str] = []
    if person.company is not None and person.company.crm_id:
        company = database.get(company_path(tenant, person.company.crm_id), CompanyRecord)
        if company is not None and company.is_paused(now):
            found.append(f"the company is paused: {company.pause_reason}")
    if contact is not None and contact.away_until is not None and contact.away_until > now:
        found.append(f"the person is away until {contact.away_until:%Y-%m-%d %H:%M} UTC")
    return tuple(found)
