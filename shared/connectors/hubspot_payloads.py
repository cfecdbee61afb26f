"""What HubSpot posts to us, as typed values. No I/O.

Three bodies are understood: a form submission, the contact of a workflow's "Send a webhook", and the array
of a webhook subscription. A field that is missing or of another type raises ValueError with the field's name,
and never with its value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from shared.connectors.sound_text import sound
from shared.jobs.facts import Submission
from shared.pattern import Pattern

EVENTS_MOST = 100
FIELDS_MOST = 500

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = Pattern(r"[0-9]{1,20}", re.ASCII)
_Object = Mapping[str, object]


@dataclass(frozen=True)
class FormSubmitted:
    """A form submission with everything that was entered."""

    submission: Submission


@dataclass(frozen=True)
class Conversion:
    """That a contact submitted a form, without what was entered."""

    conversion_id: str
    form_id: str
    submitted_at: datetime
    page_url: str = ""


@dataclass(frozen=True)
class ContactTouched:
    """Something happened to a contact: its id or its address is known, often both.

    `event` is what a repeated delivery has in common with the first: portal, type, object, event, time.
    """

    portal_id: str
    contact_id: str = ""
    address: str = ""
    kind: str = "workflow"
    event: tuple[str, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict[str, str])


def parse_submission_payloads(
    payload: object, *, received_at: datetime
) -> tuple[FormSubmitted | ContactTouched, ...]:
    """Any of the three bodies, told apart by what they contain. Errors: ValueError naming the field."""
    payload = sound(payload)
    if isinstance(payload, list):
        return parse_events(cast("list[object]", payload))
    body = _object(payload, "body")
    if "formSubmissionId" in body or "fieldValues" in body or "formId" in body:
        return (parse_form_submission(body, received_at=received_at),)
    return (parse_workflow(body),)


def parse_form_submission(body: _Object, *, received_at: datetime) -> FormSubmitted:
    """`{portalId, formId, formSubmissionId, fieldValues:[{name,value}], submittedAt?, pageUrl?}`."""
    rows = _list(body.get("fieldValues"), "fieldValues", most=FIELDS_MOST)
    fields: dict[str, str] = {}
    for place, row in enumerate(rows):
        where = f"fieldValues[{place}]"
        each = _object(row, where)
        name = _text(each.get("name"), f"{where}.name")
        value = _scalar(each.get("value"), f"{where}.value")
        # A field with several values comes once for each of them.
        fields[name] = f"{fields[name]};{value}" if name in fields else value
    submitted_at = body.get("submittedAt")
    return FormSubmitted(
        Submission(
            conversion_id=_text(body.get("formSubmissionId"), "formSubmissionId", longest=200),
            portal_id=_number(body.get("portalId"), "portalId"),
            form_id=_text(body.get("formId"), "formId", longest=200),
            submitted_at=received_at if submitted_at is None else _moment(submitted_at, "submittedAt"),
            fields=fields,
            page_url=_scalar(body.get("pageUrl"), "pageUrl"),
        )
    )


def parse_workflow(body: _Object) -> ContactTouched:
    """A workflow's contact: `{vid, portal-id, properties:{email:{value}}, form-submissions:[…]}`."""
    portal = _first(body, "portal-id", "portalId")
    if portal is None:
        raise ValueError("portal-id is missing")
    portal_id = _number(portal, "portal-id")
    raw_properties = _object(body.get("properties", {}), "properties")
    properties: dict[str, str] = {}
    for name, value in raw_properties.items():
        held = cast("_Object", value).get("value") if isinstance(value, dict) else value
        properties[name] = _scalar(held, f"properties.{name[:64]}")
    contact = _first(body, "vid", "canonical-vid", "objectId", "hs_object_id")
    contact_id = "" if contact is None else _number(contact, "vid")
    address = properties.get("email", "").strip() or _identity(body)
    if not contact_id and not address:
        raise ValueError("vid is missing, and properties.email too")
    conversions = _conversions(body)
    latest = conversions[0].conversion_id if conversions else ""
    return ContactTouched(
        portal_id=portal_id,
        contact_id=contact_id,
        address=address,
        event=(portal_id, "workflow", contact_id or address.lower(), latest),
        conversions=conversions,
        properties=properties,
    )


def parse_events(payload: list[object]) -> tuple[ContactTouched, ...]:
    """The array of a webhook subscription: its events about contacts; those about other objects are left out.

    eventId alone is not unique, so that an event is known by portal, type, object, id and time.
    """
    touched: list[ContactTouched] = []
    for place, row in enumerate(_list(payload, "body", most=EVENTS_MOST)):
        each = _object(row, f"[{place}]")
        kind = _text(each.get("subscriptionType"), f"[{place}].subscriptionType", longest=200)
        portal_id = _number(each.get("portalId"), f"[{place}].portalId")
        object_id = _number(each.get("objectId"), f"[{place}].objectId")
        event_id = _number(each.get("eventId"), f"[{place}].eventId")
        occurred_at = _number(each.get("occurredAt"), f"[{place}].occurredAt")
        if kind.startswith("contact.") or (kind.startswith("object.") and each.get("objectTypeId") == "0-1"):
            event = (portal_id, kind, object_id, event_id, occurred_at)
            touched.append(ContactTouched(portal_id, contact_id=object_id, kind=kind, event=event))
    return tuple(touched)


def _conversions(body: _Object) -> tuple[Conversion, ...]:
    """Newest first."""
    found: list[Conversion] = []
    for place, row in enumerate(_list(body.get("form-submissions", []), "form-submissions", most=1000)):
        where = f"form-submissions[{place}]"
        each = _object(row, where)
        found.append(
            Conversion(
                conversion_id=_text(each.get("conversion-id"), f"{where}.conversion-id", longest=200),
                form_id=_text(each.get("form-id"), f"{where}.form-id", longest=200),
                submitted_at=_moment(each.get("timestamp"), f"{where}.timestamp"),
                page_url=_scalar(each.get("page-url"), f"{where}.page-url"),
            )
        )
    return tuple(sorted(found, key=lambda each: each.submitted_at, reverse=True))


def _identity(body: _Object) -> str:
    for place, profile in enumerate(_list(body.get("identity-profiles", []), "identity-profiles", most=100)):
        where = f"identity-profiles[{place}]"
        identities = _object(profile, where).get("identities", [])
        for row in _list(identities, f"{where}.identities", most=100):
            each = _object(row, f"{where}.identities")
            if each.get("type") == "EMAIL":
                return _scalar(each.get("value"), f"{where}.identities.value").strip()
    return ""


def _first(body: _Object, *names: str) -> object:
    return next((body[name] for name in names if body.get(name) is not None), None)


def _object(value: object, name: str) -> _Object:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is not an object")
    return cast("_Object", value)


def _list(value: object, name: str, *, most: int) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")
    rows = cast("list[object]", value)
    if len(rows) > most:
        raise ValueError(f"{name} has more than {most} entries")
    return rows


def _text(value: object, name: str, *, longest: int = 1000) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is missing")
    if len(value) > longest:
        raise ValueError(f"{name} is longer than {longest} characters")
    return value.strip()


def _scalar(value: object, name: str) -> str:
    """A value as text: null is empty, a list of texts is joined with semicolons as HubSpot does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list):
        return ";".join(_scalar(each, name) for each in cast("list[object]", value))
    raise ValueError(f"{name} is not a text")


def _number(value: object, name: str) -> str:
    """An id as digits, whether it came as a number or as text."""
    if value is None or value == "":
        raise ValueError(f"{name} is missing")
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise ValueError(f"{name} is not a whole number")
    return text


def _moment(value: object, name: str) -> datetime:
    """A time in milliseconds since 1970, or in ISO 8601 with a time zone."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ValueError(f"{name} is not a time")
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"{name} is not a time") from None
    milliseconds = int(_number(value, name))
    if milliseconds > 253_402_300_799_000:
        raise ValueError(f"{name} is not a time in milliseconds")
    return _EPOCH + timedelta(milliseconds=milliseconds)
