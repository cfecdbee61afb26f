"""People and their companies: what is kept of them, whether they may be mailed, pauses, and erasure."""

from __future__ import annotations

from datetime import datetime

from shared.errors import Failure
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.erasure import Erasure, ErasureState, ErasureStep
from shared.jobs.job import Kind
from shared.jobs.tenant import Tenant
from shared.operators.check_contact import check_contact
from shared.operators.companies import find_company_record, pause_company, paused_companies, resume_company
from shared.operators.erasure import begin_erasure, list_erasures, show_erasure
from shared.operators.lookup import find_person
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Role
from shared.operators.versions import version_tag
from shared.runtime.api.paging import Moment
from shared.runtime.api.routes import Address, ApiRoute, Asked, Found, Given, Line, Shown
from shared.runtime.logs import log
from shared.runtime.wire.crm import crm_of
from shared.runtime.wire.secrets import address_key_of


class ContactShown(Shown):
    """A person as we keep them."""

    id: str
    address: str
    name: str
    crm_id: str | None
    company_crm_id: str | None
    open_draft: str | None
    last_mailed_at: datetime | None
    last_wrote_at: datetime | None
    away_until: datetime | None
    created_at: datetime
    updated_at: datetime


class CheckAsked(Given):
    """A person by their address, and the playbook that would write to them."""

    address: Address
    kind: Kind = Kind.FOLLOWUP


class CheckShown(Shown):
    """What speaks against writing to a person now; nothing in any list: they may be mailed."""

    contact_id: str
    may_be_mailed: bool
    suppressed: tuple[str, ...]
    guardrails: tuple[str, ...]
    paused: tuple[str, ...]
    unreadable: tuple[str, ...]
    last_mailed_at: datetime | None


class CompanyShown(Shown):
    """A company by its CRM id; a pause without `paused_until` lasts until it is resumed."""

    id: str
    paused_until: datetime | None
    pause_reason: str
    actor: str
    updated_at: datetime


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


class EraseAsked(Given):
    """Whom to erase, and whether the CRM's own record goes too."""

    address: Address
    reason: Line
    crm: bool = False


class ErasureShown(Shown):
    """How far an erasure is, with how many of each were deleted."""

    id: str
    state: ErasureState
    step: ErasureStep
    crm: bool
    begun_at: datetime
    next_at: datetime | None
    counts: dict[str, int]
    left: tuple[str, ...]
    erased_at: datetime | None
    done_at: datetime | None


class Erasures(Shown):
    """Every erasure of the tenant."""

    items: tuple[ErasureShown, ...]


def _contact(asked: Asked) -> Found | Refusal:
    found = asked.world.database.get(f"tenants/{asked.tenant}/contacts/{asked.path['contact_id']}", Contact)
    if found is None:
        return Missing("there is no such contact", "a contact's id is that of its jobs and drafts")
    return Found(ContactShown.model_validate(found), version_tag(found.version))


def _check(asked: Asked) -> Found | Refusal:
    body, world = asked.body_as(CheckAsked), asked.world
    tenant = world.database.get(f"tenants/{asked.tenant}", Tenant)
    if tenant is None:
        return Missing(f"tenant {asked.tenant} has no settings", "create it with `whisper tenant add`")
    key = address_key_of(world, body.address)
    person = find_person(crm_of(world, asked.tenant, tenant), body.address)
    done = check_contact(
        world.database,
        tenant,
        person,
        key,
        ceiling=world.settings.mode_ceiling.value,
        kind=body.kind,
        by=asked.by,
        now=asked.now,
    )
    if isinstance(done, Refusal):
        return done
    value = CheckShown(
        contact_id=key,
        may_be_mailed=done.may_be_mailed,
        suppressed=done.suppressed,
        guardrails=done.guardrails,
        paused=done.paused,
        unreadable=done.unreadable,
        last_mailed_at=done.last_mailed_at,
    )
    return Found(value)


def _companies(asked: Asked) -> Found | Refusal:
    found = paused_companies(asked.world.database, asked.tenant, by=asked.by, now=asked.now)
    if isinstance(found, Refusal):
        return found
    return Found(Companies(items=tuple(CompanyShown.model_validate(one) for one in found)))


def _company(asked: Asked) -> Found | Refusal:
    found = find_company_record(asked.world.database, asked.tenant, asked.path["company_id"])
    return _shown(found or Missing("nothing is kept of this company", "it is not paused"))


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


def _erase(asked: Asked) -> Found | Refusal:
    body, world = asked.body_as(EraseAsked), asked.world
    key = address_key_of(world, body.address)
    # They are suppressed before anybody is asked anything: the CRM may be slow, or down.
    done = _begun(asked, key, body, None)
    if not isinstance(done, Refusal) and body.crm:
        try:
            known = crm_of(world, asked.tenant).find_contact(body.address)
        except Failure as error:
            log("erasure_not_looked_up", "WARNING", tenant=asked.tenant, reason=error.reason)
            return Refusal(
                "they are suppressed and are being erased here, but the CRM did not say who they are there",
                "ask for it again, with crm",
            )
        done = _begun(asked, key, body, known.id) if known is not None else done
    return done if isinstance(done, Refusal) else Found(ErasureShown.model_validate(done))


def _begun(asked: Asked, key: str, body: EraseAsked, crm_id: str | None) -> Erasure | Refusal:
    return begin_erasure(
        asked.world.database,
        asked.tenant,
        key,
        by=asked.by,
        why=body.reason,
        crm=body.crm,
        crm_id=crm_id,
        now=asked.now,
    )


def _erasures(asked: Asked) -> Found:
    found = list_erasures(asked.world.database, asked.tenant)
    return Found(Erasures(items=tuple(ErasureShown.model_validate(one) for one in found)))


def _erasure(asked: Asked) -> Found | Refusal:
    found = show_erasure(asked.world.database, asked.tenant, asked.path["contact_id"])
    if found is None:
        return Missing("there is no such erasure", "list the erasures to see which there are")
    return Found(ErasureShown.model_validate(found))


ROUTES = (
    ApiRoute("GET", "/v1/contacts/{contact_id}", Role.VIEWER, "contacts", "One person.", _contact, ContactShown),
    ApiRoute(
        "POST", "/v1/contacts/check", Role.VIEWER, "contacts", "Whether a person may be mailed now, and why not.",
        _check, CheckShown, body=CheckAsked,
    ),
    ApiRoute("GET", "/v1/companies", Role.VIEWER, "companies", "The companies that are paused.", _companies, Companies),
    ApiRoute("GET", "/v1/companies/{company_id}", Role.VIEWER, "companies", "One company.", _company, CompanyShown),
    ApiRoute(
        "POST", "/v1/companies/{company_id}/pause", Role.APPROVER, "companies", "Mail nobody of a company.",
        _pause, CompanyShown, body=PauseAsked, changes=True,
    ),
    ApiRoute(
        "POST", "/v1/companies/{company_id}/resume", Role.ADMIN, "companies", "Let a company be mailed again.",
        _resume, CompanyShown, body=ReasonAsked, changes=True, guarded=True,
    ),
    ApiRoute("GET", "/v1/erasures", Role.ADMIN, "erasures", "Every erasure.", _erasures, Erasures),
    ApiRoute(
        "GET", "/v1/erasures/{contact_id}", Role.ADMIN, "erasures", "How far it is.", _erasure, ErasureShown
    ),
    ApiRoute(
        "POST", "/v1/erasures", Role.ADMIN, "erasures",
        "Suppress a person for good, and erase them: it goes on by itself.", _erase, ErasureShown,
        body=EraseAsked, changes=True, status=202,
    ),
)  # fmt: skip
