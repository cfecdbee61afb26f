from __future__ import annotations

import gzip
import logging
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from pydantic import BaseModel

from shared.connectors import dialects
from shared.connectors.http import VendorHttp
from shared.errors import Permanent, Retryable, Unclear
from tests.connectors.parts import Script, Time, answer, vendor_http


class Thing(BaseModel):
    id: str


REQUEST = httpx.Request("GET", "https://api.vendor.example/things")
NOT_SENT = [
    httpx.ConnectError("refused", request=REQUEST),
    httpx.ConnectTimeout("slow", request=REQUEST),
    httpx.PoolTimeout("none free", request=REQUEST),
]
MAYBE_SENT = [
    httpx.ReadTimeout("slow", request=REQUEST),
    httpx.WriteTimeout("slow", request=REQUEST),
    httpx.ReadError("reset", request=REQUEST),
    httpx.WriteError("reset", request=REQUEST),
    httpx.RemoteProtocolError("Server disconnected without sending a response.", request=REQUEST),
    ConnectionResetError(104, "reset"),
]


def garbage() -> httpx.Response:
    return httpx.Response(200, content=b"<html>502</html>", headers={"content-type": "text/html"})


def half() -> httpx.Response:
    return httpx.Response(200, content=b'{"id": "1', headers={"content-type": "application/json"})


@pytest.mark.parametrize("broken", [*NOT_SENT, *MAYBE_SENT], ids=lambda error: type(error).__name__)
def test_a_read_is_tried_three_times_when_no_answer_comes_and_then_is_retryable(broken: Exception) -> None:
    script, time = Script(broken), Time()
    with pytest.raises(Retryable):
        vendor_http(script, time).read("get", "GET", "/things")
    assert len(script.requests) == 3
    assert time.slept == [pytest.approx(0.1), pytest.approx(0.2)]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529, 408])
def test_a_read_is_tried_again_on_statuses_that_pass(status: int) -> None:
    script = Script(answer(status), answer(status), answer(200, {"id": "7"}))
    assert vendor_http(script).read("get", "GET", "/things").parsed(Thing).id == "7"
    assert len(script.requests) == 3


@pytest.mark.parametrize("make", [garbage, half])
def test_a_read_that_is_answered_with_garbage_is_tried_again(make: Callable[[], httpx.Response]) -> None:
    script = Script(make(), answer(200, {"id": "7"}))
    assert vendor_http(script).read("get", "GET", "/things").parsed(Thing).id == "7"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 302])
def test_a_read_that_is_refused_is_permanent_and_asked_once(status: int) -> None:
    script = Script(answer(status, {"message": "no"}, location="https://elsewhere.example"))
    with pytest.raises(Permanent, match=rf"vendor: get answered {status}"):
        vendor_http(script).read("get", "GET", "/things")
    assert len(script.requests) == 1


@pytest.mark.parametrize("broken", NOT_SENT, ids=lambda error: type(error).__name__)
def test_a_write_that_was_never_sent_is_retryable_and_goes_out_once(broken: Exception) -> None:
    script, time = Script(broken), Time()
    with pytest.raises(Retryable):
        vendor_http(script, time).write("create", "POST", "/things", body={})
    assert (len(script.requests), time.slept) == (1, [])


@pytest.mark.parametrize("broken", MAYBE_SENT, ids=lambda error: type(error).__name__)
def test_a_write_that_may_have_been_sent_is_unclear_and_never_repeated(broken: Exception) -> None:
    script, time = Script(broken), Time()
    with pytest.raises(Unclear):
        vendor_http(script, time).write("create", "POST", "/things", body={})
    assert (len(script.requests), time.slept) == (1, [])


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 302, 303])
def test_a_write_with_an_answer_that_proves_nothing_is_unclear(status: int) -> None:
    script = Script(answer(status, location="https://elsewhere.example"))
    with pytest.raises(Unclear):
        vendor_http(script).write("create", "POST", "/things", body={})
    assert len(script.requests) == 1


@pytest.mark.parametrize("make", [garbage, half])
def test_a_write_that_is_answered_with_garbage_is_unclear(make: Callable[[], httpx.Response]) -> None:
    script = Script(make())
    with pytest.raises(Unclear):
        vendor_http(script).write("create", "POST", "/things", body={})
    assert len(script.requests) == 1


def test_a_write_answered_in_another_shape_is_unclear_and_a_read_is_retryable() -> None:
    with pytest.raises(Unclear):
        vendor_http(Script(answer(201, {"uid": "7"}))).write("create", "POST", "/things").parsed(Thing)
    with pytest.raises(Retryable):
        vendor_http(Script(answer(200, ["7"]))).read("get", "GET", "/things").parsed(Thing)


@pytest.mark.parametrize("status", [423, 429, 477])
def test_a_write_that_was_documented_not_to_be_applied_is_retryable(status: int) -> None:
    script = Script(answer(status, retry_after="4"))
    with pytest.raises(Retryable) as caught:
        vendor_http(script, dialect=dialects.hubspot).write("create", "POST", "/things")
    assert (caught.value.retry_after_s, len(script.requests)) == (4.0, 1)


def test_retry_after_is_obeyed_when_it_is_short() -> None:
    time = Time()
    script = Script(answer(429, retry_after="7"), answer(200))
    vendor_http(script, time).read("get", "GET", "/things")
    assert time.slept == [7.0]


def test_a_long_retry_after_is_left_to_the_queue() -> None:
    script, time = Script(answer(429, retry_after="11")), Time()
    with pytest.raises(Retryable) as caught:
        vendor_http(script, time).read("get", "GET", "/things")
    assert (caught.value.retry_after_s, time.slept, len(script.requests)) == (11.0, [], 1)


def test_one_call_never_waits_for_more_than_ten_seconds_altogether() -> None:
    script, time = Script(answer(503, retry_after="6")), Time()
    with pytest.raises(Retryable):
        vendor_http(script, time).read("get", "GET", "/things")
    assert time.slept == [6.0]


def test_retry_after_as_a_date_counts_from_the_vendors_own_clock() -> None:
    headers = {"retry_after": "Fri, 20 Nov 2026 09:00:30 GMT", "date": "Fri, 20 Nov 2026 09:00:00 GMT"}
    with pytest.raises(Retryable) as caught:
        vendor_http(Script(answer(429, **headers))).read("get", "GET", "/things")
    assert caught.value.retry_after_s == 30.0


@pytest.mark.parametrize("value", ["soon", "-4", "nan", "inf", "1e300", "Fri, 99 Foo"])
def test_a_retry_after_that_is_no_time_is_ignored(value: str) -> None:
    with pytest.raises(Retryable) as caught:
        vendor_http(Script(answer(429, retry_after=value))).write("create", "POST", "/things")
    assert caught.value.retry_after_s is None


def test_waits_vary_by_at_most_a_tenth() -> None:
    for _ in range(50):
        time = Time()
        with pytest.raises(Retryable):
            VendorHttp(
                "vendor",
                "https://api.vendor.example",
                transport=Script(answer(500)),
                clock=time.clock,
                sleep=time.sleep,
            ).read("get", "GET", "/things")
        first, second = time.slept
        assert 0.09 <= first <= 0.11
        assert 0.18 <= second <= 0.22


def test_redirects_are_not_followed() -> None:
    script = Script(answer(307, location="https://evil.example/things"))
    with pytest.raises(Permanent, match="redirects are not followed"):
        vendor_http(script).read("get", "GET", "/things")
    assert [request.url.host for request in script.requests] == ["api.vendor.example"]


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "@evil.example/x", "https://evil.example/", ".evil.example"]
)
def test_no_path_reaches_another_host(path: str) -> None:
    script = Script(answer(200))
    with suppress(Permanent):
        vendor_http(script).read("get", "GET", path)
    assert {request.url.host for request in script.requests} <= {"api.vendor.example"}


def test_an_answer_over_the_cap_is_not_read_to_its_end() -> None:
    script = Script(answer(200, {"id": "x" * 2000}))
    with pytest.raises(Permanent, match="more than 1000 bytes"):
        vendor_http(script, max_bytes=1000).read("get", "GET", "/things")
    with pytest.raises(Unclear):
        vendor_http(script, max_bytes=1000).write("create", "POST", "/things")
    assert len(script.requests) == 2


def test_a_small_answer_that_unpacks_to_a_huge_one_is_stopped() -> None:
    packed = gzip.compress(b"[" + b" " * 5_000_000 + b"]")

    def bomb(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=packed, headers={"content-encoding": "gzip"})

    assert len(packed) < 10_000
    with pytest.raises(Permanent, match="more than 100000 bytes"):
        vendor_http(Script(bomb), max_bytes=100_000).read("get", "GET", "/things")


def test_an_answer_that_drips_is_given_up_after_the_timeout() -> None:
    time = Time()

    class Drip(httpx.SyncByteStream):
        def __iter__(self):  # type: ignore[no-untyped-def]
            for _ in range(1000):
                time.now_s += 3
                yield b" "

    def dripping(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drip())

    with pytest.raises(Unclear, match="not finished within 10 s"):
        vendor_http(Script(dripping), time).write("create", "POST", "/things")


def test_a_refused_credential_is_renewed_once_even_for_a_write() -> None:
    renewed: list[str] = []
    script = Script(answer(401), answer(201, {"id": "7"}))
    http = vendor_http(
        script, auth=lambda: {"authorization": f"Bearer {len(renewed)}"}, renew=lambda: renewed.append("x")
    )
    assert http.write("create", "POST", "/things").parsed(Thing).id == "7"
    assert [request.headers["authorization"] for request in script.requests] == ["Bearer 0", "Bearer 1"]


def test_a_credential_that_stays_refused_is_permanent() -> None:
    script, renewed = Script(answer(401)), list[str]()
    with pytest.raises(Permanent, match="answered 401; check the credential"):
        vendor_http(script, renew=lambda: renewed.append("x")).read("get", "GET", "/things")
    assert (len(script.requests), len(renewed)) == (2, 1)


def test_a_line_break_in_a_credential_is_permanent_and_not_shown() -> None:
    http = VendorHttp(
        "vendor", "http://127.0.0.1:9", auth=lambda: {"authorization": "Bearer canary\r\nX-Evil: 1"}
    )
    with pytest.raises(Permanent) as caught:
        http.write("create", "POST", "/things")
    assert "canary" not in str(caught.value)


def test_every_request_is_counted_where_somebody_counts() -> None:
    calls: list[tuple[str, str]] = []
    script = Script(answer(500), answer(200))
    http = vendor_http(script, on_call=lambda vendor, operation: calls.append((vendor, operation)))
    http.read("get", "GET", "/things")
    assert calls == [("vendor", "get")] * 2 == [("vendor", "get")] * len(script.requests)


def test_allowed_statuses_come_back_as_replies() -> None:
    reply = vendor_http(Script(answer(404, {"message": "gone"}))).read("get", "GET", "/x", allowed=(404,))
    assert (reply.status, reply.body) == (404, {"message": "gone"})


def test_an_empty_answer_is_sound_where_nothing_is_expected() -> None:
    reply = vendor_http(Script(httpx.Response(204))).write("archive", "DELETE", "/things/7")
    assert (reply.status, reply.body) == (204, None)


def test_the_base_urls_own_path_is_kept() -> None:
    script, time = Script(answer(200)), Time()
    http = VendorHttp("v", "http://127.0.0.1:8080/hubspot/", transport=script, clock=time.clock)
    http.read("get", "GET", "/crm/a%40b%2F..%2Fc", query={"q": "x,y"})
    assert str(script.requests[0].url) == "http://127.0.0.1:8080/hubspot/crm/a%40b%2F..%2Fc?q=x%2Cy"


def test_no_url_is_logged_whatever_the_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    vendor_http(Script(answer(200))).read("get", "GET", "/things/ann%40example.com")
    assert "ann" not in caplog.text


def test_a_real_socket_that_refuses_is_not_sent() -> None:
    with pytest.raises(Retryable, match="could not connect"):
        VendorHttp("vendor", "http://127.0.0.1:9").write("create", "POST", "/things")
