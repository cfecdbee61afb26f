"""How often somebody may ask, and what who asks too often is told."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.api.limits import A_KEY, MOST_BUCKETS, SIGN_IN, Buckets
from tests.runtime.api.parts import DOMAIN, Api


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=400))
def test_never_more_in_any_minute_than_the_bucket_and_its_refill(pauses: list[float]) -> None:
    buckets, now_s, taken = Buckets(), 0.0, list[float]()
    for pause in pauses:
        now_s += pause
        if buckets.take(A_KEY, "a", now_s) == 0:
            taken.append(now_s)
    for first in taken:
        assert len([at for at in taken if first <= at < first + 60]) <= 2 * A_KEY.per_minute


def test_requests_that_are_counted_out_of_order_give_nothing_away() -> None:
    buckets, allowed = Buckets(), 0
    for tenth in range(600):
        for began_s in (1_000 + tenth / 10, 999.5 + tenth / 10):
            allowed += buckets.take(A_KEY, "a", began_s) == 0
    assert allowed <= 2 * A_KEY.per_minute


def test_after_a_clock_was_set_back_the_bucket_fills_again() -> None:
    buckets = Buckets()
    while buckets.take(A_KEY, "a", 5_000.0) == 0:
        pass
    assert buckets.take(A_KEY, "a", 1_000.0) > 0
    assert buckets.take(A_KEY, "a", 1_002.0) == 0


def test_after_the_wait_that_was_named_it_is_allowed() -> None:
    buckets = Buckets()
    for _ in range(A_KEY.per_minute):
        assert buckets.take(A_KEY, "a", 0.0) == 0
    wait_s = buckets.take(A_KEY, "a", 0.0)
    assert wait_s == 1
    assert buckets.take(A_KEY, "b", 0.0) == 0, "another one has their own"
    assert buckets.take(A_KEY, "a", float(wait_s)) == 0
    assert buckets.take(A_KEY, "a", -100.0) > 0, "a clock that goes back gives nothing away"


def test_many_addresses_take_no_memory_without_end() -> None:
    buckets = Buckets()
    for number in range(MOST_BUCKETS + 500):
        buckets.take(SIGN_IN, str(number), 0.0)
    assert len(vars(buckets)["_held"]) == MOST_BUCKETS


def test_a_key_may_ask_a_hundred_times_a_minute(api: Api) -> None:
    key, other = api.key(), api.key()
    answers = [api.ask("GET", "/v1/flags", key) for _ in range(A_KEY.per_minute + 1)]
    assert {one.status_code for one in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert answers[-1].content_type == "application/problem+json"
    assert api.ask("GET", "/v1/flags", other).status_code == 200
    api.simulation.clock.advance(int(answers[-1].headers["Retry-After"]))
    assert api.ask("GET", "/v1/flags", key).status_code == 200


def test_an_address_may_fail_five_times_a_minute(api: Api) -> None:
    here, elsewhere = "198.51.100.7", "198.51.100.8"
    unknown = [f"wk_{number:043d}" for number in range(6)]
    statuses = [api.ask("GET", "/v1/flags", one, address=here).status_code for one in unknown]
    assert statuses == [401] * SIGN_IN.per_minute + [429]
    refused = api.ask("GET", "/v1/flags", "garbage", address=here)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 12
    assert api.ask("GET", "/v1/flags", unknown[0], address=elsewhere).status_code == 401


def test_who_came_in_before_is_not_locked_out_by_a_neighbour(api: Api) -> None:
    here, key = "198.51.100.9", api.key()
    assert api.ask("GET", "/v1/flags", key, address=here).status_code == 200
    for number in range(6):
        api.ask("GET", "/v1/flags", f"wk_{number:043d}", address=here)
    assert api.ask("GET", "/v1/flags", api.key(), address=here).status_code == 429
    assert api.ask("GET", "/v1/flags", key, address=here).status_code == 200


def test_an_address_is_the_last_that_the_front_end_appended(api: Api) -> None:
    for number in range(6):
        spoofed = f"192.0.2.{number}, 198.51.100.10"
        status = api.ask("GET", "/v1/flags", f"wk_{number:043d}", address=spoofed).status_code
    assert status == 429


def test_a_network_of_ipv6_is_one_address(api: Api) -> None:
    for number in range(6):
        status = api.ask(
            "GET", "/v1/flags", f"wk_{number:043d}", address=f"2001:db8:1:2::{number}"
        ).status_code
    assert status == 429
    assert api.ask("GET", "/v1/flags", "wk_" + "x" * 43, address="2001:db8:1:3::1").status_code == 401


def test_a_person_signs_in_once_and_then_asks_as_often_as_a_key(api: Api) -> None:
    api.person(f"often@{DOMAIN}")
    token, here = api.token(email=f"often@{DOMAIN}"), "198.51.100.11"
    statuses = {api.ask("GET", "/v1/flags", token, address=here).status_code for _ in range(20)}
    assert statuses == {200}
    fresh = [api.token(email=f"often@{DOMAIN}", jti=str(number)) for number in range(5)]
    assert [api.ask("GET", "/v1/flags", one, address=here).status_code for one in fresh] == [200] * 4 + [429]


def test_a_token_is_over_when_it_says_so_also_where_it_was_seen_before(api: Api) -> None:
    api.person(f"late@{DOMAIN}")
    token = api.token(email=f"late@{DOMAIN}")
    assert api.ask("GET", "/v1/flags", token).status_code == 200
    api.simulation.clock.advance(int(timedelta(hours=1, minutes=2).total_seconds()))
    assert api.ask("GET", "/v1/flags", token).status_code == 401
