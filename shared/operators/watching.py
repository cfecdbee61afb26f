"""A change that an operation makes and audits itself, taken out of what `watch_controls` finds changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.jobs.watched import SETTINGS, Untold, Watched, watched_path
from shared.policy.control_changes import changes, followed, seen_fields
from shared.store.database import Database

WITHHELD: Mapping[str, frozenset[str]] = {
    SETTINGS: frozenset({"senders", "default_sender", "protected_names"}),
}
"""Fields by group that are seen by their digest only: addresses, and names of clients."""


def brought_along(
    database: Database,
    tenant: str,
    group: str,
    document: str,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> list[Watched]:
    """What was last seen with this change in it, to be written in the commit of the change.

    Nothing where the document was never seen: the first look is a baseline. Fields that somebody edited by hand
    meanwhile stay as they were seen, so that the next look notices them. Errors: Unreachable.
    """
    known = database.get(watched_path(tenant, group), Watched)
    if known is None:
        return []
    hidden = WITHHELD.get(group, frozenset())
    old, new = seen_fields(before, withheld=hidden), seen_fields(after, withheld=hidden)
    made = changes({document: old}, {document: new})
    told = [
        Untold(document=document, field=change.field, before=said[0], after=said[1], actor=actor)
        for change in made
        for said in (change.said,)
    ]
    documents = {**known.documents, document: followed(known.documents.get(document), made)}
    return [known.but(documents=documents, untold=(*known.untold, *told), seen_at=now)]
