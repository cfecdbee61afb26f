"""Meeting times as words, in the sender's time zone and with the zone named."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from shared.jobs.facts import Slot

_LENGTHS = {30: "a half-hour", 60: "a one-hour"}


def day_of(slot: Slot) -> str:
    """ "Tuesday 24 November"."""
    start = slot.start.astimezone(ZoneInfo(slot.time_zone))
    return f"{start:%A} {start.day} {start:%B}"


def time_of(slot: Slot) -> str:
    """ "9:30"."""
    start = slot.start.astimezone(ZoneInfo(slot.time_zone))
    return f"{start.hour}:{start:%M}"


def zone_of(slot: Slot) -> str:
    """How people call the zone: "New York time", "UTC"."""
    name = slot.time_zone
    if name in ("UTC", "Etc/UTC", "GMT", "Etc/GMT"):
        return "UTC"
    return f"{name.rpartition('/')[2].replace('_', ' ')} time"


def length_of(slot: Slot) -> str:
    """ "a half-hour"; "a short" for a length that has no name."""
    minutes = round((slot.end - slot.start).total_seconds() / 60)
    return _LENGTHS.get(minutes, "a short")


def slots_as_words(slots: Sequence[Slot]) -> str:
    """ "Tuesday 24 November at 9:00 or 14:00, or Wednesday 25 November at 10:30"."""
    days: dict[str, list[str]] = {}
    for slot in slots:
        days.setdefault(day_of(slot), []).append(time_of(slot))
    spoken = [f"{day} at {_either(times)}" for day, times in days.items()]
    if len(spoken) > 1 and any(len(times) > 1 for times in days.values()):
        return f"{', '.join(spoken[:-1])}, or {spoken[-1]}"
    return _either(spoken)


def _either(options: Sequence[str]) -> str:
    if len(options) == 1:
        return options[0]
    return f"{', '.join(options[:-1])} or {options[-1]}"
