"""One mail as it came in, read out of its MIME: headers, words, delivery reports, names of what is attached."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from shared.jobs.document import Value


class MailKind(StrEnum):
    """What kind of mail somebody sent us."""

    PERSON = "person"
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    FORWARDED = "forwarded"
    COLLEAGUE = "colleague"
    ALIAS = "alias"


class Address(Value):
    """A mailbox in a header: the address in lower case, and the name shown with it."""

    address: str
    name: str = ""


class Report(Value):
    """One block of a machine's report about a mail: a delivery status (RFC 3464) or feedback (RFC 5965).

    `fields` are the block's fields in lower case, as they were written otherwise.
    """

    type: str
    """The report's type: `delivery-status`, `disposition-notification` or `feedback-report`."""
    fields: dict[str, str] = Field(default_factory=dict[str, str])


class Mail(Value):
    """One mail. Nothing in it has proved anything: every header and word is the writer's choice."""

    id: str = ""
    """The mailbox's own id for it."""
    thread_id: str = ""
    headers: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    """Every header by its name in lower case, decoded and unfolded, in the order given."""
    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    """What the mail says of itself; None when it does not or cannot be true."""
    received_at: datetime | None = None
    """When the mailbox took it in."""
    text: str = ""
    """All of it as plain text, quotes and signature included."""
    own_words: str = ""
    """What the writer added: without quotes, signature and forwarded mails."""
    reports: tuple[Report, ...] = ()
    returned_headers: dict[str, str] = Field(default_factory=dict[str, str])
    """The headers of the mail that a report is about, where it brings them."""
    attachments: tuple[str, ...] = ()
    """The names of what is attached; nothing of it is ever opened."""
    defects: tuple[str, ...] = ()
    """What is wrong with its form, each as one sentence; empty for a sound mail."""
    size: int = 0
    """Bytes."""

    def header(self, name: str) -> str:
        """The first header of that name, empty when there is none."""
        return next(iter(self.headers.get(name.lower(), ())), "")


class HeardMail(Value):
    """One mail that a reply job is about: where it lies, who it says it is from, and how it was read."""

    message_id: str
    thread_id: str
    mailbox: str
    sender: str = ""
    """The address in its From, canonical; empty when it could not be told yet."""
    name: str = ""
    """The name shown with it."""
    received_at: datetime | None = None
    in_spam: bool = False
    """Gmail takes it for spam: it can stop our mails to somebody, and starts none."""
    from_known: bool = False
    """Whether a contact or a job of ours had the sender's address when it came in."""
    follows: str | None = None
    """The contact whose thread it came in; None when the thread was not followed."""
    kind: MailKind | None = None
    reason: str = ""
    attachments: tuple[str, ...] = ()


class Reading(Value):
    """What kind of mail it is, and why we think so.

    `returns_on` is the day the writer is back, where an out-of-office says so; `failed` are the
    addresses that a machine's report is about: a bounce's that could not be reached, a complaint's complainers.
    """

    kind: MailKind
    reason: str
    returns_on: date | None = None
    failed: tuple[str, ...] = ()
