"""Which days and times somebody names, as dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.agents.wanted_times import wanted_times

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("text", "now", "days"),
    [
        ("Could we talk on Tuesday?", FRIDAY, [24]),
        ("Could we talk next Tuesday?", FRIDAY, [24]),
        ("Could we talk next Tuesday?", MONDAY, [24]),
        ("Could we talk on Tuesday?", MONDAY, [17]),
        ("Tuesday 24 November works", FRIDAY, [24]),
        ("24/11/2026 is fine", FRIDAY, [24]),
        ("Monday or Tuesday", FRIDAY, [23, 24]),
        ("Tuesday does not work. Wednesday?", FRIDAY, [25]),
        ("Tomorrow", FRIDAY, [21]),
        ("some time in March", FRIDAY, []),
        ("on 24 December", FRIDAY, []),
        ("whenever you like", FRIDAY, []),
    ],
)
def test_the_days_that_are_named_are_those_to_come(text: str, now: datetime, days: list[int]) -> None:
    found = wanted_times(text, now=now, time_zone=ZONE).days
    assert list(found) == [date(2026, 11, day) for day in days]


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("Tuesday at 10 works for me", 10, 0),
        ("Tuesday at 3 works for me", 15, 0),
        ("Tuesday 10am", 10, 0),
        ("Tuesday at 2.30 pm", 14, 30),
        ("Tuesday 10:00-10:30", 10, 0),
        ("Tuesday um 14 Uhr", 14, 0),
    ],
)
def test_one_day_with_one_time_is_a_moment_in_the_senders_zone(text: str, hour: int, minute: int) -> None:
    at = wanted_times(text, now=FRIDAY, time_zone=ZONE).at
    assert at == datetime(2026, 11, 24, hour, minute, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    "text", ["Tuesday at 10 or at 11", "Monday or Tuesday at 10:00", "at 10", "Tuesday", "at 99"]
)
def test_several_times_or_none_are_no_moment(text: str) -> None:
    assert wanted_times(text, now=FRIDAY, time_zone=ZONE).at is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = wanted_times(text, now=FRIDAY, time_zone=ZONE)
    assert all(day > FRIDAY.date() for day in found.days)
