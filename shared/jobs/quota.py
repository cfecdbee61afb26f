"""What a mailbox has sent in one day or one week, and what is on its way: the document that a claim counts in (P4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.jobs.mailbox import mailbox_id

USED = "used"
RESERVED = "reserved"
BY_HAND = "by_hand"
"""Counts drafts of ours which people sent from Gmail themselves."""
LIMIT = "limit"
"""An operator's own limit for this period, in the place of the setting."""

COUNTED = (USED, RESERVED, BY_HAND)


@dataclass(frozen=True)
class Period:
    """A day or a week of a mailbox; `name` is 2026-11-21 or 2026-W47, `ends_at` when it turns."""

    name: str
    path: str
    ends_at: datetime


def periods(tenant: str, time_zone: str, mailbox: str, at: datetime) -> tuple[Period, Period]:
    """The day and the week that a mail sent now counts in.

    Days turn at midnight, and weeks on Monday, in the tenant's time zone: by the date alone, so that nothing
    has to run for them to turn.
    """
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    year, week, weekday = today.isocalendar()
    here = f"tenants/{tenant}/quotas/{mailbox_id(mailbox)}"

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone)

    day, week_name = today.isoformat(), f"{year}-W{week:02d}"
    return (
        Period(day, f"{here}-{day}", midnight(today + timedelta(days=1))),
        Period(week_name, f"{here}-{week_name}", midnight(today + timedelta(days=8 - weekday))),
    )


@dataclass(frozen=True)
class Quota:
    """One period as it stands. `garbage` names what could not be understood: then nothing may be sent (P8)."""

    period: Period
    limit: int
    used: int = 0
    reserved: int = 0
    by_hand: int = 0
    overridden: bool = False
    garbage: tuple[str, ...] = ()

    @property
    def counted(self) -> int:
        """What was sent, is on its way, or was sent by hand."""
        return self.used + self.reserved + self.by_hand

    @property
    def remaining(self) -> int:
        """How many more may be claimed."""
        return 0 if self.garbage else max(0, self.limit - self.counted)

    def is_near_end(self, share: float) -> bool:
        """Whether at least this share of a limit, which is not 0, is counted."""
        return not self.garbage and self.limit > 0 and self.counted >= share * self.limit


_FIELDS = frozenset({*COUNTED, LIMIT, "note", "updated_by"})


def read_quota(period: Period, found: Mapping[str, Any] | None, limit: int) -> Quota:
    """The document as operators and claims wrote it; one that is not there yet counts nothing."""
    garbage: list[str] = []
    numbers: dict[str, int] = {}
    for name, value in sorted((found or {}).items()):
        if name not in _FIELDS:
            garbage.append(f"{period.path}: {name} is no field of a quota; correct or remove it")
        elif name in (*COUNTED, LIMIT):
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                garbage.append(
                    f"{period.path}: {name} is {value!r:.40} ({type(value).__name__}): it must be a whole number, "
                    "0 or more; set it as a number"
                )
            else:
                numbers[name] = value
    return Quota(
        period=period,
        limit=numbers.get(LIMIT, limit),
        used=numbers.get(USED, 0),
        reserved=numbers.get(RESERVED, 0),
        by_hand=numbers.get(BY_HAND, 0),
        overridden=LIMIT in numbers,
        garbage=tuple(garbage),
    )
