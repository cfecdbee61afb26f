"""What each mailbox has left of its day and its week, and an operator's own limit for one of them (P4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from shared.jobs.audit import QUOTA_CHANGED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.fields_set import FieldsSet
from shared.jobs.quota import COUNTED, LIMIT, Period, Quota, periods, read_quota
from shared.jobs.tenant import Tenant
from shared.jobs.watched import QUOTAS
from shared.operators.audit import refused_words
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.versions import Stale, stale, version_tag
from shared.operators.watching import brought_along
from shared.store.database import NO_FIELD, Changed, Database

Span = Literal["day", "week"]
SPANS: tuple[Span, Span] = ("day", "week")
HIGHEST_LIMIT = 10_000
_TRIES = 5
"""Claims count in the same document: a change loses to them now and then."""


class QuotaDocument(Document):
    """A quota document that only holds an operator's limit: nothing is counted in it yet."""

    place: str = Field(exclude=True)
    limit: int

    @property
    def path(self) -> str:
        return self.place


@dataclass(frozen=True)
class QuotaStatus:
    """One period of one mailbox as it stands; `version` is what a change of it is made against."""

    mailbox: str
    span: Span
    quota: Quota
    version: str

    @property
    def resets_at(self) -> datetime:
        return self.quota.period.ends_at


def quota_subject(period: Period) -> str:
    """How the audit names the quota of a period: the mailbox by its id."""
    return "quotas/" + period.path.rpartition("/")[2]


def watched_quota(document: Mapping[str, Any] | None) -> dict[str, Any]:
    """The part of a quota document that only people write: the counts only where they are garbage."""
    return {
        name: value
        for name, value in (document or {}).items()
        if name not in COUNTED or isinstance(value, bool) or not isinstance(value, int) or value < 0
    }


def quota_status(
    database: Database, tenant: str, mailbox: str | None, *, by: Operator, now: datetime
) -> tuple[QuotaStatus, ...] | Refusal:
    """Day and week of the mailbox, or of each of the tenant's. Errors: Unreachable, Permanent."""
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    settings = _settings(database, tenant, mailbox)
    if isinstance(settings, Refusal):
        return settings
    wanted = [mailbox.strip().lower()] if mailbox is not None else sorted(settings.senders)
    return tuple(_status(database, settings, one, span, now) for one in wanted for span in SPANS)


def override_quota(
    database: Database,
    tenant: str,
    mailbox: str,
    span: Span,
    limit: int,
    *,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None = None,
) -> QuotaStatus | Refusal:
    """Give the mailbox another limit for this day or week, in the place of the setting.

    `limit` 0 stops the mailbox for that period. It ends with the period. Errors: Unreachable, Permanent.
    """
    if isinstance(limit, bool) or not 0 <= limit <= HIGHEST_LIMIT:
        return Refusal(f"the limit is {limit}", f"it must be a whole number from 0 to {HIGHEST_LIMIT}")
    return _set(database, tenant, mailbox, span, limit, by, why, now, seen)


def clear_override(
    database: Database,
    tenant: str,
    mailbox: str,
    span: Span,
    *,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None = None,
) -> QuotaStatus | Refusal:
    """Let the setting hold again for this day or week. Errors: Unreachable, Permanent."""
    return _set(database, tenant, mailbox, span, None, by, why, now, seen)


def _set(
    database: Database,
    tenant: str,
    mailbox: str,
    span: Span,
    limit: int | None,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None,
) -> QuotaStatus | Refusal:
    denied = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    settings = _settings(database, tenant, mailbox)
    if isinstance(settings, Refusal):
        return settings
    for _ in range(_TRIES):
        status = _status(database, settings, mailbox.strip().lower(), span, now)
        refused = _tried(database, tenant, status, limit, by, why, now, seen)
        if not isinstance(refused, Changed):
            return refused or _status(database, settings, status.mailbox, span, now)
    return Stale("claims changed it at each try", "try again")


def _tried(
    database: Database,
    tenant: str,
    status: QuotaStatus,
    limit: int | None,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None,
) -> Refusal | Changed | None:
    """None when it was written, Changed when somebody counted in it at this moment."""
    period = status.quota.period
    found, version = database.raw_with_version(period.path)
    outdated = stale(version, seen)
    if outdated is not None:
        return outdated
    before = found or {}
    if limit is None and LIMIT not in before:
        return Missing("it has no limit of its own", "nothing has to be cleared: the setting holds")
    after = {name: value for name, value in before.items() if name != LIMIT}
    if limit is not None:
        after[LIMIT] = limit
    if found is None:
        assert limit is not None, "what does not exist has nothing to clear"
        change: Document = QuotaDocument(place=period.path, limit=limit)
    else:
        change = FieldsSet.of(period.path, version, {LIMIT: limit if limit is not None else NO_FIELD})
    entry = AuditEntry.of(
        tenant=tenant,
        kind=QUOTA_CHANGED,
        subject=quota_subject(period),
        actor=by.name,
        reason=why,
        before=_told(before),
        after=_told(after),
        at=now,
    )
    seen_so = brought_along(
        database,
        tenant,
        QUOTAS,
        quota_subject(period),
        before=watched_quota(before),
        after=watched_quota(after),
        actor=by.name,
        now=now,
    )
    try:
        database.commit([change, entry, *seen_so])
    except Changed as lost:
        return lost
    return None


def _told(document: Mapping[str, Any]) -> str:
    limit = document.get(LIMIT)
    if limit is None:
        return "limit as set for all mailboxes"
    is_number = isinstance(limit, int) and not isinstance(limit, bool)
    return f"limit={limit}" if is_number else "limit=garbage"


def _settings(database: Database, tenant: str, mailbox: str | None) -> Tenant | Refusal:
    settings = database.get(f"tenants/{tenant}", Tenant)
    if settings is None:
        return Missing(f"tenant {tenant} has no settings", "create it with `whisper tenant add`")
    if mailbox is not None and mailbox.strip().lower() not in settings.senders:
        return Missing("it is none of the tenant's senders", "see `whisper quota status` for those there are")
    return settings


def _status(database: Database, settings: Tenant, mailbox: str, span: Span, now: datetime) -> QuotaStatus:
    day, week = periods(settings.id, settings.time_zone, mailbox, now)
    period, limit = (day, settings.sends_a_day) if span == "day" else (week, settings.sends_a_week)
    found, version = database.raw_with_version(period.path)
    return QuotaStatus(mailbox, span, read_quota(period, found, limit), version_tag(version))
