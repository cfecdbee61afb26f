"""The sandbox as an httpx transport, so that a simulation asks the vendors without a socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from scripts.sandbox.exchange import as_object
from scripts.sandbox.faults import ConnectionBroken
from scripts.sandbox.sandbox import Sandbox

_HOSTS = {
    "api.hubapi.com": "/hubspot",
    "gmail.googleapis.com": "/gmail",
    "oauth2.googleapis.com": "/google-oauth",
    "accounts.google.com": "/google-oauth",
    "api.openai.com": "/openai",
}
_HOSTS_BY_PATH = {"www.googleapis.com": {"/calendar/": "/calendar", "/drive/": "/drive"}}


def transport(sandbox: Sandbox) -> httpx.BaseTransport:
    """A transport that carries every request into the sandbox.

    The vendors' real hosts are known; any other host has the vendor as the first segment of its path, as
    the sandbox over HTTP has. Faults raise what httpx raises for them.
    """
    return _Transport(sandbox)


class _Transport(httpx.BaseTransport):
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        url = request.url
        path = url.raw_path.partition(b"?")[0].decode()
        try:
            answer, delay_s = self._sandbox.exchange(
                request.method,
                _prefix(url.host, path) + path,
                url.query.decode(),
                dict(request.headers.items()),
                body,
            )
        except ConnectionBroken as broken:
            return _broken(broken, request)
        patience_s = as_object(request.extensions.get("timeout")).get("read")
        if delay_s and patience_s is not None and delay_s > patience_s:
            raise httpx.ReadTimeout("The read operation timed out", request=request)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)


def _prefix(host: str, path: str) -> str:
    for start, prefix in _HOSTS_BY_PATH.get(host, {}).items():
        if path.startswith(start):
            return prefix
    return _HOSTS.get(host, "")


def _broken(broken: ConnectionBroken, request: httpx.Request) -> httpx.Response:
    if broken.kind == "timeout":
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    if broken.kind == "half" and broken.answer is not None:
        headers = {**broken.answer.headers, "content-length": str(len(broken.answer.body))}
        return httpx.Response(
            broken.answer.status, headers=headers, stream=_Half(broken.answer.body), request=request
        )
    raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)


class _Half(httpx.SyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        half = self._body[: len(self._body) // 2]
        yield half
        raise httpx.RemoteProtocolError(
            f"peer closed connection without sending complete message body "
            f"(received {len(half)} bytes, expected {len(self._body)})"
        )
