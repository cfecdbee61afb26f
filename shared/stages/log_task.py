"""Put one task about the draft on the owner's list in the CRM."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.jobs.crm_words import link_to, marker_of
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome, closed
from shared.policy.answered import answers_mail
from shared.ports.crm import Crm
from shared.ports.documents import Drafts

SUBJECT = "Follow up on form submission"
SUBJECT_OF_A_REPLY = "Follow up on their reply"
DUE = timedelta(hours=24)


def log_task(job: Job, *, drafts: Drafts, crm: Crm, may_have_happened: bool, now: datetime) -> Outcome:
    """Create the task once per draft, however often it is revised; then the job waits for a decision."""
    assert job.draft_id is not None
    assert job.identity is not None
    draft = drafts.get(job.draft_id)
    if (ended := closed(draft)) is not None:
        return ended
    if draft.task_id is not None:
        return Advance("await_approval")
    contact_id = job.identity.crm_contact_id
    assert contact_id is not None
    task_id = crm.find_task(contact_id, marker_of(draft)) if may_have_happened else None
    if task_id is None:
        owner = job.identity.owner_address
        task_id = crm.create_task(
            contact_id,
            subject=SUBJECT_OF_A_REPLY if answers_mail(job) else SUBJECT,
            body=_body(draft),
            due=now + DUE,
            owner_id=crm.owner_id(owner) if owner else None,
        )
    return Advance("await_approval", writes=[draft.but(task_id=task_id)])


def _body(draft: Draft) -> str:
    return f"Approve, edit or reject the draft: {link_to(draft)} [{marker_of(draft)}]"
