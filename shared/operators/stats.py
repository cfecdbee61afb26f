"""The daily numbers, as the domain events were counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shared.operators.refusal import Refusal
from shared.store.database import Database

MOST_DAYS = 92


@dataclass(frozen=True)
class Day:
    """One day (UTC), with how often each kind of event happened."""

    day: date
    counts: Mapping[str, int]


def daily_stats(database: Database, tenant: str, first: date, last: date) -> tuple[Day, ...] | Refusal:
    """Every day from the first to the last, those without numbers too. Errors: Unreachable."""
    days = (last - first).days + 1
    if not 1 <= days <= MOST_DAYS:
        return Refusal(f"from {first} to {last} is {days} days", f"ask for 1 to {MOST_DAYS} days")
    wanted = [first + timedelta(days=number) for number in range(days)]
    found = database.raw_many([f"tenants/{tenant}/stats/{day.isoformat()}" for day in wanted])
    return tuple(
        Day(day, {name: n for name, n in (numbers or {}).items() if isinstance(n, int) and n is not True})
        for day, numbers in zip(wanted, found, strict=True)
    )
