"""Who is never mailed: an operator adds, looks up and takes back, each change with its reason (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.jobs.audit import SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.audit import refused_words
from shared.operators.refusal import Refusal
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
) -> Suppressed | Refusal:
    """Suppress a person from now on; a weaker reason never takes the place of a stronger one.

    Errors: Unreachable.
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
    if entry is known:
        return Suppressed(entry, changed=False)
    audit = _audit(entry, _told(known, now), _told(entry, now), actor, why, now)
    try:
        database.commit([entry, audit])
    except Changed:
        return _MET
    return Suppressed(entry, changed=True)


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
