"""Field transforms: what the server computes from what a field holds."""

from __future__ import annotations

from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.protos import Message, Value, timestamp
from scripts.local_cloud.firestore.values import is_number, number_of, order_key

_MAX_INT64 = 2**63 - 1
_MIN_INT64 = -(2**63)


def transformed(transform: Message, held: Message | None, commit_us: int) -> tuple[Message, Message]:
    """The new value of a field, and what the write result says about it. Errors: INVALID_ARGUMENT."""
    match transform.WhichOneof("transform_type"):
        case "set_to_server_value":
            stamp = Value()
            stamp.timestamp_value.CopyFrom(timestamp(commit_us // 1000 * 1000))
            return stamp, stamp
        case "increment":
            return _twice(_incremented(held, _operand(transform.increment)))
        case "maximum":
            return _twice(_extreme(held, _operand(transform.maximum), larger=True))
        case "minimum":
            return _twice(_extreme(held, _operand(transform.minimum), larger=False))
        case "append_missing_elements":
            return _union(held, transform.append_missing_elements), Value(null_value=0)
        case "remove_all_from_array":
            return _difference(held, transform.remove_all_from_array), Value(null_value=0)
        case _:
            raise invalid(f'The transform of "{transform.field_path}" is not known.')


def _twice(value: Message) -> tuple[Message, Message]:
    return value, value


def _operand(value: Message) -> Message:
    if not is_number(value):
        raise invalid("A numeric transform takes an integer or a double.")
    return value


def _incremented(held: Message | None, by: Message) -> Message:
    if held is None or not is_number(held):
        return _copy(by)
    before, step = number_of(held), number_of(by)
    if isinstance(before, int) and isinstance(step, int):
        return Value(integer_value=max(_MIN_INT64, min(_MAX_INT64, before + step)))
    return Value(double_value=float(before) + float(step))


def _extreme(held: Message | None, other: Message, *, larger: bool) -> Message:
    if held is None or not is_number(held):
        return _copy(other)
    before, offered = number_of(held), number_of(other)
    if before != before:
        return _copy(held)
    if offered != offered or (offered > before if larger else offered < before):
        return _copy(other)
    return _copy(held)


def _elements(held: Message | None) -> list[Message]:
    is_array = held is not None and held.WhichOneof("value_type") == "array_value"
    return list(held.array_value.values) if held is not None and is_array else []


def _array(elements: list[Message]) -> Message:
    value = Value()
    value.array_value.SetInParent()
    value.array_value.values.extend(elements)
    return value


def _union(held: Message | None, added: Message) -> Message:
    elements = _elements(held)
    keys = {order_key(element) for element in elements}
    for element in added.values:
        key = order_key(element)
        if key not in keys:
            keys.add(key)
            elements.append(element)
    return _array(elements)


def _difference(held: Message | None, removed: Message) -> Message:
    keys = {order_key(element) for element in removed.values}
    return _array([element for element in _elements(held) if order_key(element) not in keys])


def _copy(value: Message) -> Message:
    copy = Value()
    copy.CopyFrom(value)
    return copy
