"""Cloud Run's front end: routes to the functions, and lets only allowed callers reach the private ones."""

from __future__ import annotations

import re
import secrets
import urllib.parse
from collections.abc import Callable, Iterable

from scripts.local_cloud.http_client import Answer, NoAnswer, Pairs
from scripts.local_cloud.http_door import Received
from scripts.local_cloud.oidc import BadToken, Issuer
from scripts.local_cloud.spec import FunctionSpec

REMOVED_SIGNATURE = "SIGNATURE_REMOVED_BY_GOOGLE"
LONGEST_REQUEST_S = 3600.0
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
REPLACED = HOP_BY_HOP | {"content-length", "x-forwarded-for", "x-forwarded-proto"}

Forward = Callable[[str, str, Iterable[tuple[str, str]], bytes, float], Answer]
"""(method, URL, headers, body, seconds to wait) -> the answer. Errors: NoAnswer."""


class FrontEnd:
    """One public address for all functions: `/{function}` and everything below it."""

    def __init__(self, issuer: Issuer, forward: Forward) -> None:
        self.url = ""
        self._issuer = issuer
        self._forward = forward
        self._functions: dict[str, FunctionSpec] = {}

    def put(self, function: FunctionSpec) -> None:
        """Add a function or move it."""
        self._functions = {**self._functions, function.name: function}

    def functions(self) -> list[FunctionSpec]:
        return list(self._functions.values())

    def audience_of(self, function: FunctionSpec) -> str:
        return function.audience or f"{self.url}/{function.name}"

    def handle(self, received: Received) -> Answer:
        """Answer one request: the function's own answer, or the front end's refusal."""
        path, mark, query = received.target.partition("?")
        if not received.target.isascii() or _climbs(path):
            return _plain(400, "Bad Request: the path is not plain")
        name, slash, rest = path.lstrip("/").partition("/")
        function = self._functions.get(urllib.parse.unquote(name))
        if function is None:
            return _plain(404, "Not Found: no such function")
        headers = [pair for pair in received.headers if pair[0].lower() not in REPLACED]
        if not function.public:
            checked = self._check(function, received, headers)
            if isinstance(checked, Answer):
                return checked
            headers = checked
        headers += _added(received)
        if received.body or received.header("Content-Length") is not None:
            headers.append(("Content-Length", str(len(received.body))))
        url = function.url.rstrip("/") + (slash + rest or "/") + mark + query
        try:
            answer = self._forward(received.method, url, headers, received.body, LONGEST_REQUEST_S)
        except NoAnswer:
            return _plain(503, "Service Unavailable: the function does not answer")
        kept = [pair for pair in answer.headers if pair[0].lower() not in HOP_BY_HOP]
        return Answer(answer.status, kept, answer.body)

    def _check(self, function: FunctionSpec, received: Received, headers: Pairs) -> Pairs | Answer:
        """The headers to forward, with the verified token's signature taken out, or a refusal."""
        kind, _, token = (received.header("Authorization") or "").partition(" ")
        if not token:
            return _plain(403, "Forbidden: the caller is not authenticated")
        try:
            if kind.lower() != "bearer":
                raise BadToken("not a bearer token")
            claims = self._issuer.verify(token.strip(), self.audience_of(function))
        except BadToken as error:
            refusal = _plain(401, f"Unauthorized: {error}")
            return Answer(
                401, [*refusal.headers, ("WWW-Authenticate", 'Bearer error="invalid_token"')], refusal.body
            )
        if claims.get("email_verified") is not True or claims.get("email") not in function.callers:
            return _plain(403, "Forbidden: the caller may not invoke this function")
        stripped = f"Bearer {token.strip().rpartition('.')[0]}.{REMOVED_SIGNATURE}"
        others = [pair for pair in headers if pair[0].lower() != "authorization"]
        return [*others, ("Authorization", stripped)]


def _climbs(path: str) -> bool:
    """Whether a path has dot segments: behind the front end they could lead to another function."""
    return any(
        urllib.parse.unquote(segment) in (".", "..") for segment in re.split(r"/|%2[fF]|\\|%5[cC]", path)
    )


def _added(received: Received) -> Pairs:
    """The headers that Google adds; only the caller's address is known, the rest of the list is its word."""
    said = received.header("X-Forwarded-For")
    added = [
        ("X-Forwarded-For", f"{said}, {received.client}" if said else received.client),
        ("X-Forwarded-Proto", "http"),
    ]
    if received.header("X-Cloud-Trace-Context") is None:
        added.append(("X-Cloud-Trace-Context", f"{secrets.token_hex(16)}/{secrets.randbits(63)};o=1"))
    return added


def _plain(status: int, text: str) -> Answer:
    return Answer(status, [("Content-Type", "text/plain; charset=utf-8")], f"{text}\n".encode())
