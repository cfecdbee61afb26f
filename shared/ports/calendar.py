"""A calendar, as the stages need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Busy:
    """A stretch of time in which somebody is not free."""

    start: datetime
    end: datetime


class Calendar(Protocol):
    """Free and busy times."""

    def busy(self, calendar_id: str, start: datetime, end: datetime) -> tuple[Busy, ...]:
        """The busy times of a calendar in a window, in order. Errors: Permanent when it cannot be read."""
        ...
