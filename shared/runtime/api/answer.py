"""What the API answers: a status, bytes and headers, and problems in one shape (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from shared.runtime.logs import tracing

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    """One response. `more` are its own headers, over those that every response has."""

    status: int
    body: bytes
    media_type: str = JSON
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.media_type, **HEADERS, **self.more}


class Problem(Exception):
    """A request that is not answered as it was meant: the status, and a sentence with the rule and the mend."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})

    @property
    def answer(self) -> Answer:
        return _told(self.status, self.detail, self.headers)


def failed(status: int, text: str) -> Answer:
    """The problem for what went wrong before or beside a route."""
    return _told(status, text, {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {})


def _told(status: int, detail: str, headers: Mapping[str, str]) -> Answer:
    """The problem as it is sent; `instance` is the trace under which our logs have it."""
    _, trace_id = tracing.get()
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:trace:{trace_id}",
    }
    return Answer(status, _bytes(body), PROBLEM, headers)


def as_json(status: int, text: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON text as it stands."""
    return Answer(status, text.encode(), JSON, headers or {})


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()
