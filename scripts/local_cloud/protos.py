"""Between the seconds that engines reckon in and the times that Google's messages carry."""

from __future__ import annotations

from typing import TypeVar

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from scripts.local_cloud.grpc_door import RpcError

MICROS = 1_000_000
T = TypeVar("T")


def timestamp(time_s: float) -> Timestamp:
    """A moment, to the microsecond."""
    seconds, micros = divmod(round(time_s * MICROS), MICROS)
    return Timestamp(seconds=seconds, nanos=micros * 1000)


def time_s(moment: Timestamp) -> float:
    return moment.seconds + moment.nanos / 1e9


def duration(seconds: float) -> Duration:
    whole, micros = divmod(round(seconds * MICROS), MICROS)
    return Duration(seconds=whole, nanos=micros * 1000)


def seconds(span: Duration) -> float:
    return span.seconds + span.nanos / 1e9


def page(items: list[T], page_size: int, page_token: str) -> tuple[list[T], str]:
    """One page of a listing and the token of the next. Errors: RpcError for a token that is not ours."""
    if page_token and not page_token.isdigit():
        raise RpcError(grpc.StatusCode.INVALID_ARGUMENT, f"page token {page_token!r} is not valid")
    start = int(page_token or 0)
    end = start + (page_size if page_size > 0 else len(items) or 1)
    return items[start:end], str(end) if end < len(items) else ""
