"""Faults: which requests they break, how they look to httpx, and whether the request took effect."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scripts.sandbox.world_mail import ISABEL
from tests.sandbox.world import GMAIL, HUBSPOT, Outside, encoded, mail, outside

ANA = "ana.ruiz@harborlogistics.example"
DRAFT = {"message": {"raw": encoded(mail(To=ANA, Subject="Hello"))}}


@pytest.fixture
def world() -> Outside:
    return outside()


def _create(world: Outside) -> httpx.Response:
    return world.google.post(f"{GMAIL}/drafts", json=DRAFT, timeout=5.0)


def _drafts(world: Outside) -> int:
    return len(world.sandbox.gmail.mailbox(ISABEL).drafts())


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("timeout", httpx.ReadTimeout),
        ("drop_before", httpx.RemoteProtocolError),
        ("lost_answer", httpx.RemoteProtocolError),
        ("half", httpx.RemoteProtocolError),
        ("late", httpx.RemoteProtocolError),
    ],
)
def test_a_broken_connection_is_an_error_of_httpx(world: Outside, kind: str, error: type[Exception]) -> None:
    world.sandbox.faults.add(vendor="gmail", kind=kind)
    with pytest.raises(error):
        _create(world)
    assert _drafts(world) == (1 if kind in ("lost_answer", "half") else 0)


def test_whether_a_request_takes_effect_can_be_chosen(world: Outside) -> None:
    for kind in ("timeout", "500", "half"):
        for applied in (True, False):
            before = _drafts(world)
            world.sandbox.faults.clear()
            world.sandbox.faults.add(vendor="gmail", kind=kind, applied=applied)
            try:
                assert _create(world).status_code == 500
            except httpx.TransportError:
                assert kind != "500"
            assert _drafts(world) - before == int(applied), (kind, applied)


def test_a_late_request_takes_effect_when_its_time_has_come(world: Outside) -> None:
    world.sandbox.faults.add(vendor="gmail", kind="late", delay_s=30, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        _create(world)
    world.clock.advance(29)
    assert world.google.get(f"{GMAIL}/drafts").json()["resultSizeEstimate"] == 0
    world.clock.advance(1)
    assert world.google.get(f"{GMAIL}/drafts").json()["resultSizeEstimate"] == 1
    assert [row["fault"] for row in world.sandbox.requests.listed() if row["method"] == "POST"] == [
        "late",
        "late",
    ]


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("429", 429, "rateLimitExceeded"),
        ("403_rate", 403, "userRateLimitExceeded"),
        ("500", 500, "backendError"),
        ("503", 503, "backendError"),
    ],
)
def test_google_says_no_in_its_own_words(world: Outside, kind: str, status: int, reason: str) -> None:
    world.sandbox.faults.add(vendor="gmail", kind=kind, retry_after_s=3)
    answer = _create(world)
    assert answer.status_code == status
    assert answer.json()["error"]["errors"][0]["reason"] == reason
    assert answer.headers.get("retry-after") == ("3" if status < 500 else None)
    assert _drafts(world) == 0


def test_hubspot_says_no_in_its_own_words(world: Outside) -> None:
    world.sandbox.faults.add(vendor="hubspot", kind="429_retry_after", times=1)
    limited = world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09")
    assert (limited.status_code, limited.json()["errorType"]) == (429, "RATE_LIMIT")
    assert limited.headers["retry-after"] == "1"
    world.sandbox.faults.add(vendor="hubspot", kind="500", times=1)
    broken = world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09")
    assert (broken.status_code, broken.json()["status"]) == (500, "error")
    assert world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09").status_code == 200


def test_garbage_is_a_success_that_is_no_json(world: Outside) -> None:
    world.sandbox.faults.add(vendor="hubspot", kind="garbage")
    answer = world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_a_slow_answer_takes_effect_and_comes_or_is_given_up(world: Outside) -> None:
    world.sandbox.faults.add(vendor="gmail", kind="slow", delay_s=3, times=1)
    assert _create(world).status_code == 200
    world.sandbox.faults.add(vendor="gmail", kind="slow", delay_s=8, times=1)
    with pytest.raises(httpx.ReadTimeout):
        _create(world)
    assert _drafts(world) == 2


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"times": 2}, [1, 2]),
        ({"nth": 3}, [3]),
        ({"nth": 3, "times": 2}, [3, 4]),
        ({"every": 2}, [2, 4, 6]),
        ({"every": 2, "times": 1}, [2]),
        ({"method": "GET"}, [1, 3, 5]),
        ({"path_regex": r"/drafts\?q=x"}, [1, 3, 5]),
        ({"path_regex": "/threads"}, []),
        ({"vendor": "hubspot"}, []),
        ({"vendor": "*", "method": "POST", "nth": 2}, [4]),
    ],
)
def test_a_rule_breaks_the_requests_it_names(world: Outside, rule: dict[str, Any], broken: list[int]) -> None:
    world.sandbox.faults.add(**{"vendor": "gmail", "kind": "500", **rule})
    statuses = [
        (world.google.get(f"{GMAIL}/drafts", params={"q": "x"}) if turn % 2 else _create(world)).status_code
        for turn in range(1, 7)
    ]
    assert [turn for turn, status in enumerate(statuses, start=1) if status == 500] == broken


@pytest.mark.parametrize(
    "rule", [{"kind": "gremlins"}, {"kind": "500", "nth": 1, "every": 2}, {"kind": "500", "nth": 0}]
)
def test_a_rule_without_sense_is_refused(world: Outside, rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no fault|either nth|count from 1"):
        world.sandbox.faults.add(**rule)


def test_the_log_tells_what_was_asked_answered_and_broken(world: Outside) -> None:
    _create(world)
    since = world.sandbox.requests.listed()[-1]["seq"]
    world.sandbox.faults.add(vendor="gmail", kind="lost_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        _create(world)
    (row,) = world.sandbox.requests.listed("gmail", since)
    assert (row["method"], row["path"]) == ("POST", "/gmail/v1/users/me/drafts")
    assert (row["body"], row["fault"], row["applied"]) == (DRAFT, "lost_answer", True)
    assert row["headers"]["authorization"] == "(kept out)"
    assert world.sandbox.requests.listed("hubspot") == []
