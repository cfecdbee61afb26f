"""The record of what was decided or changed: create-only, with actor, reason, before and after (P11)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Self

from shared.jobs.document import Document

SUPPRESSION_CHANGED = "SUPPRESSION_CHANGED"
DRAFT_REVISED = "DRAFT_REVISED"
DRAFT_REJECTED = "DRAFT_REJECTED"
DRAFT_SENT = "DRAFT_SENT"
MAILBOX_CONNECTED = "MAILBOX_CONNECTED"
MAILBOX_DISCONNECTED = "MAILBOX_DISCONNECTED"

BY_RULE = "rule"
"""The actor where a rule decided and no person."""
BY_HAND = "person in Gmail"
"""The actor where somebody handled a draft in their mailbox: Gmail does not tell us who."""


class AuditEntry(Document):
    """One decision or change. `subject` is the id of what was changed, never an address."""

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
