"""Filters of a query, compiled to predicates over documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from google.cloud.firestore_v1.types import query

from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.protos import Message
from scripts.local_cloud.firestore.values import (
    ARRAY,
    NAN_KEY,
    NULL,
    NULL_KEY,
    FieldPath,
    OrderKey,
    order_key,
    parse_field_path,
)

Predicate = Callable[[StoredDocument], bool]
KeyTest = Callable[[OrderKey], bool]

FieldOp = query.StructuredQuery.FieldFilter.Operator
UnaryOp = query.StructuredQuery.UnaryFilter.Operator
CompositeOp = query.StructuredQuery.CompositeFilter.Operator

_RANGES = (
    FieldOp.LESS_THAN,
    FieldOp.LESS_THAN_OR_EQUAL,
    FieldOp.GREATER_THAN,
    FieldOp.GREATER_THAN_OR_EQUAL,
)
_INEQUALITIES = (*_RANGES, FieldOp.NOT_EQUAL, FieldOp.NOT_IN)
_MAX_VALUES = {FieldOp.IN: 30, FieldOp.ARRAY_CONTAINS_ANY: 30, FieldOp.NOT_IN: 10}


def compiled(where: Message) -> Predicate:
    """A filter as a predicate. Errors: INVALID_ARGUMENT."""
    match where.WhichOneof("filter_type"):
        case "composite_filter":
            parts = [compiled(part) for part in where.composite_filter.filters]
            if where.composite_filter.op == CompositeOp.AND:
                return lambda document: all(part(document) for part in parts)
            return lambda document: any(part(document) for part in parts)
        case "unary_filter":
            return _on_key(where.unary_filter.field.field_path, _unary_test(where.unary_filter.op))
        case "field_filter":
            return _on_key(where.field_filter.field.field_path, _field_test(where.field_filter))
        case _:
            raise invalid("A filter must have a type.")


def leaves(where: Message) -> Iterator[tuple[str, str]]:
    """Each (field, operator name) in a filter."""
    match where.WhichOneof("filter_type"):
        case "composite_filter":
            for part in where.composite_filter.filters:
                yield from leaves(part)
        case "unary_filter":
            yield where.unary_filter.field.field_path, UnaryOp(where.unary_filter.op).name
        case "field_filter":
            yield where.field_filter.field.field_path, FieldOp(where.field_filter.op).name
        case _:
            return


def inequality_fields(where: Message) -> set[str]:
    """The fields whose filters imply an order."""
    names = {op.name for op in _INEQUALITIES} | {UnaryOp.IS_NOT_NAN.name, UnaryOp.IS_NOT_NULL.name}
    return {path for path, op in leaves(where) if op in names}


def equalities(where: Message) -> Iterator[tuple[FieldPath, OrderKey]]:
    """What every match must be equal to: the equality filters that stand under ANDs alone."""
    match where.WhichOneof("filter_type"):
        case "composite_filter" if where.composite_filter.op == CompositeOp.AND:
            for part in where.composite_filter.filters:
                yield from equalities(part)
        case "field_filter" if where.field_filter.op == FieldOp.EQUAL:
            yield parse_field_path(where.field_filter.field.field_path), order_key(where.field_filter.value)
        case _:
            return


def _on_key(field_path: str, test: KeyTest) -> Predicate:
    path = parse_field_path(field_path)

    def holds(document: StoredDocument) -> bool:
        key = document.key(path)
        return key is not None and test(key)

    return holds


def _unary_test(op: int) -> KeyTest:
    match op:
        case UnaryOp.IS_NAN:
            return lambda key: key == NAN_KEY
        case UnaryOp.IS_NULL:
            return lambda key: key == NULL_KEY
        case UnaryOp.IS_NOT_NAN:
            return lambda key: key not in (NAN_KEY, NULL_KEY)
        case UnaryOp.IS_NOT_NULL:
            return lambda key: key != NULL_KEY
        case _:
            raise invalid("A unary filter must have an operator.")


def _field_test(where: Message) -> KeyTest:
    op = where.op
    operand = order_key(where.value)
    if op in _MAX_VALUES:
        _check_values(op, operand)
    match op:
        case FieldOp.EQUAL:
            return lambda key: key == operand and key != NAN_KEY
        case FieldOp.NOT_EQUAL:
            return lambda key: key[0] != NULL and key != operand
        case FieldOp.ARRAY_CONTAINS:
            return lambda key: key[0] == ARRAY and operand in key[1]
        case FieldOp.IN:
            values = frozenset(operand[1])
            return lambda key: key in values
        case FieldOp.ARRAY_CONTAINS_ANY:
            values = frozenset(operand[1])
            return lambda key: key[0] == ARRAY and not values.isdisjoint(key[1])
        case FieldOp.NOT_IN:
            values = frozenset(operand[1])
            if NULL_KEY in values:
                return lambda key: False
            return lambda key: key[0] != NULL and key not in values
        case _ if op in _RANGES:
            return _range_test(op, operand)
        case _:
            raise invalid("A field filter must have an operator.")


def _check_values(op: int, operand: OrderKey) -> None:
    limit = _MAX_VALUES[FieldOp(op)]
    if operand[0] != ARRAY or not operand[1]:
        raise invalid(f"'{FieldOp(op).name}' requires a non-empty ArrayValue.")
    if len(operand[1]) > limit:
        raise invalid(f"'{FieldOp(op).name}' supports up to {limit} comparison values.")


def _range_test(op: int, operand: OrderKey) -> KeyTest:
    """Ranges hold between values of one type; NaN is in a range with itself alone."""
    rank, operand_is_nan = operand[0], operand == NAN_KEY

    def comparable(key: OrderKey) -> bool:
        return key[0] == rank and (key == NAN_KEY) == operand_is_nan

    match op:
        case FieldOp.LESS_THAN:
            return lambda key: comparable(key) and key < operand
        case FieldOp.LESS_THAN_OR_EQUAL:
            return lambda key: comparable(key) and key <= operand
        case FieldOp.GREATER_THAN:
            return lambda key: comparable(key) and key > operand
        case _:
            return lambda key: comparable(key) and key >= operand
