"""The one table of who may ask what: a route that is not in it does not exist."""

from __future__ import annotations

from shared.runtime.api.openapi import document
from shared.runtime.api.resources import (
    access,
    audit,
    companies,
    contacts,
    dead_letters,
    decisions,
    drafts,
    events,
    flags,
    health,
    jobs,
    rules,
    settings,
    stats,
    suppressions,
)
from shared.runtime.api.routes import ApiRoute, Asked, Found


def _describe(asked: Asked) -> Found:
    return Found(document(TABLE))


_OWN = (
    ApiRoute("GET", "/v1/openapi.json", None, "health", "This description.", _describe),
)  # fmt: skip

TABLE: tuple[ApiRoute, ...] = (
    *_OWN,
    *health.ROUTES,
    *stats.ROUTES,
    *drafts.ROUTES,
    *decisions.ROUTES,
    *jobs.ROUTES,
    *events.ROUTES,
    *dead_letters.ROUTES,
    *flags.ROUTES,
    *suppressions.ROUTES,
    *settings.ROUTES,
    *rules.ROUTES,
    *contacts.ROUTES,
    *companies.ROUTES,
    *audit.ROUTES,
    *access.ROUTES,
)
"""Every route, in the order in which the description lists them."""
