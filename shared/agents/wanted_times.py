"""Which days and times a person names for a call, as dates in the sender's calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.pattern import Pattern
from shared.policy.claims import Claim, ClaimKind, claims

_AHEAD_DAYS = 11
"""Further ahead no calendar is looked at to its evening."""
_READ_CHARS = 4000
_WEEK_DAYS = 7
_FIRST_H = 8
"""Before this hour a bare number means the afternoon: "Tuesday at 3"."""
_HOUR_ALONE = Pattern(
    r"\b(?:at|@|around|um|gegen|à|a las) (?P<hour>\d{1,2})(?: ?o['’]clock| ?uhr| ?h)?(?![\d:.%]|\s?[ap]\.?m)",
    re.IGNORECASE,
)
_REFUSED = Pattern(
    r"\b(?:not|n['’]t|cannot|can['’]?t|unable|except|but not|instead of|no longer|busy|away|out|off)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WantedTimes:
    """The days somebody names, in order, and the time of day when they name exactly one day and time."""

    days: tuple[date, ...] = ()
    at: datetime | None = None


def wanted_times(text: str, *, now: datetime, time_zone: str) -> WantedTimes:
    """What they name, read in the sender's time zone; a sentence that refuses a day names none."""
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    days: list[date] = []
    clock: list[time] = []
    for sentence in re.split(r"(?<=[.!?;])\s|\n", text[:_READ_CHARS]):
        found = claims(sentence)
        named = _days(found, sentence, today)
        if named and not _REFUSED.search(sentence):
            days += [day for day in named if day not in days]
            clock += [one for one in _times(found, sentence) if one not in clock]
    at = datetime.combine(days[0], clock[0], tzinfo=zone) if len(days) == 1 and len(clock) == 1 else None
    return WantedTimes(tuple(sorted(days)), at)


def _days(found: tuple[Claim, ...], sentence: str, today: date) -> list[date]:
    ahead = [today + timedelta(days=count) for count in range(1, _AHEAD_DAYS + 1)]
    keys = [claim for claim in found if claim.kind is ClaimKind.DATE]
    exact = {claim.key.removeprefix("date:") for claim in keys if claim.key.startswith("date:")}
    if exact:
        return [day for day in ahead if exact & _spellings(day)]
    named: list[date] = []
    for claim in keys:
        if claim.key == "relative:tomorrow":
            named.append(today + timedelta(days=1))
        elif claim.key.startswith("weekday:"):
            same = [day for day in ahead if day.weekday() == int(claim.key.removeprefix("weekday:"))]
            before = sentence[: claim.start].lower()
            # "Next Tuesday" said on a Monday is mostly the one of next week, said on a Friday the coming one.
            far = re.search(r"\bnext\s*$", before) and same[0].isocalendar()[:2] == today.isocalendar()[:2]
            named.append(same[0] + timedelta(days=_WEEK_DAYS) if far else same[0])
    return [day for day in dict.fromkeys(named) if (day - today).days <= _AHEAD_DAYS]


def _spellings(day: date) -> set[str]:
    return {f"{day.month}-{day.day}", f"{day.day}/{day.month}", f"{day.month}/{day.day}"}


def _times(found: tuple[Claim, ...], sentence: str) -> list[time]:
    exact = [claim for claim in found if claim.kind is ClaimKind.TIME]
    if exact:
        # "10:00-10:30" is one meeting: the second is its end.
        ranged = len(exact) > 1 and re.fullmatch(
            r"\s?(?:-|–|to)?\s?", sentence[exact[0].end : exact[1].start]
        )
        return [_time(claim.key) for claim in (exact[:1] if ranged else exact)]
    alone = [int(found["hour"]) for found in _HOUR_ALONE.finditer(sentence)]
    return [time(hour if hour >= _FIRST_H else hour + 12) for hour in alone if 1 <= hour < 24]


def _time(key: str) -> time:
    hour, minute = key.split(":")
    return time(int(hour) % 24, int(minute))
