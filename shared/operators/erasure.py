"""Erasing a person: stopped first, then deleted wherever they stand, and looked for again (P12).

An erasure is a document that says what is still to do: it is begun in the commit that suppresses the person, and
goes on from where it stands after a crash at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs.audit import PERSON_ERASED, SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.document import Document
from shared.jobs.erasure import CopyKind, Erasure, ErasureState, ErasureStep, VendorCopy, erasure_path
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy.suppression import is_erased, is_suppressed, new_suppression, renewed
from shared.store.audit import one_chain
from shared.store.database import Changed, Database
from shared.store.erasing import all_erasures

SETTLES = timedelta(minutes=15)
"""Longer than any function runs: what was under way when the person was stopped is over then."""

REPLAYED = "replayed after a restore"


@dataclass(frozen=True)
class LetIn:
    """That an admin let a person in again after their erasure, as the audit says it."""

    actor: str
    at: datetime | None


def begin_erasure(
    database: Database,
    tenant: str,
    key: str,
    *,
    by: Operator,
    why: str,
    crm: bool = False,
    crm_id: str | None = None,
    now: datetime,
) -> Erasure | Refusal:
    """Suppress the person for good, and write down that they are to be erased: one commit, before anything is deleted.

    `key` is the keyed hash of their address, `crm_id` their record in the CRM where it is known. An erasure that
    was done begins anew. Errors: Unreachable.
    """
    refused = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if refused is not None:
        return refused
    known = database.get(erasure_path(tenant, key), Erasure)
    begun = _begun(known, tenant, key, by, why, crm, now)
    if begun.crm and crm_id is not None:
        begun = begun.but(copies=with_copy(begun.copies, VendorCopy(kind=CopyKind.CRM_CONTACT, id=crm_id)))
    entry = AuditEntry.of(
        tenant=tenant,
        kind=PERSON_ERASED,
        subject=key,
        actor=by.name,
        reason=why,
        before=known.state.value if known is not None else "kept",
        after=begun.state.value,
        at=now,
        contact_id=key,
    )
    try:
        database.commit([begun, entry, *_suppressed(database, tenant, key, by.name, why, now)])
    except Changed:
        return Clash("somebody else changed what is kept of this person at this moment", "try again")
    return database.get(begun.path, Erasure) or begun


def show_erasure(database: Database, tenant: str, key: str) -> Erasure | None:
    """The erasure of a person, by the keyed hash of their address. Errors: Unreachable."""
    return database.get(erasure_path(tenant, key), Erasure)


def list_erasures(database: Database, tenant: str) -> Iterator[Erasure]:
    """Every erasure of a tenant: who has to be erased again after a restore. Errors: Unreachable."""
    return all_erasures(database, tenant)


def let_in_again(database: Database, erasure: Erasure) -> LetIn | None:
    """Whether a person is no longer to be erased: an admin let them in after it; None also when nothing says so.

    A suppression that is missing says nothing: a backup may know the erasure and not it. Errors: Unreachable.
    """
    if is_erased(database.get(f"tenants/{erasure.tenant}/suppressions/{erasure.id}", Suppression)):
        return None
    let_in: LetIn | None = None
    for entry in one_chain(database, erasure.tenant, erasure.id).entries:
        said = entry.fields
        if said.get("kind") != SUPPRESSION_CHANGED:
            continue
        # The last word counts: whoever was let in may have been erased once more.
        if said.get("after") == SuppressionReason.ERASED:
            let_in = None
        elif said.get("before") == SuppressionReason.ERASED:
            at = said.get("at")
            let_in = LetIn(str(said.get("actor")), at if isinstance(at, datetime) else None)
    return let_in


def with_copy(copies: tuple[VendorCopy, ...], *more: VendorCopy) -> tuple[VendorCopy, ...]:
    """What is to be deleted at vendors, each once."""
    return tuple(dict.fromkeys((*copies, *more)))


def _begun(
    known: Erasure | None, tenant: str, key: str, by: Operator, why: str, crm: bool, now: datetime
) -> Erasure:
    if known is None:
        return Erasure(
            id=key,
            tenant=tenant,
            actor=by.name,
            why=why,
            crm=crm,
            begun_at=now,
            settle_at=now + SETTLES,
            next_at=now + SETTLES,
        )
    return known.but(
        state=ErasureState.BEGUN,
        actor=by.name,
        why=why,
        crm=crm or known.crm,
        begun_at=now if known.state is ErasureState.DONE else known.begun_at,
        settle_at=now + SETTLES,
        next_at=now + SETTLES,
        step=ErasureStep.CANCEL,
        place="",
        done_at=None,
    )


def _suppressed(
    database: Database, tenant: str, key: str, actor: str, why: str, now: datetime
) -> list[Document]:
    """The suppression that nothing ends by itself, with its audit entry; nothing where it holds already."""
    reason = SuppressionReason.ERASED
    known = database.get(f"tenants/{tenant}/suppressions/{key}", Suppression)
    held = known is not None and is_suppressed(known, now)
    if known is None or not held:
        fresh = new_suppression(tenant=tenant, id=key, reason=reason, actor=actor, now=now)
        entry = fresh if known is None else fresh.read_at(known.version)
    else:
        entry = renewed(known, reason=reason, actor=actor, now=now)
    if entry is known:
        return []
    changed = AuditEntry.of(
        tenant=tenant,
        kind=SUPPRESSION_CHANGED,
        subject=key,
        actor=actor,
        reason=why,
        before=known.reason.value if known is not None and held else "not suppressed",
        after=entry.reason.value,
        at=now,
        contact_id=key,
    )
    return [entry, changed]
