"""Drafts as an operator sees them: the newest by state, and one with its evidence and verdict."""

from __future__ import annotations

from dataclasses import dataclass

from shared.jobs.draft import Draft, DraftState
from shared.jobs.facts import Violation
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


@dataclass(frozen=True)
class Suggestions:
    """What the gate found in a draft and how each is mended; `judged` False: this revision was not judged yet."""

    judged: bool
    outcome: str
    """PASS, WARN or FAIL; empty where it was not judged."""
    violations: tuple[Violation, ...]
    rejected_because: str
    """Empty for a draft that was not rejected."""


def suggestions(draft: Draft) -> Suggestions:
    """What to change in a draft, and why it was rejected, where it was."""
    verdict = draft.verdict
    judged = verdict is not None and verdict.revision == draft.revision
    rejected = draft.state is DraftState.REJECTED
    return Suggestions(
        judged=judged,
        outcome=verdict.outcome if verdict is not None and judged else "",
        violations=verdict.violations if verdict is not None and judged else (),
        rejected_because=draft.end_reason if rejected else "",
    )
