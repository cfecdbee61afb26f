"""What the product talks to, with state that a test asserts on: CRM, mailbox, calendar, store, Sentry."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sentry_sdk
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from shared.errors import Failure, Permanent
from shared.jobs.audit import AuditEntry
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.draft import Draft
from shared.jobs.facts import Company
from shared.jobs.job import Job
from shared.jobs.outcome import Outcome
from shared.jobs.rules import Suppression
from shared.jobs.thread import FollowedThread, followed_id
from shared.ports.calendar import Busy
from shared.ports.crm import CrmContact
from tests.agents.fake_model import FakeModel as FakeModel
from tests.fake_mailbox import FakeFeed as FakeFeed
from tests.fake_mailbox import FakeMailbox as FakeMailbox
from tests.fake_mailbox import FakeMailInbox as FakeMailInbox
from tests.trouble import Trouble as Trouble


@dataclass
class Note:
    """A note as the CRM has it."""

    contact_id: str
    company_id: str | None
    body: str
    at: datetime


@dataclass(frozen=True)
class Task:
    """A task as the CRM has it."""

    contact_id: str
    subject: str
    body: str
    due: datetime
    owner_id: str | None
    completed: bool = False


@dataclass(frozen=True)
class MailRecord:
    """A mail that was sent, as the CRM has it."""

    contact_id: str
    company_id: str | None
    subject: str
    body: str
    sent_at: datetime
    sender: str
    recipient: str
    owner_id: str | None


@dataclass
class FakeCrm:
    """Customer records in memory: contacts by address, companies and owners by id."""

    contacts: dict[str, CrmContact] = field(default_factory=dict[str, CrmContact])
    companies: dict[str, Company] = field(default_factory=dict[str, Company])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    unsubscribed: set[str] = field(default_factory=set[str])
    closed_deals: set[str] = field(default_factory=set[str])
    notes: dict[str, Note] = field(default_factory=dict[str, Note])
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    mails: dict[str, MailRecord] = field(default_factory=dict[str, MailRecord])
    trouble: Trouble = field(default_factory=Trouble)

    def find_contact(self, address: str) -> CrmContact | None:
        self.trouble.before("find_contact")
        return self.contacts.get(address)

    def create_contact(self, address: str, properties: Mapping[str, str]) -> CrmContact:
        self.trouble.before("create_contact")
        made = CrmContact(id=f"contact-{len(self.contacts) + 1}", properties=dict(properties))
        kept = self.contacts.setdefault(address, made)
        self.trouble.after("create_contact")
        return kept

    def company(self, company_id: str) -> Company | None:
        self.trouble.before("company")
        return self.companies.get(company_id)

    def find_company(self, domain: str) -> Company | None:
        self.trouble.before("find_company")
        return next((each for each in self.companies.values() if each.domain == domain), None)

    def owner_address(self, owner_id: str) -> str | None:
        self.trouble.before("owner_address")
        return self.owners.get(owner_id)

    def open_deals(self, deal_ids: Sequence[str]) -> int:
        self.trouble.before("open_deals")
        return len(set(deal_ids) - self.closed_deals)

    def opted_out(self, address: str) -> bool:
        self.trouble.before("opted_out")
        return address in self.unsubscribed

    def find_note(self, contact_id: str, marker: str) -> str | None:
        self.trouble.before("find_note")
        found = (i for i, note in self.notes.items() if note.contact_id == contact_id and marker in note.body)
        return next(found, None)

    def create_note(self, contact_id: str, company_id: str | None, body: str, at: datetime) -> str:
        self.trouble.before("create_note")
        made = f"note-{len(self.notes) + 1}"
        self.notes[made] = Note(contact_id, company_id, body, at)
        self.trouble.after("create_note")
        return made

    def update_note(self, note_id: str, body: str) -> bool:
        self.trouble.before("update_note")
        if note_id not in self.notes:
            return False
        self.notes[note_id].body = body
        return True

    def find_task(self, contact_id: str, marker: str) -> str | None:
        self.trouble.before("find_task")
        found = (i for i, task in self.tasks.items() if task.contact_id == contact_id and marker in task.body)
        return next(found, None)

    def create_task(
        self, contact_id: str, *, subject: str, body: str, due: datetime, owner_id: str | None
    ) -> str:
        self.trouble.before("create_task")
        made = f"task-{len(self.tasks) + 1}"
        self.tasks[made] = Task(contact_id, subject, body, due, owner_id)
        self.trouble.after("create_task")
        return made

    def complete_task(self, task_id: str) -> bool:
        self.trouble.before("complete_task")
        if task_id not in self.tasks:
            return False
        self.tasks[task_id] = replace(self.tasks[task_id], completed=True)
        self.trouble.after("complete_task")
        return True

    def find_mail(self, contact_id: str, marker: str) -> str | None:
        self.trouble.before("find_mail")
        found = (i for i, mail in self.mails.items() if mail.contact_id == contact_id and marker in mail.body)
        return next(found, None)

    def create_mail(
        self,
        contact_id: str,
        company_id: str | None,
        *,
        subject: str,
        body: str,
        sent_at: datetime,
        sender: str,
        recipient: str,
        owner_id: str | None,
    ) -> str:
        self.trouble.before("create_mail")
        made = f"mail-{len(self.mails) + 1}"
        self.mails[made] = MailRecord(
            contact_id, company_id, subject, body, sent_at, sender, recipient, owner_id
        )
        self.trouble.after("create_mail")
        return made

    def owner_id(self, address: str) -> str | None:
        self.trouble.before("owner_id")
        return next((id_ for id_, owner in self.owners.items() if owner == address), None)


@dataclass
class FakeCalendar:
    """Busy times in memory; `asked` is every calendar that was looked at, with its window."""

    busy_times: tuple[Busy, ...] = ()
    fails: Failure | None = None
    asked: list[tuple[str, datetime, datetime]] = field(default_factory=list[tuple[str, datetime, datetime]])

    def busy(self, calendar_id: str, start: datetime, end: datetime) -> tuple[Busy, ...]:
        self.asked.append((calendar_id, start, end))
        if self.fails is not None:
            raise self.fails
        return self.busy_times


class FakeDrafts:
    """The drafts of a tenant, by id."""

    def __init__(self, *drafts: Draft) -> None:
        self.kept = {draft.id: draft for draft in drafts}

    def get(self, draft_id: str) -> Draft:
        if draft_id not in self.kept:
            raise Permanent(f"draft {draft_id} does not exist")
        return self.kept[draft_id]


class FakeContacts:
    """The contacts of a tenant, by id."""

    def __init__(self, *contacts: Contact) -> None:
        self.kept = {contact.id: contact for contact in contacts}

    def get(self, contact_id: str) -> Contact | None:
        return self.kept.get(contact_id)


class FakeSuppressions:
    """Who must not be mailed, by contact id."""

    def __init__(self, *entries: Suppression) -> None:
        self.kept = {entry.id: entry for entry in entries}

    def get(self, contact_id: str) -> Suppression | None:
        return self.kept.get(contact_id)


class FakeCompanies:
    """The companies of which something is kept."""

    def __init__(self, *companies: CompanyRecord) -> None:
        self.kept = {company.id: company for company in companies}

    def get(self, company_id: str) -> CompanyRecord | None:
        return self.kept.get(company_id)


class FakeThreads:
    """The threads that are followed."""

    def __init__(self, *threads: FollowedThread) -> None:
        self.kept = {thread.id: thread for thread in threads}

    def get(self, mailbox: str, thread_id: str) -> FollowedThread | None:
        return self.kept.get(followed_id(mailbox, thread_id))


class FakeJobs:
    """The jobs of a tenant, by id."""

    def __init__(self, *jobs: Job) -> None:
        self.kept = {job.id: job for job in jobs}

    def get(self, job_id: str) -> Job | None:
        return self.kept.get(job_id)


@dataclass
class FakeStore:
    """Drafts, contacts and jobs together, with the commit that runtime makes of an outcome."""

    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    contacts: FakeContacts = field(default_factory=FakeContacts)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    audit: list[AuditEntry] = field(default_factory=list[AuditEntry])

    def commit(self, job: Job, outcome: Outcome) -> Job:
        """Keep what the outcome writes; returns the job with what it now knows."""
        for document in outcome.writes:
            self.put(document)
        known = job.but(**outcome.known)
        self.put(known)
        return known

    def put(self, document: Document) -> None:
        match document:
            case AuditEntry():
                self.audit.append(document)
            case Draft():
                self.drafts.kept[document.id] = document
            case Contact():
                self.contacts.kept[document.id] = document
            case Job():
                self.jobs.kept[document.id] = document
            case _:
                raise TypeError(f"a stage writes drafts and contacts, not {type(document).__name__}")


class FakeSentry:
    """A Sentry on loopback, and all that it was sent; `forget` takes the client away that sends to it."""

    def __init__(self) -> None:
        self._server = HTTPServer(host="127.0.0.1", port=0)
        self._server.expect_request("/api/7/envelope/").respond_with_handler(self._take)
        self._server.start()
        self.raw: list[bytes] = []

    @property
    def dsn(self) -> str:
        return f"http://public@127.0.0.1:{self._server.port}/7"

    def events(self) -> list[dict[str, Any]]:
        """The bugs that arrived."""
        lines = [line for raw in self.raw for line in raw.splitlines()]
        found = [json.loads(line) for line in lines if line.startswith(b"{")]
        return [each for each in found if "exception" in each]

    def forget(self) -> None:
        self.raw.clear()
        sentry_sdk.get_client().close(timeout=0.1)
        sentry_sdk.get_global_scope().set_client(None)

    def stop(self) -> None:
        self._server.stop()

    def _take(self, request: Request) -> Response:
        body = request.get_data()
        self.raw.append(gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body)
        return Response("{}", content_type="application/json")
