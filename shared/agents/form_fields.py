"""Read a web form whose field names we do not choose: which field plays which role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.jobs.facts import Submission


class Role(StrEnum):
    """What a form field is about."""

    IGNORED = "ignored"
    ADDRESS = "address"
    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    NAME = "name"
    COMPANY = "company"
    TITLE = "title"
    BUDGET = "budget"
    TIMELINE = "timeline"
    EMPLOYEES = "employees"
    TEAM = "team"
    SEATS = "seats"
    HEARD = "heard"
    INTERESTS = "interests"
    TOOL = "tool"
    USE_CASE = "use_case"
    MESSAGE = "message"
    OTHER = "other"


# The first pattern that fits wins, so what must never be quoted comes first.
_ROLES: tuple[tuple[Role, str], ...] = (
    (
        Role.IGNORED,
        r"consent|agree|gdpr|opt_?in|opt_?out|subscri|newsletter|^hs_|^utm_|captcha|^gclid|privacy|terms",
    ),
    (Role.ADDRESS, r"e_?mail|website|url|linkedin|domain|street|address|^zip|postal"),
    (Role.PHONE, r"phone|mobile|^tel|fax|whatsapp"),
    (Role.FIRST_NAME, r"first_?name|given_?name|vorname|forename"),
    (Role.LAST_NAME, r"last_?name|sur_?name|family_?name|nachname"),
    (Role.BUDGET, r"budget|spend|revenue|price_range"),
    (Role.HEARD, r"hear|how_did_you_find|referr|lead_source|found_us"),
    (Role.TIMELINE, r"time_?line|time_?frame|when_|deadline|how_soon|start_date|urgency|purchase_date"),
    (Role.SEATS, r"seats|licen[cs]es|users"),
    (Role.TEAM, r"team_?size|size_of_(your_)?team|sales_?team|reps"),
    (Role.EMPLOYEES, r"employees|company_?size|head_?count|organi[sz]ation_size"),
    (Role.INTERESTS, r"interest|products?$|topics?$|services?$|features?$|looking_for"),
    (Role.TOOL, r"crm|current_(tool|system|solution|setup)|tech_stack|tools?$|platform"),
    (Role.USE_CASE, r"use_?case|goals?$|challenge|pain|project|objective"),
    (
        Role.MESSAGE,
        r"message|comment|help|question|inquiry|enquiry|details|description|notes?$|tell_us|anything|request",
    ),
    (Role.TITLE, r"job_?title|^role|position|^title"),
    (Role.COMPANY, r"company|organi[sz]ation|business_name|^firm"),
    (Role.NAME, r"^(full_|your_)?name$"),
)


@dataclass(frozen=True)
class FormField:
    """One field that the person filled in; `name` is the form's own name for it."""

    name: str
    role: Role
    value: str


def role_of(name: str) -> Role:
    """The role of a field, judged by its name alone."""
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    for role, pattern in _ROLES:
        if re.search(pattern, key):
            return role
    return Role.OTHER


def read_form(submission: Submission) -> tuple[FormField, ...]:
    """The fields that were filled in, in the form's order."""
    return tuple(
        FormField(name, role_of(name), value.strip())
        for name, value in submission.fields.items()
        if value.strip()
    )


def first(fields: tuple[FormField, ...], *roles: Role) -> FormField | None:
    """The first field that has one of the roles."""
    return next((field for field in fields if field.role in roles), None)


class Intent(StrEnum):
    """What somebody wants who sends this form."""

    DEMO = "demo"
    PRICING = "pricing"
    TRIAL = "trial"
    CONTACT = "contact"
    MATERIAL = "material"
    EVENT = "event"
    SUPPORT = "support"
    UNKNOWN = "unknown"


_INTENTS: tuple[tuple[Intent, str], ...] = (
    (Intent.DEMO, r"\bdemo|\bsee it\b|\bwalk-?through|\btour\b"),
    (Intent.PRICING, r"\bpric|\bquote\b|\bcost|how much|\bbuy\b"),
    (Intent.TRIAL, r"\btrial|\bpilot\b|\btry it\b|\bsign ?up\b"),
    (Intent.EVENT, r"\bwebinar|\bevent\b|\bworkshop"),
    (Intent.MATERIAL, r"\bdownload|\bguide\b|\be-?book|\bwhite ?paper|\bbrochure"),
    (Intent.SUPPORT, r"\bsupport (request|ticket)|\bhelp ?desk|^support$"),
    (Intent.CONTACT, r"\bcontact|\bsales\b|\btalk to|\bget in touch|\binquir|\benquir"),
)


def intent_of(submission: Submission) -> Intent:
    """What the form is for by its name, else by what the person wrote."""
    texts = [submission.form_name]
    texts += [
        f.value for f in read_form(submission) if f.role in (Role.MESSAGE, Role.INTERESTS, Role.USE_CASE)
    ]
    for text in texts:
        for intent, pattern in _INTENTS:
            if re.search(pattern, text.replace("_", " ").lower()):
                return intent
    return Intent.UNKNOWN
