"""Google Calendar of the job's sender."""

from __future__ import annotations

from shared.connectors.google_calendar import SCOPES, GoogleCalendar
from shared.ports import Calendar
from shared.runtime.stage_run import Run
from shared.runtime.wire.vendors import google_http


def calendar(run: Run) -> Calendar:
    """The sender's calendar; the job has its sender since resolve_identity."""
    assert run.job.sender is not None
    return GoogleCalendar(google_http(run.world, run.tenant, "calendar", run.job.sender.mailbox, SCOPES))
