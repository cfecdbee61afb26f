"""HubSpot's search, with an index that may lag behind the records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scripts.sandbox import hubspot_model as model
from scripts.sandbox.exchange import Json, as_list, as_object
from scripts.sandbox.hubspot_errors import invalid
from scripts.sandbox.hubspot_records import Records
from scripts.sandbox.state import Doc

_PAGE_MOST = 200
_RESULTS_MOST = 10_000


def search(records: Records, type_: str, body: Json, *, now_s: float, lag_s: float) -> Json:
    """Records that match any of the filter groups, as the index knew them `lag_s` seconds ago."""
    groups: list[Json] = body.get("filterGroups") or []
    limit = body.get("limit", 10)
    start = int(body.get("after") or 0)
    if len(groups) > 5:
        raise invalid("There are too many filter groups; at most 5 are allowed")
    if any(len(group.get("filters") or []) > 6 for group in groups):
        raise invalid("There are too many filters in a group; at most 6 are allowed")
    if not isinstance(limit, int) or not 1 <= limit <= _PAGE_MOST:
        raise invalid(f"limit must be between 1 and {_PAGE_MOST}")
    if start + limit > _RESULTS_MOST:
        raise invalid("The search results are limited to 10,000")
    indexed = [doc for doc in map(_indexed(now_s, lag_s), records.all(type_)) if doc is not None]
    found = [
        doc
        for doc in indexed
        if (not groups or any(_matches_group(records, type_, doc, group) for group in groups))
        and _matches_text(doc, str(body.get("query") or ""))
    ]
    for sort in reversed(as_list(body.get("sorts"))):
        name = sort if isinstance(sort, str) else str(as_object(sort).get("propertyName", ""))
        descending = as_object(sort).get("direction") == "DESCENDING" or name.startswith("-")
        bare = name.lstrip("-")
        found.sort(key=lambda doc, bare=bare: _sort_key(doc, bare), reverse=descending)
    page = found[start : start + limit]
    shown = [records.shown(doc, type_, body.get("properties") or []) for doc in page]
    answer: Json = {"total": len(found), "results": shown}
    if start + limit < len(found):
        answer["paging"] = {"next": {"after": str(start + limit)}}
    return answer


def _indexed(now_s: float, lag_s: float) -> Any:
    def as_indexed(doc: Doc) -> Doc | None:
        if doc["updated_s"] <= now_s - lag_s:
            return doc
        return {**doc, "properties": doc["prior"]} if doc["prior"] is not None else None

    return as_indexed


def _matches_text(doc: Doc, query: str) -> bool:
    text = " ".join(str(value) for value in doc["properties"].values()).lower()
    return all(word in text for word in query.lower().split())


def _matches_group(records: Records, type_: str, doc: Doc, group: Json) -> bool:
    return all(_matches(records, type_, doc, condition) for condition in as_list(group.get("filters")))


def _matches(records: Records, type_: str, doc: Doc, condition: Json) -> bool:
    name = str(condition.get("propertyName") or "")
    operator = str(condition.get("operator") or "")
    if name.startswith("associations."):
        to_type = model.object_type(name.removeprefix("associations."))
        if to_type is None:
            raise invalid(f"{name} is not an association that can be searched")
        others = set(records.associated(type_, doc["id"], to_type))
        wanted = set(condition.get("values") or [str(condition.get("value"))])
        return bool(others & wanted) if operator in ("EQ", "IN") else not others & wanted
    always = {*model.READ_ONLY, *records.properties(type_)}
    if name not in always:
        raise invalid(f"There was a problem with the request: property {name} does not exist")
    return _holds(operator, doc["properties"].get(name), condition)


def _holds(operator: str, held: str | None, condition: Json) -> bool:
    value = str(condition.get("value", ""))
    if operator == "HAS_PROPERTY":
        return held is not None
    if operator == "NOT_HAS_PROPERTY":
        return held is None
    if operator in ("IN", "NOT_IN"):
        values = {str(each).lower() for each in as_list(condition.get("values"))}
        return ((held or "").lower() in values) == (operator == "IN")
    if operator in ("EQ", "NEQ"):
        return (_comparable(held or "") == _comparable(value)) == (operator == "EQ")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        found = value.lower().strip("*") in (held or "").lower()
        return found == (operator == "CONTAINS_TOKEN")
    if operator in ("LT", "LTE", "GT", "GTE", "BETWEEN"):
        if held is None:
            return False
        low, here = _comparable(value), _comparable(held)
        if operator == "BETWEEN":
            return low <= here <= _comparable(str(condition.get("highValue", "")))
        return {"LT": here < low, "LTE": here <= low, "GT": here > low, "GTE": here >= low}[operator]
    raise invalid(f"operator {operator} is not known")


def _comparable(value: str) -> tuple[int, float, str]:
    """Numbers and moments compare as numbers (a moment as epoch milliseconds), all else as text."""
    try:
        return (0, float(value), "")
    except ValueError:
        pass
    try:
        return (0, datetime.fromisoformat(value).timestamp() * 1000, "")
    except ValueError:
        return (1, 0.0, value.lower())


def _sort_key(doc: Doc, name: str) -> tuple[int, float, str]:
    return _comparable(doc["properties"].get(name) or "")
