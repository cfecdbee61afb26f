"""Numbers for operators: each day's, what became of the drafts, and how the contacts stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.jobs.rules import SuppressionReason
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.store.counting import how_many, how_many_above, how_many_at_all
from shared.store.database import Database

MOST_DAYS = 92

OUTCOMES = (
    "drafted", "approved", "sent", "sent_by_hand", "rejected", "expired", "held", "replied", "opted_out",
    "complained", "bounced",
)  # fmt: skip
"""The domain events that say what became of mails."""
RATES = (
    ("approved", "drafted"), ("rejected", "drafted"), ("expired", "drafted"), ("sent", "approved"),
    ("replied", "sent"), ("opted_out", "sent"), ("complained", "sent"), ("bounced", "sent"),
)  # fmt: skip
"""Which events are compared. As the whole, `sent` is also what people sent by hand."""


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
        Day(day, {name: n for name, n in (numbers or {}).items() if type(n) is int})
        for day, numbers in zip(wanted, found, strict=True)
    )


@dataclass(frozen=True)
class Outcomes:
    """What happened in a range of days (UTC), the last one included.

    Each total counts the events of those days, so a rate compares events and follows no draft: a reply counts on
    its own day, whether it answers a mail of these days or an older one; a draft that was approved twice counts
    twice, and one that was rejected and is then found to have been sent by hand counts as both; `held` counts every
    hold, also of mails that were read. A rate is None where nothing is to be compared
    with, and can be above 1.
    """

    first: date
    last: date
    totals: Mapping[str, int]
    rates: Mapping[str, float | None]


@dataclass(frozen=True)
class ContactNumbers:
    """How the contacts stand now, counted by Firestore.

    `suppressed` counts entries, by reason, also of people who are no contacts. What has ended or expired is
    counted until Firestore deletes it, within about a day.
    """

    contacts: int
    suppressed: Mapping[str, int]
    away: int
    with_open_draft: int


def outcome_stats(
    database: Database, tenant: str, first: date, last: date, *, by: Operator
) -> Outcomes | Refusal:
    """What became of the drafts in a range of at most MOST_DAYS days. Errors: Unreachable."""
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    days = daily_stats(database, tenant, first, last)
    if isinstance(days, Refusal):
        return days
    totals = {name: sum(day.counts.get(name, 0) for day in days) for name in OUTCOMES}
    compared = {**totals, "sent": totals["sent"] + totals["sent_by_hand"]}
    rates = {f"{part}/{whole}": _rate(part, whole, totals, compared) for part, whole in RATES}
    return Outcomes(first, last, totals, rates)


def _rate(part: str, whole: str, totals: Mapping[str, int], compared: Mapping[str, int]) -> float | None:
    """Of the approved only what we sent ourselves; replies come to what people sent by hand too."""
    return round(totals[part] / compared[whole], 4) if compared[whole] else None


def contact_stats(
    database: Database, tenant: str, *, by: Operator, now: datetime
) -> ContactNumbers | Refusal:
    """How many contacts there are, and how many of them are not to be mailed. Errors: Unreachable."""
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    contacts, suppressions = f"tenants/{tenant}/contacts", f"tenants/{tenant}/suppressions"
    return ContactNumbers(
        contacts=how_many_at_all(database, contacts),
        suppressed={
            reason.value: how_many(database, suppressions, "reason", reason.value)
            for reason in SuppressionReason
        },
        away=how_many_above(database, contacts, "away_until", now),
        with_open_draft=how_many_above(database, contacts, "open_draft", ""),
    )
