"""What a local cloud is provisioned with: queues, topics, subscriptions, schedules, functions, secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class QueueSpec:
    """A Cloud Tasks queue by its short name; -1 attempts means without end."""

    name: str
    max_dispatches_per_second: float = 500.0
    max_concurrent_dispatches: int = 1000
    max_attempts: int = 100
    max_retry_duration_s: float = 0.0
    min_backoff_s: float = 0.1
    max_backoff_s: float = 3600.0
    max_doublings: int = 16


@dataclass(frozen=True)
class SubscriptionSpec:
    """A subscription by short names; with `endpoint` messages are pushed there, with an OIDC token if
    `service_account` is given (for `audience`, else for the endpoint)."""

    name: str
    topic: str
    endpoint: str = ""
    service_account: str = ""
    audience: str = ""
    filter: str = ""
    dead_letter_topic: str = ""
    max_delivery_attempts: int = 5
    min_backoff_s: float | None = None
    max_backoff_s: float | None = None
    ack_deadline_s: int = 10
    ordering: bool = False


@dataclass(frozen=True)
class ScheduleSpec:
    """A Cloud Scheduler job with an HTTP target."""

    name: str
    cron: str
    url: str
    time_zone: str = "Etc/UTC"
    method: str = "POST"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    service_account: str = ""
    audience: str = ""
    attempt_deadline_s: float = 180.0
    retry_count: int = 0
    min_backoff_s: float = 5.0
    max_backoff_s: float = 3600.0
    max_doublings: int = 5
    paused: bool = False


@dataclass(frozen=True)
class FunctionSpec:
    """A function behind the front end: where it really listens, and who may call it when it is private.

    `audience` is what callers' tokens must be made for; empty means the function's public URL.
    """

    name: str
    url: str
    public: bool = False
    audience: str = ""
    callers: Sequence[str] = ()


@dataclass(frozen=True)
class CloudSpec:
    """Everything at once; names are short, the project and location complete them."""

    project: str = "local"
    location: str = "us-central1"
    queues: Sequence[QueueSpec] = ()
    topics: Sequence[str] = ()
    subscriptions: Sequence[SubscriptionSpec] = ()
    schedules: Sequence[ScheduleSpec] = ()
    functions: Sequence[FunctionSpec] = ()
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])


ROWS: dict[str, type] = {
    "queues": QueueSpec,
    "subscriptions": SubscriptionSpec,
    "schedules": ScheduleSpec,
    "functions": FunctionSpec,
}


def spec_of(tree: Mapping[str, Any]) -> CloudSpec:
    """A specification from JSON. Errors: ValueError naming a key that is unknown or missing."""
    rows = {key: [row_of(ROWS[key], row) for row in tree[key]] for key in ROWS if key in tree}
    return row_of(CloudSpec, {**tree, **rows})


def row_of(kind: type[Row], row: Mapping[str, Any]) -> Row:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    unknown = set(row) - known
    if unknown:
        raise ValueError(
            f"{kind.__name__} has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}"
        )
    try:
        return kind(**row)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from error
