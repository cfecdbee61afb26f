"""Gather what the mail may offer: meeting times that are really free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.agents.mail_wish import WANTS_A_TIME, wish_of
from shared.agents.own_words import is_soon
from shared.agents.wanted_times import wanted_times
from shared.errors import Permanent
from shared.jobs.facts import Sender, Slot
from shared.jobs.job import Job
from shared.jobs.outcome import Advance, Outcome
from shared.policy.answered import answers_mail, last_words
from shared.policy.slots import propose, slot_at
from shared.ports.calendar import Busy, Calendar

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
    if answers_mail(job):
        return Advance("plan_next_step", slots=_for_a_mail(last_words(job), busy, sender, now))
    said = " ".join(job.submissions[0].fields.values()) if job.submissions else ""
    slots = propose(busy, now=now, time_zone=sender.time_zone, urgent=is_soon(said))
    return Advance("plan_next_step", slots=slots)


def _for_a_mail(said: str, busy: Sequence[Busy], sender: Sender, now: datetime) -> tuple[Slot, ...]:
    """For who wants a call the very time or the days that they named; else any."""
    zone = sender.time_zone
    if wish_of(said) not in WANTS_A_TIME:
        return propose(busy, now=now, time_zone=zone, urgent=is_soon(said))
    wanted = wanted_times(said, now=now, time_zone=zone)
    named = slot_at(wanted.at, busy, now=now, time_zone=zone) if wanted.at else None
    if named is not None:
        return (named,)
    urgent = is_soon(said)
    on_their_days = (
        propose(busy, now=now, time_zone=zone, urgent=urgent, days=wanted.days) if wanted.days else ()
    )
    return on_their_days or propose(busy, now=now, time_zone=zone, urgent=urgent)
