"""Our own documents, as a stage reads them and as a claim is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.jobs.claim import Claimed, Refused
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.rules import Suppression
from shared.jobs.thread import FollowedThread


class Drafts(Protocol):
    """The drafts of a tenant."""

    def get(self, draft_id: str) -> Draft:
        """Errors: Permanent when there is none."""
        ...


class Claims(Protocol):
    """The one way to a send: a transaction that judges everything and reserves the quota (P2 to P5, P9)."""

    def claim(self, draft: Draft) -> Claimed | Refused:
        """Claim an approved draft, or one that is SENDING anew, under the quota that it holds.

        Errors: Unclear when it is not known whether the claim was committed.
        """
        ...

    def interrupted(self, draft: Draft) -> tuple[str, ...]:
        """Why the claimed draft may no longer be sent: kill switch, mode, or a newer claim; empty when it may."""
        ...


class Contacts(Protocol):
    """The contacts of a tenant."""

    def get(self, contact_id: str) -> Contact | None: ...


class Suppressions(Protocol):
    """Who must not be mailed, by the keyed hash of their address."""

    def get(self, contact_id: str) -> Suppression | None: ...


class Companies(Protocol):
    """The companies of which we keep something, by CRM id."""

    def get(self, company_id: str) -> CompanyRecord | None: ...


class Threads(Protocol):
    """The threads that we follow."""

    def get(self, mailbox: str, thread_id: str) -> FollowedThread | None: ...


class Jobs(Protocol):
    """The jobs of a tenant."""

    def get(self, job_id: str) -> Job | None: ...


@dataclass(frozen=True)
class ContactTouched:
    """A vendor said that something happened to a contact, and not what: it only triggers a poll."""

    portal_id: str
    address: str | None = None
