"""The quick translation of documents writes and reads what Google's own does, and refuses what that refuses."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.cloud.firestore_v1 import GeoPoint, _helpers, base_document
from google.cloud.firestore_v1.types import document
from hypothesis import given
from hypothesis import strategies as st

from tests.faults import codec

NANOS = DatetimeWithNanoseconds(2026, 3, 1, 9, 30, 0, nanosecond=123_456_789, tzinfo=UTC)

FIRST, LAST = datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30")  # without a zone

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
    st.datetimes(FIRST, LAST),
    st.datetimes(FIRST, LAST, timezones=st.just(timezone(timedelta(hours=5.5)))),
    st.just(NANOS),
    st.just(GeoPoint(1.5, -2.5)),
)
names = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(names, inner, max_size=4),
    ),
    max_leaves=12,
)


def written(fields: dict[str, Any]) -> bytes:
    """A document of these fields as it goes over the wire."""
    body = document.Document.pb(document.Document(name="d", fields=fields))
    told: bytes = body.SerializeToString(deterministic=True)
    return told


@given(st.dictionaries(names, values, max_size=5))
def test_what_is_written_is_the_same_to_the_byte(fields: dict[str, Any]) -> None:
    assert written(codec.encode_dict(fields)) == written(_helpers.encode_dict(fields))


REFUSED = {
    "a number too large": 2**63,
    "no value": object(),
    "half a character": "\ud800",
    "a number too large in a list": [2**63],
    "no value in a map": {"a": object()},
    "a number as name": {1: "a"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_google_refuses_is_refused(name: str) -> None:
    value: Any = REFUSED[name]
    with pytest.raises((TypeError, ValueError)):
        written(_helpers.encode_dict({"field": value}))
    with pytest.raises((TypeError, ValueError)):
        written(codec.encode_dict({"field": value}))


@given(st.dictionaries(names, values, max_size=5))
def test_what_is_read_is_a_copy_of_its_own(fields: dict[str, Any]) -> None:
    with codec.quick():
        copied = base_document.copy.deepcopy(fields)
    assert repr(copied) == repr(copy.deepcopy(fields))
    for name, value in fields.items():
        if type(value) in (dict, list):
            assert copied[name] is not value


def test_googles_client_is_as_it_was_afterwards() -> None:
    before = (_helpers.encode_dict, base_document.copy)
    with codec.quick():
        assert _helpers.encode_dict is codec.encode_dict
        assert isinstance(base_document.copy, SimpleNamespace)
    assert (_helpers.encode_dict, base_document.copy) == before
    assert base_document.copy is copy
