"""Numbers: each day's, what became of the drafts, and how the contacts stand."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from shared.operators.refusal import Refusal
from shared.operators.roles import Role
from shared.operators.stats import contact_stats, daily_stats, outcome_stats
from shared.runtime.api.paging import Day
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Shown


class StatsAsked(Given):
    """Which days (UTC); without them the last seven."""

    first: Day | None = None
    last: Day | None = None


class DayShown(Shown):
    """One day, with how often each kind of event happened."""

    day: date
    counts: dict[str, int]


class Days(Shown):
    """Every day that was asked for, those without numbers too."""

    items: tuple[DayShown, ...]


class OutcomesShown(Shown):
    """What happened in a range of days (UTC).

    Events of those days are counted and compared, and no draft is followed: a reply counts on its own day, whichever
    mail it answers, and `held` counts every hold.
    """

    first: date
    last: date
    totals: dict[str, int]
    rates: dict[str, float | None] = Field(
        description="`replied/sent` and others; as the whole, `sent` is also what people sent by hand. Null where "
        "nothing is to be compared with."
    )


class ContactNumbersShown(Shown):
    """How the contacts stand now; what has ended counts until Firestore deletes it, within about a day."""

    contacts: int
    suppressed: dict[str, int] = Field(description="Entries by reason, also of people who are no contacts.")
    away: int
    with_open_draft: int


def _days(asked: Asked) -> tuple[date, date]:
    query = asked.query_as(StatsAsked)
    last = query.last or asked.now.date()
    return query.first or last - timedelta(days=6), last


def _daily(asked: Asked) -> Found | Refusal:
    first, last = _days(asked)
    found = daily_stats(asked.world.database, asked.tenant, first, last)
    if isinstance(found, Refusal):
        return found
    return Found(Days(items=tuple(DayShown(day=one.day, counts=dict(one.counts)) for one in found)))


def _outcomes(asked: Asked) -> Found | Refusal:
    first, last = _days(asked)
    found = outcome_stats(asked.world.database, asked.tenant, first, last, by=asked.by)
    return found if isinstance(found, Refusal) else Found(OutcomesShown.model_validate(found))


def _contacts(asked: Asked) -> Found | Refusal:
    found = contact_stats(asked.world.database, asked.tenant, by=asked.by, now=asked.now)
    return found if isinstance(found, Refusal) else Found(ContactNumbersShown.model_validate(found))


ROUTES = (
    ApiRoute(
        "GET", "/v1/stats/daily", Role.VIEWER, "stats", "What happened on each day.", _daily, Days, StatsAsked
    ),
    ApiRoute(
        "GET", "/v1/stats/outcomes", Role.VIEWER, "stats", "What became of the drafts in a range of days.",
        _outcomes, OutcomesShown, StatsAsked,
    ),
    ApiRoute(
        "GET", "/v1/stats/contacts", Role.VIEWER, "stats", "How many contacts there are, and how they stand.",
        _contacts, ContactNumbersShown,
    ),
)  # fmt: skip
