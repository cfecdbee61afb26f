"""Keep one note about the draft at the CRM contact."""

from __future__ import annotations

from datetime import datetime

from shared.jobs.crm_words import link_to, marker_of
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome, closed
from shared.policy.answered import answers_mail
from shared.ports.crm import Crm
from shared.ports.documents import Drafts

PREVIEW_CHARS = 200


def log_note(job: Job, *, drafts: Drafts, crm: Crm, may_have_happened: bool, now: datetime) -> Outcome:
    """Write the note, or bring it to this revision; one that a person deleted is written anew.

    A rerun looks for our marker before it makes one.
    """
    assert job.draft_id is not None
    assert job.identity is not None
    contact_id = job.identity.crm_contact_id
    assert contact_id is not None
    draft = drafts.get(job.draft_id)
    if (ended := closed(draft)) is not None:
        return ended
    body = note_of(job, draft)
    note_id = draft.note_id
    if note_id is None or not crm.update_note(note_id, body):
        note_id = crm.find_note(contact_id, marker_of(draft)) if may_have_happened else None
        if note_id is None or not crm.update_note(note_id, body):
            company = job.identity.company
            note_id = crm.create_note(contact_id, company.crm_id if company else None, body, now)
    return Advance("log_task", writes=[draft.but(note_id=note_id, note_revision=draft.revision)])


def note_of(job: Job, draft: Draft) -> str:
    """The note as plain text: what happened, the first 200 characters, and the link to the draft."""
    what = _answered(job)
    preview = draft.body[:PREVIEW_CHARS] + ("…" if len(draft.body) > PREVIEW_CHARS else "")
    return "\n\n".join(
        (
            f"{what}; revision {draft.revision} waits for approval in {draft.sender}.",
            f"Subject: {draft.subject}",
            preview,
            f"Open the draft: {link_to(draft)} [{marker_of(draft)}]",
        )
    )


def _answered(job: Job) -> str:
    """What the draft answers: their newest mail or form, and how many earlier ones with it."""
    if answers_mail(job):
        received_at = job.mails[0].received_at
        what = "A draft answers their mail" + (f" of {received_at:%Y-%m-%d}" if received_at else "")
        earlier = len(job.mails) - 1
        with_form = ", and their form with it" if job.submissions else ""
        return what + (f" (and {earlier} earlier)" if earlier else "") + with_form
    asked = job.submissions[0].form_name if job.submissions else ""
    what = f'A draft answers the form submission "{asked}"' if asked else "A draft answers this person"
    return what + (f" (and {len(job.submissions) - 1} earlier)" if len(job.submissions) > 1 else "")
