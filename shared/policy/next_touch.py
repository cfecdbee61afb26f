"""When the next mail to a person may go out, by the rules that the claim asks (P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Answering, Contact
from shared.jobs.rules import Suppression
from shared.policy.limits import DEFAULTS, Limits
from shared.policy.sending import held_by_pause, next_allowed
from shared.policy.suppression import NEVER_EXPIRES, is_suppressed


@dataclass(frozen=True)
class NextTouch:
    """The earliest moment for a mail of one sort; `at` None: not until somebody lifts what `reasons` name."""

    answering: Answering
    at: datetime | None
    reasons: tuple[str, ...] = ()


def next_touch(
    contact: Contact | None,
    suppression: Suppression | None,
    company: CompanyRecord | None,
    now: datetime,
    limits: Limits = DEFAULTS,
) -> tuple[NextTouch, ...]:
    """The earliest moment for each sort of mail: an answer to a mail, one to a form, an unsolicited one.

    Judged by suppression, a pause of the company, absence and how often the person is mailed. Approval, working
    hours, quotas, guardrails and the kill switch are judged when it is claimed.
    """
    return tuple(_touch(what, contact, suppression, company, now, limits) for what in Answering)


def _touch(
    what: Answering,
    contact: Contact | None,
    suppression: Suppression | None,
    company: CompanyRecord | None,
    now: datetime,
    limits: Limits,
) -> NextTouch:
    held: list[tuple[str, datetime | None]] = []
    if suppression is not None and is_suppressed(suppression, now):
        ends = None if suppression.reason in NEVER_EXPIRES else suppression.expire_at
        held.append((f"suppressed: {suppression.reason}", ends))
    paused = held_by_pause(company, what, now)
    often = next_allowed(contact.recent_mails, what, now, limits) if contact is not None else None
    held += [("; ".join(one.reasons), one.until) for one in (paused, often) if one is not None]
    if contact is not None and contact.away_until is not None and contact.away_until > now:
        held.append(("the person is away", contact.away_until))
    ends = [until for _, until in held if until is not None]
    at = max((now, *ends)) if len(ends) == len(held) else None
    return NextTouch(what, at, tuple(reason for reason, _ in held))
