"""Read the mail thread with the person: the one they wrote in, else the newest worth continuing."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.agents.thread_reader.agent import read_thread as read
from shared.jobs.job import Job, Kind
from shared.jobs.outcome import Advance, Outcome
from shared.ports.mailbox import Mailbox, MailThread
from shared.ports.model import Model

CONTINUED_FOR = timedelta(days=90)
"""A thread whose last message is older is not continued: the answer starts a new one."""


def read_thread(job: Job, *, mailbox: Mailbox, model: Model | None, now: datetime) -> Outcome:
    """Summarise the thread and note where an answer would be attached; no thread is a fact too."""
    thread = _thread(job, mailbox)
    found = read(thread, person=job.address, model=model) if thread else None
    if found is None:
        return Advance("gather_context", thread=None)
    usage = job.usage.plus(found.input_tokens, found.output_tokens)
    if now - found.facts.last_message_at >= CONTINUED_FOR:
        return Advance("gather_context", thread=None, usage=usage)
    return Advance("gather_context", thread=found.facts, usage=usage, notes=job.noting(found.fell_back))


def _thread(job: Job, mailbox: Mailbox) -> MailThread | None:
    """An answer goes where they wrote; a thread that was deleted since is as good as none."""
    if job.kind is Kind.REPLY and job.mails:
        return mailbox.thread(job.mails[0].thread_id)
    return mailbox.newest_thread_with(job.address)
