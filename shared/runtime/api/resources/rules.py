"""Guardrails and quotas: which companies may be contacted, and how many mails may go out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.jobs.mailbox import mailbox_id
from shared.jobs.rules import GuardrailType
from shared.jobs.tenant import Tenant
from shared.operators.guardrails import (
    GuardrailShown,
    create_guardrail,
    deactivate_guardrail,
    guardrail_version,
    list_guardrails,
)
from shared.operators.quotas import (
    HIGHEST_LIMIT,
    SPANS,
    QuotaStatus,
    Span,
    clear_override,
    override_quota,
    quota_status,
)
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Role
from shared.runtime.api.routes import GONE, ApiRoute, Asked, Found, Given, Line, RawFields, Shown

_MOST_EMPLOYEES = 10**9
"""More than any company has; what is larger yet, Firestore cannot hold."""


class GuardrailRow(Shown):
    """One guardrail as it is kept; `garbage` says why it cannot be understood: then everything is stopped."""

    id: str
    active: bool
    fields: RawFields
    garbage: str


class Guardrails(Shown):
    """Every guardrail of the tenant."""

    items: tuple[GuardrailRow, ...]


class RangeAsked(Given):
    """How many employees, both ends inclusive; a missing end is open."""

    min: int | None = Field(default=None, ge=0, le=_MOST_EMPLOYEES)
    max: int | None = Field(default=None, ge=0, le=_MOST_EMPLOYEES)


class GuardrailAsked(Given):
    """A rule that every contact must pass."""

    id: Line | None = None
    type: GuardrailType
    value: tuple[Line, ...] | RangeAsked
    reason: Line


class ReasonAsked(Given):
    """Why, for the audit; no addresses."""

    reason: Line


class QuotaRow(Shown):
    """A day or week of a mailbox: what was counted, what is left, and when it turns."""

    mailbox_id: str
    span: Literal["day", "week"]
    period: str
    limit: int
    overridden: bool
    used: int
    reserved: int
    by_hand: int
    remaining: int
    resets_at: datetime
    garbage: tuple[str, ...] = Field(description="What could not be understood; then nothing is sent.")


class Quotas(Shown):
    """Day and week of each mailbox."""

    items: tuple[QuotaRow, ...]


class LimitAsked(ReasonAsked):
    """Another limit, for this day or week alone."""

    limit: int = Field(ge=0, le=HIGHEST_LIMIT)


def _guardrails(asked: Asked) -> Found | Refusal:
    found = list_guardrails(asked.world.database, asked.tenant, by=asked.by)
    return found if isinstance(found, Refusal) else Found(Guardrails(items=tuple(map(_row, found))))


def _guardrail(asked: Asked) -> Found | Refusal:
    return _found(asked, asked.path["guardrail_id"])


def _found(asked: Asked, id_: str) -> Found | Refusal:
    found = list_guardrails(asked.world.database, asked.tenant, by=asked.by)
    if isinstance(found, Refusal):
        return found
    wanted = [one for one in found if one.id == id_]
    if not wanted:
        return Missing("there is no such guardrail", "list the guardrails to see which there are")
    return _versioned(asked, wanted[0])


def _create(asked: Asked) -> Found | Refusal:
    if asked.made:
        known = _found(asked, asked.made)
        return GONE if isinstance(known, Missing) else known
    body = asked.body_as(GuardrailAsked)
    value = (
        body.value.model_dump(exclude_none=True) if isinstance(body.value, RangeAsked) else list(body.value)
    )
    done = create_guardrail(
        asked.world.database,
        asked.tenant,
        body.type.value,
        value,
        by=asked.by,
        why=body.reason,
        now=asked.now,
        id_=body.id,
        under=asked.record,
    )
    return done if isinstance(done, Refusal) else _versioned(asked, done)


def _deactivate(asked: Asked) -> Found | Refusal:
    done = deactivate_guardrail(
        asked.world.database,
        asked.tenant,
        asked.path["guardrail_id"],
        by=asked.by,
        why=asked.body_as(ReasonAsked).reason,
        now=asked.now,
        seen=asked.seen,
    )
    return done if isinstance(done, Refusal) else _versioned(asked, done)


def _versioned(asked: Asked, shown: GuardrailShown) -> Found:
    return Found(_row(shown), guardrail_version(asked.world.database, asked.tenant, shown.id))


def _row(shown: GuardrailShown) -> GuardrailRow:
    return GuardrailRow(id=shown.id, active=shown.active, fields=dict(shown.document), garbage=shown.garbage)


def _quotas(asked: Asked) -> Found | Refusal:
    found = quota_status(asked.world.database, asked.tenant, None, by=asked.by, now=asked.now)
    return found if isinstance(found, Refusal) else Found(Quotas(items=tuple(map(_quota_row, found))))


def _quota(asked: Asked) -> Found | Refusal:
    place = _place(asked)
    if isinstance(place, Refusal):
        return place
    mailbox, span = place
    found = quota_status(asked.world.database, asked.tenant, mailbox, by=asked.by, now=asked.now)
    if isinstance(found, Refusal):
        return found
    return _one(next(status for status in found if status.span == span))


def _override(asked: Asked) -> Found | Refusal:
    place, body = _place(asked), asked.body_as(LimitAsked)
    if isinstance(place, Refusal):
        return place
    done = override_quota(
        asked.world.database,
        asked.tenant,
        *place,
        body.limit,
        by=asked.by,
        why=body.reason,
        now=asked.now,
        seen=asked.seen,
    )
    return done if isinstance(done, Refusal) else _one(done)


def _reset(asked: Asked) -> Found | Refusal:
    place = _place(asked)
    if isinstance(place, Refusal):
        return place
    done = clear_override(
        asked.world.database,
        asked.tenant,
        *place,
        by=asked.by,
        why=asked.body_as(ReasonAsked).reason,
        now=asked.now,
        seen=asked.seen,
    )
    return done if isinstance(done, Refusal) else _one(done)


def _place(asked: Asked) -> tuple[str, Span] | Refusal:
    """The mailbox's address and the span that the path names."""
    settings = asked.world.database.get(f"tenants/{asked.tenant}", Tenant)
    addresses = {mailbox_id(address): address for address in settings.senders} if settings else {}
    address, span = addresses.get(asked.path["mailbox_id"]), asked.path["span"]
    if address is None or span not in SPANS:
        return Missing("there is no such quota", "list the quotas to see which there are")
    return address, span


def _one(status: QuotaStatus) -> Found:
    return Found(_quota_row(status), status.version)


def _quota_row(status: QuotaStatus) -> QuotaRow:
    quota = status.quota
    return QuotaRow(
        mailbox_id=mailbox_id(status.mailbox),
        span=status.span,
        period=quota.period.name,
        limit=quota.limit,
        overridden=quota.overridden,
        used=quota.used,
        reserved=quota.reserved,
        by_hand=quota.by_hand,
        remaining=quota.remaining,
        resets_at=status.resets_at,
        garbage=quota.garbage,
    )


ROUTES = (
    ApiRoute("GET", "/v1/guardrails", Role.VIEWER, "guardrails", "Every guardrail.", _guardrails, Guardrails),
    ApiRoute(
        "GET", "/v1/guardrails/{guardrail_id}", Role.VIEWER, "guardrails", "One guardrail.", _guardrail, GuardrailRow
    ),
    ApiRoute(
        "POST", "/v1/guardrails", Role.ADMIN, "guardrails", "Add a rule that every contact must pass.",
        _create, GuardrailRow, body=GuardrailAsked, changes=True, status=201,
    ),
    ApiRoute(
        "POST", "/v1/guardrails/{guardrail_id}/deactivate", Role.ADMIN, "guardrails",
        "Let a rule hold no longer.", _deactivate, GuardrailRow, body=ReasonAsked, changes=True, guarded=True,
    ),
    ApiRoute("GET", "/v1/quotas", Role.VIEWER, "quotas", "Day and week of each mailbox.", _quotas, Quotas),
    ApiRoute(
        "GET", "/v1/quotas/{mailbox_id}/{span}", Role.VIEWER, "quotas", "This day or week of a mailbox.",
        _quota, QuotaRow,
    ),
    ApiRoute(
        "PUT", "/v1/quotas/{mailbox_id}/{span}", Role.ADMIN, "quotas",
        "Another limit for this day or week.", _override, QuotaRow, body=LimitAsked, changes=True, guarded=True,
    ),
    ApiRoute(
        "POST", "/v1/quotas/{mailbox_id}/{span}/reset", Role.ADMIN, "quotas",
        "Let the setting hold again.", _reset, QuotaRow, body=ReasonAsked, changes=True, guarded=True,
    ),
)  # fmt: skip
