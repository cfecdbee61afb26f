"""What the CRM knows of a person or a company, as the stages would find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.jobs.facts import Company, Identity
from shared.policy.addresses import domain_of, is_free_mail
from shared.ports.crm import Crm, CrmContact


@dataclass(frozen=True)
class Person:
    """A contact and what belongs to it; `contact` None: the CRM does not know the address."""

    address: str
    contact: CrmContact | None
    company: Company | None
    owner_address: str | None
    opted_out: bool
    open_deals: int

    @property
    def identity(self) -> Identity:
        """The same in the shape that policy judges."""
        held: Mapping[str, str | None] = self.contact.properties if self.contact else {}

        def of(name: str) -> str:
            return (held.get(name) or "").strip()

        return Identity(
            address=self.address,
            first_name=of("firstname"),
            last_name=of("lastname"),
            title=of("jobtitle"),
            crm_contact_id=self.contact.id if self.contact else None,
            owner_address=self.owner_address,
            lifecycle_stage=held.get("lifecyclestage"),
            company=self.company,
            company_name=of("company"),
            opted_out=self.opted_out,
            open_deals=self.open_deals,
        )


def find_person(crm: Crm, address: str) -> Person:
    """The contact with this address, and its company: its own, else the one with the address's domain.

    Errors: Failure as the CRM has them; BadAddress.
    """
    contact = crm.find_contact(address)
    owner = contact.properties.get("hubspot_owner_id") if contact else None
    if contact is not None and contact.company_ids:
        company = crm.company(contact.company_ids[0])
    else:
        company = None if is_free_mail(address) else crm.find_company(domain_of(address))
    return Person(
        address=address,
        contact=contact,
        company=company,
        owner_address=crm.owner_address(owner) if owner else None,
        opted_out=crm.opted_out(address),
        open_deals=crm.open_deals(contact.deal_ids) if contact and contact.deal_ids else 0,
    )


def find_company(crm: Crm, domain: str) -> Company | None:
    """The company with this domain. Errors: Failure as the CRM has them."""
    return crm.find_company(domain)
