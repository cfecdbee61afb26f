"""Drafts as an operator sees them: the newest by state, and one with its evidence and verdict."""

from __future__ import annotations

from shared.jobs.draft import Draft, DraftState
from shared.store.database import Database
from shared.store.newest import Page, Place, newest


def list_drafts(
    database: Database,
    tenant: str,
    *,
    state: DraftState | None = None,
    limit: int = 20,
    after: Place | None = None,
) -> Page[Draft]:
    """The drafts that were revised last, at most `limit`. Errors: Unreachable."""
    equal: dict[str, str | None] = {} if state is None else {"state": state.value}
    path = f"tenants/{tenant}/drafts"
    return newest(database, path, Draft, by="revised_at", equal=equal, limit=limit, after=after)


def show_draft(database: Database, tenant: str, draft_id: str) -> Draft | None:
    """One draft. Errors: Unreachable; Permanent when it does not fit its type."""
    return database.get(f"tenants/{tenant}/drafts/{draft_id}", Draft)
