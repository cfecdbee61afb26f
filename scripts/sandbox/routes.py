"""Which function of a vendor answers which method and path."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from scripts.sandbox.exchange import Answer, Request

Answerer = Callable[..., Answer]


class Routes:
    """A table of `METHOD /path/{name}`; the names reach the function as decoded keyword arguments."""

    def __init__(self) -> None:
        self._table: list[tuple[str, re.Pattern[str], Answerer]] = []

    def add(self, method: str, path: str, answerer: Answerer) -> None:
        pattern = "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", path)
        )
        self._table.append((method, re.compile(pattern), answerer))

    def find(self, request: Request) -> Callable[[], Answer] | None:
        """The call that answers this request, or None where the vendor has no such route."""
        for method, pattern, answerer in self._table:
            if method == request.method and (match := pattern.fullmatch(request.path)):
                names = {name: unquote(value) for name, value in match.groupdict().items()}
                return lambda answerer=answerer, names=names: answerer(request, **names)
        return None
