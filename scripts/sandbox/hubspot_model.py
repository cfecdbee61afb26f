"""HubSpot's object types, their properties and the ids of their associations."""

from __future__ import annotations

import json
from typing import Any

OBJECT_TYPE_IDS = {
    "contacts": "0-1",
    "companies": "0-2",
    "deals": "0-3",
    "tasks": "0-27",
    "notes": "0-46",
    "emails": "0-49",
}
_ALIASES = {
    **{type_id: name for name, type_id in OBJECT_TYPE_IDS.items()},
    **{name: name for name in OBJECT_TYPE_IDS},
    "contact": "contacts",
    "company": "companies",
    "deal": "deals",
    "task": "tasks",
    "note": "notes",
    "email": "emails",
}
SINGULAR = {
    "contacts": "contact",
    "companies": "company",
    "deals": "deal",
    "tasks": "task",
    "notes": "note",
    "emails": "email",
}
LAST_MODIFIED = {"contacts": "lastmodifieddate"}
"""The property that tells the last change; `hs_lastmodifieddate` for every other type."""

DEFAULT_PROPERTIES = {
    "contacts": ["email", "firstname", "lastname"],
    "companies": ["domain", "name"],
    "deals": ["amount", "closedate", "dealname", "dealstage", "pipeline"],
    "tasks": [],
    "notes": [],
    "emails": [],
}
REQUIRED = {
    "notes": ["hs_timestamp"],
    "tasks": ["hs_timestamp"],
    "emails": ["hs_timestamp", "hs_email_direction"],
}
UNIQUE = {"contacts": "email"}
_FROM_HEADERS = {
    f"hs_email_{side}_{ours}": (side, theirs)
    for side in ("from", "to")
    for ours, theirs in (("email", "email"), ("firstname", "firstName"), ("lastname", "lastName"))
}
READ_ONLY = {
    *("hs_object_id", "createdate", "hs_createdate", "lastmodifieddate", "hs_lastmodifieddate"),
    *_FROM_HEADERS,
}

_ENGAGEMENT = [
    "hs_timestamp",
    "hubspot_owner_id",
    "hs_attachment_ids",
    "hs_unique_id",
    "hs_object_source_label",
]
PROPERTIES = {
    "contacts": [
        *("email", "firstname", "lastname", "jobtitle", "phone", "mobilephone", "company", "website", "city"),
        *(
            "state",
            "country",
            "zip",
            "address",
            "industry",
            "lifecyclestage",
            "hs_lead_status",
            "hubspot_owner_id",
        ),
        *("hs_email_optout", "hs_additional_emails", "hs_email_bounce", "hs_email_hard_bounce_reason_enum"),
        *("hs_language", "hs_timezone", "message", "notes_last_contacted", "notes_last_updated", "num_notes"),
        *("hs_persona", "hs_analytics_source", "recent_conversion_event_name", "recent_conversion_date"),
        *("num_conversion_events", "associatedcompanyid", "hs_email_domain", "seniority", "job_function"),
        *(
            "hs_email_last_open_date",
            "hs_email_last_click_date",
            "hs_sales_email_last_replied",
            "hs_lead_score",
        ),
    ],
    "companies": [
        *(
            "name",
            "domain",
            "website",
            "industry",
            "numberofemployees",
            "annualrevenue",
            "city",
            "state",
            "country",
        ),
        *(
            "description",
            "lifecyclestage",
            "hubspot_owner_id",
            "phone",
            "founded_year",
            "type",
            "timezone",
            "zip",
        ),
        *(
            "linkedin_company_page",
            "hs_lead_status",
            "total_money_raised",
            "funding_stage",
            "hs_num_open_deals",
        ),
    ],
    "deals": ["dealname", "dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id", "dealtype"],
    "tasks": [
        *("hs_task_subject", "hs_task_body", "hs_task_status", "hs_task_priority", "hs_task_type"),
        *("hs_task_reminders", "hs_queue_membership_ids", *_ENGAGEMENT),
    ],
    "notes": ["hs_note_body", *_ENGAGEMENT],
    "emails": [
        *("hs_email_direction", "hs_email_subject", "hs_email_text", "hs_email_html", "hs_email_status"),
        *("hs_email_headers", "hs_email_message_id", "hs_email_thread_id", *_ENGAGEMENT),
        *_FROM_HEADERS,
    ],
}
ALLOWED_VALUES = {
    "hs_task_status": ["NOT_STARTED", "IN_PROGRESS", "COMPLETED", "WAITING", "DEFERRED"],
    "hs_task_priority": ["NONE", "LOW", "MEDIUM", "HIGH"],
    "hs_task_type": ["TODO", "CALL", "EMAIL"],
    "hs_email_direction": ["EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "DRAFT_EMAIL"],
    "hs_email_status": ["BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"],
    "hs_email_optout": ["true", "false"],
}
DATE_TIMES = {"hs_timestamp", "closedate"}
LONGEST = {"hs_note_body": 65_536, "hs_task_body": 65_536}

_PAIRS = [
    # from, to, id, inverse id, the default one of its pair
    ("notes", "contacts", 202, 201),
    ("notes", "companies", 190, 189),
    ("notes", "deals", 214, 213),
    ("tasks", "contacts", 204, 203),
    ("tasks", "companies", 192, 191),
    ("tasks", "deals", 216, 215),
    ("emails", "contacts", 198, 197),
    ("emails", "companies", 186, 185),
    ("emails", "deals", 210, 209),
    ("contacts", "companies", 279, 280),
    ("contacts", "companies", 1, 2),
    ("deals", "contacts", 3, 4),
    ("deals", "companies", 341, 342),
    ("deals", "companies", 5, 6),
]
INVERSE_TYPE: dict[tuple[str, str, int], int] = {}
"""(from, to, association type id) → the id of the same association seen from the other side."""
for _from, _to, _id, _inverse in _PAIRS:
    INVERSE_TYPE[(_from, _to, _id)] = _inverse
    INVERSE_TYPE[(_to, _from, _inverse)] = _id
PRIMARY_TYPES = {1, 2, 5, 6}


def from_headers(headers: str) -> dict[str, str]:
    """What HubSpot fills in from a mail's `hs_email_headers`: who wrote, and to whom (several joined by `;`).

    Errors: ValueError for headers that are not of the documented shape.
    """
    given: Any = json.loads(headers)
    try:
        people = {"from": [given["from"]] if "from" in given else [], "to": list(given.get("to", []))}
        found = {
            name: ";".join(str(person[field]) for person in people[side] if person.get(field))
            for name, (side, field) in _FROM_HEADERS.items()
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("hs_email_headers: an object with from {email} and to [{email}]") from error
    return {name: value for name, value in found.items() if value}


def object_type(name: str) -> str | None:
    """The plural name of an object type given by name or type id, None for one that is not kept here."""
    return _ALIASES.get(name)


def default_type(from_type: str, to_type: str) -> int | None:
    """The association type id without a label between two object types."""
    ids = [
        type_id
        for (source, target, type_id) in INVERSE_TYPE
        if (source, target) == (from_type, to_type) and type_id not in PRIMARY_TYPES
    ]
    return ids[0] if ids else None


def association_names(from_type: str, to_type: str, type_ids: list[int]) -> list[str]:
    """The names under which `?associations=` lists one associated record, one per type id."""
    name = f"{SINGULAR[from_type]}_to_{SINGULAR[to_type]}"
    has_primary = any((from_type, to_type, type_id) in INVERSE_TYPE for type_id in PRIMARY_TYPES)
    return [
        f"{name}_unlabeled" if has_primary and type_id not in PRIMARY_TYPES else name for type_id in type_ids
    ]
