"""Each change of a document is seen once, as text without an address (P8, P11)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud.firestore import GeoPoint
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.control_changes import (
    MISSING,
    WHOLE,
    Change,
    changes,
    followed,
    safe_name,
    said_whole,
    seen_fields,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.text(max_size=10), VALUES, max_size=6)


def between(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    return changes({"d": seen_fields(before)}, {"d": seen_fields(after)})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"kill_switch": False}, {"kill_switch": True}, ("kill_switch", "false", "true")),
        ({"kill_switch": True}, {"kill_switch": "true"}, ("kill_switch", "true", '"true"')),
        ({"limit": 10}, {"limit": 10.0}, ("limit", "10", "10.0")),
        ({"mode": "DRAFT_ONLY"}, {}, ("mode", '"DRAFT_ONLY"', MISSING)),
        ({}, {"mode": None}, ("mode", MISSING, "null")),
        ({"value": ["A", "B"]}, {"value": ["B", "A"]}, ("value", '["A", "B"]', '["B", "A"]')),
        ({"value": {"min": 1, "max": 5}}, {"value": {"min": 1, "max": 6}}, ("value.max", "5", "6")),
    ],
)
def test_a_field_that_differs_is_a_change_with_before_and_after(
    before: dict[str, Any], after: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert between(before, after) == (Change("d", *expected),)


def test_a_document_that_came_or_went_is_one_change() -> None:
    fields = {"b": 1, "a": "x"}
    assert changes({}, {"d": seen_fields(fields)}) == (Change("d", WHOLE, MISSING, 'a="x"; b=1'),)
    assert changes({"d": seen_fields(fields)}, {}) == (Change("d", WHOLE, 'a="x"; b=1', MISSING),)
    assert changes({}, {"d": {}}) == (Change("d", WHOLE, MISSING, "empty"),)


@given(DOCUMENTS)
def test_the_same_document_never_differs_from_itself(document: dict[str, Any]) -> None:
    assert between(document, {name: document[name] for name in reversed(list(document))}) == ()


@given(before=DOCUMENTS, after=DOCUMENTS)
def test_following_every_change_leads_to_what_is_there(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = seen_fields(before), seen_fields(after)
    made = changes({"d": old}, {"d": new})
    assert followed(old, made) == new
    assert (made == ()) == (old == new)


def test_following_one_change_leaves_what_else_differs_to_be_noticed() -> None:
    seen = seen_fields({"kill_switch": False, "mode": "DRAFT_ONLY"})
    by_hand = {"kill_switch": False, "mode": "SEND_ALLOWED"}
    operation = between(by_hand, {**by_hand, "kill_switch": True})
    kept = followed(seen, operation)
    left = changes({"d": kept}, {"d": seen_fields({**by_hand, "kill_switch": True})})
    assert [(change.field, change.before, change.after) for change in left] == [
        ("mode", '"DRAFT_ONLY"', '"SEND_ALLOWED"')
    ]


@given(DOCUMENTS)
def test_no_at_sign_is_ever_kept_or_said(document: dict[str, Any]) -> None:
    spoilt = {**document, "ana@x.example": 1, "who": "ana@x.example", "map": {"ana@x.example": {"a": 1}}}
    seen = seen_fields(spoilt)
    assert "@" not in str(seen)
    assert "@" not in said_whole(seen)
    for change in changes({"d": {}}, {"d": seen}):
        assert "@" not in str(change.said)


def test_an_address_that_changes_is_noticed_though_it_is_not_shown() -> None:
    (change,) = between({"updated_by": "ana@x.example"}, {"updated_by": "ben@x.example"})
    assert change.before != change.after
    assert change.said == ("updated_by=[withheld]", "updated_by=[withheld]")


def test_a_field_that_is_named_is_withheld_whatever_it_holds() -> None:
    seen = seen_fields(
        {"protected_names": ["Contoso"], "senders": {"a": 1}},
        withheld=frozenset({"protected_names", "senders"}),
    )
    assert set(seen) == {"protected_names", "senders"}
    assert "Contoso" not in str(seen)


def test_a_long_value_is_cut_and_a_change_behind_the_cut_is_noticed() -> None:
    (change,) = between({"value": ["9" * 5] * 1000}, {"value": [*["9" * 5] * 999, "8"]})
    assert len(change.before) < 300
    assert change.before != change.after


def test_firestores_own_values_look_alike_each_time() -> None:
    def made() -> dict[str, Any]:
        return {
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "place": GeoPoint(1.5, 2.5),
            "bytes": b"\xff",
            "odd": object(),
        }

    assert between(made(), made()) == ()
    (change,) = between(made(), {**made(), "place": GeoPoint(1.5, 2.6)})
    assert change.field == "place"
    (change,) = between(made(), {**made(), "bytes": b"\xfe"})
    assert change.field == "bytes"


def test_a_documents_name_that_holds_an_address_is_kept_by_its_digest() -> None:
    assert safe_name("guardrails/size") == "guardrails/size"
    assert "@" not in safe_name("guardrails/ana@x.example")
    assert safe_name("guardrails/ana@x.example") != safe_name("guardrails/ben@x.example")
