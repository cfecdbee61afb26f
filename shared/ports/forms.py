"""A CRM's forms, as the poller needs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from shared.jobs.facts import Submission


class Forms(Protocol):
    """The submissions of web forms."""

    def submissions(self, form_id: str, since: datetime) -> Iterator[Submission]:
        """Submissions at or after a time, newest first."""
        ...
