"""A job's facts as data for a model: what it needs to write well, and no address it could write to."""

from __future__ import annotations

from shared.agents.form_fields import Role, read_form
from shared.jobs.facts import Submission
from shared.jobs.job import Job
from shared.policy.answered import answers_mail, wrote_last

PRIVATE_ROLES = frozenset({Role.ADDRESS, Role.PHONE, Role.IGNORED})
"""Fields that a model never sees."""
_TEXT_MAX_CHARS = 4000
_EARLIER_FORMS = 3
_MAILS = 5


def case_data(job: Job) -> dict[str, object]:
    """Who the person is, what of theirs is answered, their forms (newest first), and the thread so far."""
    identity, company = job.identity, job.identity.company if job.identity else None
    thread = job.thread
    return {
        "person": {
            "first_name": identity.first_name if identity else "",
            "title": identity.title if identity else "",
            "company": (company.name if company else "") or (identity.company_name if identity else ""),
            "industry": company.industry if company else None,
            "stage": company.stage if company else None,
            "employees": company.employees if company else None,
        },
        "answers": "mail" if answers_mail(job) else "form",
        "mails_newest_first": [
            {"received_at": mail.received_at.isoformat() if mail.received_at else None, "kind": mail.kind}
            for mail in job.mails[:_MAILS]
        ],
        "forms_newest_first": [_form(submission) for submission in job.submissions[: 1 + _EARLIER_FORMS]],
        "thread": None
        if thread is None
        else {
            "subject": thread.subject,
            "summary": thread.summary,
            "last_text": thread.last_text[:_TEXT_MAX_CHARS],
            "last_was_the_person": wrote_last(job),
            "sentiment": thread.sentiment,
            "open_questions": thread.open_questions,
            "open_promises": thread.commitments,
        },
        "free_times": len(job.slots or ()),
    }


def _form(submission: Submission) -> dict[str, object]:
    return {
        "form": submission.form_name,
        "sent_at": submission.submitted_at.isoformat(),
        "fields": {
            field.name: field.value[:_TEXT_MAX_CHARS]
            for field in read_form(submission)
            if field.role not in PRIVATE_ROLES
        },
    }
