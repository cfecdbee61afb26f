"""The rules that a contact and a mail are judged by, as plain data; `shared/policy` judges."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.jobs.contact import Contact
from shared.jobs.document import Document
from shared.jobs.tenant import Tenant


class Mode(StrEnum):
    """Whether anything may be sent; drafting is always allowed."""

    DRAFT_ONLY = "DRAFT_ONLY"
    SEND_ALLOWED = "SEND_ALLOWED"


@dataclass(frozen=True)
class Controls:
    """Both control documents, read together: the strictest of the two wins.

    `garbage` names every value that could not be understood; one is enough to stop everything.
    """

    stopped: bool
    mode: Mode
    reasons: tuple[str, ...] = ()
    """Why it is stopped, and why it may not send."""
    stops: tuple[str, ...] = ()
    """The reasons that stop everything, also drafting."""
    garbage: tuple[str, ...] = ()
    rollout: dict[str, int] = field(default_factory=dict[str, int])
    """Feature flag to the percentage of contacts it is on for, 0 to 100."""


class GuardrailType(StrEnum):
    """What a guardrail looks at."""

    ALLOWED_COMPANY_STAGE = "ALLOWED_COMPANY_STAGE"
    ALLOWED_INDUSTRY = "ALLOWED_INDUSTRY"
    EMPLOYEE_RANGE = "EMPLOYEE_RANGE"
    EXCLUDED_COMPANY_IDS = "EXCLUDED_COMPANY_IDS"


@dataclass(frozen=True)
class Guardrail:
    """One active rule about companies. `low` and `high` are inclusive, None is open."""

    id: str
    type: GuardrailType
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None


class SuppressionReason(StrEnum):
    """Why a person is never mailed."""

    OPT_OUT = "OPT_OUT"
    BOUNCED = "BOUNCED"
    COMPLAINT = "COMPLAINT"
    MANUAL = "MANUAL"
    ERASED = "ERASED"
    """What an erasure leaves: it never ends, and nothing that comes from the person is kept either."""


class Suppression(Document):
    """A person who is not mailed, under the keyed hash of their canonical address: no address is kept."""

    id: str
    tenant: str
    reason: SuppressionReason
    actor: str
    created_at: datetime
    expire_at: datetime | None = None
    """Bounces and manual entries end after a year unless renewed; opt-outs, complaints and erasures never."""

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/suppressions/{self.id}"


@dataclass(frozen=True)
class Rules:
    """Everything that plan, gate and claim judge by, read at one moment."""

    tenant: Tenant
    controls: Controls
    guardrails: tuple[Guardrail, ...] = ()
    suppression: Suppression | None = None
    contact: Contact | None = None
