"""Keep-alive HTTP towards the functions, without retries: a lost answer stays visible as a lost answer."""

from __future__ import annotations

import http.client
import select
import threading
import urllib.parse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.local_cloud.due import HttpRequest, HttpResponse

Pairs = list[tuple[str, str]]

IDLE_PER_HOST = 32


class NoAnswer(OSError):
    """The other side could not be reached, or its answer did not arrive whole and in time."""


@dataclass(frozen=True)
class Answer:
    """A response with its headers as they came, repeated ones too."""

    status: int
    headers: Pairs
    body: bytes


class ConnectionPool:
    """Idle connections by host, used by any thread, each by one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: defaultdict[tuple[str, str], list[http.client.HTTPConnection]] = defaultdict(list)

    def deliver(self, request: HttpRequest) -> HttpResponse:
        """Send one request. Errors: NoAnswer."""
        answer = self.send(
            request.method, request.url, request.headers.items(), request.body, request.timeout_s
        )
        return HttpResponse(answer.status, dict(answer.headers), answer.body)

    def send(
        self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes, timeout_s: float
    ) -> Answer:
        """Send one request, once, with exactly these headers (Host and Content-Length are added if missing).

        Errors: NoAnswer.
        """
        parts = urllib.parse.urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        key = (parts.scheme, parts.netloc)
        try:
            connection = self._connection(key, timeout_s)
            try:
                return self._exchange(connection, key, method, target, list(headers), body)
            except BaseException:
                connection.close()
                raise
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{method} {url}: {type(error).__name__}: {error}") from error

    def close(self) -> None:
        with self._lock:
            for connections in self._idle.values():
                for connection in connections:
                    connection.close()
            self._idle.clear()

    def _connection(self, key: tuple[str, str], timeout_s: float) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                connection = self._idle[key].pop() if self._idle[key] else None
            if connection is None:
                scheme, netloc = key
                secure = scheme == "https"
                kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
                return kind(netloc, timeout=timeout_s)
            # An idle connection with something to read was closed by the other side: sending on it would
            # look like a lost answer although nothing was ever received.
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                connection.sock.settimeout(timeout_s)
                return connection
            connection.close()

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        key: tuple[str, str],
        method: str,
        target: str,
        headers: Pairs,
        body: bytes,
    ) -> Answer:
        names = {name.lower() for name, _ in headers}
        connection.putrequest(method, target, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if "content-length" not in names and (body or method in ("POST", "PUT", "PATCH")):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        with self._lock:
            keep = not response.will_close and len(self._idle[key]) < IDLE_PER_HOST
            if keep:
                self._idle[key].append(connection)
        if not keep:
            connection.close()
        return answer
