from __future__ import annotations

import httpx
import pytest

from shared.connectors.breaker import Breaker
from shared.errors import Permanent, Retryable, Unclear
from tests.connectors.parts import Script, Time, answer, vendor_http


def opened(time: Time) -> Breaker:
    breaker = Breaker("vendor", time.clock)
    for _ in range(5):
        breaker.failed()
    return breaker


def test_it_opens_after_five_failures_within_sixty_seconds() -> None:
    time = Time()
    breaker = Breaker("vendor", time.clock)
    for _ in range(4):
        breaker.failed()
        time.now_s += 14
    breaker.admit()
    breaker.failed()
    with pytest.raises(Retryable) as caught:
        breaker.admit()
    assert caught.value.retry_after_s == 30.0


def test_it_stays_closed_when_five_failures_take_longer_than_sixty_seconds() -> None:
    time = Time()
    breaker = Breaker("vendor", time.clock)
    for _ in range(20):
        breaker.failed()
        time.now_s += 15.1
    breaker.admit()


def test_a_sound_answer_in_between_starts_the_count_again() -> None:
    breaker = Breaker("vendor", Time().clock)
    for _ in range(4):
        breaker.failed()
    breaker.worked()
    for _ in range(4):
        breaker.failed()
    breaker.admit()


def test_it_says_how_long_it_rests() -> None:
    time = Time()
    breaker = opened(time)
    time.now_s += 12
    with pytest.raises(Retryable) as caught:
        breaker.admit()
    assert caught.value.retry_after_s == pytest.approx(18.0)


def test_after_thirty_seconds_one_call_probes_and_the_others_wait() -> None:
    time = Time()
    breaker = opened(time)
    time.now_s += 30
    breaker.admit()
    with pytest.raises(Retryable):
        breaker.admit()


def test_a_probe_that_works_closes_it_and_one_that_fails_keeps_it_open() -> None:
    time = Time()
    breaker = opened(time)
    time.now_s += 30
    breaker.admit()
    breaker.failed()
    with pytest.raises(Retryable):
        breaker.admit()
    time.now_s += 30
    breaker.admit()
    breaker.worked()
    breaker.admit()
    breaker.admit()


def test_a_probe_that_never_reports_does_not_shut_the_door_for_ever() -> None:
    time = Time()
    breaker = opened(time)
    time.now_s += 30
    breaker.admit()
    time.now_s += 30
    breaker.admit()


def test_an_open_breaker_sends_nothing_and_is_retryable_even_for_a_write() -> None:
    time, script = Time(), Script(answer(500))
    http = vendor_http(script, time, breaker=Breaker("vendor", time.clock))
    for _ in range(5):
        with pytest.raises(Unclear):
            http.write("create", "POST", "/things")
    with pytest.raises(Retryable) as caught:
        http.write("create", "POST", "/things")
    assert (caught.value.retry_after_s, len(script.requests)) == (30.0, 5)


def test_failing_reads_stop_in_the_middle_of_their_tries() -> None:
    time, script = Time(), Script(httpx.ConnectError("refused"))
    http = vendor_http(script, time, breaker=Breaker("vendor", time.clock))
    for _ in range(2):
        with pytest.raises(Retryable):
            http.read("get", "GET", "/things")
    assert len(script.requests) == 5


@pytest.mark.parametrize("status", [400, 404, 401, 403, 429])
def test_refusals_are_no_failures_of_the_vendor(status: int) -> None:
    time, script = Time(), Script(answer(status))
    http = vendor_http(script, time, breaker=Breaker("vendor", time.clock))
    for _ in range(10):
        with pytest.raises((Permanent, Retryable)):
            http.write("create", "POST", "/things")
    assert len(script.requests) == 10


def test_a_huge_answer_about_one_person_does_not_shut_the_vendor_for_the_others() -> None:
    time, script = Time(), Script(answer(200, {"x": "y" * 500}))
    http = vendor_http(script, time, breaker=Breaker("vendor", time.clock), max_bytes=100)
    for _ in range(10):
        with pytest.raises(Permanent):
            http.read("get", "GET", "/things")
    assert len(script.requests) == 10
