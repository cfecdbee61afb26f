"""What an operation changes or creates and audits itself, so that `watch_controls` finds it not changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.jobs import audit
from shared.jobs.audit import AuditEntry
from shared.jobs.document import Document
from shared.jobs.watched import FLAGS, GUARDRAILS, QUOTAS, SETTINGS, Untold, Watched, watched_path
from shared.policy.control_changes import MISSING, WHOLE, changes, followed, said_whole, seen_fields
from shared.store.database import Database, encode

KINDS: Mapping[str, str] = {
    FLAGS: audit.FLAG_CHANGED,
    GUARDRAILS: audit.GUARDRAIL_CHANGED,
    QUOTAS: audit.QUOTA_CHANGED,
    SETTINGS: audit.SETTINGS_CHANGED,
}
"""What the audit calls a change, by group."""

EDITED = "edited by hand"
"""The reason in the audit of what was edited by hand: Firestore does not ask for one."""

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


def created(
    database: Database,
    tenant: str,
    group: str,
    document: Document,
    *,
    actor: str,
    why: str,
    now: datetime,
) -> list[Document]:
    """A document of which a group has one, with its audit entry and with what is seen of it then: one commit.

    The first look is no baseline of such a document: it is known from its first moment. Errors: Unreachable.
    """
    path = document.path
    known = database.get(watched_path(tenant, group), Watched)
    held = known.documents.get(path) if known is not None else None
    fields = seen_fields(encode(document), withheld=WITHHELD.get(group, frozenset()))
    made = [(MISSING, said_whole(fields), actor, why)]
    if held is not None:
        # It was taken away by hand since the last look, which no look finds any more.
        made.insert(0, (said_whole(held), MISSING, audit.BY_CONSOLE, EDITED))
    entries = [
        AuditEntry.of(
            tenant=tenant,
            kind=KINDS[group],
            subject=path,
            actor=by,
            reason=reason,
            before=before,
            after=after,
            at=now,
        )
        for before, after, by, reason in made
    ]
    told = [
        Untold(document=path, field=WHOLE, before=before, after=after, actor=by)
        for before, after, by, _ in made
    ]
    last = known or Watched(tenant=tenant, group=group, seen_at=now)
    documents = {**last.documents, path: fields}
    seen = last.but(documents=documents, untold=(*last.untold, *told), seen_at=now)
    return [document, *entries, seen]
