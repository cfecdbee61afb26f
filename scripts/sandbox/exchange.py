"""What goes over the wire: a request as a vendor sees it, and the answer it gives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

Json = dict[str, Any]
Query = str | Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A status, headers and the whole body."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])


class Refused(Exception):
    """A vendor says no; nothing that the request did so far is kept."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body[:200].decode(errors='replace')}")
        self.answer = answer


@dataclass(frozen=True)
class Request:
    """One request; the path is still percent-encoded, header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def repeated(self, name: str) -> list[str]:
        """All values of a query parameter that may be repeated."""
        return [value for key, value in self.query if key == name]

    def listed(self, name: str) -> list[str]:
        """All values of a query parameter that may be repeated or comma-separated."""
        return [part for value in self.repeated(name) for part in value.split(",") if part]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.query)

    def bearer(self) -> str:
        """The token of an `Authorization: Bearer …` header, or an empty string."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def json(self) -> Any:
        """The body as JSON; an empty body is an empty object. Raises ValueError on anything else."""
        return json.loads(self.body) if self.body.strip() else {}

    def url(self) -> str:
        """Path and query as text, for logs and for matching."""
        query = "&".join(f"{key}={value}" for key, value in self.query)
        return f"{unquote(self.path)}?{query}" if query else unquote(self.path)


def as_object(value: Any) -> Json:
    """A JSON object as it is, anything else as an empty one."""
    return cast(Json, value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """A JSON array as it is, anything else as an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def parse_query(query: Query) -> tuple[tuple[str, str], ...]:
    """A query in any usual form as pairs, decoded."""
    if isinstance(query, str):
        return tuple(parse_qsl(query, keep_blank_values=True))
    if isinstance(query, Mapping):
        return tuple(cast("Mapping[str, str]", query).items())
    return tuple(query)


def json_answer(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer that carries JSON."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Answer(status, body, {"content-type": "application/json; charset=UTF-8", **(headers or {})})
