"""What a route is: who may ask it, what it takes, what it answers and what it changes.

A request that matches no route of the one table (`shared/runtime/api/table.py`) reaches nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shared.jobs.stored_answer import StoredAnswer
from shared.operators.refusal import Clash, Refusal
from shared.operators.roles import Operator, Role
from shared.policy.control_changes import odd_text
from shared.runtime.world import World

_LONGEST_ODD = 200

Model = TypeVar("Model", bound=BaseModel)


class Shown(BaseModel):
    """What the API answers: just these fields, so that the published schema says all of it."""

    model_config = ConfigDict(frozen=True, defer_build=True, from_attributes=True)


class Given(BaseModel):
    """What the API is sent; a field that it does not know is refused, for it may be a typing error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False)


def _one_line(text: str) -> str:
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 or letter in "\u2028\u2029" for letter in text):
        raise ValueError("it holds a control character or a line break")
    if not text.strip():
        raise ValueError("it is empty")
    return text.strip()


def _lines(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t\r" for letter in text):
        raise ValueError("it holds a control character")
    return text


Line = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_one_line)]
"""A short text on one line, without control characters."""
Words = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_lines)]
"""A text of several lines."""
Address = Annotated[str, Field(min_length=3, max_length=320), AfterValidator(_one_line)]
"""A mail address. It is only ever in a body: what stands in a URL is logged."""


def _showable(value: object) -> Any:
    """A value out of Firestore as JSON can say it."""
    if isinstance(value, Mapping):
        return {str(key): _showable(one) for key, one in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_showable(one) for one in cast("Sequence[object]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | bool | int | float | datetime):
        return value
    text = odd_text(value)
    return text if len(text) <= _LONGEST_ODD else f"{text[:_LONGEST_ODD]}…"


RawFields = Annotated[dict[str, Any], BeforeValidator(_showable)]
"""A document as people edited it by hand: what JSON has no value for, like a place or bytes, is shown as text."""


@dataclass(frozen=True)
class Asked:
    """One request that passed every check, as a route sees it."""

    world: World
    now: datetime
    trace_id: str
    tenant: str
    by: Operator
    scopes: tuple[str, ...]
    """Of the key that asks; a person has none, and reaches all that belongs to their tenant."""
    path: dict[str, str]
    query: BaseModel | None
    body: BaseModel | None
    seen: str | None
    """The version that a change is made against: what If-Match says."""
    record: StoredAnswer | None = None
    """Of a request under an Idempotency-Key: what creates something under a new id writes it along."""

    @property
    def made(self) -> str:
        """The id of what this request created before its answer was lost; empty where it did not."""
        return self.record.made if self.record is not None else ""

    def query_as(self, type_: type[Model]) -> Model:
        """The query, as the route declares it."""
        assert isinstance(self.query, type_)
        return self.query

    def body_as(self, type_: type[Model]) -> Model:
        """The body, as the route declares it."""
        assert isinstance(self.body, type_)
        return self.body


@dataclass(frozen=True)
class Found:
    """What a route answers: a model or, where the route says so, raw bytes; `version` becomes the ETag."""

    value: BaseModel | bytes
    version: str | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str | None = None


Run = Callable[[Asked], Found | Refusal]

GONE = Clash("what this request made is there no more", "to make another, ask under another Idempotency-Key")
"""Where a repetition finds no longer what the first request created."""


@dataclass(frozen=True)
class ApiRoute:
    """One row of the table. `role` None: anybody may ask, and is told nothing of a tenant."""

    method: str
    path: str
    """`/v1/drafts/{draft_id}`."""
    role: Role | None
    resource: str
    """What a key's scopes name."""
    says: str
    run: Run
    answer: type[BaseModel] | None = None
    """None where the route answers raw bytes, of `media_types`."""
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    changes: bool = False
    guarded: bool = False
    """Whether two people may change it, so that If-Match is asked for."""
    shown_once: tuple[str, ...] = ()
    """Fields of the answer that are not kept for a repetition."""
    media_types: tuple[str, ...] = ("application/json",)
    status: int = 200

    @property
    def name(self) -> str:
        """A name that no other route has."""
        return f"{self.method} {self.path}"
