"""Meeting times: free half hours on the next business days, in the sender's own hours and time zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.jobs.facts import Slot
from shared.policy.limits import DEFAULTS, Limits
from shared.ports.calendar import Busy

_SATURDAY = 5


def propose(
    busy: Sequence[Busy],
    *,
    now: datetime,
    time_zone: str,
    urgent: bool,
    days: Sequence[date] = (),
    limits: Limits = DEFAULTS,
) -> tuple[Slot, ...]:
    """At most three free times, earliest first: urgent takes the earliest, normal spreads them over days.

    Fewer only when fewer exist on the quarter hour. With `days`, only business days among those are looked at.
    Slot times carry the sender's zone. Errors: ValueError for a time zone that does not exist and for times
    without a zone.
    """
    zone = _zone(time_zone)
    taken = _taken(busy, now)
    looked_at = (
        [day for day in days if is_business_day(day)] if days else window(now, time_zone, limits=limits)
    )
    found: list[Slot] = []
    for grid_min in limits.slot_grids_min:
        free_by_day = [
            free for day in looked_at if (free := list(_free(day, zone, taken, now, grid_min, limits)))
        ]
        chosen = _earliest(free_by_day, limits) if urgent else _spread(free_by_day, limits)
        if len(chosen) > len(found):
            found = _slots(chosen, free_by_day, time_zone, urgent=urgent, limits=limits)
        if len(found) == limits.slots:
            break
    return tuple(found)


def slot_at(
    start: datetime, busy: Sequence[Busy], *, now: datetime, time_zone: str, limits: Limits = DEFAULTS
) -> Slot | None:
    """The meeting at a time that somebody named, if it is free and in the sender's own hours; else None."""
    zone = _zone(time_zone)
    begin = _utc(start, "start")
    end = begin + timedelta(minutes=limits.slot_min)
    local = begin.astimezone(zone)
    in_hours = _at(local.date(), limits.slot_first_h * 60, zone) <= begin and end <= _at(
        local.date(), limits.slot_last_h * 60, zone
    )
    soonest = _utc(now, "now") + timedelta(hours=limits.slot_notice_h)
    is_free = all(end <= taken_from or begin >= until for taken_from, until in _taken(busy, now))
    if not (in_hours and is_free and begin >= soonest and is_business_day(local.date())):
        return None
    return Slot(
        start=local, end=end.astimezone(zone), time_zone=time_zone, reason="the time that they named is free"
    )


def window(now: datetime, time_zone: str, *, limits: Limits = DEFAULTS) -> tuple[date, ...]:
    """The business days that times are taken from: today too while a meeting still fits into it."""
    zone = _zone(time_zone)
    soonest = _utc(now, "now") + timedelta(hours=limits.slot_notice_h)
    day = now.astimezone(zone).date()
    days: list[date] = []
    while len(days) < limits.slot_business_days:
        last_start = _at(day, limits.slot_last_h * 60 - limits.slot_min, zone)
        if is_business_day(day) and last_start >= soonest:
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def search_window(now: datetime, time_zone: str, *, limits: Limits = DEFAULTS) -> tuple[datetime, datetime]:
    """The stretch of time (UTC) whose busy times `propose` needs to know."""
    zone = _zone(time_zone)
    days = window(now, time_zone, limits=limits)
    first = _at(days[0], limits.slot_first_h * 60, zone)
    return first, _at(days[-1], limits.slot_last_h * 60, zone)


def is_business_day(day: date) -> bool:
    """Monday to Friday, and no US federal holiday (nor the day on which one is observed)."""
    import holidays  # a good part of a cold start, for the one function that reaches it

    return day.weekday() < _SATURDAY and day not in holidays.country_holidays("US", years=day.year)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(
            f"time_zone {name!r} does not exist: write an IANA name such as Europe/Berlin"
        ) from unknown


def _utc(moment: datetime, name: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{name} has no time zone: pass an aware datetime")
    return moment.astimezone(UTC)


def _taken(busy: Sequence[Busy], now: datetime) -> list[tuple[datetime, datetime]]:
    """Busy times in UTC; an end before its start is read as the stretch between the two."""
    ends = ((_utc(one.start, "busy.start"), _utc(one.end, "busy.end")) for one in busy)
    return [(min(pair), max(pair)) for pair in ends if max(pair) > _utc(now, "now")]


def _at(day: date, minute_of_day: int, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, time(minute_of_day // 60, minute_of_day % 60), tzinfo=zone)
    return local.astimezone(UTC)


def _free(
    day: date,
    zone: ZoneInfo,
    taken: Sequence[tuple[datetime, datetime]],
    now: datetime,
    grid_min: int,
    limits: Limits,
) -> Iterator[datetime]:
    """Starts (UTC) of free meetings of the day that do not overlap, earliest first."""
    soonest = _utc(now, "now") + timedelta(hours=limits.slot_notice_h)
    length = timedelta(minutes=limits.slot_min)
    closing = _at(day, limits.slot_last_h * 60, zone)
    after = soonest
    for minute in range(limits.slot_first_h * 60, limits.slot_last_h * 60, grid_min):
        start = _at(day, minute, zone)
        end = start + length
        # A wall-clock time that the change to summer time skips comes back as another time.
        skipped = start.astimezone(zone).time() != time(minute // 60, minute % 60)
        if start < after or end > closing or skipped:
            continue
        if all(end <= begin or start >= finish for begin, finish in taken):
            after = end
            yield start


def _earliest(days: Sequence[Sequence[datetime]], limits: Limits) -> list[datetime]:
    return [start for day in days for start in day][: limits.slots]


def _spread(days: Sequence[Sequence[datetime]], limits: Limits) -> list[datetime]:
    """The first of each day, then times that lie well apart on the earlier days, then any."""
    chosen = [day[0] for day in days][: limits.slots]
    apart = timedelta(minutes=limits.slot_spread_min)
    for gap in (apart, timedelta(0)):
        for day in days:
            for start in day:
                if len(chosen) == limits.slots:
                    return sorted(chosen)
                if start not in chosen and all(abs(start - other) >= gap for other in chosen):
                    chosen.append(start)
    return sorted(chosen)


def _slots(
    chosen: Sequence[datetime],
    days: Sequence[Sequence[datetime]],
    time_zone: str,
    *,
    urgent: bool,
    limits: Limits,
) -> list[Slot]:
    zone = _zone(time_zone)
    first_of_day = {day[0] for day in days}
    slots: list[Slot] = []
    for place, start in enumerate(chosen):
        local = start.astimezone(zone)
        day_name = f"{local:%A}"
        if place == 0:
            reason = f"the earliest free time, on {day_name}"
        elif urgent:
            reason = f"the next free time after that, on {day_name}: it is urgent"
        elif start in first_of_day:
            reason = f"the earliest free time on {day_name}"
        else:
            reason = f"another free time on {day_name}, as too few other days are free"
        end = (start + timedelta(minutes=limits.slot_min)).astimezone(zone)
        slots.append(Slot(start=local, end=end, time_zone=time_zone, reason=reason))
    return slots
