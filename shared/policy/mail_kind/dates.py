"""Every day that a text names, in the shapes and languages people write days in, relative to today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.pattern import Pattern
from shared.policy.mail_kind.calendar_words import EAST_ASIAN_WEEKDAYS, MONTHS, TOMORROW, WEEKDAYS
from shared.policy.mail_kind.folded import plain_letters

_PAST = timedelta(days=120)
"""How far back a day without a year may lie before it is one of next year."""
_MOST = 60

_WORD = r"[^\W\d_]{3,16}"
_OF = r"(?:de |del |of |d'|den |do )?"
_YEAR = r"(?:,? ?(?:de |del |of )?(?P<y{0}>20\d\d)\b(?!:))?"
_DAY = r"(?P<d{0}>[0-3]?\d)(?:st|nd|rd|th|er|\.|º|ª|°|:[ae]n?|'?(?:nci|inci|uncu))?"
_MONTH_KO, _DAY_KO = plain_letters("월"), plain_letters("일")
_SHAPES = Pattern(
    rf"(?<![\d.,/])(?!24/7)(?:"
    rf"(?P<y1>20\d\d)[-./](?P<m1>[01]?\d)[-./](?P<d1>[0-3]?\d)(?![\d-])"
    rf"|(?P<d2>[0-3]?\d) ?(?P<sep2>[./-]) ?(?P<m2>[0-3]?\d) ?(?P=sep2) ?(?P<y2>20\d\d|\d\d)(?![\d:]|\.\d)"
    rf"|(?P<y3>20\d\d)年 ?(?P<m3>[01]?\d)月 ?(?P<d3>[0-3]?\d)日"
    rf"|(?P<m4>[01]?\d)月 ?(?P<d4>[0-3]?\d)日"
    rf"|(?P<m5>[01]?\d){_MONTH_KO} ?(?P<d5>[0-3]?\d){_DAY_KO}"
    rf"|{_DAY.format(6)}(?: ?(?:-|–|to|bis|au|al|a|t/m|tot|do|till|til) ?(?P<e6>[0-3]?\d)(?:st|nd|rd|th|er|\.)?)?"
    rf" ?[-/]?{_OF}(?P<w6>{_WORD})\.?(?!\w){_YEAR.format(6)}"
    rf"|(?P<d7>[0-3]?\d)(?P<sep7>[./])[ ]?(?P<m7>[0-3]?\d)(?P<end7>\.?)(?![\d:/]|\.\d|,\d)"
    rf")"
)
_MONTH_FIRST = Pattern(
    rf"(?<!\w)(?P<w>{_WORD})\.? ?(?:the )?(?P<d>[0-3]?\d)(?:st|nd|rd|th|-?(?:an|en|ig|tol))?(?![\d:])"
    rf"(?: ?(?:-|–|to|through|until) ?(?P<e>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:]))?"
    rf"(?:,? ?(?P<y>20\d\d)\b)?"
)
_WEEKDAY = Pattern(
    r"(?<!\w)(?P<w>[^\W\d_]{3,16}(?:-feira)?)(?:,? ?(?:den |le |il |el |the |dia |d\. )?"
    r"(?P<d>[0-3]?\d)(?:st|nd|rd|th|\.|:e)?"
    r"(?![\d:.]|\d| ?(?:h|uhr|am|pm|%)))?"
)
_DAY_ALONE = Pattern(
    r"(?<!\w)(?:the|le|el|il|den|dem|am|dia|dzien|dne|op de) (?P<d>[0-3]?\d)(?:st|nd|rd|th|er|\.|e)?"
    r"(?![\d:/]|\.\d|,\d| ?(?:h|uhr|am|pm|%|hours?|minut\w*|days?|de|of|[a-z]{3,})\b(?! ))"
)
_EAST_ASIAN_WEEKDAY = Pattern(r"(?<!\w)(?:来週の?)?(?P<w>[月火水木金土日])曜日?")


@dataclass(frozen=True)
class Day:
    """A day that a text names: where, and whether it is the end of a span or only a weekday."""

    on: date
    start: int
    end: int
    ends_span: bool = False
    by_weekday: bool = False


def days_in(text: str, today: date) -> tuple[Day, ...]:
    """The days in a text of plain letters, in its order; a day without a year is the one nearest ahead."""
    found: list[Day] = []
    taken: list[tuple[int, int]] = []
    for days in (_by_shape(text, today), _month_first(text, today)):
        for day in days:
            if len(found) < _MOST and not _overlaps(day, taken):
                found.append(day)
                taken.append((day.start, day.end))
    for day in _weekdays(text, today):
        if len(found) < _MOST and not _overlaps(day, taken) and not _stands_before(day, taken, text):
            found.append(day)
    return tuple(sorted(found, key=lambda day: (day.start, day.on)))


def next_weekday(weekday: int, today: date) -> date:
    """The first such weekday after today; Monday is 0."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _overlaps(day: Day, taken: list[tuple[int, int]]) -> bool:
    return any(day.start < end and start < day.end for start, end in taken)


def _stands_before(day: Day, taken: list[tuple[int, int]], text: str) -> bool:
    """Whether a weekday only belongs to the date that follows it, or stands behind it in brackets."""
    return any(
        (0 <= start - day.end <= 12 and not re.search(r"[.!?;\n]", text[day.end : start]))
        or (0 <= day.start - end <= 4 and re.fullmatch(r"[ ,(（]*", text[end : day.start]))
        for start, end in taken
    )


def _by_shape(text: str, today: date) -> Iterator[Day]:
    for found in _SHAPES.finditer(text):
        part = found.groupdict()
        span = found.span()
        if part["d1"]:
            yield from _day(part["y1"], part["m1"], part["d1"], span, today)
        elif part["d2"]:
            yield from _numbers(part["d2"], part["m2"], part["y2"], part["sep2"], span, today)
        elif part["d3"]:
            yield from _day(part["y3"], part["m3"], part["d3"], span, today)
        elif part["d4"] or part["d5"]:
            yield from _day(None, part["m4"] or part["m5"], part["d4"] or part["d5"], span, today)
        elif part["d6"] and (month := MONTHS.get(part["w6"])):
            if part["e6"]:
                yield from _day(part["y6"], str(month), part["e6"], span, today, ends_span=True)
            else:
                yield from _day(part["y6"], str(month), part["d6"], span, today)
        elif part["d7"] and (part["sep7"] == "/" or part["end7"] or len(part["m7"]) == 2):
            yield from _numbers(part["d7"], part["m7"], None, part["sep7"], span, today)


def _month_first(text: str, today: date) -> Iterator[Day]:
    for found in _MONTH_FIRST.finditer(text):
        month = MONTHS.get(found["w"])
        if month:
            day = found["e"] or found["d"]
            yield from _day(found["y"], str(month), day, found.span(), today, ends_span=bool(found["e"]))


def _weekdays(text: str, today: date) -> Iterator[Day]:
    for found in _WEEKDAY.finditer(text):
        number = WEEKDAYS.get(found["w"])
        if found["w"] in TOMORROW:
            yield Day(today + timedelta(days=1), found.start("w"), found.end("w"), by_weekday=True)
        if number is None:
            continue
        on = next_weekday(number, today)
        if found["d"]:
            on = next(
                (day for week in range(53) if (day := on + timedelta(weeks=week)).day == int(found["d"])), on
            )
        yield Day(on, *found.span(), by_weekday=not found["d"])
    for found in _DAY_ALONE.finditer(text):
        number = int(found["d"])
        near = (today + timedelta(days=ahead) for ahead in range(1, 63))
        on = next((day for day in near if day.day == number), None)
        if on is not None:
            yield Day(on, *found.span(), by_weekday=True)
    for found in _EAST_ASIAN_WEEKDAY.finditer(text):
        yield Day(next_weekday(EAST_ASIAN_WEEKDAYS[found["w"]], today), *found.span(), by_weekday=True)


def _numbers(
    one: str, two: str, year: str | None, sign: str, span: tuple[int, int], today: date
) -> Iterator[Day]:
    """Day and month in figures: the month first only where slashes stand and only that can be meant."""
    day_first = list(_day(year, two, one, span, today))
    month_first = list(_day(year, one, two, span, today)) if sign == "/" else []
    ahead = [day for day in (*day_first, *month_first) if day.on > today]
    if ahead:
        yield min(ahead, key=lambda day: day.on)
    else:
        yield from (day_first or month_first)[:1]


def _day(
    year: str | None, month: str, day: str, span: tuple[int, int], today: date, *, ends_span: bool = False
) -> Iterator[Day]:
    if year:
        years = [int(year) if len(year) == 4 else 2000 + int(year)]
    else:
        # In January a day in December is the one just past: who is back by now is not away for a year.
        years = [today.year - 1, today.year, today.year + 1]
    for each in years:
        try:
            on = date(each, int(month), int(day))
        except ValueError:
            continue
        if year or on >= today - _PAST:
            yield Day(on, *span, ends_span=ends_span)
            return
