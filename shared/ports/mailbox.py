"""A mailbox in which drafts are kept, found and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.jobs.facts import Message
from shared.jobs.mail import Mail


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
