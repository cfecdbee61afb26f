"""File the draft in the sender's mailbox, once, in the right thread."""

from __future__ import annotations

from shared.jobs.crm_words import FOR_A_PERSON
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome, Wait, closed
from shared.ports import Drafts, FiledDraft, Mailbox


def file_draft(job: Job, *, drafts: Drafts, mailbox: Mailbox, may_have_happened: bool) -> Outcome:
    """File it, or bring the one that is there to this revision. A rerun looks for it before it makes one."""
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    if (ended := closed(draft)) is not None:
        return ended
    filed = _filed(draft, mailbox, may_have_happened)
    first = draft.gmail_draft_id is None
    written = draft.but(
        gmail_draft_id=filed.id, gmail_revision=draft.revision, gmail_message_id=filed.message_id
    )
    announce = ["drafted"] if first else ["revised"]
    if job.identity is None or job.identity.crm_contact_id is None:
        return Wait(None, [FOR_A_PERSON], writes=[written], announce=announce)
    return Advance("log_note", writes=[written], announce=announce)


def _filed(draft: Draft, mailbox: Mailbox, may_have_happened: bool) -> FiledDraft:
    """The draft in the mailbox; one that a person deleted is made anew, and a rerun finds that one too."""
    if draft.gmail_draft_id is not None:
        updated = mailbox.update_draft(draft.gmail_draft_id, draft.raw, draft.thread_id)
        if updated is not None:
            return updated
    orphan = mailbox.find_draft(draft.id) if may_have_happened else None
    if orphan is not None:
        adopted = mailbox.update_draft(orphan.id, draft.raw, draft.thread_id)
        if adopted is not None:
            return adopted
    return mailbox.create_draft(draft.raw, draft.thread_id)
