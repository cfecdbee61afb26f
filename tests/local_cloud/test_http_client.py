from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from scripts.local_cloud.due import HttpRequest
from scripts.local_cloud.http_client import ConnectionPool, NoAnswer
from tests.local_cloud.functions_under_test import ServedFunction, wait_until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class RawServer:
    """Answers the requests of each connection with the given bytes in turn, then closes it."""

    def __init__(self, *answers: bytes) -> None:
        self.requests = 0
        self.connections = 0
        self.closed = 0
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                for answer in self._answers:
                    if not connection.recv(65536):
                        break
                    self.requests += 1
                    connection.sendall(answer)
            self.closed += 1

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    pool = ConnectionPool()
    yield pool
    pool.close()


def test_a_connection_that_the_other_side_closed_is_not_used_again(pool: ConnectionPool) -> None:
    server = RawServer(OK)
    for number in (1, 2, 3):
        assert pool.deliver(HttpRequest("POST", server.url, {})).body == b"ok"
        wait_until(lambda number=number: server.closed == number, "the server closed the connection")
    assert server.connections == 3
    server.stop()


def test_a_connection_that_stays_open_is_used_again(pool: ConnectionPool) -> None:
    server = RawServer(OK, OK, OK)
    for _ in range(3):
        pool.deliver(HttpRequest("POST", server.url, {}))
    assert (server.connections, server.requests) == (1, 3)
    server.stop()


@pytest.mark.parametrize(
    "half", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b"garbage\r\n\r\n"]
)
def test_a_lost_answer_is_an_error_and_the_request_is_not_sent_again(
    pool: ConnectionPool, half: bytes
) -> None:
    server = RawServer(half)
    with pytest.raises(NoAnswer):
        pool.deliver(HttpRequest("POST", server.url, {}))
    assert server.requests == 1
    server.stop()


def test_no_answer_in_time_is_an_error(pool: ConnectionPool) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    with pytest.raises(NoAnswer, match="TimeoutError"):
        pool.deliver(HttpRequest("POST", url, {}, b"x", timeout_s=0.05))
    silent.close()


def test_a_redirect_is_an_answer_and_is_not_followed(pool: ConnectionPool) -> None:
    elsewhere = ServedFunction()
    server = RawServer(
        f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    assert pool.deliver(HttpRequest("POST", server.url, {})).status == 302
    assert elsewhere.received == []
    server.stop()
    elsewhere.stop()
