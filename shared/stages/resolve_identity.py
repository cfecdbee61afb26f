"""Find out who wrote: the CRM contact, the company, and the sender who answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.facts import Company, Identity
from shared.jobs.job import Job, Kind
from shared.jobs.outcome import Advance, Outcome, Wait
from shared.jobs.tenant import Tenant
from shared.policy.addresses import domain_of, is_free_mail
from shared.ports.crm import Crm, CrmContact
from shared.ports.documents import Contacts

LOOKS = 2
"""How often the CRM is asked before we go on without it: its index lags behind a new contact."""

NOT_IN_CRM = "The CRM does not know this person: no note and no task could be logged."


def resolve_identity(
    job: Job, *, crm: Crm, tenant: Tenant, contacts: Contacts, now: datetime, crm_lag: timedelta
) -> Outcome:
    """Resolve address to contact and domain to company; both may be missing."""
    found = crm.find_contact(job.address)
    if found is None and job.crm_looks + 1 < LOOKS:
        return Wait(now + crm_lag, ["the CRM does not know the person yet"], crm_looks=job.crm_looks + 1)
    identity = _identity(job, crm, found)
    known = contacts.get(job.contact_id)
    writes: list[Document] = [_contact(job, identity, known, now)]
    absent = found is None
    return Advance(
        "create_contact" if absent and tenant.create_contacts else "read_thread",
        writes=writes,
        identity=identity,
        sender=job.sender if job.kind is Kind.REPLY else tenant.sender_for(identity.owner_address),
        notes=job.noting(NOT_IN_CRM if absent and not tenant.create_contacts else ""),
    )


def _identity(job: Job, crm: Crm, found: CrmContact | None) -> Identity:
    """What the CRM says, and what the form or their mail's From says where the CRM is silent."""
    form = job.submissions[0].fields if job.submissions else _shown_name(job)
    held: Mapping[str, str | None] = found.properties if found else {}

    def of(crm_name: str, *form_names: str) -> str:
        given = (form.get(name, "") for name in (crm_name, *form_names))
        return (held.get(crm_name) or next((value for value in given if value), "")).strip()

    owner = held.get("hubspot_owner_id")
    return Identity(
        address=job.address,
        first_name=of("firstname", "first_name"),
        last_name=of("lastname", "last_name"),
        title=of("jobtitle", "job_title"),
        crm_contact_id=found.id if found else None,
        owner_address=crm.owner_address(owner) if owner else None,
        lifecycle_stage=held.get("lifecyclestage"),
        company=_company(job.address, crm, found),
        company_name=of("company", "company_name"),
        opted_out=crm.opted_out(job.address),
        open_deals=crm.open_deals(found.deal_ids) if found and found.deal_ids else 0,
    )


def _shown_name(job: Job) -> dict[str, str]:
    """The name that the person's mail shows, as form fields: "Ana Ruiz" or "Ruiz, Ana"; else nothing."""
    shown = job.mails[0].name if job.mails else ""
    last, comma, first = (part.strip() for part in shown.partition(","))
    words = [first, last] if comma else shown.split()
    if len(words) != 2 or not all(word.replace("-", "").isalpha() for word in words):
        return {}
    return {"firstname": words[0], "lastname": words[1]}


def name_of(identity: Identity) -> str:
    """First and last name, as far as they are known."""
    return f"{identity.first_name} {identity.last_name}".strip()


def _company(address: str, crm: Crm, found: CrmContact | None) -> Company | None:
    """The contact's own company, else the one with the address's domain; free mail names no company."""
    if found and found.company_ids:
        return crm.company(found.company_ids[0])
    return None if is_free_mail(address) else crm.find_company(domain_of(address))


def _contact(job: Job, identity: Identity, known: Contact | None, now: datetime) -> Contact:
    company = identity.company.crm_id if identity.company else None
    if known is not None:
        return known.but(
            crm_id=identity.crm_contact_id,
            company_crm_id=company,
            name=name_of(identity) or known.name,
            updated_at=now,
        )
    return Contact(
        id=job.contact_id,
        tenant=job.tenant,
        address=job.address,
        name=name_of(identity),
        crm_id=identity.crm_contact_id,
        company_crm_id=company,
        created_at=now,
        updated_at=now,
    )
