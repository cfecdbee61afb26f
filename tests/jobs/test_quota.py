"""Days and weeks turn by the date in the tenant's zone, and what cannot be understood counts as full (P4, P8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.jobs.mailbox import mailbox_id
from shared.jobs.quota import Period, Quota, periods, read_quota

MAILBOX = "ann@northwind.com"
DAY = Period("2026-03-16", "tenants/default/quotas/m-2026-03-16", datetime(2026, 3, 17, tzinfo=UTC))


def names(zone: str, at: datetime) -> tuple[str, str]:
    day, week = periods("default", zone, MAILBOX, at)
    return day.name, week.name


def turns(zone: str, at: datetime) -> tuple[datetime, datetime]:
    day, week = periods("default", zone, MAILBOX, at)
    return day.ends_at.astimezone(UTC), week.ends_at.astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("UTC", datetime(2026, 11, 21, 23, 59, 59, 999999, tzinfo=UTC), ("2026-11-21", "2026-W47")),
        ("UTC", datetime(2026, 11, 22, tzinfo=UTC), ("2026-11-22", "2026-W47")),
        ("UTC", datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC), ("2026-11-22", "2026-W47")),
        ("UTC", datetime(2026, 11, 23, tzinfo=UTC), ("2026-11-23", "2026-W48")),
        ("America/New_York", datetime(2026, 11, 23, 4, 59, tzinfo=UTC), ("2026-11-22", "2026-W47")),
        ("America/New_York", datetime(2026, 11, 23, 5, 0, tzinfo=UTC), ("2026-11-23", "2026-W48")),
        ("Pacific/Kiritimati", datetime(2026, 11, 22, 10, 0, tzinfo=UTC), ("2026-11-23", "2026-W48")),
        # 2026 has 53 weeks: its last one reaches into 2027, whose own begins on January 4.
        ("UTC", datetime(2026, 12, 31, 12, tzinfo=UTC), ("2026-12-31", "2026-W53")),
        ("UTC", datetime(2027, 1, 1, tzinfo=UTC), ("2027-01-01", "2026-W53")),
        ("UTC", datetime(2027, 1, 3, 23, 59, tzinfo=UTC), ("2027-01-03", "2026-W53")),
        ("UTC", datetime(2027, 1, 4, tzinfo=UTC), ("2027-01-04", "2027-W01")),
        # And the last days of 2029 are in the first week of 2030's.
        ("UTC", datetime(2029, 12, 31, tzinfo=UTC), ("2029-12-31", "2030-W01")),
    ],
)
def test_days_turn_at_midnight_and_weeks_on_monday_there(
    zone: str, at: datetime, expected: tuple[str, str]
) -> None:
    assert names(zone, at) == expected


def test_a_period_ends_where_the_next_begins_also_when_clocks_change() -> None:
    """New York's March 8, 2026 has 23 hours, November 1 has 25."""
    short = datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert turns("America/New_York", short) == (datetime(2026, 3, 9, 4, tzinfo=UTC),) * 2
    long = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert turns("America/New_York", long) == (datetime(2026, 11, 2, 5, tzinfo=UTC),) * 2
    for at in (short, long):
        day_ends, _ = turns("America/New_York", at)
        assert names("America/New_York", day_ends)[0] > names("America/New_York", at)[0]


def test_each_mailbox_counts_for_itself_however_its_address_is_written() -> None:
    at = datetime(2026, 3, 16, tzinfo=UTC)
    day, _ = periods("default", "UTC", MAILBOX, at)
    assert day.path == f"tenants/default/quotas/{mailbox_id(MAILBOX)}-2026-03-16"
    assert periods("default", "UTC", "ANN@northwind.com", at)[0].path == day.path
    assert periods("default", "UTC", "ben@northwind.com", at)[0].path != day.path
    assert "@" not in day.path


def test_a_document_that_is_not_there_counts_nothing() -> None:
    quota = read_quota(DAY, None, 50)
    assert (quota.limit, quota.counted, quota.remaining, quota.overridden) == (50, 0, 50, False)


def test_all_three_kinds_count_and_nothing_is_left_below_zero() -> None:
    quota = read_quota(DAY, {"used": 3, "reserved": 2, "by_hand": 4}, 10)
    assert (quota.counted, quota.remaining) == (9, 1)
    assert read_quota(DAY, {"used": 10}, 10).remaining == 0
    assert read_quota(DAY, {"used": 11}, 10).remaining == 0


def test_an_operators_limit_takes_the_place_of_the_setting_also_zero() -> None:
    assert (read_quota(DAY, {"limit": 80}, 50).limit, read_quota(DAY, {"limit": 80}, 50).overridden) == (
        80,
        True,
    )
    assert read_quota(DAY, {"limit": 0}, 50).remaining == 0


@pytest.mark.parametrize("field", ["used", "reserved", "by_hand", "limit"])
@pytest.mark.parametrize("value", [-1, True, False, None, "10", 1.0, 1.5, [], {}, float("nan")])
def test_a_number_that_is_none_means_that_nothing_is_left(field: str, value: Any) -> None:
    quota = read_quota(DAY, {field: value}, 50)
    assert quota.remaining == 0
    (line,) = quota.garbage
    assert f"{field} is" in line


@pytest.mark.parametrize("field", ["Used", "limits", "max", "usedd"])
def test_a_field_that_does_not_exist_may_be_a_typing_error_and_stops(field: str) -> None:
    quota = read_quota(DAY, {field: 80, "used": 1}, 50)
    assert quota.remaining == 0
    assert "no field" in quota.garbage[0]


def test_remarks_are_no_garbage() -> None:
    assert read_quota(DAY, {"note": "campaign", "updated_by": "ann", "used": 1}, 50).garbage == ()


@pytest.mark.parametrize(
    ("counted", "limit", "near"),
    [
        (39, 50, False),
        (40, 50, True),
        (50, 50, True),
        (60, 50, True),
        (0, 0, False),
        (5, 0, False),
        (1, 1, True),
    ],
)
def test_near_its_end_is_at_four_fifths(counted: int, limit: int, near: bool) -> None:
    assert Quota(DAY, limit, used=counted).is_near_end(0.8) is near


def test_garbage_is_not_near_its_end() -> None:
    assert not read_quota(DAY, {"used": 49, "limit": "50"}, 50).is_near_end(0.8)
