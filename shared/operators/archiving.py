"""Keep the audit of days that are over off the cloud, each once, from where the archive ends (P11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.operators.audit_verifying import archived_days, bounds
from shared.policy.audit_archive import ENTRIES, SUMMARY, entries_of, key, summary_of
from shared.ports.archive import Archive
from shared.store.audit import entries_between, first_moment
from shared.store.database import Database

DAYS_A_RUN = 31
"""Days that one run catches up; the next run goes on."""
SETTLED = timedelta(hours=1)
"""So long after its end the last entries of a day are committed."""


@dataclass
class Archived:
    """What one run kept. `differing` are names under which the archive had something else before."""

    days: int = 0
    entries: int = 0
    differing: list[str] = field(default_factory=list[str])


def archive_audit(database: Database, archive: Archive, tenant: str, *, now: datetime) -> Archived:
    """Keep each day of a tenant that is over and not kept yet, oldest first; of everybody for no tenant.

    A day counts as kept with its summary, which is written last: a run that dies before it is repeated, and
    keeps the same bytes again. So does the newest day that is kept: what was changed in it, or put there by
    somebody else, differs. Errors: Unreachable, Failure.
    """
    done = Archived()
    last = (now - SETTLED).date() - timedelta(days=1)
    kept = [day for day in archived_days(archive, tenant) if day <= last]
    previous: tuple[date, bytes] | None = None
    if kept:
        day = kept[-1]
        if kept[:-1]:
            previous = (kept[-2], archive.get(key(tenant, kept[-2], SUMMARY)) or b"")
    else:
        first = first_moment(database, tenant)
        if first is None:
            return done
        day = first.date()
    while day <= last and done.days < DAYS_A_RUN:
        found = entries_between(database, tenant, *bounds(day))
        entries = _keep(archive, key(tenant, day, ENTRIES), entries_of(found), done)
        # What was kept first is the evidence, so the summary is of that.
        summary = _keep(archive, key(tenant, day, SUMMARY), summary_of(tenant, day, entries, previous), done)
        if day not in kept:
            done.days += 1
            done.entries += len(entries.splitlines())
        previous = (day, summary)
        day += timedelta(days=1)
    return done


def _keep(archive: Archive, name: str, content: bytes, done: Archived) -> bytes:
    """What is kept under the name from now on: this, unless there was something before."""
    kept = archive.put(name, content)
    if kept != content:
        done.differing.append(name)
    return kept
