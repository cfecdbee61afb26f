"""Record the mail that was sent at the CRM contact, once (P6)."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.crm_words import marker_of
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.ports.crm import Crm
from shared.ports.documents import Drafts

LONGEST_BODY = 60_000
"""Characters of the mail that are recorded: the marker after them has to fit."""


def log_send(job: Job, *, drafts: Drafts, crm: Crm, may_have_happened: bool, now: datetime) -> Outcome:
    """Create one record of the mail; a rerun looks for our marker before it makes one.

    Without a contact in the CRM there is nobody to record it at.
    """
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    contact_id = job.identity.crm_contact_id if job.identity is not None else None
    if contact_id is None or draft.state is not DraftState.SENT or draft.crm_mail_id is not None:
        return Advance("log_outcome")
    mail_id = crm.find_mail(contact_id, marker_of(draft)) if may_have_happened else None
    if mail_id is None:
        company = job.identity.company if job.identity is not None else None
        mail_id = crm.create_mail(
            contact_id,
            company.crm_id if company else None,
            subject=draft.subject,
            body=record_of(draft),
            # A send that a person settled by their word has no time of the mailbox's.
            sent_at=draft.sent_at or now,
            sender=draft.sender,
            recipient=draft.recipient,
            owner_id=crm.owner_id(draft.sender),
        )
    return Advance("log_outcome", writes=[draft.but(crm_mail_id=mail_id)])


def record_of(draft: Draft) -> str:
    """The written words, without the footer, and our marker as the last line.

    The footer's unsubscribe link is the recipient's: whoever opens it in the CRM would unsubscribe them.
    """
    body = draft.body.strip()
    shown = body if len(body) <= LONGEST_BODY else body[:LONGEST_BODY] + "…"
    return f"{shown}\n\n[{marker_of(draft)}]"
