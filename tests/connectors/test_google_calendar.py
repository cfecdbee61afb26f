from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from shared.connectors import dialects
from shared.connectors.google_calendar import GoogleCalendar
from shared.errors import Failure, Permanent, Retryable
from shared.ports.calendar import Busy
from tests.connectors.parts import ISABEL, NOW, Script, answer, rig, vendor_http

WEEK = timedelta(days=7)


def calendar(*answers: httpx.Response) -> tuple[GoogleCalendar, Script]:
    script = Script(*answers)
    return GoogleCalendar(vendor_http(script, dialect=dialects.google)), script


def test_busy_times_come_in_order_and_in_utc() -> None:
    busy = rig().calendar.busy(ISABEL, NOW, NOW + WEEK)
    assert len(busy) == 5
    assert list(busy) == sorted(busy, key=lambda each: each.start)
    assert {each.start.tzinfo for each in busy} == {UTC}
    # 9:00 in Madrid on the next working day.
    assert busy[0] == Busy(
        datetime(2026, 11, 23, 8, 0, tzinfo=UTC), datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    )


def test_the_users_own_calendar_needs_no_id() -> None:
    world = rig()
    assert world.calendar.busy("", NOW, NOW + WEEK) == world.calendar.busy(ISABEL, NOW, NOW + WEEK)


def test_a_free_week_is_empty() -> None:
    assert rig().calendar.busy(ISABEL, NOW + 8 * WEEK, NOW + 9 * WEEK) == ()


def test_a_calendar_that_does_not_exist_is_permanent_though_google_answers_200() -> None:
    with pytest.raises(Permanent, match="notFound"):
        rig().calendar.busy("nobody@nowhere.example", NOW, NOW + WEEK)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("notFound", Permanent),
        ("groupTooBig", Permanent),
        ("tooManyCalendarsRequested", Permanent),
        ("internalError", Retryable),
        ("backendError", Retryable),
        ("rateLimitExceeded", Retryable),
    ],
)
def test_an_error_of_one_calendar_has_its_own_kind(reason: str, kind: type[Failure]) -> None:
    error = {"errors": [{"domain": "global", "reason": reason}], "busy": []}
    tested, _ = calendar(answer(200, {"calendars": {"x@y.example": error}}))
    with pytest.raises(kind):
        tested.busy("x@y.example", NOW, NOW + WEEK)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"calendars": {}},
        {"calendars": {"other@y.example": {"busy": []}}},
        {"calendars": {"x@y.example": {"busy": [{"start": "2026-11-23T09:00:00", "end": "soon"}]}}},
    ],
)
def test_an_answer_that_does_not_speak_of_the_calendar_is_not_taken_for_free_time(body: object) -> None:
    tested, _ = calendar(answer(200, body))
    with pytest.raises(Retryable):
        tested.busy("x@y.example", NOW, NOW + WEEK)


def test_times_are_asked_for_in_utc() -> None:
    tested, script = calendar(answer(200, {"calendars": {"primary": {"busy": []}}}))
    start = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=-5)))
    tested.busy("", start, start + timedelta(hours=8))
    asked = json.loads(script.requests[0].content)
    assert (asked["timeMin"], asked["timeMax"]) == ("2026-11-23T14:00:00Z", "2026-11-23T22:00:00Z")
