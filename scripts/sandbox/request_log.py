"""What was asked of the vendors, and what came of it."""

from __future__ import annotations

import json
from typing import Any

from scripts.sandbox.exchange import Answer, Request
from scripts.sandbox.state import Doc, State

_KIND = "requests"
_SECRET_HEADERS = {"authorization", "cookie", "x-api-key"}


class RequestLog:
    """Every request in order, without the values of its credentials."""

    def __init__(self, state: State) -> None:
        self._state = state

    def note(
        self,
        vendor: str,
        request: Request,
        answer: Answer | None,
        time_s: float,
        fault: str = "",
        *,
        applied: bool,
    ) -> None:
        """Write one request down; `answer` is what the vendor gave, None when it gave nothing."""
        self._state.append(
            _KIND,
            {
                "time_s": time_s,
                "vendor": vendor,
                "method": request.method,
                "path": request.path,
                "query": [list(pair) for pair in request.query],
                "headers": {
                    name: "(kept out)" if name in _SECRET_HEADERS else value
                    for name, value in request.headers.items()
                },
                "body": "(kept out)" if vendor == "google-oauth" else _readable(request.body),
                "status": answer.status if answer else None,
                "answer": "(kept out)"
                if vendor == "google-oauth"
                else _readable(answer.body if answer else b""),
                "fault": fault,
                "applied": applied,
            },
        )

    def listed(self, vendor: str = "", since: int = 0) -> list[Doc]:
        """Requests after the sequence number `since`, of one vendor or of all."""
        return [
            row
            for row in self._state.all(_KIND)
            if row["seq"] > since and (not vendor or row["vendor"] == vendor)
        ]

    def clear(self) -> None:
        self._state.clear(_KIND)


def _readable(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
