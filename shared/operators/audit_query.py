"""The audit as operators read it: a page by contact, company, draft, kind or time, one chain, and all as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.jobs.audit import AuditEntry
from shared.jobs.stored_audit import StoredChain, can_be_id
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.pattern import Pattern
from shared.policy.audit_chain import Break, verify
from shared.store.audit import newest_entries, one_chain
from shared.store.database import Database
from shared.store.newest import MOST, Page, Place

COLUMNS = (
    "at", "kind", "actor", "subject", "reason", "before", "after", "contact_id", "company_id", "draft_id",
    "job_id", "tenant", "chain", "number", "previous", "hash",
)  # fmt: skip
"""What an export says of each entry."""

_FORMULA = Pattern(r"^(?=[=+@\t\r\n＝＋－＠-])|(?<=[;\t\r\n])(?=[=+@＝＋－＠-])")
"""Where a formula would begin: also after what a spreadsheet may take for the end of a cell or a line."""


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are wanted: those that have all that is named; `since` is inclusive, `until` is not.

    `everyone`: those of what concerns everybody (the global flags), in place of the tenant's.
    """

    contact_id: str | None = None
    company_id: str | None = None
    draft_id: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    everyone: bool = False

    @property
    def equal(self) -> dict[str, str | None]:
        named = {name: getattr(self, name) for name in ("contact_id", "company_id", "draft_id", "kind")}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class ChainShown:
    """One chain with what is broken in it."""

    chain: StoredChain
    breaks: tuple[Break, ...]


def query_audit(
    database: Database,
    tenant: str,
    wanted: AuditFilter,
    *,
    limit: int = 20,
    after: Place | None = None,
    by: Operator,
) -> Page[AuditEntry] | Refusal:
    """The newest entries that are wanted, at most `limit`, following the place `after`. Errors: Unreachable."""
    refused = refuses(by, Role.VIEWER)
    return refused or _page(database, tenant, wanted, limit, after)


def show_chain(
    database: Database, tenant: str, name: str, *, everyone: bool = False, by: Operator
) -> ChainShown | Refusal:
    """One chain as it lies in the database: that of a job, or of a subject without one. Errors: Unreachable."""
    refused = refuses(by, Role.VIEWER)
    if refused is not None:
        return refused
    found = one_chain(database, "" if everyone else tenant, name) if can_be_id(name) else None
    if found is None or not (found.entries or found.head is not None):
        return Missing("there is no such chain", "a chain's name is a job's id, or what was changed")
    return ChainShown(found, verify(found))


def export_csv(
    database: Database, tenant: str, wanted: AuditFilter, *, by: Operator
) -> Iterator[str] | Refusal:
    """The wanted entries as CSV (RFC 4180), newest first, one line at a time with the columns' names before.

    Before what a spreadsheet would run as a formula stands an apostrophe, also after a semicolon, at which some
    part cells. Errors while lines are read:
    Unreachable.
    """
    refused = refuses(by, Role.ADMIN)
    return refused or _lines(database, tenant, wanted)


def _lines(database: Database, tenant: str, wanted: AuditFilter) -> Iterator[str]:
    yield _line(COLUMNS)
    after: Place | None = None
    while True:
        page = _page(database, tenant, wanted, MOST, after)
        for entry in page.items:
            yield _line(tuple(_cell(getattr(entry, name)) for name in COLUMNS))
        for path in page.unreadable:
            yield _line(("", "UNREADABLE", "", path, *("" for _ in COLUMNS[4:])))
        after = page.next
        if after is None:
            return


def _page(
    database: Database, tenant: str, wanted: AuditFilter, limit: int, after: Place | None
) -> Page[AuditEntry]:
    return newest_entries(
        database,
        "" if wanted.everyone else tenant,
        equal=wanted.equal,
        limit=limit,
        after=after,
        since=wanted.since,
        until=wanted.until,
    )


def _cell(value: object) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return _FORMULA.sub("'", text)


def _line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
