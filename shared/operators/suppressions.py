"""Who is never mailed: an operator adds, looks up and takes back, each change with its reason (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.jobs import moves
from shared.jobs.audit import SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.moves import Routing
from shared.jobs.playbooks import WITHDRAW_FROM
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.audit import refused_words
from shared.operators.refusal import Refusal
from shared.policy import stopping
from shared.policy.suppression import NEVER_EXPIRES, is_suppressed, new_suppression, renewed
from shared.store.database import Changed, Database

_MET = Refusal("the suppression was changed by somebody else at this moment", "look at it, and try again")


@dataclass(frozen=True)
class Standing:
    """What is kept about a person: `entry` also when it has ended."""

    entry: Suppression | None
    suppressed: bool


@dataclass(frozen=True)
class Suppressed:
    """The entry that holds now; `changed` is False when it said as much or more before."""

    entry: Suppression
    changed: bool
    withdraws: Job | None = None


def check_suppression(database: Database, tenant: str, key: str, *, now: datetime) -> Standing:
    """Whether a person is suppressed; `key` is the keyed hash of their address. Errors: Unreachable."""
    entry = database.get(_path(tenant, key), Suppression)
    return Standing(entry, is_suppressed(entry, now))


def add_suppression(
    database: Database,
    tenant: str,
    key: str,
    *,
    reason: SuppressionReason,
    actor: str,
    why: str,
    now: datetime,
    routing: Routing,
) -> Suppressed | Refusal:
    """Suppress a person from now on, and take their open draft back out of the mailbox.

    A weaker reason never takes the place of a stronger one. `Suppressed.withdraws` is the job whose next step
    deletes the draft; to enqueue it is the caller's. Errors: Unreachable.
    """
    refusal = refused_words("the reason", why) or refused_words("the actor", actor)
    if refusal is not None:
        return refusal
    known = database.get(_path(tenant, key), Suppression)
    if known is None or not is_suppressed(known, now):
        fresh = new_suppression(tenant=tenant, id=key, reason=reason, actor=actor, now=now)
        entry = fresh if known is None else fresh.read_at(known.version)
    else:
        entry = renewed(known, reason=reason, actor=actor, now=now)
    writes = (
        []
        if entry is known
        else [entry, _audit(entry, _told(known, now), _told(entry, now), actor, why, now)]
    )
    withdrawn, job = _withdrawn(database, tenant, key, f"suppressed: {entry.reason}", routing, now)
    writes += withdrawn
    if not writes:
        return Suppressed(entry, changed=False)
    try:
        database.commit(writes)
    except Changed:
        return _MET
    return Suppressed(entry, changed=entry is not known, withdraws=job)


def _withdrawn(
    database: Database, tenant: str, key: str, why: str, routing: Routing, now: datetime
) -> tuple[list[Document], Job | None]:
    """The end of the person's open draft, and the job that goes on to delete it where it is filed."""
    here = f"tenants/{tenant}"
    contact = database.get(f"{here}/contacts/{key}", Contact)
    draft = (
        database.get(f"{here}/drafts/{contact.open_draft}", Draft) if contact and contact.open_draft else None
    )
    if contact is None or draft is None or draft.state not in stopping.TAKEN_BACK:
        return [], None
    owner = database.get(f"{here}/jobs/{draft.job_id}", Job)
    if owner is None or owner.next is not None or owner.is_final or draft.gmail_draft_id is None:
        return stopping.taken_back(contact, draft, owner, why=why, now=now), None
    job = moves.led_to(owner, WITHDRAW_FROM, routing, now, withdrawn=(draft.id,), draft_id=draft.id)
    return [*stopping.taken_back(contact, draft, None, why=why, now=now), job], job


def remove_suppression(
    database: Database, tenant: str, key: str, *, actor: str, why: str, force: bool, now: datetime
) -> Suppression | Refusal:
    """End a person's suppression now, and return what it was.

    An opt-out and a complaint are the person's own word: they end only by `force`, with the reason in `why`.
    Errors: Unreachable.
    """
    known = database.get(_path(tenant, key), Suppression)
    if known is None or not is_suppressed(known, now):
        return Refusal("this person is not suppressed", "nothing has to be removed")
    if known.reason in NEVER_EXPIRES and not force:
        return Refusal(
            f"{known.reason} is the person's own word, and only the person can take it back",
            "when they did, force it and say how they told us",
        )
    refusal = refused_words("the reason", why) or refused_words("the actor", actor)
    if refusal is not None:
        return refusal
    # The entry stays until its time to live ends, so that it is written against the version that was judged.
    ended = known.but(reason=SuppressionReason.MANUAL, actor=actor, expire_at=now)
    audit = _audit(known, _told(known, now), _told(ended, now), actor, why, now)
    try:
        database.commit([ended, audit])
    except Changed:
        return _MET
    return known


def _path(tenant: str, key: str) -> str:
    return f"tenants/{tenant}/suppressions/{key}"


def _told(entry: Suppression | None, now: datetime) -> str:
    return entry.reason.value if entry is not None and is_suppressed(entry, now) else "not suppressed"


def _audit(entry: Suppression, before: str, after: str, actor: str, why: str, now: datetime) -> AuditEntry:
    return AuditEntry.of(
        tenant=entry.tenant,
        kind=SUPPRESSION_CHANGED,
        subject=entry.id,
        actor=actor,
        reason=why,
        before=before,
        after=after,
        at=now,
    )
