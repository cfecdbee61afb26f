"""Who is never mailed: an operator adds, looks up and takes back, each change with its reason (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from shared.errors import Permanent
from shared.jobs import moves
from shared.jobs.announcement import TOPIC, Announcement
from shared.jobs.audit import BY_RULE, SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.company import CompanyRecord, company_path
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.moves import Routing
from shared.jobs.playbooks import WITHDRAW_FROM
from shared.jobs.rules import Suppression, SuppressionReason
from shared.jobs.stored_answer import StoredAnswer, having_made
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy import stopping
from shared.policy.ending import rests
from shared.policy.suppression import NEVER_EXPIRES, is_suppressed, new_suppression, renewed
from shared.store.database import Changed, Database

_PAUSES = {
    SuppressionReason.OPT_OUT: "somebody of it opted out",
    SuppressionReason.COMPLAINT: "somebody of it complained",
    SuppressionReason.BOUNCED: "a mail to somebody of it came back for good",
}
_SWITCH = TypeAdapter(bool)
_TRIES = 5
"""Stages write the person's draft and job: a stop is not lost to them."""
_MET = Clash("the suppression was changed by somebody else at this moment", "look at it, and try again")


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
    announcement: Announcement | None = None
    left: str = ""
    """Why their open draft could not be taken back, where that is so: its documents must be mended."""


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
    by: Operator,
    why: str,
    now: datetime,
    routing: Routing,
) -> Suppressed | Refusal:
    """Suppress a person from now on, and take their open draft back, as `suppress` does. Errors: Unreachable."""
    refusal = refuses(by, Role.APPROVER) or refused_words("the reason", why)
    if refusal is not None:
        return refusal
    if reason is SuppressionReason.ERASED:
        return Refusal(
            "ERASED is what an erasure leaves, and erases nothing itself", "use `whisper erase EMAIL`"
        )
    for _ in range(_TRIES):
        done = suppress(
            database, tenant, key, reason=reason, actor=by.name, why=why, now=now, routing=routing
        )
        if isinstance(done, Suppressed):
            return done
    return _MET


def suppress(
    database: Database,
    tenant: str,
    key: str,
    *,
    reason: SuppressionReason,
    actor: str,
    why: str,
    now: datetime,
    routing: Routing,
    announce: str = "",
    trace_id: str = "",
) -> Suppressed | Refusal:
    """Suppress a person from now on, and take their open draft back out of the mailbox; by their own word too.

    A weaker reason never takes the place of a stronger one. `Suppressed.withdraws` is the job whose next step
    deletes the draft; to enqueue it is the caller's, and so is to publish the announcement, which is made
    under the type `announce` where the entry changes. Errors: Unreachable.
    """
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
    told = _announcement(entry, announce, trace_id, now) if announce and entry is not known else None
    left = ""
    try:
        withdrawn, job = _withdrawn(database, tenant, key, f"suppressed: {entry.reason}", routing, now)
    except Permanent as error:
        # A document that cannot be read keeps nobody from being suppressed: no claim commits for them then.
        withdrawn, job, left = [], None, error.reason
    writes += [*withdrawn, *([told] if told else [])]
    if entry is not known and reason in _PAUSES:
        writes += _company_paused(database, tenant, key, _PAUSES[reason], now)
    if not writes:
        return Suppressed(entry, changed=False, left=left)
    try:
        database.commit(writes)
    except Changed:
        return _MET
    return Suppressed(entry, changed=entry is not known, withdraws=job, announcement=told, left=left)


def _company_paused(database: Database, tenant: str, key: str, why: str, now: datetime) -> list[Document]:
    """The pause of the person's company, where the settings want one; what cannot be read pauses nobody."""
    settings = database.raw_many([f"tenants/{tenant}"])[0] or {}
    try:
        # By itself, for other settings may be garbage; and as the settings' own reader takes it, a "true" for one.
        if not _SWITCH.validate_python(settings.get("pause_company_on_reply", False)):
            return []
        contact = database.get(f"tenants/{tenant}/contacts/{key}", Contact)
        if contact is None or not contact.company_crm_id:
            return []
        company_id = contact.company_crm_id
        company = database.get(company_path(tenant, company_id), CompanyRecord)
    except (Permanent, ValidationError):
        return []
    return stopping.company_paused(
        company, tenant=tenant, company_id=company_id, why=why, actor=BY_RULE, now=now, contact_id=key
    )


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
    if owner is None or not rests(owner, now) or draft.gmail_draft_id is None:
        return stopping.taken_back(contact, draft, owner, why=why, now=now), None
    job = moves.led_to(owner, WITHDRAW_FROM, routing, now, withdrawn=(draft.id,), draft_id=draft.id)
    return [*stopping.taken_back(contact, draft, None, why=why, now=now), job], job


def remove_suppression(
    database: Database,
    tenant: str,
    key: str,
    *,
    by: Operator,
    why: str,
    force: bool,
    now: datetime,
    under: StoredAnswer | None = None,
) -> Suppression | Refusal:
    """End a person's suppression now, and return what it was.

    An opt-out and a complaint are the person's own word: they end only by `force`, with the reason in `why`.
    `under` is the record of the request: it says from the same commit on that this was done. Errors: Unreachable.
    """
    refused = refuses(by, Role.ADMIN)
    if refused is not None:
        return refused
    known = database.get(_path(tenant, key), Suppression)
    if known is None or not is_suppressed(known, now):
        return Missing("this person is not suppressed", "nothing has to be removed")
    if known.reason in NEVER_EXPIRES and not force:
        return Refusal(
            f"{known.reason} is the person's own word, and only the person can take it back",
            "when they did, force it and say how they told us",
        )
    refusal = refused_words("the reason", why)
    if refusal is not None:
        return refusal
    # The entry stays until its time to live ends, so that it is written against the version that was judged.
    ended = known.but(reason=SuppressionReason.MANUAL, actor=by.name, expire_at=now)
    audit = _audit(known, _told(known, now), _told(ended, now), by.name, why, now)
    try:
        database.commit([ended, audit, *having_made(under, key)])
    except Changed:
        return _MET
    return known


def _path(tenant: str, key: str) -> str:
    return f"tenants/{tenant}/suppressions/{key}"


def _announcement(entry: Suppression, kind: str, trace_id: str, now: datetime) -> Announcement:
    return Announcement(
        id=f"{entry.id}-{kind}-{now:%Y%m%dT%H%M%S.%fZ}",
        tenant=entry.tenant,
        topic=TOPIC,
        type=kind,
        job_id="",
        contact_id=entry.id,
        trace_id=trace_id,
        at=now,
    )


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
