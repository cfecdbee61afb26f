"""The roles that stages need. A connector plays a vendor's role, the store plays Firestore's.

No connector returns None or an empty list for a failure: it raises one of the kinds in `errors.py`. None and
empty mean that the other side said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from shared.jobs.claim import Claimed, Refused
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.cursor import Cursor
from shared.jobs.draft import Draft
from shared.jobs.facts import Company, Message, Submission
from shared.jobs.job import Job
from shared.jobs.mail import HeardMail, Mail
from shared.jobs.rules import Suppression
from shared.jobs.tenant import Tenant
from shared.jobs.thread import FollowedThread

Output = TypeVar("Output", bound=BaseModel)


@dataclass(frozen=True)
class CrmContact:
    """A contact record; `properties` are those asked for, None where the CRM has no value."""

    id: str
    properties: Mapping[str, str | None]
    company_ids: tuple[str, ...] = ()
    note_ids: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()
    deal_ids: tuple[str, ...] = ()


class Crm(Protocol):
    """The customer records. Errors: Retryable, Permanent, and Unclear for creates whose answer was lost."""

    def find_contact(self, address: str) -> CrmContact | None:
        """The contact with this address, with its associations, or None when the CRM has none."""
        ...

    def create_contact(self, address: str, properties: Mapping[str, str]) -> CrmContact:
        """Create it; one that exists already under this address is returned as it is."""
        ...

    def company(self, company_id: str) -> Company | None:
        """A company by its id."""
        ...

    def find_company(self, domain: str) -> Company | None:
        """The company with this domain."""
        ...

    def owner_address(self, owner_id: str) -> str | None:
        """The mail address of a CRM user."""
        ...

    def open_deals(self, deal_ids: Sequence[str]) -> int:
        """How many of these deals are neither won nor lost."""
        ...

    def opted_out(self, address: str) -> bool:
        """Whether the person unsubscribed from mail, as the CRM knows it."""
        ...

    def find_note(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's note that carries our marker."""
        ...

    def create_note(self, contact_id: str, company_id: str | None, body: str, at: datetime) -> str:
        """Create a note at the contact (and company) and return its id; `body` is plain text."""
        ...

    def update_note(self, note_id: str, body: str) -> bool:
        """Replace a note's text, which is plain; False when somebody deleted the note."""
        ...

    def find_task(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's task that carries our marker."""
        ...

    def create_task(
        self, contact_id: str, *, subject: str, body: str, due: datetime, owner_id: str | None
    ) -> str:
        """Create a task at the contact and return its id."""
        ...

    def complete_task(self, task_id: str) -> bool:
        """Say that a task is done, also when it was before; False when somebody deleted the task."""
        ...

    def find_mail(self, contact_id: str, marker: str) -> str | None:
        """The id of the contact's record of a mail that carries our marker."""
        ...

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
        """Record a mail that was sent, at the contact (and company), and return its id; it sends nothing."""
        ...

    def owner_id(self, address: str) -> str | None:
        """The CRM user with this mail address."""
        ...


class Forms(Protocol):
    """The submissions of web forms."""

    def submissions(self, form_id: str, since: datetime) -> Iterator[Submission]:
        """Submissions at or after a time, newest first."""
        ...


@dataclass(frozen=True)
class MailThread:
    """A thread with its messages, oldest first, drafts included and marked as such."""

    id: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class FiledDraft:
    """A draft as it lies in the mailbox."""

    id: str
    message_id: str
    thread_id: str


@dataclass(frozen=True)
class DraftInMailbox:
    """A draft as it lies in the mailbox, whoever wrote it last; `marker` is our header's value, if it is there."""

    id: str
    message_id: str
    thread_id: str
    mail: Mail
    marker: str = ""


@dataclass(frozen=True)
class SentMail:
    """A mail that went out from the mailbox, by whomever; `marker` is our header's value, if it is there.

    `message_id_header` is the Message-ID it went out under, which the mailbox gives and not we.
    """

    message_id: str
    thread_id: str
    sent_at: datetime
    subject: str
    recipients: tuple[str, ...]
    marker: str = ""
    message_id_header: str = ""


@dataclass(frozen=True)
class SentReceipt:
    """The mailbox's word that it took a mail to be sent: the mail's id there, and its thread."""

    message_id: str
    thread_id: str


class Mailbox(Protocol):
    """One sender's mailbox. Errors: Retryable, Permanent, and Unclear for writes whose answer was lost."""

    def newest_thread_with(self, address: str) -> MailThread | None:
        """The thread with the latest message from or to the address, or None when there is none."""
        ...

    def find_draft(self, marker: str) -> FiledDraft | None:
        """The draft that carries our marker in its X-Whisper-Draft header."""
        ...

    def create_draft(self, raw: bytes, thread_id: str | None) -> FiledDraft:
        """File exactly these bytes as a draft, in the thread when one is given."""
        ...

    def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> FiledDraft | None:
        """Replace a draft's bytes; None when the draft is gone."""
        ...

    def thread(self, thread_id: str) -> MailThread | None:
        """One thread, or None when it was deleted."""
        ...

    def mail(self, message_id: str) -> Mail | None:
        """One mail, whole but for what is attached; None when it was deleted."""
        ...

    def draft(self, draft_id: str) -> DraftInMailbox | None:
        """A draft as it lies in the mailbox now; None when it was sent or deleted."""
        ...

    def listed_drafts(self) -> Mapping[str, str]:
        """Every draft in the mailbox: its id, and the id of its message, which each change of it renews."""
        ...

    def delete_draft(self, draft_id: str) -> bool:
        """Delete a draft for good; False when it is gone already."""
        ...

    def sent_mails(self, address: str, since: datetime) -> tuple[SentMail, ...]:
        """Mails that went out to the address at or after a time, oldest first."""
        ...

    def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> SentReceipt | None:
        """Send a draft with exactly these bytes; the draft is used up. The call goes out once.

        None when there is no such draft, which may have been sent before: only evidence can tell.
        Errors: Retryable (certainly not taken, may be later), Permanent (refused), Unclear (anything else).
        """
        ...

    def head(self, thread_id: str) -> str | None:
        """The newest message of a thread that is no draft; None when there is none, or no such thread."""
        ...

    def sent_in(self, thread_id: str, since: datetime) -> tuple[SentMail, ...]:
        """Mails in a thread that went out at or after a time, oldest first.

        It is read from the thread itself: a search does not know yet what has just been sent.
        """
        ...


@dataclass(frozen=True)
class Arrival:
    """A message that the mailbox says it has; `place` is where its history tells of it, 0 in a list by time."""

    message_id: str
    thread_id: str
    place: int = 0
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Changes:
    """A page of what came in, oldest first; `newest` is the mailbox's present place in its history."""

    arrivals: tuple[Arrival, ...]
    newest: int
    next_page: str | None = None


@dataclass(frozen=True)
class ListedMails:
    """A page of the messages of a stretch of time, newest first."""

    arrivals: tuple[Arrival, ...]
    next_page: str | None = None


@dataclass(frozen=True)
class Glimpse:
    """A message's headers and labels, without its words."""

    mail: Mail
    labels: frozenset[str]


@dataclass(frozen=True)
class Watch:
    """Gmail's promise to tell us of changes, until a time."""

    place: int
    expires_at: datetime


class MailFeed(Protocol):
    """What comes into one mailbox. Errors: Retryable, and Permanent when the mailbox does not let us in."""

    def place(self) -> int:
        """The mailbox's present place in its history."""
        ...

    def changes(self, since: int, page: str | None = None) -> Changes | None:
        """Messages added after a place; None when the mailbox does not know that place any more."""
        ...

    def between(self, since: datetime, until: datetime, page: str | None = None) -> ListedMails:
        """Messages that came in from one time to another, spam included; own drafts and sent mail are not."""
        ...

    def glimpse(self, message_id: str) -> Glimpse | None:
        """A message's headers and labels; None when it was deleted since."""
        ...

    def watch(self, topic: str) -> Watch:
        """Have changes told to a topic from now on, or go on having them told."""
        ...


@dataclass(frozen=True)
class Busy:
    """A stretch of time in which somebody is not free."""

    start: datetime
    end: datetime


class Calendar(Protocol):
    """Free and busy times."""

    def busy(self, calendar_id: str, start: datetime, end: datetime) -> tuple[Busy, ...]:
        """The busy times of a calendar in a window, in order. Errors: Permanent when it cannot be read."""
        ...


@dataclass(frozen=True)
class Answer(Generic[Output]):
    """What a model said, in the shape that was asked for, and what it cost."""

    value: Output
    model: str
    input_tokens: int = 0
    output_tokens: int = 0


class Model(Protocol):
    """A language model without tools: it proposes, code decides."""

    def complete(self, *, agent: str, instructions: str, data: str, output: type[Output]) -> Answer[Output]:
        """One structured answer. Errors: Retryable (down, slow, over quota), Permanent (refused)."""
        ...


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


@dataclass(frozen=True)
class Post:
    """One HTTP request at a public door, with its raw body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What a door or a sweep answers: a status and a JSON object."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict[str, object])


class Proof(StrEnum):
    """What a request's signature proves."""

    FORGED = "forged"
    TOUCH_ONLY = "touch only"
    """Authentic, but without a timestamp: it may be a replay, so it can trigger a poll and nothing else."""
    FULL = "full"


class LeadDoor(Protocol):
    """A vendor's webhook: who signed it and what it says."""

    def check(self, post: Post, now: datetime) -> Proof:
        """Judge the signature over the raw body. Errors: Failure when our own secret cannot be read."""
        ...

    def read(self, body: bytes) -> Sequence[Submission | ContactTouched]:
        """What it says. Errors: ValueError that names the field, the rule and the mend."""
        ...


@dataclass(frozen=True)
class Accepted:
    """An event and its job; `duplicate` when they were there before."""

    event_id: str
    job_id: str
    duplicate: bool


class Inbox(Protocol):
    """Where the world's events become jobs, each once."""

    def tenant_of(self, portal_id: str) -> Tenant | None:
        """The tenant that a vendor's account belongs to."""
        ...

    def tenants(self) -> Sequence[Tenant]:
        """All tenants."""
        ...

    def accept(self, tenant: Tenant, submission: Submission, address: str, *, via: str) -> Accepted:
        """Write the event and its job, or find those that are there."""
        ...

    def refuse(
        self, tenant_id: str, key: str, *, via: str, reason: str, payload: Mapping[str, object]
    ) -> None:
        """Keep what is authentic but unusable, visible and replayable."""
        ...

    def poll_soon(self, tenant: Tenant, address: str | None, *, trace_id: str) -> None:
        """Have this contact's submissions looked up at the vendor; without an address everybody's."""
        ...

    def polled_through(self, tenant: Tenant, form_id: str) -> Cursor | None:
        """How far a form has been read."""
        ...

    def remember(self, cursor: Cursor) -> None:
        """Keep how far a form has been read."""
        ...


class MailInbox(Protocol):
    """Where the mails of one mailbox become jobs, each once."""

    def is_ours(self, address: str) -> bool:
        """Whether the address is one of the tenant's own mailboxes."""
        ...

    def follows(self, mailbox: str, thread_id: str) -> FollowedThread | None:
        """The thread, where a draft of ours lies in it."""
        ...

    def knows(self, address: str) -> bool:
        """Whether the address is that of a contact, or of a person whom a job is about."""
        ...

    def hears(self, address: str, at: datetime) -> bool:
        """Whether one of the tenant's mailboxes was listened to at a time; it hears that, now or when it can again."""
        ...

    def hear(self, mail: HeardMail, followed: FollowedThread | None) -> Accepted:
        """Write the event and its job, or find those that are there."""
        ...


class Archive(Protocol):
    """What is kept for good, out of reach of whoever has our database. Errors: Retryable, Permanent."""

    def put(self, key: str, content: bytes) -> bytes:
        """Keep a content under a key where nothing ever was; returns what is kept there, this or the older one."""
        ...

    def get(self, key: str) -> bytes | None:
        """What was kept first under a key; None when nothing ever was."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Every key that begins so and under which something was ever kept, in order."""
        ...
