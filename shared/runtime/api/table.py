"""The one table of who may ask what: a route that is not in it does not exist.

It is kept in parts, by the word after `/v1` in a path, and a part is loaded when it is first asked for: a cold start
pays for the routes that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from shared.runtime.api.routes import ApiRoute, Asked, Found

Routes = tuple[ApiRoute, ...]

VERSION = "v1"


def place_of(path: str) -> str:
    """The word by which a path's part of the table is found; empty for a path that can have none."""
    words = path.split("/", 3)
    return (words[2] if len(words) > 2 else "") if words[1:2] == [VERSION] else "".join(words[1:2])


def routes_at(place: str) -> Routes:
    """The part of the table that holds every route with this word; none for a word that has no routes."""
    load = PARTS.get(place)
    return load() if load else ()


@cache
def table() -> Routes:
    """Every route, in the order in which the description lists them."""
    return tuple({route.name: route for place in PARTS for route in routes_at(place)}.values())


def _describe(asked: Asked) -> Found:
    from shared.runtime.api.openapi import document

    return Found(document(table()))


def _description() -> Routes:
    return (ApiRoute("GET", "/v1/openapi.json", None, "health", "This description.", _describe),)


def _health() -> Routes:
    from shared.runtime.api.resources import health

    return health.ROUTES


def _stats() -> Routes:
    from shared.runtime.api.resources import stats

    return stats.ROUTES


def _drafts() -> Routes:
    from shared.runtime.api.resources import decisions, drafts

    return drafts.ROUTES + decisions.ROUTES


def _jobs() -> Routes:
    from shared.runtime.api.resources import jobs

    return jobs.ROUTES


def _events() -> Routes:
    from shared.runtime.api.resources import events

    return events.ROUTES


def _dead_letters() -> Routes:
    from shared.runtime.api.resources import dead_letters

    return dead_letters.ROUTES


def _flags() -> Routes:
    from shared.runtime.api.resources import flags

    return flags.ROUTES


def _suppressions() -> Routes:
    from shared.runtime.api.resources import suppressions

    return suppressions.ROUTES


def _settings() -> Routes:
    from shared.runtime.api.resources import settings

    return settings.ROUTES


def _rules() -> Routes:
    from shared.runtime.api.resources import rules

    return rules.ROUTES


def _contacts() -> Routes:
    from shared.runtime.api.resources import contacts

    return contacts.ROUTES


def _companies() -> Routes:
    from shared.runtime.api.resources import companies

    return companies.ROUTES


def _audit() -> Routes:
    from shared.runtime.api.resources import audit

    return audit.ROUTES


def _access() -> Routes:
    from shared.runtime.api.resources import access

    return access.ROUTES


PARTS: Mapping[str, Callable[[], Routes]] = MappingProxyType(
    {
        "openapi.json": _description,
        "health": _health,
        "ready": _health,
        "metrics": _health,
        "stats": _stats,
        "drafts": _drafts,
        "jobs": _jobs,
        "events": _events,
        "dead-letters": _dead_letters,
        "flags": _flags,
        "suppressions": _suppressions,
        "tenant": _settings,
        "forms": _settings,
        "mailboxes": _settings,
        "guardrails": _rules,
        "quotas": _rules,
        "contacts": _contacts,
        "erasures": _contacts,
        "companies": _companies,
        "audit": _audit,
        "api-keys": _access,
        "operators": _access,
    }
)
"""What loads the routes of each word."""
