"""The audit: a page by what was concerned, one chain with what is broken in it, and all as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.operators.audit_query import AuditFilter, export_csv, query_audit, show_chain
from shared.operators.refusal import Refusal
from shared.operators.roles import Role
from shared.runtime.api.paging import Listed, Moment, Paged, listed
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, RawFields, Shown

MOST_BYTES = 24 * 1024 * 1024
"""Of one export: Cloud Run gives no answer that is longer than 32 MiB."""
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$")]


class FilterAsked(Given):
    """Which entries: those that have all that is named; `since` is inclusive, `until` is not."""

    contact_id: _Id | None = None
    company_id: _Id | None = None
    draft_id: _Id | None = None
    kind: _Id | None = None
    since: Moment | None = None
    until: Moment | None = None
    everyone: bool = Field(default=False, description="What concerns every tenant, like the global flags.")


class EntriesAsked(Paged, FilterAsked):
    """The same, page by page."""


class EntryRow(Shown):
    """One decision or change."""

    chain: str
    number: int
    previous: str
    hash: str
    kind: str
    subject: str
    actor: str
    reason: str
    before: str
    after: str
    at: datetime
    job_id: str
    draft_id: str
    contact_id: str
    company_id: str


class ChainAsked(Given):
    """Whose chain."""

    everyone: bool = False


class BreakShown(Shown):
    """One place where the chain is not as it was written."""

    number: int
    wrong: str
    detail: str


class ChainShown(Shown):
    """A chain as it lies in the database, and what is broken in it."""

    name: str
    intact: bool
    breaks: tuple[BreakShown, ...]
    entries: tuple[RawFields, ...]


def _list(asked: Asked) -> Found | Refusal:
    query = asked.query_as(EntriesAsked)
    page = query_audit(
        asked.world.database, asked.tenant, _filter(query), limit=query.limit, after=query.after, by=asked.by
    )
    return page if isinstance(page, Refusal) else listed(page, EntryRow)


def _export(asked: Asked) -> Found | Refusal:
    lines = export_csv(asked.world.database, asked.tenant, _filter(asked.query_as(FilterAsked)), by=asked.by)
    if isinstance(lines, Refusal):
        return lines
    name = f"audit-{asked.tenant}-{asked.now:%Y-%m-%d}.csv"
    written = bytearray()
    for line in lines:
        written += line.encode()
        if len(written) > MOST_BYTES:
            return Refusal(
                f"the export is longer than {MOST_BYTES >> 20} MiB, the most that one answer holds",
                "name a shorter time with since and until, and ask for the next",
            )
    return Found(bytes(written), headers=(("Content-Disposition", f'attachment; filename="{name}"'),))


def _chain(asked: Asked) -> Found | Refusal:
    everyone = asked.query_as(ChainAsked).everyone
    found = show_chain(
        asked.world.database, asked.tenant, asked.path["chain"], everyone=everyone, by=asked.by
    )
    if isinstance(found, Refusal):
        return found
    breaks = tuple(
        BreakShown(number=one.number, wrong=str(one.wrong), detail=one.detail) for one in found.breaks
    )
    value = ChainShown(
        name=found.chain.name,
        intact=not found.breaks,
        breaks=breaks,
        entries=tuple(dict(entry.fields) for entry in found.chain.entries),
    )
    return Found(value)


def _filter(asked: FilterAsked) -> AuditFilter:
    return AuditFilter(
        contact_id=asked.contact_id,
        company_id=asked.company_id,
        draft_id=asked.draft_id,
        kind=asked.kind,
        since=asked.since,
        until=asked.until,
        everyone=asked.everyone,
    )


ROUTES = (
    ApiRoute(
        "GET", "/v1/audit", Role.VIEWER, "audit", "The newest entries.", _list, Listed[EntryRow], EntriesAsked
    ),
    ApiRoute(
        "GET", "/v1/audit/export", Role.ADMIN, "audit", "All entries that are wanted, as CSV.", _export,
        None, FilterAsked, media_types=("text/csv; charset=utf-8",),
    ),
    ApiRoute(
        "GET", "/v1/audit/chains/{chain}", Role.VIEWER, "audit", "One chain, and what is broken in it.",
        _chain, ChainShown, ChainAsked,
    ),
)  # fmt: skip
