"""The sandbox over HTTP on loopback, with connections that really break."""

from __future__ import annotations

import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scripts.sandbox.exchange import Answer, json_answer
from scripts.sandbox.faults import ConnectionBroken

if TYPE_CHECKING:
    from scripts.sandbox.sandbox import Sandbox

_LONGEST_WAIT_S = 600.0


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False


class Server:
    """One HTTP server for one sandbox."""

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.stopping = threading.Event()
        door = type("Door", (_Door,), {"sandbox": sandbox, "stopping": self.stopping})
        self._listener = _Listener(("127.0.0.1", port), door)
        self.base_url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join(timeout=5)


class _Door(BaseHTTPRequestHandler):
    sandbox: Sandbox
    stopping: threading.Event
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def serve(self) -> None:
        if self.stopping.is_set():
            self._break(ConnectionBroken("dropped"))
            return
        length = int(self.headers.get("content-length") or 0)
        body = (
            self._chunked()
            if "chunked" in self.headers.get("transfer-encoding", "")
            else self.rfile.read(length)
        )
        parts = urlsplit(self.path)
        try:
            answer, delay_s = self.sandbox.exchange(
                self.command, parts.path, parts.query, dict(self.headers.items()), body
            )
        except ConnectionBroken as broken:
            self._break(broken)
            return
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            answer, delay_s = json_answer({"error": f"the sandbox itself failed: {error!r}"}, 500), 0.0
        if delay_s:
            self.stopping.wait(delay_s)
        self._write(answer, answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = serve

    def _write(self, answer: Answer, body: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if answer.status != 204 and self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _break(self, broken: ConnectionBroken) -> None:
        if broken.kind == "timeout":
            self.stopping.wait(broken.delay_s or _LONGEST_WAIT_S)
        elif broken.delay_s:
            self.stopping.wait(broken.delay_s)
        if broken.kind == "half" and broken.answer is not None:
            self._write(broken.answer, broken.answer.body[: len(broken.answer.body) // 2])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _chunked(self) -> bytes:
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the request log has it all."""
