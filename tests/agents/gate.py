"""The gate, as the stages use it, for what the writer wrote."""

from __future__ import annotations

from datetime import datetime

from shared.agents.draft_writer.written import Written
from shared.jobs.draft import Draft
from shared.jobs.facts import Verdict
from shared.jobs.job import Job
from shared.jobs.rules import Controls, Mode, Rules
from shared.jobs.tenant import Tenant
from shared.policy import quality
from shared.policy.letter import compose, footer_of, reply_subject

WAY_OUT = "https://functions.example/receive_opt_out?t=one"


def judged(job: Job, written: Written, now: datetime) -> Verdict:
    """The gate's verdict on a text, filed as the stage would file it."""
    assert job.sender is not None
    subject = reply_subject(job.thread.subject) if job.thread else written.subject
    footer = footer_of(job.sender)
    raw = compose(
        draft_id="draft-1",
        sender=job.sender,
        recipient=job.address,
        subject=subject,
        body=written.body,
        footer=footer,
        thread=job.thread,
        opt_out_url=WAY_OUT,
    )
    draft = Draft(
        id="draft-1",
        tenant=job.tenant,
        job_id=job.id,
        contact_id=job.contact_id,
        sender=job.sender.mailbox,
        recipient=job.address,
        subject=subject,
        body=written.body,
        footer=footer,
        call_to_action=written.call_to_action,
        evidence=written.evidence,
        language=written.language,
        opt_out_url=WAY_OUT,
        raw=raw,
        created_at=now,
        revised_at=now,
    )
    tenant = Tenant(
        id=job.tenant, default_sender=job.sender.mailbox, senders={job.sender.mailbox.lower(): job.sender}
    )
    return quality.judge(draft, job, Rules(tenant, Controls(stopped=False, mode=Mode.DRAFT_ONLY)), now)
