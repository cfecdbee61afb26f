"""People: what is kept of them, what happened with them, whether they may be mailed, and erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from shared.errors import Failure
from shared.jobs.contact import Answering
from shared.jobs.erasure import Erasure, ErasureState, ErasureStep
from shared.jobs.job import Kind
from shared.jobs.rules import SuppressionReason
from shared.jobs.tenant import Tenant
from shared.operators.check_contact import check_contact
from shared.operators.contacts import contact_history, show_contact
from shared.operators.erasure import begin_erasure, list_erasures, show_erasure
from shared.operators.lookup import find_person
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Role
from shared.runtime.api.paging import Listed, Paged, cursor_of
from shared.runtime.api.resources.companies import CompanyShown
from shared.runtime.api.routes import Address, ApiRoute, Asked, Found, Given, Line, Shown
from shared.runtime.logs import log
from shared.runtime.wire.crm import crm_of
from shared.runtime.wire.secrets import address_key_of


class MailedShown(Shown):
    """A mail that went out to them."""

    at: datetime
    draft_id: str
    answering: Answering


class ContactShown(Shown):
    """A person as we keep them."""

    id: str
    address: str
    name: str
    crm_id: str | None
    company_crm_id: str | None
    open_draft: str | None
    last_mailed_at: datetime | None
    recent_mails: tuple[MailedShown, ...]
    last_wrote_at: datetime | None
    away_until: datetime | None
    created_at: datetime
    updated_at: datetime


class EntryShown(Shown):
    """Their suppression, also one that has ended; without `expire_at` it never ends."""

    reason: SuppressionReason
    actor: str
    created_at: datetime
    expire_at: datetime | None


class NextTouchShown(Shown):
    """The earliest moment for a mail of one sort; `at` null: not until somebody lifts what `reasons` name."""

    answering: Answering
    at: datetime | None
    reasons: tuple[str, ...]


class StandingShown(Shown):
    """All that is kept of a person; `contact` null: nothing but their suppression.

    `next_touch` goes by suppression, pause, absence and how often they are mailed; approval, working hours, quotas,
    guardrails and flags are judged when a mail is sent.
    """

    id: str
    contact: ContactShown | None
    suppression: EntryShown | None
    suppressed: bool
    company: CompanyShown | None
    company_paused: bool
    next_touch: tuple[NextTouchShown, ...]


class ShowAsked(Given):
    """A person by their address."""

    address: Address


class HappenedShown(Shown):
    """A job as it is now, or a decision or change; `before` and `after` are states, never words of a mail."""

    what: Literal["job", "audit"]
    at: datetime
    id: str
    kind: str
    job_id: str
    draft_id: str
    actor: str
    before: str
    after: str
    reason: str


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


def _by_address(asked: Asked) -> Found | Refusal:
    return _standing(asked, address_key_of(asked.world, asked.body_as(ShowAsked).address))


def _contact(asked: Asked) -> Found | Refusal:
    return _standing(asked, asked.path["contact_id"])


def _standing(asked: Asked, key: str) -> Found | Refusal:
    found = show_contact(asked.world.database, asked.tenant, key, by=asked.by, now=asked.now)
    return found if isinstance(found, Refusal) else Found(StandingShown.model_validate(found))


def _history(asked: Asked) -> Found | Refusal:
    query = asked.query_as(Paged)
    found = contact_history(
        asked.world.database,
        asked.tenant,
        asked.path["contact_id"],
        by=asked.by,
        after=query.after,
        limit=query.limit,
    )
    if isinstance(found, Refusal):
        return found
    items = tuple(HappenedShown.model_validate(one) for one in found.items)
    return Found(Listed[HappenedShown](items=items, unreadable=found.unreadable, next=cursor_of(found.next)))


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
    ApiRoute(
        "POST", "/v1/contacts/show", Role.VIEWER, "contacts", "One person, by their address.",
        _by_address, StandingShown, body=ShowAsked,
    ),
    ApiRoute(
        "GET", "/v1/contacts/{contact_id}", Role.VIEWER, "contacts",
        "One person, and when they may next be mailed.", _contact, StandingShown,
    ),
    ApiRoute(
        "GET", "/v1/contacts/{contact_id}/history", Role.VIEWER, "contacts",
        "Their jobs, decisions and changes.", _history, Listed[HappenedShown], Paged,
    ),
    ApiRoute(
        "POST", "/v1/contacts/check", Role.VIEWER, "contacts", "Whether a person may be mailed now, and why not.",
        _check, CheckShown, body=CheckAsked,
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
