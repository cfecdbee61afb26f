"""Google's own translation of documents, without the work it does twice: a third of what a schedule costs.

The client wraps each value of a document in a message class of Python's and unwraps it again, and copies what it
has just decoded. Here values become protobuf's messages at once. What is written and read is the same
(test_codec.py), so this is for tests that play very many lives and for nothing else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.cloud.firestore_v1 import _helpers, base_document
from google.cloud.firestore_v1.types import document

_Value: Any = document.Value.pb()
_encode_as_google_does = _helpers.encode_value


@contextmanager
def quick() -> Iterator[None]:
    """Google's client translates documents quickly in here."""
    copied = SimpleNamespace(deepcopy=_copied)
    with (
        patch.object(_helpers, "encode_dict", encode_dict),
        patch.object(base_document, "copy", copied),
    ):
        yield


def encode_dict(values: dict[str, Any]) -> dict[str, Any]:
    """A document's fields as protobuf's values."""
    encoded = {name: _Value() for name in values}
    for name, value in values.items():
        _fill(encoded[name], value)
    return encoded


def _fill(encoded: Any, value: Any) -> None:
    kind = type(value)
    if kind is str:
        encoded.string_value = value
    elif kind is dict:
        fields = encoded.map_value.fields
        encoded.map_value.SetInParent()
        for name, each in value.items():
            _fill(fields[name], each)
    elif kind is list or kind is tuple:
        encoded.array_value.SetInParent()
        add = encoded.array_value.values.add
        for each in value:
            _fill(add(), each)
    elif value is None:
        encoded.null_value = 0
    elif kind is bool:
        encoded.boolean_value = value
    elif kind is int:
        encoded.integer_value = value
    elif kind is float:
        encoded.double_value = value
    elif kind is datetime:
        encoded.timestamp_value.FromDatetime(value)
    else:
        encoded.CopyFrom(document.Value.pb(_encode_as_google_does(value)))


def _copied(value: Any) -> Any:
    """A copy as deep as a document."""
    kind = type(value)
    if kind is dict:
        return {name: _copied(each) for name, each in value.items()}
    if kind is list:
        return [_copied(each) for each in value]
    if kind in (str, int, float, bool, bytes, datetime, DatetimeWithNanoseconds, type(None)):
        return value
    return copy.deepcopy(value)
