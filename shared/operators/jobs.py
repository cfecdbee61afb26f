"""Jobs as an operator sees them: the newest by status and kind, and one with its whole history."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.job import Job, Kind, Status
from shared.store.database import Database
from shared.store.newest import Page, Place, newest


def list_jobs(
    database: Database,
    tenant: str,
    *,
    status: Status | None = None,
    kind: Kind | None = None,
    limit: int = 20,
    after: Place | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Job]:
    """The jobs that moved last, at most `limit`: within a time if one is named. Errors: Unreachable."""
    equal: dict[str, str | None] = {}
    if status is not None:
        equal["status"] = status.value
    if kind is not None:
        equal["kind"] = kind.value
    return newest(
        database,
        f"tenants/{tenant}/jobs",
        Job,
        by="updated_at",
        equal=equal,
        limit=limit,
        after=after,
        since=since,
        until=until,
    )


def show_job(database: Database, tenant: str, job_id: str) -> Job | None:
    """One job with its step history. Errors: Unreachable; Permanent when it does not fit its type."""
    return database.get(f"tenants/{tenant}/jobs/{job_id}", Job)
