"""The collections of a tenant: settings, jobs, drafts, contacts, guardrails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.cloud.firestore import FieldFilter

from shared.errors import Permanent, Retryable
from shared.jobs.company import CompanyRecord, company_path
from shared.jobs.contact import Contact
from shared.jobs.draft import Draft
from shared.jobs.job import Job
from shared.jobs.rules import Suppression
from shared.jobs.tenant import Tenant
from shared.jobs.thread import FollowedThread, followed_id
from shared.store.database import READ_TIMEOUT_S, UNREACHABLE, Database, Unreachable, typed

MENDED_S = 300.0
"""How soon settings that could not be read are looked at again."""


def all_tenants(database: Database, *, passed_by: list[str]) -> Iterator[Tenant]:
    """Every tenant; the path of one whose settings do not fit their type is added to `passed_by`."""
    yield from typed(database.client.collection("tenants"), Tenant, passed_by=passed_by)


def tenants_with_documents(database: Database) -> list[str]:
    """The ids of tenants that have settings, or anything else below where settings were. Errors: Unreachable."""
    try:
        listed = database.client.collection("tenants").list_documents(timeout=READ_TIMEOUT_S)
        return sorted(str(each.id) for each in listed)
    except UNREACHABLE as error:
        raise Unreachable(type(error).__name__) from error


class StoredTenants:
    """The settings of tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, tenant_id: str) -> Tenant:
        """Errors: Retryable when there is none or its settings do not fit: they will be mended, and the lead waits."""
        try:
            tenant = self._database.get(f"tenants/{tenant_id}", Tenant)
        except Permanent as error:
            raise Retryable(
                f"settings of tenant {tenant_id}: {error.reason}", retry_after_s=MENDED_S
            ) from None
        if tenant is None:
            reason = f"tenant {tenant_id} has no settings; create it with `whisper tenant add`"
            raise Retryable(reason, retry_after_s=MENDED_S)
        return tenant


class StoredDrafts:
    """The drafts of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def get(self, draft_id: str) -> Draft:
        draft = self._database.get(f"tenants/{self._tenant}/drafts/{draft_id}", Draft)
        if draft is None:
            raise Permanent(f"draft {draft_id} is gone")
        return draft


class StoredContacts:
    """The contacts of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def get(self, contact_id: str) -> Contact | None:
        return self._database.get(f"tenants/{self._tenant}/contacts/{contact_id}", Contact)


class StoredJobs:
    """The jobs of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def get(self, job_id: str) -> Job | None:
        return self._database.get(f"tenants/{self._tenant}/jobs/{job_id}", Job)


class StoredSuppressions:
    """The suppressions of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def get(self, contact_id: str) -> Suppression | None:
        return self._database.get(f"tenants/{self._tenant}/suppressions/{contact_id}", Suppression)


class StoredCompanies:
    """The companies of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def get(self, company_id: str) -> CompanyRecord | None:
        return self._database.get(company_path(self._tenant, company_id), CompanyRecord)


class StoredThreads:
    """The followed threads of one tenant."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    def get(self, mailbox: str, thread_id: str) -> FollowedThread | None:
        path = f"tenants/{self._tenant}/threads/{followed_id(mailbox, thread_id)}"
        return self._database.get(path, FollowedThread)


def raw_guardrails(database: Database, tenant: str) -> Mapping[str, Mapping[str, Any]]:
    """The guardrail documents as operators wrote them, by id."""
    return database.collection(f"tenants/{tenant}/guardrails")


def contacts_of_company(database: Database, tenant: str, company_id: str, limit: int) -> tuple[str, ...]:
    """The ids of a company's contacts, at most `limit`, in the order of ids. Errors: Unreachable."""
    query = database.client.collection(f"tenants/{tenant}/contacts")
    query = query.where(filter=FieldFilter("company_crm_id", "==", company_id)).select(["id"])
    return tuple(snapshot.id for snapshot in database.stream(query.limit(limit)))
