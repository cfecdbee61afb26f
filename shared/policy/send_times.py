"""When an approved mail goes out: in the sender's working hours, spread, and not while the person is away."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.jobs.contact import Contact
from shared.jobs.draft import Draft
from shared.jobs.tenant import Tenant

_SATURDAY = 5


def send_time(
    draft: Draft, tenant: Tenant, contact: Contact | None, *, not_before: datetime, delay_h: float = 0.0
) -> datetime:
    """The first moment at which it may go out: the same for the same revision, however often it is asked.

    `delay_h` counts from the draft's making, as the plan says.
    """
    earliest = max(not_before, draft.created_at + timedelta(hours=delay_h))
    if contact is not None and contact.away_until is not None:
        earliest = max(earliest, contact.away_until)
    zone = _zone_of(draft.sender, tenant)
    spread = _spread(draft, tenant)
    opened = _opened(earliest, zone, tenant)
    at = opened + spread
    # What the spread would carry past the end of the day goes out on the next working day.
    return at if _is_open(at, zone, tenant) else _opened(at, zone, tenant) + spread


def may_go_now(draft: Draft, tenant: Tenant, now: datetime) -> bool:
    """Whether it is within the sender's working hours."""
    return _is_open(now, _zone_of(draft.sender, tenant), tenant)


def start_of(day: date, mailbox: str, tenant: Tenant) -> datetime:
    """The moment at which the day begins where the mailbox's sender works."""
    return datetime.combine(day, time.min, _zone_of(mailbox, tenant)).astimezone(UTC)


def _zone_of(mailbox: str, tenant: Tenant) -> ZoneInfo:
    sender = tenant.senders.get(mailbox.lower())
    return ZoneInfo(sender.time_zone if sender is not None else tenant.time_zone)


def _spread(draft: Draft, tenant: Tenant) -> timedelta:
    digest = hashlib.sha256(f"{draft.id}\0{draft.revision}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**32
    minutes = min(tenant.send_jitter_min, (tenant.send_last_h - tenant.send_first_h) * 60 / 2)
    return timedelta(minutes=share * minutes)


def _is_open(at: datetime, zone: ZoneInfo, tenant: Tenant) -> bool:
    local = at.astimezone(zone)
    return local.weekday() < _SATURDAY and tenant.send_first_h <= local.hour < tenant.send_last_h


def _opened(at: datetime, zone: ZoneInfo, tenant: Tenant) -> datetime:
    """The moment itself where it is within working hours, else the next beginning of them."""
    if _is_open(at, zone, tenant):
        return at
    local = at.astimezone(zone)
    day = local.date() if local.hour < tenant.send_first_h else local.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(tenant.send_first_h), zone)
