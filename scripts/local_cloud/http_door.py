"""A threaded HTTP server on loopback that hands over raw requests, byte for byte."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scripts.local_cloud.http_client import Answer, Pairs

log = logging.getLogger(__name__)

LARGEST_BODY_BYTES = 32 * 2**20
IDLE_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Received:
    """A request as it came: `target` is the raw path with its query, `client` the caller's address."""

    method: str
    target: str
    headers: Pairs = field(default_factory=list[tuple[str, str]])
    body: bytes = b""
    client: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Handle = Callable[[Received], Answer]


class BodyRefused(Exception):
    """A body that is too large (413) or not readable (400)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class HttpServer:
    """Serves one `handle` on 127.0.0.1 until `stop`; port 0 takes a free one."""

    def __init__(self, handle: Handle, *, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _handler(handle))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no error; anything else is a bug worth its traceback."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            log.exception("an HTTP request ended in a bug")


def _handler(handle: Handle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_TIMEOUT_S
        disable_nagle_algorithm = True

        def __getattr__(self, name: str) -> object:
            # Every method is served, also those that the standard library has no name for.
            if name.startswith("do_"):
                return lambda: handle_one(self)
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged: requests carry addresses and tokens."""

    def handle_one(handler: BaseHTTPRequestHandler) -> None:
        try:
            body = _body(handler)
        except BodyRefused as refused:
            handler.close_connection = True
            _answer(handler, Answer(refused.status, [], f"{refused}\n".encode()))
            return
        received = Received(
            handler.command, handler.path, list(handler.headers.items()), body, handler.client_address[0]
        )
        _answer(handler, handle(received))

    return Handler


def _answer(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response_only(answer.status)
    for name, value in answer.headers:
        handler.send_header(name, value)
    if handler.close_connection:
        handler.send_header("Connection", "close")
    bodiless = handler.command == "HEAD" or answer.status in (204, 304)
    if not any(name.lower() == "content-length" for name, _ in answer.headers) and answer.status != 204:
        handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()
    if not bodiless:
        handler.wfile.write(answer.body)


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if "chunked" in handler.headers.get("Transfer-Encoding", "").lower():
        return _chunks(handler)
    length = handler.headers.get("Content-Length", "0")
    if not length.isdigit():
        raise BodyRefused(400, "Content-Length is not a number")
    if int(length) > LARGEST_BODY_BYTES:
        raise BodyRefused(413, "Request Entity Too Large: at most 32 MiB")
    body = handler.rfile.read(int(length))
    if len(body) < int(length):
        raise BodyRefused(400, "the body ended before its Content-Length")
    return body


def _chunks(handler: BaseHTTPRequestHandler) -> bytes:
    parts: list[bytes] = []
    total = 0
    while True:
        try:
            size = int(handler.rfile.readline(1024).split(b";")[0], 16)
        except ValueError:
            raise BodyRefused(400, "a chunk's size is not a number") from None
        total += size
        if total > LARGEST_BODY_BYTES:
            raise BodyRefused(413, "Request Entity Too Large: at most 32 MiB")
        if size == 0:
            while handler.rfile.readline(8192).strip():
                pass
            return b"".join(parts)
        parts.append(handler.rfile.read(size))
        handler.rfile.readline(8)
