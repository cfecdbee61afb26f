from __future__ import annotations

from datetime import date

import pytest

from shared.policy.mail_kind.dates import days_in, next_weekday, working_day
from shared.policy.mail_kind.folded import plain_letters
from tests.policy.mail_kind.mails import TODAY

FIRST = date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01", "2026/12/01", "1.12.2026", "01.12.2026.", "1. 12. 2026", "01/12/2026", "12/01/2026", "1/12/26",
        "1.12.", "1-12-2026", "1 December", "1st of December 2026", "December 1", "Dec. 1st, 2026", "1. Dezember",
        "1er décembre", "le 1 déc. 2026", "1 de diciembre de 2026", "1° dicembre", "1 de dezembro", "1 grudnia 2026",
        "1. prosince", "1:a december", "1. joulukuuta", "1 Aralık", "2026年12月1日", "12月1日", "12월 1일",
        "Tuesday, December 1", "Dienstag, 1. Dezember 2026", "1 декабря", "Tuesday 1",
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_shape_it_is_written(text: str) -> None:
    assert [day.on for day in days_in(plain_letters(text), TODAY)] == [FIRST]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("5 January", date(2027, 1, 5)),
        ("3 November", date(2026, 11, 3)),
        ("2 March", date(2027, 3, 2)),
        ("03/04/2027", date(2027, 3, 4)),
        ("13/04/2027", date(2027, 4, 13)),
        ("04/13/2027", date(2027, 4, 13)),
        ("Monday", date(2026, 11, 30)),
        ("Tuesday", date(2026, 11, 24)),
        ("tomorrow", date(2026, 11, 24)),
    ],
)
def test_what_is_left_out_is_read_from_today(text: str, on: date) -> None:
    assert [day.on for day in days_in(plain_letters(text), TODAY)] == [on]


@pytest.mark.parametrize(
    "text", ["23-27 November", "23.–27. November", "November 23 - 27", "23 au 27 novembre"]
)
def test_a_span_ends_on_its_last_day(text: str) -> None:
    (day,) = days_in(plain_letters(text), TODAY)
    assert (day.on, day.ends_span) == (date(2026, 11, 27), True)


@pytest.mark.parametrize(
    "text",
    ["24/7", "call 01 555 0100", "at 10:30", "version 1.2.3.4", "30 Feb", "0920-55 50 10", "5 markets", ""],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert days_in(plain_letters(text), TODAY) == ()


def test_a_weekday_comes_after_today() -> None:
    assert [next_weekday(number, TODAY).day for number in range(7)] == [30, 24, 25, 26, 27, 28, 29]


def test_a_weekend_ends_on_monday() -> None:
    assert working_day(date(2026, 11, 28)) == working_day(date(2026, 11, 29)) == date(2026, 11, 30)
    assert working_day(date(2026, 11, 27)) == date(2026, 11, 27)
