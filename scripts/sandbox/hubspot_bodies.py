"""What HubSpot makes of the bodies and parameters of a request."""

from __future__ import annotations

import re
from typing import Any

from scripts.sandbox import hubspot_errors as errors
from scripts.sandbox import hubspot_model as model
from scripts.sandbox.exchange import Json, Request, as_list, as_object
from scripts.sandbox.hubspot_records import Records

_BATCH_MOST = 100


def object_type(name: str) -> str:
    """The plural name of an object type. 400 for one that is not kept here."""
    found = model.object_type(name)
    if found is None:
        raise errors.invalid(f"Unable to infer object type from: {name}")
    return found


def body_of(request: Request) -> Json:
    """The body as a JSON object. 400 for anything else."""
    try:
        body: Any = request.json()
    except ValueError:
        raise errors.invalid("Invalid input JSON") from None
    if not isinstance(body, dict):
        raise errors.invalid("Invalid input JSON: an object is expected")
    return as_object(body)


def inputs_of(body: Json, most: int = _BATCH_MOST, names: tuple[str, ...] = ()) -> list[Json]:
    """The inputs of a batch, each an object with these names. 400 for none or too many."""
    inputs = as_list(body.get("inputs"))
    if not 1 <= len(inputs) <= most:
        raise errors.invalid(f"inputs must have between 1 and {most} entries")
    for each in inputs:
        if not isinstance(each, dict) or any(name not in as_object(each) for name in names):
            raise errors.invalid(f"Invalid input JSON: each input needs {list(names)}")
    return inputs


def properties_of(body: Json) -> Json:
    """The properties to set. 400 when there are none."""
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise errors.invalid("Invalid input JSON: some required fields were not set: [properties]")
    return as_object(properties)


def with_labels(other: str, types: list[int]) -> Json:
    """One associated record with the labels of its association."""
    labels = [
        {
            "category": "HUBSPOT_DEFINED",
            "typeId": type_id,
            "label": "Primary" if type_id in {1, 2, 5, 6} else None,
        }
        for type_id in types
    ]
    return {"toObjectId": other, "associationTypes": labels}


def number_of(request: Request, name: str, default: int, *, most: int) -> int:
    """A query parameter that is a number from 1 on. 400 for anything else."""
    text = request.one(name) or str(default)
    if not re.fullmatch(r"\d+", text) or not 1 <= int(text) <= most:
        raise errors.invalid(f"{name} must be between 1 and {most}")
    return int(text)


def create_from(records: Records, type_: str, body: Json) -> Json:
    """Create a record from the body of a create. 400 without `associations`, which may be empty."""
    associations = body.get("associations")
    if not isinstance(associations, list):
        raise errors.invalid("Invalid input JSON: some required fields were not set: [associations]")
    return records.create(type_, properties_of(body), as_list(associations))
