"""When an approved mail goes out: working hours of its sender, spread, never before its time (P3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.draft import Draft
from shared.jobs.tenant import Tenant
from shared.policy.send_times import may_go_now, send_time, start_of
from tests.builders import NOW, SENDER, contact, draft, tenant

NEW_YORK = ZoneInfo("America/New_York")
MADRID = ZoneInfo("Europe/Madrid")


def settings(zone: str = "America/New_York", **changes: object) -> Tenant:
    """Ann in a time zone; mails go out from nine to six, not spread unless said."""
    fields = {"send_jitter_min": 0, **changes}
    return tenant(senders={SENDER.mailbox: SENDER.but(time_zone=zone)}, **fields)


def at(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, zone: ZoneInfo = NEW_YORK
) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone)


OLD = draft(created_at=NOW - timedelta(days=400), revised_at=NOW - timedelta(days=400))
"""A draft whose making keeps nothing waiting."""


def when(not_before: datetime, one: Draft = OLD, tenant_: Tenant | None = None) -> datetime:
    return send_time(one, tenant_ or settings(), None, not_before=not_before)


MONDAY_9 = at(2026, 3, 16, 9)


@pytest.mark.parametrize(
    ("not_before", "expected"),
    [
        (at(2026, 3, 16, 8, 59), MONDAY_9),
        (at(2026, 3, 16, 9), MONDAY_9),
        (at(2026, 3, 16, 9, 1), at(2026, 3, 16, 9, 1)),
        (at(2026, 3, 16, 17, 59), at(2026, 3, 16, 17, 59)),
        (at(2026, 3, 16, 18), at(2026, 3, 17, 9)),
        (at(2026, 3, 16, 23, 59), at(2026, 3, 17, 9)),
        (at(2026, 3, 17, 0), at(2026, 3, 17, 9)),
        (at(2026, 3, 20, 17, 59), at(2026, 3, 20, 17, 59)),
        (at(2026, 3, 20, 18), at(2026, 3, 23, 9)),
        (at(2026, 3, 21, 12), at(2026, 3, 23, 9)),
        (at(2026, 3, 22, 23, 59), at(2026, 3, 23, 9)),
        (at(2026, 12, 31, 18), at(2027, 1, 1, 9)),
    ],
)
def test_it_goes_out_at_once_within_working_hours_else_when_they_begin(
    not_before: datetime, expected: datetime
) -> None:
    assert when(not_before) == expected


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (at(2026, 3, 16, 8, 59), False),
        (at(2026, 3, 16, 9), True),
        (at(2026, 3, 16, 17, 59), True),
        (at(2026, 3, 16, 18), False),
        (at(2026, 3, 20, 12), True),
        (at(2026, 3, 21, 12), False),
        (at(2026, 3, 22, 12), False),
    ],
)
def test_may_go_now_agrees_at_every_edge(moment: datetime, open_: bool) -> None:
    assert may_go_now(OLD, settings(), moment) is open_


def test_the_hours_are_those_of_the_senders_own_time_zone() -> None:
    morning = datetime(2026, 3, 16, 8, 30, tzinfo=UTC)
    assert when(morning, tenant_=settings("Europe/Madrid")) == morning
    assert when(morning, tenant_=settings("America/New_York")) == at(2026, 3, 16, 9)
    # A Sunday afternoon in New York is a Monday morning in Auckland.
    sunday = at(2026, 3, 15, 17)
    assert when(sunday, tenant_=settings("Pacific/Auckland")) == sunday


def test_a_sender_that_was_taken_away_is_judged_in_the_tenants_zone() -> None:
    other = OLD.but(sender="gone@northwind.com")
    assert when(at(2026, 3, 16, 1), other, settings(time_zone="Europe/Madrid")) == at(
        2026, 3, 16, 9, zone=MADRID
    )


def test_hours_to_midnight_are_allowed() -> None:
    late = settings(send_first_h=22, send_last_h=24)
    assert when(at(2026, 3, 16, 23, 59), tenant_=late) == at(2026, 3, 16, 23, 59)
    assert when(at(2026, 3, 17, 0), tenant_=late) == at(2026, 3, 17, 22)


# Clocks that change


def test_nine_is_nine_on_both_sides_of_the_change_to_summer_time() -> None:
    """New York changes on Sunday, March 8, 2026: the night from Friday to Monday is an hour short."""
    friday, monday = when(at(2026, 3, 6, 9)), when(at(2026, 3, 6, 18))
    assert (friday.astimezone(UTC).hour, monday.astimezone(UTC).hour) == (14, 13)
    assert monday == at(2026, 3, 9, 9)


def test_nine_is_nine_on_both_sides_of_the_change_to_winter_time() -> None:
    assert when(at(2026, 10, 30, 18)) == at(2026, 11, 2, 9)
    assert when(at(2026, 10, 30, 18)).astimezone(UTC).hour == 14


def test_an_hour_that_does_not_exist_opens_when_the_clock_has_passed_it() -> None:
    """Cairo's clock goes from 00:00 to 01:00 on Friday, April 24, 2026: its working day has no first hour."""
    night = settings("Africa/Cairo", send_first_h=0, send_last_h=4)
    cairo = ZoneInfo("Africa/Cairo")
    opened = when(at(2026, 4, 23, 4, zone=cairo), tenant_=night)
    assert opened.astimezone(UTC) == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert may_go_now(OLD, night, opened)


# Delay and absence


def test_the_plans_delay_counts_from_the_drafts_making() -> None:
    made = draft(created_at=at(2026, 3, 16, 10), revised_at=at(2026, 3, 16, 12))
    assert send_time(made, settings(), None, not_before=at(2026, 3, 16, 11), delay_h=2) == at(2026, 3, 16, 12)
    assert send_time(made, settings(), None, not_before=at(2026, 3, 16, 12, 1), delay_h=2) == at(
        2026, 3, 16, 12, 1
    )
    assert send_time(made, settings(), None, not_before=at(2026, 3, 16, 11), delay_h=9) == at(2026, 3, 17, 9)
    assert send_time(made, settings(), None, not_before=at(2026, 3, 16, 11), delay_h=24 * 5) == at(
        2026, 3, 23, 9
    )


def test_who_is_away_is_written_to_when_they_are_back() -> None:
    back = datetime(2026, 3, 18, tzinfo=UTC)
    away = contact(away_until=back)
    assert send_time(OLD, settings(), away, not_before=at(2026, 3, 16, 10)) == at(2026, 3, 18, 9)
    assert send_time(OLD, settings(), away, not_before=at(2026, 3, 18, 11)) == at(2026, 3, 18, 11)
    saturday = contact(away_until=datetime(2026, 3, 21, tzinfo=UTC))
    assert send_time(OLD, settings(), saturday, not_before=at(2026, 3, 16, 10)) == at(2026, 3, 23, 9)


def test_a_day_begins_where_its_mailbox_works_and_else_where_the_tenant_does() -> None:
    tokyo = settings("Asia/Tokyo", time_zone="America/New_York")
    begins = datetime(2026, 3, 17, 15, tzinfo=UTC)
    assert start_of(date(2026, 3, 18), SENDER.mailbox, tokyo) == begins
    assert start_of(date(2026, 3, 18), SENDER.mailbox.upper(), tokyo) == begins
    assert start_of(date(2026, 3, 18), "gone@northwind.com", tokyo) == datetime(2026, 3, 18, 4, tzinfo=UTC)


# The spread


def spread(number: int, minutes: float, not_before: datetime = MONDAY_9) -> float:
    one = OLD.but(id=f"draft-{number}")
    return (when(not_before, one, settings(send_jitter_min=minutes)) - not_before).total_seconds() / 60


def test_mails_are_spread_over_the_minutes_and_evenly() -> None:
    found = sorted(spread(number, 20) for number in range(500))
    assert found[0] >= 0
    assert found[-1] < 20
    assert len(set(found)) > 490
    for quarter in range(4):
        share = sum(5 * quarter <= minute < 5 * (quarter + 1) for minute in found) / len(found)
        assert 0.18 < share < 0.32


def test_the_same_revision_goes_out_at_the_same_time_however_often_it_is_asked() -> None:
    asked = {when(MONDAY_9, OLD, settings(send_jitter_min=20)) for _ in range(5)}
    assert len(asked) == 1
    assert when(MONDAY_9, OLD.but(revision=2), settings(send_jitter_min=20)) not in asked


def test_what_the_spread_carries_past_the_end_goes_out_on_the_next_working_day() -> None:
    late = [
        when(at(2026, 3, 20, 17, 59), OLD.but(id=f"d{n}"), settings(send_jitter_min=240)) for n in range(50)
    ]
    assert {moment.astimezone(NEW_YORK).date() for moment in late} <= {
        at(2026, 3, 20).date(),
        at(2026, 3, 23).date(),
    }
    assert any(moment > at(2026, 3, 23) for moment in late)
    assert all(may_go_now(OLD, settings(), moment) for moment in late)


def test_a_spread_longer_than_the_day_still_goes_out_within_it() -> None:
    short = settings(send_first_h=9, send_last_h=10, send_jitter_min=240)
    found = [when(at(2026, 3, 16, 9), OLD.but(id=f"d{n}"), short) for n in range(100)]
    assert all(may_go_now(OLD, short, moment) for moment in found)
    assert all(moment < at(2026, 3, 16, 9, 30) for moment in found)


@given(
    minutes=st.integers(0, 60 * 24 * 800),
    zone=st.sampled_from(
        ["America/New_York", "Europe/Madrid", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
    ),
    first=st.integers(0, 22),
    length=st.integers(1, 24),
    jitter=st.floats(0, 240),
    number=st.integers(0, 1000),
)
def test_it_is_never_early_always_open_and_within_a_long_weekend(
    minutes: int, zone: str, first: int, length: int, jitter: float, number: int
) -> None:
    hours = settings(zone, send_first_h=first, send_last_h=min(24, first + length), send_jitter_min=jitter)
    not_before = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    one = OLD.but(id=f"d{number}", created_at=datetime(2025, 1, 1, tzinfo=UTC))
    found = when(not_before, one, hours)
    assert found >= not_before
    assert may_go_now(one, hours, found)
    assert found - not_before <= timedelta(days=5)
