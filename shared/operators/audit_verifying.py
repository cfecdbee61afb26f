"""Whether the whole audit is as it was written: every chain, and every archived day where there is an archive (P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.jobs.audit import audit_root
from shared.jobs.stored_audit import can_be_id
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy.audit_archive import (
    ENTRIES,
    SUMMARY,
    KeptDay,
    archived_paths,
    held_against,
    key,
    summarised_day,
    unsound,
)
from shared.policy.audit_archive import folder as folder_of
from shared.policy.audit_chain import Break, verify
from shared.ports.archive import Archive
from shared.store.audit import entries_at, entries_between, every_chain, one_chain
from shared.store.database import Database

EVERYONE = ""
"""Whose chains concern all tenants."""


@dataclass(frozen=True)
class Verified:
    """What was looked at, and every place that is broken.

    `archived_through` has the last archived day of the tenant and of everybody (""), None where no day is
    archived; it is empty when there is no archive to compare with.
    """

    chains: int
    entries: int
    breaks: tuple[Break, ...]
    archived_days: int
    archived_through: dict[str, date | None]


def verify_audit(
    database: Database, tenant: str, *, archive: Archive | None, by: Operator
) -> Verified | Refusal:
    """Look at every entry of the tenant and of what concerns everybody. Errors: Unreachable, Failure."""
    refused = refuses(by, Role.VIEWER)
    if refused is not None:
        return refused
    chains = entries = days = 0
    breaks: list[Break] = []
    through: dict[str, date | None] = {}
    for whose in (EVERYONE, tenant):
        for chain in every_chain(database, whose):
            chains += bool(chain.name)
            entries += len(chain.entries)
            if verify(chain) and chain.name:
                # It may only have grown between two reads.
                chain = one_chain(database, whose, chain.name)
            breaks += verify(chain)
        if archive is not None:
            found, number, last = _archived(database, archive, whose)
            breaks += found
            days += number
            through[whose] = last
    return Verified(chains, entries, tuple(breaks), days, through)


def _archived(database: Database, archive: Archive, tenant: str) -> tuple[list[Break], int, date | None]:
    """How the archive of a tenant is broken or differs from the database, its days, and the last of them."""
    breaks: list[Break] = []
    before: KeptDay | None = None
    number = 0
    for day in archived_days(archive, tenant):
        summary = archive.get(key(tenant, day, SUMMARY))
        kept = KeptDay(day, summary or b"", archive.get(key(tenant, day, ENTRIES)))
        breaks += unsound(tenant, kept, before)
        here = {entry.path: entry.line for entry in entries_between(database, tenant, *bounds(day))}
        elsewhere = [
            path for path in archived_paths(kept) if path not in here and _is_path(whose=tenant, path=path)
        ]
        moved = {
            path: None if entry is None else entry.line
            for path, entry in entries_at(database, tenant, elsewhere).items()
        }
        breaks += held_against(tenant, kept, here, moved)
        before, number = kept, number + 1
    return breaks, number, before.day if before is not None else None


def _is_path(*, whose: str, path: str) -> bool:
    """Whether an archived line names what may be an entry: somebody may have put another archive there."""
    folder = f"{audit_root(whose)}audit/"
    return path.startswith(folder) and can_be_id(path.removeprefix(folder))


def archived_days(archive: Archive, tenant: str) -> list[date]:
    """The days of a tenant whose summary is in the archive, in order. Errors: Failure."""
    found = (summarised_day(tenant, name) for name in archive.list(folder_of(tenant)))
    return sorted(day for day in found if day is not None)


def bounds(day: date) -> tuple[datetime, datetime]:
    """Where a day of UTC begins and ends."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)
