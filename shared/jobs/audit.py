"""The record of what was decided or changed: create-only and hash-chained, with actor, reason, before and after (P11).

Entries of one chain are numbered without a gap, and each carries the hash of the one before it: whoever edits,
removes, reorders or adds one later breaks the chain (`shared/policy/audit_chain.py` finds where).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from shared.jobs.document import Document

DRAFT_CREATED = "DRAFT_CREATED"
DRAFT_REVISED = "DRAFT_REVISED"
DRAFT_REJECTED = "DRAFT_REJECTED"
DRAFT_APPROVED = "DRAFT_APPROVED"
DRAFT_SNOOZED = "DRAFT_SNOOZED"
DRAFT_FORCED = "DRAFT_FORCED"
DRAFT_EXPIRED = "DRAFT_EXPIRED"
APPROVAL_VOIDED = "APPROVAL_VOIDED"
SEND_CLAIMED = "SEND_CLAIMED"
SEND_RELEASED = "SEND_RELEASED"
SEND_HELD = "SEND_HELD"
SEND_SETTLED = "SEND_SETTLED"
DRAFT_SENT = "DRAFT_SENT"
FLAG_CHANGED = "FLAG_CHANGED"
GUARDRAIL_CHANGED = "GUARDRAIL_CHANGED"
SUPPRESSION_CHANGED = "SUPPRESSION_CHANGED"
QUOTA_CHANGED = "QUOTA_CHANGED"
COMPANY_CHANGED = "COMPANY_CHANGED"
SETTINGS_CHANGED = "SETTINGS_CHANGED"
API_KEY_CHANGED = "API_KEY_CHANGED"
JOB_REPLAYED = "JOB_REPLAYED"
EVENT_REPLAYED = "EVENT_REPLAYED"
OPERATOR_CHANGED = "OPERATOR_CHANGED"
PERSON_ERASED = "PERSON_ERASED"
MAILBOX_CONNECTED = "MAILBOX_CONNECTED"
MAILBOX_DISCONNECTED = "MAILBOX_DISCONNECTED"
MAILBOX_PROBED = "MAILBOX_PROBED"

BY_RULE = "rule"
"""The actor where a rule decided and no person."""
BY_HAND = "person in Gmail"
"""The actor where somebody handled a draft in their mailbox: Gmail does not tell us who."""
BY_CONSOLE = "person in the Firestore console"
"""The actor where somebody edited a document by hand: Firestore does not tell us who."""

FIRST = ""
"""What the first entry of a chain says the one before it hashes to."""


class AuditEntry(Document):
    """One decision or change: identifiers and keyed hashes only, never an address or a word of a mail.

    `subject` is the id of what was changed. `number`, `previous` and `hash` are given when it is committed.
    """

    tenant: str
    """Empty for what concerns everybody: the global control document."""
    chain: str
    number: int = 0
    previous: str = FIRST
    hash: str = ""
    kind: str
    subject: str
    actor: str
    reason: str
    before: str
    after: str
    at: datetime
    job_id: str = ""
    draft_id: str = ""
    contact_id: str = ""
    company_id: str = ""

    @property
    def id(self) -> str:
        return f"{self.chain}-{self.number:08d}"

    @property
    def path(self) -> str:
        return f"{audit_root(self.tenant)}audit/{self.id}"

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
        job_id: str = "",
        draft_id: str = "",
        contact_id: str = "",
        company_id: str = "",
    ) -> Self:
        """A new entry: in its job's chain, or in that of its subject where no job is concerned."""
        return cls(
            tenant=tenant,
            chain=(job_id or subject).replace("/", "-"),
            kind=kind,
            subject=subject,
            actor=actor,
            reason=reason,
            before=before,
            after=after,
            at=at,
            job_id=job_id,
            draft_id=draft_id,
            contact_id=contact_id,
            company_id=company_id,
        )

    def hashed(self) -> str:
        """SHA-256 of everything that it says, whatever fields that are, but for the hash itself."""
        return hash_of(self.model_dump())


class AuditHead(Document):
    """Where a chain ends: a chain that is shorter than its head was cut off."""

    tenant: str
    chain: str
    number: int = 0
    hash: str = FIRST

    @property
    def path(self) -> str:
        return head_path(self.tenant, self.chain)


def audit_root(tenant: str) -> str:
    """Where a tenant's audit lies, with the slash; at the root for what concerns everybody."""
    return f"tenants/{tenant}/" if tenant else ""


def head_path(tenant: str, chain: str) -> str:
    """Where the head of a chain lies."""
    return f"{audit_root(tenant)}audit_heads/{chain}"


def linked(entry: AuditEntry, head: AuditHead | None) -> tuple[AuditEntry, AuditHead]:
    """The entry as the next of its chain, and the head that follows."""
    before = head or AuditHead(tenant=entry.tenant, chain=entry.chain)
    numbered = entry.but(number=before.number + 1, previous=before.hash, hash="")
    final = numbered.but(hash=numbered.hashed())
    return final, before.but(number=final.number, hash=final.hash)


def hash_of(fields: Mapping[str, Any]) -> str:
    """The hash of an entry with these fields, as it is written and as it is found.

    Errors: TypeError for a value that no entry of ours has.
    """
    return hashlib.sha256(canonical({name: fields[name] for name in fields if name != "hash"})).hexdigest()


def canonical(fields: Mapping[str, Any], *, default: Callable[[Any], Any] | None = None) -> bytes:
    """Fields as the one JSON text that they have; `default` says what is written for a value that JSON lacks."""
    said = {name: _plain(value) for name, value in fields.items()}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=default)
    return text.encode()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
