"""Companies: who of them we know, and those at which nobody is mailed for a time, each with its reason (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.jobs.company import CompanyRecord, company_path
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Forbidden, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.operators.versions import stale
from shared.pattern import Pattern
from shared.policy import stopping
from shared.store.collections import contacts_of_company
from shared.store.counting import how_many
from shared.store.database import Changed, Database, typed

_ID = Pattern(r"[A-Za-z0-9_-]{1,64}")
_MET = Clash("somebody else changed it at this moment", "look at it, and try again")

MOST_CONTACTS = 100
_TRIES = 5
"""Answers pause companies too, and the audit is written by others: a stop is not lost to them."""


@dataclass(frozen=True)
class CompanyStanding:
    """What is kept of a company: its pause, and who of it we know.

    `record` None: it was never paused. `contacts` counts also who expired within the last day; `contact_ids` are
    the first MOST_CONTACTS in the order of ids.
    """

    id: str
    record: CompanyRecord | None
    paused: bool
    contacts: int
    contact_ids: tuple[str, ...]


def show_company(
    database: Database, tenant: str, company_id: str, *, by: Operator, now: datetime
) -> CompanyStanding | Refusal:
    """A company by its id in the CRM. Errors: Unreachable, Permanent."""
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    record = find_company_record(database, tenant, company_id)
    known = _ID.fullmatch(company_id) is not None
    count = how_many(database, f"tenants/{tenant}/contacts", "company_crm_id", company_id) if known else 0
    if record is None and not count:
        return Missing("nothing is kept of this company", "it is not paused, and we know nobody of it")
    return CompanyStanding(
        id=company_id,
        record=record,
        paused=record is not None and record.is_paused(now),
        contacts=count,
        contact_ids=contacts_of_company(database, tenant, company_id, MOST_CONTACTS) if count else (),
    )


def pause_company(
    database: Database,
    tenant: str,
    company_id: str,
    *,
    until: datetime | None,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None = None,
) -> CompanyRecord | Refusal:
    """Mail nobody of a company, by its CRM id, until a time, or until it is resumed; only an admin shortens a pause.

    Errors: Unreachable.
    """
    denied = refuses(by, Role.APPROVER) or refused_words("the reason", why)
    if denied is not None:
        return denied
    if not _ID.fullmatch(company_id):
        return Refusal("it is no id of a company in the CRM", "copy it from the company's page")
    if until is not None and (until.tzinfo is None or until <= now):
        return Refusal("the end of the pause is not in the future", "say a time to come, with its time zone")
    for _ in range(_TRIES):
        known = database.get(company_path(tenant, company_id), CompanyRecord)
        outdated = stale(known.version if known is not None else None, seen)
        if outdated is not None:
            return outdated
        shortened = _shortened(known, until, now) if known is not None else None
        if shortened is not None and not by.role.covers(Role.ADMIN):
            return shortened
        writes = stopping.company_paused(
            known, tenant=tenant, company_id=company_id, why=why, actor=by.name, now=now, until=until
        )
        try:
            database.commit(writes)
        except Changed:
            continue
        return database.get(company_path(tenant, company_id), CompanyRecord) or _MET
    return _MET


def _shortened(known: CompanyRecord, until: datetime | None, now: datetime) -> Forbidden | None:
    """Why only an admin lets the pause that holds end then; None where it does not end sooner."""
    if until is None or not known.is_paused(now):
        return None
    if known.paused_until is not None and until >= known.paused_until:
        return None
    held = "it is resumed" if known.paused_until is None else known.paused_until.isoformat()
    # A pause that ends sooner is the company resumed by another name.
    return Forbidden(
        f"the company is paused until {held}, and {until.isoformat()} is sooner: that needs the role {Role.ADMIN}",
        "an admin resumes it, or name a later end",
    )


def resume_company(
    database: Database,
    tenant: str,
    company_id: str,
    *,
    by: Operator,
    why: str,
    now: datetime,
    seen: str | None = None,
) -> CompanyRecord | Refusal:
    """Let its people be mailed again, and return the record as it is now. Errors: Unreachable."""
    denied = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    known = (
        database.get(company_path(tenant, company_id), CompanyRecord) if _ID.fullmatch(company_id) else None
    )
    if known is None or not known.is_paused(now):
        return Missing("this company is not paused", "nothing has to be done")
    outdated = stale(known.version, seen)
    if outdated is not None:
        return outdated
    resumed = known.but(paused_until=None, pause_reason="", actor=by.name, updated_at=now)
    try:
        database.commit([resumed, stopping.company_told(known, resumed, actor=by.name, reason=why, now=now)])
    except Changed:
        return _MET
    return database.get(company_path(tenant, company_id), CompanyRecord) or _MET


def find_company_record(database: Database, tenant: str, company_id: str) -> CompanyRecord | None:
    """What is kept of a company, paused or not. Errors: Unreachable, Permanent."""
    return (
        database.get(company_path(tenant, company_id), CompanyRecord) if _ID.fullmatch(company_id) else None
    )


def paused_companies(
    database: Database, tenant: str, *, by: Operator, now: datetime
) -> tuple[CompanyRecord, ...] | Refusal:
    """Every company that is paused now, the newest pause first. Errors: Unreachable."""
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    found = typed(database.client.collection(f"tenants/{tenant}/companies"), CompanyRecord)
    paused = [company for company in found if company.is_paused(now)]
    return tuple(sorted(paused, key=lambda company: company.updated_at, reverse=True))
