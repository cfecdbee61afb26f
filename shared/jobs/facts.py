"""What a job comes to know on its way: who, which thread, free times, what to do, how it was judged."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.jobs.document import Value


class Submission(Value):
    """One form submission, whichever way it reached us. `conversion_id` is the vendor's id for it."""

    conversion_id: str
    portal_id: str
    form_id: str
    form_name: str = ""
    submitted_at: datetime
    fields: dict[str, str] = Field(default_factory=dict[str, str])
    page_url: str = ""


class Connection(StrEnum):
    """How a mailbox lets us in."""

    DELEGATION = "delegation"
    """The Workspace administrator allowed our service account for the whole domain."""
    OAUTH = "oauth"
    """Its owner allowed us with `whisper mailbox connect`."""


class Sender(Value):
    """The person a mail comes from, as the tenant's settings describe them.

    `facts` are the statements about the sender's company that a mail may make; nothing else counts as
    evidence. `time_zone` is an IANA name.
    """

    mailbox: str
    name: str
    title: str = ""
    company: str
    calendar_id: str = ""
    time_zone: str = "UTC"
    signature: str = ""
    postal_address: str = ""
    unsubscribe_line: str = ""
    connection: Connection = Connection.DELEGATION
    facts: tuple[str, ...] = ()


class Company(Value):
    """A company in the CRM. Unknown properties are None, never guessed."""

    crm_id: str
    name: str = ""
    domain: str = ""
    industry: str | None = None
    stage: str | None = None
    employees: int | None = None


class Identity(Value):
    """Who the person is: a CRM contact, a company, both or neither."""

    address: str
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    crm_contact_id: str | None = None
    owner_address: str | None = None
    lifecycle_stage: str | None = None
    company: Company | None = None
    company_name: str = ""
    """As the form or the CRM contact gives it, also where no company record was found."""
    opted_out: bool = False
    open_deals: int = 0


class Message(Value):
    """One mail of a thread. `text` is the person's own words: quotes and signature stripped."""

    id: str
    thread_id: str
    sender: str
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime
    text: str = ""
    message_id_header: str = ""
    references: tuple[str, ...] = ()
    is_draft: bool = False


class Sentiment(StrEnum):
    """How a person sounds."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class ThreadFacts(Value):
    """What read_thread found out about the newest thread with the person."""

    thread_id: str
    subject: str
    head_message_id: str
    """The Gmail id of the newest message that is no draft: an approval is bound to it."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    summary: str = ""
    last_sender: str = ""
    last_message_at: datetime
    last_text: str = ""
    topics: tuple[str, ...] = ()
    sentiment: Sentiment = Sentiment.NEUTRAL
    """How the person sounds, in what they wrote last."""
    commitments: tuple[str, ...] = ()
    """Promises of either side, word for word, that the thread does not show as kept."""
    open_questions: tuple[str, ...] = ()
    messages: int = 0


class Slot(Value):
    """A meeting time that is free, with the reason it is proposed."""

    start: datetime
    end: datetime
    time_zone: str
    reason: str = ""


class Action(StrEnum):
    """What the planner decides to do."""

    SEND_FOLLOWUP = "SEND_FOLLOWUP"
    PROPOSE_CALL = "PROPOSE_CALL"
    SEND_ASSET = "SEND_ASSET"
    NO_ACTION = "NO_ACTION"


class Tone(StrEnum):
    """How the mail should sound: formal to enterprises, conversational to startups."""

    FORMAL = "formal"
    CONVERSATIONAL = "conversational"
    URGENT = "urgent"


class Plan(Value):
    """The next step, and why. `risk` is 0 to 100."""

    action: Action
    tone: Tone = Tone.CONVERSATIONAL
    urgency: str = "normal"
    risk: int = 0
    reason: str
    call_to_action: str = ""
    delay_h: float = 0.0
    decided_by: str = "rule"


class Source(StrEnum):
    """Where a claim in a mail comes from."""

    FORM = "form"
    CRM = "crm"
    THREAD = "thread"
    CALENDAR = "calendar"
    SENDER = "sender"


class Evidence(Value):
    """A claim in the text and the span of the source that it came from, both word for word."""

    claim: str
    source: Source
    field: str
    """Which field of the source, for example `form.message` or `calendar.slots[0]`."""
    span: str


class Severity(StrEnum):
    """How bad a broken rule is: WARN is shown, FAIL is mended, FORBIDDEN ends the job."""

    WARN = "WARN"
    FAIL = "FAIL"
    FORBIDDEN = "FORBIDDEN"


class Violation(Value):
    """One broken rule: what was found, the rule, and how to mend it."""

    rule: str
    severity: Severity
    found: str
    mend: str


class Verdict(Value):
    """The gate's judgement on one revision of a draft."""

    revision: int
    violations: tuple[Violation, ...] = ()
    send_allowed: bool = False
    """Whether mode and flags would allow sending it; drafting is always allowed."""
    risk: int = 0

    @property
    def outcome(self) -> str:
        """PASS, WARN or FAIL."""
        if any(v.severity is not Severity.WARN for v in self.violations):
            return "FAIL"
        return "WARN" if self.violations else "PASS"

    @property
    def forbidden(self) -> bool:
        return any(v.severity is Severity.FORBIDDEN for v in self.violations)

    @property
    def mendable(self) -> bool:
        return not self.forbidden and any(v.severity is Severity.FAIL for v in self.violations)

    @property
    def reasons(self) -> tuple[str, ...]:
        """One line for each broken rule that is more than a warning."""
        failed = (v for v in self.violations if v.severity is not Severity.WARN)
        return tuple(f"{v.rule}: {v.found}. {v.mend}" for v in failed)
