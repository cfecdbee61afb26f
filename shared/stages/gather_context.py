"""Gather what the mail may offer: meeting times that are really free."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.agents.own_words import is_soon
from shared.errors import Permanent
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.policy.slots import propose
from shared.ports import Calendar

LOOK_AHEAD = timedelta(days=12)
"""Far enough for three business days behind a long weekend with holidays."""


def gather_context(job: Job, *, calendar: Calendar, now: datetime) -> Outcome:
    """Propose meeting times; a calendar that cannot be read leaves a gap that is shown, and no times."""
    sender = job.sender
    assert sender is not None
    try:
        busy = calendar.busy(sender.calendar_id or sender.mailbox, now, now + LOOK_AHEAD)
    except Permanent as error:
        gap = f"No meeting times: {error.reason}"
        return Advance("plan_next_step", slots=(), notes=job.noting(gap))
    said = " ".join(job.submissions[0].fields.values()) if job.submissions else ""
    slots = propose(busy, now=now, time_zone=sender.time_zone, urgent=is_soon(said))
    return Advance("plan_next_step", slots=slots)
