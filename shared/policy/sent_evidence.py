"""What the mailbox proves about a send whose answer was lost: never more than it shows (P2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.jobs.draft import Draft
from shared.policy.addresses import same_address
from shared.policy.by_hand import plain_subject
from shared.policy.limits import DEFAULTS, Limits
from shared.ports.mailbox import DraftInMailbox, SentMail


class Finding(StrEnum):
    """What became of it, as far as can be seen."""

    SENT = "sent"
    """The draft is gone, and the mail lies among the sent ones."""
    UNSENT = "unsent"
    """The draft lies there, and nothing went out: yet the request may still be on its way."""
    GONE = "gone"
    """The draft is gone, and no mail of ours is to be seen."""
    BOTH = "both"
    """A mail went out, and a draft lies there."""


@dataclass(frozen=True)
class Evidence:
    """A finding, with the mail where there is one."""

    finding: Finding
    mail: SentMail | None = None


def found(
    draft: Draft, there: DraftInMailbox | None, sent: Sequence[SentMail], limits: Limits = DEFAULTS
) -> Evidence:
    """Judge what was seen: the draft as it lies there, and what went out in its thread."""
    assert draft.claim is not None, "only a claimed draft can have been sent"
    since = draft.claim.at - timedelta(seconds=limits.clock_skew_s)
    ours = [mail for mail in sent if mail.sent_at >= since and _is_ours(mail, draft)]
    mail = next((each for each in ours if each.marker == draft.id), next(iter(ours), None))
    if mail is not None:
        return Evidence(Finding.SENT if there is None else Finding.BOTH, mail)
    return Evidence(Finding.GONE if there is None else Finding.UNSENT)


def _is_ours(mail: SentMail, draft: Draft) -> bool:
    if mail.marker:
        return mail.marker == draft.id
    if mail.message_id == draft.thread_head or len(mail.recipients) != 1:
        return False
    return same_address(mail.recipients[0], draft.recipient) and plain_subject(mail.subject) == plain_subject(
        draft.subject
    )
