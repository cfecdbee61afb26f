"""The leads that scripts/run and scripts/demo play, and how a lead is read from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from scripts.sandbox.world import CONTACT_FORM, DEMO_FORM, NEWSLETTER_FORM

__all__ = [
    "CONTACT_FORM",
    "DEMO_FORM",
    "NEWSLETTER_FORM",
    "STORY",
    "Lead",
    "UnusableLead",
    "lead_of",
    "read_lead",
]


@dataclass(frozen=True)
class Lead:
    """What a person put into a form. With `payload` it is a webhook's body, to be posted as it is."""

    fields: Mapping[str, str]
    form: str = DEMO_FORM
    payload: bytes | None = None

    @property
    def address(self) -> str:
        return next((value for name, value in self.fields.items() if name.lower() == "email"), "")

    @property
    def title(self) -> str:
        """Who it is, for a heading."""
        name = f"{self.fields.get('firstname', '')} {self.fields.get('lastname', '')}".strip()
        company = self.fields.get("company", "")
        return ", ".join(part for part in (name or self.address, company) if part)


class UnusableLead(Exception):
    """A file that holds no lead; the message says what it should hold."""


def _lead(address: str, first: str, last: str, company: str, message: str, *, form: str = DEMO_FORM) -> Lead:
    fields = {"email": address, "firstname": first, "lastname": last, "company": company, "message": message}
    return Lead(fields, form)


STORY: Mapping[str, Lead] = {
    "ana": _lead(
        "ana.ruiz@harborlogistics.example",
        "Ana",
        "Ruiz",
        "Harbor Logistics",
        "We run 40 trucks and lose two hours a day on reconciling delivery notes. "
        "Can you show us how it works with SAP?",
    ),
    "leo": _lead(
        "leo.marsh@peppercorn.example",
        "Leo",
        "Marsh",
        "Peppercorn Foods",
        "We just opened our third warehouse and stock counts never match. How quickly could we go live?",
        form=CONTACT_FORM,
    ),
    "priya": _lead(
        "priya.nair@tallyworks.example",
        "Priya",
        "Nair",
        "Tallyworks",
        "Our finance team exports invoices by hand every Friday. "
        "I would like to see a demo with our own ERP before the end of the quarter.",
    ),
    "noor": _lead(
        "noor.haddad@saltmarsh.example",
        "Noor",
        "Haddad",
        "Saltmarsh Ceramics",
        "We ship to 12 countries and our customers ask where their parcels are. Can we share that?",
        form=CONTACT_FORM,
    ),
    "grace": _lead(
        "grace.kim@northgatebank.example",
        "Grace",
        "Kim",
        "Northgate Bank",
        "We compare vendors for reporting across 14 branches. Which certifications do you hold?",
    ),
    "owen": _lead(
        "owen.hart@tallyworks.example",
        "Owen",
        "Hart",
        "Tallyworks",
        "Please send me your newsletter and a price list.",
        form=CONTACT_FORM,
    ),
    "mei": _lead(
        "mei.tan@harborlogistics.example",
        "Mei",
        "Tan",
        "Harbor Logistics",
        "Could we talk about prices for 25 users next week?",
    ),
    "tom": _lead(
        "tom.byrne@lumenclinics.example",
        "Tom",
        "Byrne",
        "Lumen Clinics",
        "We run 9 clinics and order supplies by phone. Can you show us the stock of all of them at once?",
    ),
}
"""By the first name of the person. All but Noor are in the sandbox's CRM; Owen has opted out there."""


def read_lead(path: Path) -> Lead:
    """A lead from a JSON file. Errors: UnusableLead."""
    try:
        raw = path.read_bytes()
        return lead_of(json.loads(raw), raw)
    except OSError as error:
        raise UnusableLead(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UnusableLead(f"{path} is not JSON: {error}") from None


def lead_of(value: Any, raw: bytes) -> Lead:
    """A lead from JSON: a webhook's payload, `{"fields": {…}, "form": …}`, or just the fields.

    Errors: UnusableLead.
    """
    if not isinstance(value, dict):
        raise UnusableLead('a lead is a JSON object: a HubSpot payload, or fields such as {"email": "…"}')
    whole = cast("dict[str, Any]", value)
    if "fieldValues" in whole or "formId" in whole:
        fields = _named_values(whole.get("fieldValues"))
        return Lead(fields, str(whole.get("formId", "")), raw)
    given: Any = whole.get("fields", {name: one for name, one in whole.items() if name != "form"})
    fields = _named_values(given) if isinstance(given, list) else given
    if not isinstance(fields, dict) or not fields:
        raise UnusableLead('the fields must be an object such as {"email": "…", "message": "…"}')
    return Lead(
        {str(name): str(one) for name, one in cast("dict[object, object]", fields).items()},
        str(whole.get("form", DEMO_FORM)),
    )


def _named_values(values: Any) -> dict[str, str]:
    """HubSpot's `[{name, value}]` as a mapping; what does not fit is left out, the payload goes as it is."""
    rows = cast("list[object]", values) if isinstance(values, list) else []
    found: dict[str, str] = {}
    for row in rows:
        if isinstance(row, dict):
            each = cast("dict[str, object]", row)
            found[str(each.get("name", ""))] = str(each.get("value", ""))
    return found
