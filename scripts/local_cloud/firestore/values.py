"""Firestore values: field paths, and one total order over all types."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.names import reference_key
from scripts.local_cloud.firestore.protos import Message, Value

FieldPath = tuple[str, ...]
OrderKey = tuple[Any, ...]
"""What a value is compared by: its type's rank, then its content. Equal values have equal, hashable keys."""

NAME: FieldPath = ("__name__",)

NULL, BOOLEAN, NUMBER, TIMESTAMP, STRING, BYTES, REFERENCE, GEO_POINT, ARRAY, VECTOR, MAP = range(11)

NULL_KEY: OrderKey = (NULL,)
NAN_KEY: OrderKey = (NUMBER, 0, 0)

_MAX_DEPTH = 20
_MAX_VECTOR = 2048


@lru_cache(maxsize=4096)
def parse_field_path(text: str) -> FieldPath:
    """`a.b` and `` `we\\`ird`.b `` as their segments. Errors: INVALID_ARGUMENT."""
    segments: list[str] = []
    segment = ""
    at, quoted = 0, False
    while at < len(text):
        char = text[at]
        if quoted and char == "\\" and at + 1 < len(text):
            at += 1
            segment += text[at]
        elif char == "`":
            quoted = not quoted
        elif char == "." and not quoted:
            segments.append(segment)
            segment = ""
        else:
            segment += char
        at += 1
    segments.append(segment)
    if quoted or not all(segments):
        raise invalid(f'Invalid property path "{text}".')
    return tuple(segments)


def get_field(fields: Any, path: FieldPath) -> Message | None:
    """The value at a path in a map of fields, or None."""
    last = len(path) - 1
    for depth, segment in enumerate(path):
        if segment not in fields:
            return None
        value = fields[segment]
        if depth == last:
            return value
        if value.WhichOneof("value_type") != "map_value":
            return None
        fields = value.map_value.fields
    return None


def set_field(fields: Any, path: FieldPath, value: Message) -> None:
    """Put a value at a path; what stands in the way and is not a map becomes one."""
    for segment in path[:-1]:
        step = fields[segment]
        if step.WhichOneof("value_type") != "map_value":
            step.Clear()
            step.map_value.SetInParent()
        fields = step.map_value.fields
    fields[path[-1]].CopyFrom(value)


def delete_field(fields: Any, path: FieldPath) -> None:
    """Take the value at a path away, if it is there."""
    for segment in path[:-1]:
        if segment not in fields or fields[segment].WhichOneof("value_type") != "map_value":
            return
        fields = fields[segment].map_value.fields
    fields.pop(path[-1], None)


def is_vector(value: Message) -> bool:
    """Whether a value is the map `{__type__: __vector__, value: [...]}`."""
    if value.WhichOneof("value_type") != "map_value":
        return False
    mark = value.map_value.fields.get("__type__")
    return mark is not None and mark.string_value == "__vector__"


def vector_of(value: Message) -> tuple[float, ...]:
    held = value.map_value.fields.get("value")
    return () if held is None else tuple(float(number_of(item)) for item in held.array_value.values)


def is_number(value: Message | None) -> bool:
    return value is not None and value.WhichOneof("value_type") in ("integer_value", "double_value")


def number_of(value: Message) -> int | float:
    return value.integer_value if value.WhichOneof("value_type") == "integer_value" else value.double_value


def number_key(number: float) -> OrderKey:
    return NAN_KEY if number != number else (NUMBER, 1, number)


def order_key(value: Message) -> OrderKey:
    """What a value is ordered by: first by its type, as the ranks above say, NaN before all numbers."""
    kind = value.WhichOneof("value_type")
    match kind:
        case "string_value":
            return (STRING, value.string_value.encode())
        case "integer_value":
            return (NUMBER, 1, value.integer_value)
        case "double_value":
            return number_key(value.double_value)
        case "boolean_value":
            return (BOOLEAN, value.boolean_value)
        case "timestamp_value":
            return (TIMESTAMP, value.timestamp_value.seconds, value.timestamp_value.nanos)
        case "bytes_value":
            return (BYTES, value.bytes_value)
        case "reference_value":
            return (REFERENCE, reference_key(value.reference_value))
        case "geo_point_value":
            return (GEO_POINT, value.geo_point_value.latitude, value.geo_point_value.longitude)
        case "array_value":
            return (ARRAY, tuple(order_key(item) for item in value.array_value.values))
        case "map_value" if is_vector(value):
            vector = vector_of(value)
            return (VECTOR, len(vector), vector)
        case "map_value":
            pairs = ((name.encode(), order_key(item)) for name, item in value.map_value.fields.items())
            return (MAP, tuple(sorted(pairs, key=lambda pair: pair[0])))
        case _:
            return NULL_KEY


def number_value(number: float) -> Message:
    """A number as Firestore keeps it; whole numbers beyond 64 bits become doubles."""
    if isinstance(number, int) and -(2**63) <= number < 2**63:
        return Value(integer_value=number)
    return Value(double_value=float(number))


def check_fields(fields: Any) -> None:
    """Refuse arrays in arrays, maps too deep and odd vectors, as Firestore does. Errors: INVALID_ARGUMENT."""
    for name, value in fields.items():
        if not name:
            raise invalid("A field name must not be empty.")
        if value.WhichOneof("value_type") in ("map_value", "array_value"):
            _check_nested(value, 1)


def _check_nested(value: Message, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise invalid(f"Maps and arrays are nested more than {_MAX_DEPTH} deep.")
    if value.WhichOneof("value_type") == "array_value":
        for item in value.array_value.values:
            kind = item.WhichOneof("value_type")
            if kind == "array_value":
                raise invalid("Cannot convert an array value in an array value.")
            if kind == "map_value":
                _check_nested(item, depth + 1)
    elif is_vector(value):
        vector = vector_of(value)
        if not 0 < len(vector) <= _MAX_VECTOR or not all(math.isfinite(number) for number in vector):
            raise invalid(f"A vector has 1 to {_MAX_VECTOR} finite numbers; this one has {len(vector)}.")
    else:
        for item in value.map_value.fields.values():
            if item.WhichOneof("value_type") in ("map_value", "array_value"):
                _check_nested(item, depth + 1)
