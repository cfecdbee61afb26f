"""Google Calendar of the job's sender."""

from __future__ import annotations

from shared.connectors.google_calendar import SCOPES, GoogleCalendar
from shared.ports.calendar import Calendar
from shared.runtime.stage_run import Run
from shared.runtime.wire.vendors import google_http


def calendar(run: Run) -> Calendar:
    """The sender's calendar; the job has its sender since resolve_identity."""
    sender = run.job.sender
    assert sender is not None
    http = google_http(run.world, run.tenant, "calendar", sender.mailbox, SCOPES, sender.connection)
    return GoogleCalendar(http)
