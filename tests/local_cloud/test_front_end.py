from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.http_client import Answer
from scripts.local_cloud.http_door import Received
from scripts.local_cloud.spec import CloudSpec, FunctionSpec
from tests.local_cloud.functions_under_test import ServedFunction

CALLER = "tasks@local"


def echo(received: Received) -> Answer:
    headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Seen", received.method)]
    return Answer(int(received.header("X-Answer") or 200), headers, received.body[::-1])


class Front:
    """A front end before one public and one private function."""

    def __init__(self) -> None:
        self.cloud = LocalCloud(None)
        self.endpoints = self.cloud.serve()
        self.url = self.endpoints.front_end
        self.function = ServedFunction(echo)
        self.cloud.provision(
            CloudSpec(
                functions=[
                    FunctionSpec("receive_form", self.function.url, public=True),
                    FunctionSpec("write_draft", f"{self.function.url}/inner", callers=[CALLER]),
                    FunctionSpec("gone", "http://127.0.0.1:1", public=True),
                ]
            )
        )

    def token(self, email: str = CALLER, audience: str = "") -> str:
        return self.cloud.issuer.token(email, audience or f"{self.url}/write_draft")

    def call_private(self, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(f"{self.url}/write_draft", headers=headers, content=b"{}")


@pytest.fixture(scope="module")
def served() -> Iterator[Front]:
    front = Front()
    yield front
    front.function.stop()
    front.cloud.stop()


@pytest.fixture
def front(served: Front) -> Front:
    served.function.received.clear()
    return served


def test_a_public_function_gets_the_request_byte_for_byte(front: Front) -> None:
    body = bytes(range(256))
    answer = httpx.put(
        f"{front.url}/receive_form/a%2Fb/c?x=%20y&x=2",
        content=body,
        headers={"Authorization": "Bearer theirs", "X-Signature": "abc=", "X-Answer": "418"},
    )
    assert (answer.status_code, answer.content) == (418, body[::-1])
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    [received] = front.function.received
    assert (received.method, received.target, received.body) == ("PUT", "/a%2Fb/c?x=%20y&x=2", body)
    assert received.header("Authorization") == "Bearer theirs"
    assert received.header("X-Signature") == "abc="
    assert received.header("Host") == front.url.removeprefix("http://")


def test_the_function_learns_who_called_and_how(front: Front) -> None:
    httpx.get(f"{front.url}/receive_form", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "x"})
    httpx.get(f"{front.url}/receive_form", headers={"X-Cloud-Trace-Context": "abc/1"})
    first, second = front.function.received
    assert first.target == "/"
    assert first.header("X-Forwarded-For") == "6.6.6.6, 127.0.0.1"
    assert first.header("X-Forwarded-Proto") == "http"
    assert "/" in (first.header("X-Cloud-Trace-Context") or "")
    assert second.header("X-Cloud-Trace-Context") == "abc/1"
    assert second.header("X-Forwarded-For") == "127.0.0.1"


def test_an_allowed_caller_reaches_a_private_function_and_its_signature_does_not(front: Front) -> None:
    token = front.token()
    assert front.call_private(token).status_code == 200
    [received] = front.function.received
    head, claims, _ = token.split(".")
    assert received.target == "/inner/"
    assert received.header("Authorization") == f"Bearer {head}.{claims}.SIGNATURE_REMOVED_BY_GOOGLE"


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("no token", 403),
        ("another caller", 403),
        ("another audience", 401),
        ("expired", 401),
        ("signature removed", 401),
        ("claims changed", 401),
        ("garbage", 401),
    ],
)
def test_anyone_else_is_refused_without_the_function_being_called(
    front: Front, case: str, status: int
) -> None:
    head, claims, signature = front.token().split(".")
    forged = json.loads(base64.urlsafe_b64decode(claims + "=="))
    past = {**forged, "iat": forged["iat"] - 7200, "exp": forged["iat"] - 3600}
    changed = base64.urlsafe_b64encode(json.dumps({**forged, "a": 1}).encode()).rstrip(b"=").decode()
    token = {
        "no token": "",
        "another caller": front.token("else@local"),
        "another audience": front.token(audience="https://other"),
        "expired": front.cloud.issuer.sign(past),
        "signature removed": f"{head}.{claims}.SIGNATURE_REMOVED_BY_GOOGLE",
        "claims changed": f"{head}.{changed}.{signature}",
        "garbage": "x",
    }[case]
    assert front.call_private(token).status_code == status
    assert front.function.received == []


def test_a_function_that_does_not_answer_is_503_and_an_unknown_one_404(front: Front) -> None:
    assert httpx.get(f"{front.url}/gone").status_code == 503
    assert httpx.get(f"{front.url}/unknown").status_code == 404


def test_a_body_over_32_mib_is_refused_before_it_is_read(front: Front) -> None:
    host, port = front.url.removeprefix("http://").split(":")
    for framing in (
        f"Content-Length: {32 * 2**20 + 1}\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2000001\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=5) as raw:
            raw.sendall(f"POST /receive_form HTTP/1.1\r\nHost: {host}\r\n{framing}".encode())
            assert raw.recv(64).startswith(b"HTTP/1.1 413")
    assert front.function.received == []


def test_a_chunked_body_arrives_whole(front: Front) -> None:
    answer = httpx.post(f"{front.url}/receive_form", content=iter([b"one ", b"two"]))
    assert answer.content == b"owt eno"
    assert front.function.received[0].body == b"one two"


def test_one_connection_serves_many_requests(front: Front) -> None:
    with httpx.Client() as client:
        for number in range(5):
            body = str(number).encode()
            assert client.post(f"{front.url}/receive_form", content=body).content == body
    assert len(front.function.received) == 5


@pytest.mark.parametrize("climb", ["..", "%2e%2e", ".%2E", "x%2F..", "x%5C.."])
def test_a_path_cannot_climb_from_a_public_function_to_a_private_one(front: Front, climb: str) -> None:
    host, port = front.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(f"GET /receive_form/{climb}/write_draft HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert raw.recv(64).startswith(b"HTTP/1.1 400")
    assert front.function.received == []


def test_a_body_cut_short_is_not_forwarded(front: Front) -> None:
    host, port = front.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        head = f"POST /receive_form HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\n\r\n"
        raw.sendall(f"{head}half".encode())
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(64).startswith(b"HTTP/1.1 400")
    assert front.function.received == []
