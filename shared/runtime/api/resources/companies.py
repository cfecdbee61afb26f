"""Companies: who of them we know, and those at which nobody is mailed for a time."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.jobs.company import CompanyRecord
from shared.operators.companies import (
    MOST_CONTACTS,
    pause_company,
    paused_companies,
    resume_company,
    show_company,
)
from shared.operators.refusal import Refusal
from shared.operators.roles import Role
from shared.operators.versions import version_tag
from shared.runtime.api.paging import Moment
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Line, Shown


class CompanyShown(Shown):
    """A company by its CRM id; a pause without `paused_until` lasts until it is resumed."""

    id: str
    paused_until: datetime | None
    pause_reason: str
    actor: str
    updated_at: datetime


class CompanyWhole(Shown):
    """What is kept of a company; `record` null: it was never paused."""

    id: str
    paused: bool
    record: CompanyShown | None
    contacts: int = Field(
        description="Everybody of it whom we know; who expired within a day may be among them."
    )
    contact_ids: tuple[str, ...] = Field(description=f"The first {MOST_CONTACTS} of them.")


class Companies(Shown):
    """Every company that is paused now."""

    items: tuple[CompanyShown, ...]


class PauseAsked(Given):
    """Why nobody of a company is mailed, and until when; without an end until it is resumed."""

    reason: Line
    until: Moment | None = None


class ReasonAsked(Given):
    """Why, for the audit; no addresses."""

    reason: Line


def _companies(asked: Asked) -> Found | Refusal:
    found = paused_companies(asked.world.database, asked.tenant, by=asked.by, now=asked.now)
    if isinstance(found, Refusal):
        return found
    return Found(Companies(items=tuple(CompanyShown.model_validate(one) for one in found)))


def _company(asked: Asked) -> Found | Refusal:
    found = show_company(
        asked.world.database, asked.tenant, asked.path["company_id"], by=asked.by, now=asked.now
    )
    if isinstance(found, Refusal):
        return found
    version = found.record.version if found.record is not None else None
    return Found(CompanyWhole.model_validate(found), version_tag(version))


def _pause(asked: Asked) -> Found | Refusal:
    body = asked.body_as(PauseAsked)
    done = pause_company(
        asked.world.database,
        asked.tenant,
        asked.path["company_id"],
        until=body.until,
        by=asked.by,
        why=body.reason,
        now=asked.now,
    )
    return _shown(done)


def _resume(asked: Asked) -> Found | Refusal:
    done = resume_company(
        asked.world.database,
        asked.tenant,
        asked.path["company_id"],
        by=asked.by,
        why=asked.body_as(ReasonAsked).reason,
        now=asked.now,
        seen=asked.seen,
    )
    return _shown(done)


def _shown(found: CompanyRecord | Refusal) -> Found | Refusal:
    if isinstance(found, Refusal):
        return found
    return Found(CompanyShown.model_validate(found), version_tag(found.version))


ROUTES = (
    ApiRoute("GET", "/v1/companies", Role.VIEWER, "companies", "The companies that are paused.", _companies, Companies),
    ApiRoute(
        "GET", "/v1/companies/{company_id}", Role.VIEWER, "companies", "One company, and who of it we know.",
        _company, CompanyWhole,
    ),
    ApiRoute(
        "POST", "/v1/companies/{company_id}/pause", Role.APPROVER, "companies",
        "Mail nobody of a company; whoever is no admin may only make a pause longer.",
        _pause, CompanyShown, body=PauseAsked, changes=True,
    ),
    ApiRoute(
        "POST", "/v1/companies/{company_id}/resume", Role.ADMIN, "companies", "Let a company be mailed again.",
        _resume, CompanyShown, body=ReasonAsked, changes=True, guarded=True,
    ),
)  # fmt: skip
