"""File the draft in the sender's mailbox, once, in the right thread."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Hold, Outcome, closed
from shared.jobs.thread import FollowedThread, followed_id
from shared.policy.by_hand import sent_by_hand, sent_in_thread, sent_since
from shared.ports.documents import Drafts, Threads
from shared.ports.mailbox import DraftInMailbox, FiledDraft, Mailbox

BY_HAND = "a person changed the draft in Gmail while it was revised: theirs is kept, the sweep takes it up"
SENT_MEANWHILE = "a person sent the draft from Gmail while it was revised: the sweep takes it up"


def file_draft(
    job: Job, *, drafts: Drafts, mailbox: Mailbox, threads: Threads, may_have_happened: bool, now: datetime
) -> Outcome:
    """File it, or bring the one that is there to this revision, and follow its thread.

    A rerun looks for it before it makes one; what a person wrote in Gmail meanwhile is never overwritten.
    """
    assert job.draft_id is not None
    draft = drafts.get(job.draft_id)
    if (ended := closed(draft)) is not None:
        if may_have_happened and draft.state is DraftState.REJECTED:
            # It was rejected while a run of ours filed it: nobody must find it in the mailbox and send it (P9).
            orphan = mailbox.find_draft(draft.id)
            if orphan is not None:
                mailbox.delete_draft(orphan.id)
        return ended
    if draft.gmail_revision == draft.revision and draft.gmail_draft_id is not None:
        # A person wrote this revision in Gmail itself: it lies there already.
        return _next(job, draft, [], ["revised"])
    there = mailbox.draft(draft.gmail_draft_id) if draft.gmail_draft_id is not None else None
    if there is not None and _changed_by_hand(draft, there, may_have_happened):
        return Hold([BY_HAND])
    if there is None and draft.gmail_draft_id is not None:
        thread = mailbox.thread(draft.gmail_thread_id) if draft.gmail_thread_id is not None else None
        sent = sent_in_thread(draft, thread) or mailbox.sent_mails(draft.recipient, sent_since(draft))
        if sent_by_hand(draft, sent) is not None:
            return Hold([SENT_MEANWHILE])
    filed = _filed(draft, there, mailbox, may_have_happened)
    written = draft.but(
        gmail_draft_id=filed.id,
        gmail_revision=draft.revision,
        gmail_message_id=filed.message_id,
        gmail_thread_id=filed.thread_id,
    )
    announce = ["drafted"] if draft.gmail_draft_id is None else ["revised"]
    return _next(job, written, [written, *_followed(written, filed, threads, now)], announce)


def _next(job: Job, draft: Draft, writes: list[Document], announce: list[str]) -> Outcome:
    if job.identity is None or job.identity.crm_contact_id is None:
        return Advance("await_approval", writes=writes, announce=announce)
    return Advance("log_note", writes=writes, announce=announce)


def _changed_by_hand(draft: Draft, there: DraftInMailbox, may_have_happened: bool) -> bool:
    """Whether it is no longer as we filed it; an earlier run of ours may have brought it to this revision."""
    if there.message_id == draft.gmail_message_id:
        return False
    # A file is never ours.
    ours = may_have_happened and there.marker == draft.id and not there.mail.attachments
    return not (ours and _words(draft.body) in _words(there.mail.text))


def _words(text: str) -> str:
    return " ".join(text.split())


def _filed(
    draft: Draft, there: DraftInMailbox | None, mailbox: Mailbox, may_have_happened: bool
) -> FiledDraft:
    """The draft in the mailbox; one that a person deleted is made anew, and a rerun finds that one too."""
    if there is not None:
        updated = mailbox.update_draft(there.id, draft.raw, draft.thread_id)
        if updated is not None:
            return updated
    orphan = mailbox.find_draft(draft.id) if may_have_happened else None
    if orphan is not None:
        adopted = mailbox.update_draft(orphan.id, draft.raw, draft.thread_id)
        if adopted is not None:
            return adopted
    return mailbox.create_draft(draft.raw, draft.thread_id)


def _followed(draft: Draft, filed: FiledDraft, threads: Threads, now: datetime) -> list[Document]:
    """What makes us hear the answers: the thread that the draft lies in, with the person it is to."""
    known = threads.get(draft.sender, filed.thread_id)
    if known is not None:
        # A thread stays with the person it began with, also when a colleague of theirs is answered in it.
        return [] if known.draft_id == draft.id else [known.but(draft_id=draft.id, followed_at=now)]
    return [
        FollowedThread(
            id=followed_id(draft.sender, filed.thread_id),
            tenant=draft.tenant,
            mailbox=draft.sender,
            thread_id=filed.thread_id,
            contact_id=draft.contact_id,
            draft_id=draft.id,
            followed_at=now,
        )
    ]
