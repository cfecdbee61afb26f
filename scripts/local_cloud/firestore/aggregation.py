"""Counts, sums and averages over the documents of a query."""

from __future__ import annotations

from scripts.local_cloud.firestore.documents import StoredDocument
from scripts.local_cloud.firestore.errors import invalid
from scripts.local_cloud.firestore.protos import Message, StructuredQuery, Value
from scripts.local_cloud.firestore.values import is_number, number_of, number_value, parse_field_path

_ASCENDING = 1
_MAX_AGGREGATIONS = 5


def aggregated_query(message: Message) -> Message:
    """The query whose documents are aggregated: only those that have every field that is summed.

    Errors: INVALID_ARGUMENT.
    """
    if not message.aggregations:
        raise invalid("Aggregations can not be empty")
    if len(message.aggregations) > _MAX_AGGREGATIONS:
        raise invalid(
            f"The maximum number of aggregations allowed in an aggregation query is {_MAX_AGGREGATIONS}."
        )
    aliases = [aggregation.alias for aggregation in message.aggregations if aggregation.alias]
    if len(set(aliases)) != len(aliases):
        raise invalid("Aggregation aliases contain duplicate alias")
    query = StructuredQuery()
    query.CopyFrom(message.structured_query)
    ordered = {order.field.field_path for order in query.order_by}
    for aggregation in message.aggregations:
        operator = aggregation.WhichOneof("operator")
        if operator in ("sum", "avg"):
            path = getattr(aggregation, operator).field.field_path
            if path not in ordered:
                ordered.add(path)
                query.order_by.add(direction=_ASCENDING).field.field_path = path
    return query


def aggregate(aggregations: Message, documents: list[StoredDocument]) -> dict[str, Message]:
    """Each aggregation's value by its alias."""
    return {
        aggregation.alias or f"field_{number}": _value(aggregation, documents)
        for number, aggregation in enumerate(aggregations, start=1)
    }


def _value(aggregation: Message, documents: list[StoredDocument]) -> Message:
    match aggregation.WhichOneof("operator"):
        case "count":
            count = len(documents)
            if aggregation.count.HasField("up_to"):
                count = min(count, aggregation.count.up_to.value)
            return Value(integer_value=count)
        case "sum":
            return number_value(sum(_numbers(documents, aggregation.sum.field.field_path)))
        case "avg":
            numbers = _numbers(documents, aggregation.avg.field.field_path)
            return Value(double_value=sum(numbers) / len(numbers)) if numbers else Value(null_value=0)
        case _:
            raise invalid("An aggregation must have an operator.")


def _numbers(documents: list[StoredDocument], field_path: str) -> list[int | float]:
    path = parse_field_path(field_path)
    values = (document.value(path) for document in documents)
    return [number_of(value) for value in values if value is not None and is_number(value)]
