"""HubSpot as the CRM: contacts, companies, deals, owners, opt-outs, notes, tasks and records of mails."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from shared.connectors.http import VendorHttp
from shared.connectors.hubspot_engagements import MAILS, NOTES, TASKS, Engagements
from shared.connectors.hubspot_shapes import Batch, Found, Owner, Owners, Record, Statuses, hubspot_id
from shared.connectors.mail_address import plain_address
from shared.errors import Permanent, Retryable
from shared.jobs.facts import Company
from shared.pattern import Pattern
from shared.ports.crm import CrmContact

BASE_URL = "https://api.hubapi.com"
VERSION = "2026-09"
CONTACT_PROPERTIES = (
    "email",
    "firstname",
    "lastname",
    "jobtitle",
    "company",
    "hubspot_owner_id",
    "lifecyclestage",
    "hs_email_optout",
    "associatedcompanyid",
)
_ASSOCIATIONS = "companies,notes,tasks,deals"
_BATCH_MOST = 100
_CLOSED_STAGES = frozenset({"closedwon", "closedlost"})
_EXISTING = Pattern(r"Existing ID: ([0-9]{1,20})\b")


@dataclass(frozen=True)
class CompanyProperties:
    """The company properties that feed the guardrails, as the tenant's settings name them."""

    industry: str = "industry"
    stage: str = "company_stage"
    employees: str = "numberofemployees"

    @property
    def asked_for(self) -> list[str]:
        return list(dict.fromkeys(("name", "domain", self.industry, self.stage, self.employees)))


class HubSpotCrm:
    """The customer records of one portal."""

    def __init__(
        self,
        http: VendorHttp,
        *,
        company_properties: CompanyProperties | None = None,
        contact_properties: Sequence[str] = (),
    ) -> None:
        self._http = http
        self._company_properties = company_properties or CompanyProperties()
        self._contact_properties = ",".join(dict.fromkeys((*CONTACT_PROPERTIES, *contact_properties)))
        self._engagements = Engagements(http, VERSION)

    def find_contact(self, address: str) -> CrmContact | None:
        """The contact with this address, with its associations, or None when the portal has none."""
        return self._contact("find_contact", plain_address(address), id_property="email")

    def create_contact(self, address: str, properties: Mapping[str, str]) -> CrmContact:
        """Create it; one that exists already under this address is returned as it is."""
        body: dict[str, object] = {
            "properties": {**properties, "email": plain_address(address)},
            "associations": [],
        }
        path = f"/crm/objects/{VERSION}/contacts"
        reply = self._http.write("create_contact", "POST", path, body=body, allowed=(409,))
        if reply.status != 409:
            record = reply.parsed(Record)
            return CrmContact(id=record.id, properties=record.properties)
        existing = self.find_contact(address)
        if existing is None and (named := _EXISTING.search(str(reply.body))):
            # A further address of a contact is taken, but is not what the contact is found by.
            existing = self._contact("find_contact", named[1])
        if existing is None:
            raise Retryable("hubspot: create_contact found it existing, but it cannot be read yet")
        return existing

    def company(self, company_id: str) -> Company | None:
        """A company by its id."""
        path = f"/crm/objects/{VERSION}/companies/{hubspot_id(company_id)}"
        query = {"properties": ",".join(self._company_properties.asked_for)}
        reply = self._http.read("company", "GET", path, query=query, allowed=(404,))
        return None if reply.status == 404 else self._company(reply.parsed(Record))

    def find_company(self, domain: str) -> Company | None:
        """The company with this domain; the oldest where several have it."""
        wanted = domain.strip().lower()
        body = {
            "filterGroups": [{"filters": [{"propertyName": "domain", "operator": "EQ", "value": wanted}]}],
            "sorts": [{"propertyName": "createdate", "direction": "ASCENDING"}],
            "properties": self._company_properties.asked_for,
            "limit": 1,
        }
        path = f"/crm/objects/{VERSION}/companies/search"
        found = self._http.read("find_company", "POST", path, body=body).parsed(Found)
        return self._company(found.results[0]) if found.results else None

    def owner_address(self, owner_id: str) -> str | None:
        """The mail address of a CRM user, None when there is no such user any more."""
        path = f"/crm/owners/{VERSION}/{hubspot_id(owner_id)}"
        reply = self._http.read("owner_address", "GET", path, allowed=(404,))
        return None if reply.status == 404 else (reply.parsed(Owner).email or None)

    def owner_id(self, address: str) -> str | None:
        """The CRM user with this mail address."""
        query = {"email": plain_address(address)}
        owners = self._http.read("owner_id", "GET", f"/crm/owners/{VERSION}", query=query).parsed(Owners)
        wanted = address.lower()
        return next((owner.id for owner in owners.results if (owner.email or "").lower() == wanted), None)

    def open_deals(self, deal_ids: Sequence[str]) -> int:
        """How many of these deals are neither won nor lost."""
        count = 0
        ids = [hubspot_id(deal_id) for deal_id in dict.fromkeys(deal_ids)]
        for start in range(0, len(ids), _BATCH_MOST):
            body = {
                "inputs": [{"id": id_} for id_ in ids[start : start + _BATCH_MOST]],
                "properties": ["hs_is_closed", "dealstage"],
                "propertiesWithHistory": [],
            }
            reply = self._http.read(
                "open_deals", "POST", f"/crm/objects/{VERSION}/deals/batch/read", body=body
            )
            count += sum(not _closed(deal) for deal in reply.parsed(Batch).records("hubspot: open_deals"))
        return count

    def opted_out(self, address: str) -> bool:
        """Whether the person unsubscribed from mail, by any subscription or on the contact itself."""
        quoted = quote(plain_address(address), safe="")
        path = f"/communication-preferences/{VERSION}/statuses/{quoted}"
        statuses = self._http.read("opted_out", "GET", path, query={"channel": "EMAIL"}, allowed=(404,))
        if statuses.status != 404 and statuses.parsed(Statuses).any_unsubscribed:
            return True
        path = f"/crm/objects/{VERSION}/contacts/{quoted}"
        query = {"idProperty": "email", "properties": "hs_email_optout"}
        contact = self._http.read("opted_out", "GET", path, query=query, allowed=(404,))
        if contact.status == 404:
            return False
        if statuses.status == 404:
            raise Permanent("hubspot: opted_out answered 404 for a contact that exists; check the base URL")
        return (contact.parsed(Record).properties.get("hs_email_optout") or "").lower() == "true"

    def find_note(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's note that carries our marker."""
        return self._engagements.find(NOTES, contact_id, marker)

    def create_note(self, contact_id: str, company_id: str | None, body: str, at: datetime) -> str:
        """Create a note at the contact (and company) and return its id; `body` is plain text."""
        return self._engagements.create_note(contact_id, company_id, body, at)

    def update_note(self, note_id: str, body: str) -> bool:
        """Replace a note's text; False when the note is gone."""
        return self._engagements.update_note(note_id, body)

    def find_task(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's task that carries our marker."""
        return self._engagements.find(TASKS, contact_id, marker)

    def create_task(
        self, contact_id: str, *, subject: str, body: str, due: datetime, owner_id: str | None
    ) -> str:
        """Create a task at the contact and return its id; `body` is plain text."""
        return self._engagements.create_task(
            contact_id, subject=subject, body=body, due=due, owner_id=owner_id
        )

    def complete_task(self, task_id: str) -> bool:
        """Say that a task is done, also when it was before; False when the task is gone."""
        return self._engagements.complete_task(task_id)

    def find_mail(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's record of a mail that carries our marker."""
        return self._engagements.find(MAILS, contact_id, marker)

    def create_mail(
        self,
        contact_id: str,
        company_id: str | None,
        *,
        subject: str,
        body: str,
        sent_at: datetime,
        sender: str,
        recipient: str,
        owner_id: str | None,
    ) -> str:
        """Record a sent mail at the contact (and company) and return its id; `body` is plain text."""
        return self._engagements.create_mail(
            contact_id,
            company_id,
            subject=subject,
            body=body,
            sent_at=sent_at,
            addresses=(plain_address(sender), plain_address(recipient)),
            owner_id=owner_id,
        )

    def _contact(self, operation: str, id_: str, id_property: str | None = None) -> CrmContact | None:
        path = f"/crm/objects/{VERSION}/contacts/{quote(id_, safe='')}"
        query = {"properties": self._contact_properties, "associations": _ASSOCIATIONS}
        if id_property is not None:
            query["idProperty"] = id_property
        reply = self._http.read(operation, "GET", path, query=query, allowed=(404,))
        if reply.status == 404:
            return None
        record = reply.parsed(Record)
        return CrmContact(
            id=record.id,
            properties=record.properties,
            company_ids=_primary_first(record),
            note_ids=record.associated("notes"),
            task_ids=record.associated("tasks"),
            deal_ids=record.associated("deals"),
        )

    def _company(self, record: Record) -> Company:
        names, values = self._company_properties, record.properties
        return Company(
            crm_id=record.id,
            name=values.get("name") or "",
            domain=(values.get("domain") or "").lower(),
            industry=values.get(names.industry) or None,
            stage=values.get(names.stage) or None,
            employees=_whole_number(values.get(names.employees)),
        )


def _primary_first(record: Record) -> tuple[str, ...]:
    """Company ids with the primary one, which alone is listed without `_unlabeled`, in front."""
    primary = record.properties.get("associatedcompanyid")
    ids = record.associated("companies")
    labelled = record.associated("companies", label="contact_to_company")
    front = [id_ for id_ in (primary, *labelled) if id_ in ids]
    return tuple(dict.fromkeys((*front, *ids)))


def _closed(deal: Record) -> bool:
    closed = (deal.properties.get("hs_is_closed") or "").lower()
    if closed in ("true", "false"):
        return closed == "true"
    return (deal.properties.get("dealstage") or "") in _CLOSED_STAGES


def _whole_number(value: str | None) -> int | None:
    """A count as HubSpot keeps it (`250`, `250.0`); None for anything else, for a guess is worse."""
    match = re.fullmatch(r"([0-9]{1,12})(?:\.0+)?", (value or "").strip())
    return int(match[1]) if match else None
