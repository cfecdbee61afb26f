"""The queries that sweeps make: jobs past their check, dead letters and announcements that are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from google.cloud.firestore import FieldFilter

from shared.jobs.announcement import Announcement
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job, Kind
from shared.store.database import Database, typed

PAGE = 500
"""Documents one query of a sweep takes at most; the rest waits for the next run."""


def jobs_to_check(
    database: Database, shard: int, now: datetime, *, passed_by: list[str] | None = None
) -> Iterator[Job]:
    """Jobs of a shard whose `check_at` has passed, oldest first."""
    query = (
        database.client.collection_group("jobs")
        .where(filter=FieldFilter("next.shard", "==", shard))
        .where(filter=FieldFilter("next.check_at", "<=", now))
        .order_by("next.check_at")
        .limit(PAGE)
    )
    yield from typed(query, Job, passed_by=passed_by)


def has_job(database: Database, tenant: str, contact_id: str, kind: Kind) -> bool:
    """Whether any job of this kind is about this contact. Errors: Unreachable."""
    query = (
        database.client.collection(f"tenants/{tenant}/jobs")
        .where(filter=FieldFilter("contact_id", "==", contact_id))
        .where(filter=FieldFilter("kind", "==", kind.value))
        .limit(1)
    )
    unreadable: list[str] = []
    return any(True for _ in typed(query, Job, passed_by=unreadable)) or bool(unreadable)


def due_dead_letters(database: Database, now: datetime) -> Iterator[DeadLetter]:
    """Dead letters that the sweep starts again by itself, oldest first."""
    query = (
        database.client.collection_group("dead_letters")
        .where(filter=FieldFilter("requeue_at", "<=", now))
        .order_by("requeue_at")
        .limit(PAGE)
    )
    yield from typed(query, DeadLetter)


def left_in_outbox(database: Database, before: datetime) -> Iterator[Announcement]:
    """Announcements that were not published when they were made, oldest first."""
    query = (
        database.client.collection_group("outbox")
        .where(filter=FieldFilter("at", "<=", before))
        .order_by("at")
        .limit(PAGE)
    )
    yield from typed(query, Announcement)


def open_drafts(database: Database, tenant: str) -> Iterator[Draft]:
    """Drafts of a tenant that nobody has decided about, page by page, so that none is out of sight."""
    undecided = [DraftState.PENDING.value, DraftState.APPROVED.value]
    query = (
        database.client.collection(f"tenants/{tenant}/drafts")
        .where(filter=FieldFilter("state", "in", undecided))
        .order_by("__name__")
        .limit(PAGE)
    )
    after = ""
    while True:
        page = query.start_after({"__name__": database.client.document(after)}) if after else query
        unreadable: list[str] = []
        found = list(typed(page, Draft, passed_by=unreadable))
        yield from found
        if len(found) + len(unreadable) < PAGE:
            return
        after = max(*(draft.path for draft in found), *unreadable)
