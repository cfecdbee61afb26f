"""One person as we keep them: their standing, when they may next be mailed, and what happened with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.jobs.audit import AuditEntry
from shared.jobs.company import CompanyRecord, company_path
from shared.jobs.contact import Contact
from shared.jobs.job import Job
from shared.jobs.rules import Suppression
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.policy.next_touch import NextTouch, next_touch
from shared.policy.suppression import is_suppressed
from shared.store.audit import newest_entries
from shared.store.database import Database
from shared.store.newest import MOST, Page, Place, newest

_NOTHING = Missing("nothing is kept of this person", "a contact's id is that of its jobs and drafts")
_NEXT = timedelta(microseconds=1)
"""Firestore keeps times to the microsecond."""


@dataclass(frozen=True)
class ContactStanding:
    """What is kept of a person; `contact` None: nothing but their suppression."""

    id: str
    contact: Contact | None
    suppression: Suppression | None
    """Also one that has ended."""
    suppressed: bool
    company: CompanyRecord | None
    """What is kept of their company, where it was ever paused."""
    company_paused: bool
    next_touch: tuple[NextTouch, ...]


@dataclass(frozen=True)
class Happened:
    """One job as it is now, or one entry of the audit; identifiers only, never an address."""

    what: Literal["job", "audit"]
    at: datetime
    """When the job last moved; when it was decided or changed."""
    id: str
    kind: str
    """The job's playbook, or the sort of entry."""
    job_id: str
    draft_id: str
    actor: str
    before: str
    after: str
    """The job's status and stage, or what it was changed to."""
    reason: str


@dataclass(frozen=True)
class History:
    """One page, newest first, and the paths of documents that do not fit their type."""

    items: tuple[Happened, ...]
    unreadable: tuple[str, ...] = ()
    next: Place | None = None


def show_contact(
    database: Database, tenant: str, key: str, *, by: Operator, now: datetime
) -> ContactStanding | Refusal:
    """A person by the keyed hash of their address, which is a contact's id. Errors: Unreachable, Permanent."""
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    contact = database.get(f"tenants/{tenant}/contacts/{key}", Contact)
    if contact is not None and contact.expire_at is not None and contact.expire_at <= now:
        contact = None
    suppression = database.get(f"tenants/{tenant}/suppressions/{key}", Suppression)
    if contact is None and suppression is None:
        return _NOTHING
    company: CompanyRecord | None = None
    if contact is not None and contact.company_crm_id:
        company = database.get(company_path(tenant, contact.company_crm_id), CompanyRecord)
    return ContactStanding(
        id=key,
        contact=contact,
        suppression=suppression,
        suppressed=is_suppressed(suppression, now),
        company=company,
        company_paused=company is not None and company.is_paused(now),
        next_touch=next_touch(contact, suppression, company, now),
    )


def contact_history(
    database: Database,
    tenant: str,
    key: str,
    *,
    by: Operator,
    after: Place | None = None,
    limit: int = 20,
) -> History | Refusal:
    """Jobs and audit of a person together, newest first, at most `limit`, following the place `after`.

    Errors: Unreachable.
    """
    denied = refuses(by, Role.VIEWER)
    if denied is not None:
        return denied
    what, id_ = "", ""
    if after is not None:
        what, _, id_ = after.id.partition(".")
        if what not in _READS or not id_.strip("."):
            return Refusal("the place is none of a history", "begin with the first page")
    most = max(1, min(limit, MOST))
    found: list[Happened] = []
    unreadable: list[str] = []
    ends: list[tuple[datetime, bool, str]] = []
    for name, read in _READS.items():
        page = read(database, tenant, key, most, **_from(name, what, id_, after))
        found += [_happened(one) for one in page.items]
        unreadable += page.unreadable
        if page.next is not None:
            ends.append((page.next.at, name == "audit", page.next.id))
    if after is None and not found and not unreadable and not ends:
        return _NOTHING
    # What lies beyond the end of either page may have older company that was not read yet.
    seen_to = max(ends, default=None)
    ready = sorted(
        (one for one in found if seen_to is None or _order(one) >= seen_to), key=_order, reverse=True
    )
    items = tuple(ready[:most])
    more = len(ready) > most or seen_to is not None
    last = (_order(items[-1]) if len(ready) > most else seen_to) if more else None
    next_ = Place(last[0], f"{'audit' if last[1] else 'job'}.{last[2]}") if last is not None else None
    return History(items, tuple(unreadable), next_)


def _order(one: Happened) -> tuple[datetime, bool, str]:
    """Newest first; of one moment the audit comes first."""
    return one.at, one.what == "audit", one.id


def _from(name: str, what: str, id_: str, after: Place | None) -> dict[str, Any]:
    """Where the reading of jobs, or of the audit, goes on after a place in both."""
    if after is None:
        return {}
    if name == what:
        return {"after": Place(after.at, id_)}
    # Of the place's own moment, all of the audit was shown before a job, and no job before the audit.
    return {"until": after.at if name == "audit" else after.at + _NEXT}


def _jobs(database: Database, tenant: str, key: str, limit: int, **place: Any) -> Page[Any]:
    equal = {"contact_id": key}
    return newest(database, f"tenants/{tenant}/jobs", Job, by="updated_at", equal=equal, limit=limit, **place)


def _entries(database: Database, tenant: str, key: str, limit: int, **place: Any) -> Page[Any]:
    return newest_entries(database, tenant, equal={"contact_id": key}, limit=limit, **place)


_READS: dict[str, Callable[..., Page[Any]]] = {"job": _jobs, "audit": _entries}


def _happened(one: Job | AuditEntry) -> Happened:
    if isinstance(one, AuditEntry):
        return Happened(
            what="audit",
            at=one.at,
            id=one.id,
            kind=one.kind,
            job_id=one.job_id,
            draft_id=one.draft_id,
            actor=one.actor,
            before=one.before,
            after=one.after,
            reason=one.reason,
        )
    return Happened(
        what="job",
        at=one.updated_at,
        id=one.id,
        kind=one.kind,
        job_id=one.id,
        draft_id=one.draft_id or "",
        actor="",
        before="",
        after=f"{one.status} at {one.stage}",
        reason="",
    )
