"""The mail we propose: its states, its revisions, and the hash of exactly what would be sent."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import model_validator

from shared.jobs.document import Document, Value
from shared.jobs.facts import Evidence, Verdict
from shared.jobs.retention import FINISHED, kept


class DraftState(StrEnum):
    """Where a draft stands; see MOVES for how it may change."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    SENDING = "SENDING"
    SENT = "SENT"
    HELD = "HELD"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    SENT_BY_HAND = "SENT_BY_HAND"


_ENDS = frozenset({DraftState.REJECTED, DraftState.EXPIRED, DraftState.SENT_BY_HAND})

MOVES: dict[DraftState, frozenset[DraftState]] = {
    DraftState.PENDING: _ENDS | {DraftState.PENDING, DraftState.APPROVED},
    DraftState.APPROVED: _ENDS | {DraftState.PENDING, DraftState.SENDING},
    # Back to APPROVED or PENDING only with proof that the mailbox took nothing.
    DraftState.SENDING: frozenset(
        {DraftState.SENT, DraftState.HELD, DraftState.APPROVED, DraftState.PENDING}
    ),
    DraftState.HELD: frozenset({DraftState.SENT, DraftState.PENDING}),
    DraftState.SENT: frozenset(),
    # Over, but for this: a person may have sent it from Gmail before it was taken out of the mailbox.
    DraftState.REJECTED: frozenset({DraftState.SENT_BY_HAND}),
    DraftState.EXPIRED: frozenset({DraftState.SENT_BY_HAND}),
    DraftState.SENT_BY_HAND: frozenset(),
}

OPEN = frozenset({DraftState.PENDING, DraftState.APPROVED, DraftState.SENDING, DraftState.HELD})
"""States in which a draft is the contact's one open draft."""


class Approval(Value):
    """The word that this revision may be sent, byte for byte; a move back to PENDING voids it (P3)."""

    revision: int
    hash: str
    """The draft's hash as it was seen by who approved it."""
    actor: str
    by_rule: bool = False
    """Whether AUTO_SEND_FOLLOWUP approved it in a person's stead."""
    at: datetime
    expires_at: datetime
    send_at: datetime
    """Not before this moment."""
    forced: bool = False
    """Whether a person had it sent without waiting for working hours; no rule is skipped by that."""


class Claim(Value):
    """One attempt to send, with what it reserved. `quotas` are the paths of the counted periods."""

    id: str
    at: datetime
    lease_until: datetime
    quotas: tuple[str, ...] = ()
    looks: int = 0
    """How often it was looked what became of it, without an answer."""


class Draft(Document):
    """One proposed mail to one contact, revised in place."""

    id: str
    tenant: str
    job_id: str
    contact_id: str
    company_id: str = ""
    """The CRM's id of their company, where it is known: what the audit is asked by."""
    state: DraftState = DraftState.PENDING
    revision: int = 1
    sender: str
    recipient: str
    subject: str
    body: str
    """The written words: without signature, postal address and unsubscribe line."""
    footer: str = ""
    """Signature, postal address and unsubscribe line, from the tenant's settings."""
    call_to_action: str = ""
    """The one sentence of the body that asks for something."""
    evidence: tuple[Evidence, ...] = ()
    language: str = "en"
    written_by: str = "rule"
    thread_id: str | None = None
    thread_head: str | None = None
    opt_out_url: str = ""
    """The way out that the bytes carry for mail programs: code made it for this contact, and no text can."""
    raw: bytes
    """The exact RFC 822 bytes that would be sent."""
    verdict: Verdict | None = None
    gmail_draft_id: str | None = None
    gmail_message_id: str | None = None
    gmail_thread_id: str | None = None
    """The thread the filed draft lies in, also when it began that thread."""
    gmail_revision: int = 0
    """The revision that the Gmail draft shows; 0 before it is filed."""
    note_id: str | None = None
    note_revision: int = 0
    task_id: str | None = None
    crm_mail_id: str | None = None
    """The CRM's record of the mail that was sent."""
    approval: Approval | None = None
    pending_since: datetime | None = None
    """When it last became pending again without other words: it expires from then, and says as much as before."""
    snoozed_until: datetime | None = None
    """Nobody is asked about it, and it does not expire, before this moment."""
    fence: int = 0
    """Grows with every claim: who holds an older one may not write what became of it."""
    claim: Claim | None = None
    end_reason: str = ""
    """Why it is over, where it is."""
    sent_at: datetime | None = None
    sent_message_id: str | None = None
    created_at: datetime
    revised_at: datetime
    expire_at: datetime | None = None
    """A year after its last revision; while it is open, never."""

    @model_validator(mode="before")
    @classmethod
    def _kept(cls, data: Any) -> Any:
        return kept(data, since="revised_at", most=FINISHED, unless=("state", OPEN))

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/drafts/{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def hash(self) -> str:
        """SHA-256 over sender, recipient, thread head and the raw bytes (which hold subject and body)."""
        parts = (self.sender, self.recipient, self.thread_head or "", self.raw.hex())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def moved(self, state: DraftState) -> Self:
        """The draft in another state. Errors: ValueError for a move that is not allowed."""
        if state not in MOVES[self.state]:
            allowed = ", ".join(sorted(MOVES[self.state])) or "nothing: it is final"
            raise ValueError(f"draft {self.id} cannot go from {self.state} to {state}; allowed: {allowed}")
        if state is DraftState.PENDING:
            return self.but(state=state, approval=None, claim=None)
        return self.but(state=state)

    def pended(self, now: datetime) -> Self:
        """The same words, waiting for a decision again."""
        return self.moved(DraftState.PENDING).but(pending_since=now)

    @property
    def stands_approved(self) -> bool:
        """Whether it is approved, for just these bytes and this thread head."""
        given = self.approval
        return (
            self.state is DraftState.APPROVED
            and given is not None
            and (given.revision, given.hash) == (self.revision, self.hash)
        )
