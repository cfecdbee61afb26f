from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.limits import DEFAULTS
from shared.policy.slots import is_business_day, propose, search_window, slot_at, window
from shared.ports.calendar import Busy

ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"]
MONDAY = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def starts(busy: list[Busy], *, now: datetime = MONDAY, urgent: bool, zone: str = "UTC") -> list[str]:
    return [f"{s.start:%a %H:%M}" for s in propose(busy, now=now, time_zone=zone, urgent=urgent)]


def test_urgent_takes_the_earliest_times() -> None:
    assert starts([], urgent=True) == ["Mon 09:00", "Mon 09:30", "Mon 10:00"]


def test_normal_takes_the_earliest_time_of_each_day() -> None:
    assert starts([], urgent=False) == ["Mon 09:00", "Tue 09:00", "Wed 09:00"]


def test_normal_keeps_times_on_one_day_apart() -> None:
    busy = [Busy(at(17, 0), at(19, 0))]
    assert starts(busy, urgent=False) == ["Mon 09:00", "Mon 11:00", "Mon 13:00"]


def test_normal_takes_neighbouring_times_when_there_is_nothing_else() -> None:
    busy = [Busy(at(16, 0), at(16, 15, 30)), Busy(at(17, 0), at(19, 0))]
    assert starts(busy, urgent=False) == ["Mon 15:30", "Mon 16:00", "Mon 16:30"]


def test_quarter_hours_are_used_only_where_half_hours_are_too_few() -> None:
    busy = [Busy(at(16, 0), at(16, 15, 15)), Busy(at(17, 0), at(19, 0))]
    assert starts(busy, urgent=True) == ["Mon 15:30", "Mon 16:00", "Mon 16:30"]
    busy = [Busy(at(16, 0), at(16, 15, 15)), Busy(at(16, 16, 45), at(19, 0))]
    assert starts(busy, urgent=True) == ["Mon 15:15", "Mon 15:45", "Mon 16:15"]


def test_fewer_are_offered_when_fewer_are_free() -> None:
    assert starts([Busy(at(16, 0), at(19, 0))], urgent=True) == []
    assert starts([Busy(at(16, 0), at(16, 16, 30)), Busy(at(17, 0), at(19, 0))], urgent=True) == ["Mon 16:30"]


def test_a_meeting_may_touch_a_busy_time_but_not_overlap_it() -> None:
    busy = [Busy(at(16, 9, 30), at(16, 10, 0))]
    assert starts(busy, urgent=True) == ["Mon 09:00", "Mon 10:00", "Mon 10:30"]
    busy = [Busy(at(16, 9, 29), at(16, 10, 1))]
    assert starts(busy, urgent=True) == ["Mon 10:30", "Mon 11:00", "Mon 11:30"]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (at(16, 7, 0), "Mon 09:00"),
        (at(16, 7, 1), "Mon 09:30"),
        (at(16, 14, 30), "Mon 16:30"),
        (at(16, 14, 31), "Tue 09:00"),
        (at(20, 14, 31), "Mon 09:00"),
        (at(21, 10, 0), "Mon 09:00"),
    ],
)
def test_nobody_is_asked_to_meet_sooner_than_two_hours(now: datetime, first: str) -> None:
    assert starts([], now=now, urgent=True)[0] == first


def test_today_is_left_out_of_the_days_once_no_meeting_fits() -> None:
    assert window(at(16, 14, 30), "UTC")[0] == date(2026, 3, 16)
    assert window(at(16, 14, 31), "UTC") == (date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 19))


def test_weekends_and_federal_holidays_are_left_out() -> None:
    wednesday = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
    assert window(wednesday, "UTC") == (date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1))
    assert not is_business_day(date(2026, 7, 3)), "Independence Day is observed on the Friday before"
    assert not is_business_day(date(2022, 1, 17)), "Martin Luther King's Day"
    assert not is_business_day(date(2021, 12, 31)), "the New Year's Day of 2022 is observed in 2021"
    assert is_business_day(date(2026, 7, 6))


def test_hours_are_those_of_the_sender() -> None:
    slot = propose([], now=MONDAY, time_zone="America/New_York", urgent=True)[0]
    assert slot.start.astimezone(UTC) == at(16, 13)
    assert f"{slot.start:%H:%M %Z}" == "09:00 EDT"
    assert slot.time_zone == "America/New_York"


def test_the_change_to_summer_time_moves_the_hours_in_utc() -> None:
    friday = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
    first, *_ = propose([], now=friday, time_zone="America/New_York", urgent=False)
    assert first.start.astimezone(UTC) == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    before = propose([], now=friday - timedelta(days=7), time_zone="America/New_York", urgent=False)[0]
    assert before.start.astimezone(UTC) == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_every_slot_says_why() -> None:
    for urgent in (True, False):
        slots = propose([], now=MONDAY, time_zone="UTC", urgent=urgent)
        assert all(slot.reason for slot in slots)
        assert "earliest" in slots[0].reason
    assert "urgent" in propose([], now=MONDAY, time_zone="UTC", urgent=True)[1].reason


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "EST5EDT/x"])
def test_a_zone_that_does_not_exist_is_an_error_that_names_the_mend(name: str) -> None:
    with pytest.raises(ValueError, match=r"time_zone .* does not exist: write an IANA name"):
        propose([], now=MONDAY, time_zone=name, urgent=True)


def test_times_without_a_zone_are_an_error() -> None:
    naive = datetime(2026, 3, 16, 9, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        propose([], now=naive, time_zone="UTC", urgent=True)
    with pytest.raises(ValueError, match="no time zone"):
        propose([Busy(naive, naive)], now=MONDAY, time_zone="UTC", urgent=True)


def test_a_busy_time_with_its_ends_swapped_still_counts() -> None:
    assert starts([Busy(at(16, 12), at(16, 0))], urgent=True)[0] == "Mon 12:00"


@st.composite
def calendars(draw: st.DrawFn) -> tuple[datetime, str, list[Busy]]:
    now = draw(
        st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001
    )
    zone = draw(st.sampled_from(ZONES))
    busy: list[Busy] = []
    for _ in range(draw(st.integers(0, 12))):
        start = now + timedelta(minutes=draw(st.integers(-600, 8 * 24 * 60)))
        busy.append(
            Busy(start, start + timedelta(minutes=draw(st.sampled_from([5, 30, 45, 240, 1440, 4000]))))
        )
    return now, zone, busy


def exist(now: datetime, zone: str, busy: list[Busy]) -> int:
    """How many meetings fit on the quarter hours, by trying them all."""
    found = 0
    after = now + timedelta(hours=2)
    for day in window(now, zone):
        for minute in range(9 * 60, 17 * 60, 15):
            local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
            start = local.astimezone(UTC)
            end = start + timedelta(minutes=30)
            late = end.astimezone(ZoneInfo(zone)).time() > datetime(2000, 1, 1, 17).time()  # noqa: DTZ001
            if start >= after and not late and all(end <= b.start or start >= b.end for b in busy):
                found += 1
                after = end
    return found


@settings(max_examples=150)
@given(calendars(), st.booleans())
def test_every_slot_keeps_every_rule_and_none_that_exists_is_missing(
    calendar: tuple[datetime, str, list[Busy]], urgent: bool
) -> None:
    now, zone, busy = calendar
    slots = propose(busy, now=now, time_zone=zone, urgent=urgent)
    assert len(slots) == min(DEFAULTS.slots, exist(now, zone, busy))
    earliest, latest = search_window(now, zone)
    for slot in slots:
        start, end = slot.start.astimezone(UTC), slot.end.astimezone(UTC)
        local, local_end = slot.start.astimezone(ZoneInfo(zone)), slot.end.astimezone(ZoneInfo(zone))
        assert end - start == timedelta(minutes=30)
        assert start >= now + timedelta(hours=2)
        assert local.hour >= 9
        assert (local_end.hour, local_end.minute) <= (17, 0)
        assert is_business_day(local.date())
        assert earliest <= start
        assert end <= latest
        assert all(end <= b.start or start >= b.end for b in busy)
    assert all(one.end <= other.start for one, other in pairwise(slots))
    assert propose(busy, now=now, time_zone=zone, urgent=urgent) == slots


def test_with_days_only_business_days_among_them_are_looked_at() -> None:
    tuesday, saturday = date(2026, 3, 24), date(2026, 3, 21)
    now = datetime(2026, 3, 16, 14, 0, tzinfo=UTC)
    slots = propose((), now=now, time_zone="UTC", urgent=False, days=(saturday, tuesday))
    assert len(slots) == 3
    assert {slot.start.date() for slot in slots} == {tuesday}
    assert propose((), now=now, time_zone="UTC", urgent=False, days=(saturday,)) == ()


@pytest.mark.parametrize(
    ("start", "is_free"),
    [
        (datetime(2026, 3, 17, 9, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 17, 8, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 17, 16, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 17, 16, 31, tzinfo=UTC), False),
        (datetime(2026, 3, 17, 10, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 17, 10, 31, tzinfo=UTC), False),
        (datetime(2026, 3, 17, 12, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 21, 10, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 16, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 16, 16, 0, tzinfo=UTC), True),
    ],
)
def test_a_named_time_is_a_slot_when_it_is_free_soon_enough_and_in_working_hours(
    start: datetime, is_free: bool
) -> None:
    now = datetime(2026, 3, 16, 14, 0, tzinfo=UTC)
    busy = (Busy(datetime(2026, 3, 17, 11, 0, tzinfo=UTC), datetime(2026, 3, 17, 12, 0, tzinfo=UTC)),)
    slot = slot_at(start, busy, now=now, time_zone="UTC")
    assert (slot is not None) is is_free
    if slot is not None:
        assert (slot.start, slot.end - slot.start) == (start, timedelta(minutes=30))
