"""The record of what an operator changed by hand: create-only, with actor, reason, before and after (P11)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Self

from shared.jobs.document import Document
from shared.operators.refusal import Refusal

SUPPRESSION_CHANGED = "SUPPRESSION_CHANGED"

_LONGEST_REASON = 500


class AuditEntry(Document):
    """One change outside of any job. `subject` is the id of what was changed, never an address."""

    id: str
    tenant: str
    kind: str
    subject: str
    actor: str
    reason: str
    before: str
    after: str
    at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/audit/{self.id}"

    @classmethod
    def of(
        cls,
        *,
        tenant: str,
        kind: str,
        subject: str,
        actor: str,
        reason: str,
        before: str,
        after: str,
        at: datetime,
    ) -> Self:
        """A new entry, under an id that sorts by time."""
        told = "\0".join((kind, subject, actor, reason, before, after))
        mark = hashlib.sha256(told.encode()).hexdigest()[:12]
        return cls(
            id=f"{at:%Y%m%dT%H%M%S.%fZ}-{mark}",
            tenant=tenant,
            kind=kind,
            subject=subject,
            actor=actor,
            reason=reason,
            before=before,
            after=after,
            at=at,
        )


def refused_words(field: str, text: str) -> Refusal | None:
    """Why a text may not stand in an audit entry, or None when it may."""
    if not text.strip():
        return Refusal(f"{field} is empty", "say it in a few words")
    if len(text) > _LONGEST_REASON:
        return Refusal(f"{field} has {len(text)} characters, at most {_LONGEST_REASON} are kept", "say less")
    if "@" in text:
        return Refusal(
            f"{field} seems to hold a mail address", "leave it out: no address is kept in the audit"
        )
    return None
