"""What somebody did with our draft in their mailbox: sent, rewrote, readdressed it, attached a file, deleted it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.quota import BY_HAND, periods
from shared.jobs.tenant import Tenant
from shared.pattern import Pattern
from shared.policy.addresses import same_address
from shared.policy.letter import text_of
from shared.policy.limits import DEFAULTS, Limits
from shared.ports.mailbox import DraftInMailbox, MailThread, SentMail

SENT = "somebody sent it by hand from Gmail"
"""Why a draft is over that a person sent."""

_REPLY_PREFIX = Pattern(r"^(?:\s*(?:re|aw|sv|antw|odp|fwd?|wg)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Sent:
    """It went out."""

    mail: SentMail


@dataclass(frozen=True)
class Deleted:
    """It is gone, and nothing went out instead."""


@dataclass(frozen=True)
class Resaved:
    """Gmail keeps the same words under a new message id."""

    message_id: str


@dataclass(frozen=True)
class Rewritten:
    """It holds a person's words now; `body` is without our footer."""

    message_id: str
    subject: str
    body: str


@dataclass(frozen=True)
class Readdressed:
    """It goes to somebody else now, or to more people: only its writer can send that."""

    message_id: str


@dataclass(frozen=True)
class Attached:
    """It has a file with it, which no mail of ours has: only its writer can send that."""

    message_id: str


Deed = Sent | Deleted | Resaved | Rewritten | Readdressed | Attached


def deed(draft: Draft, there: DraftInMailbox | None, sent: Sequence[SentMail]) -> Deed | None:
    """What was done, None when the draft lies there as we filed it.

    `sent` are the mails that went out to the person since the draft was made, oldest first.
    """
    if there is None:
        went_out = sent_by_hand(draft, sent)
        return Sent(went_out) if went_out is not None else Deleted()
    if there.message_id == draft.gmail_message_id:
        return None
    mail = there.mail
    everybody = [each.address for each in (*mail.to, *mail.cc)] + [*mail.headers.get("bcc", ())]
    if len(everybody) != 1 or not same_address(everybody[0], draft.recipient):
        return Readdressed(there.message_id)
    if mail.attachments:
        return Attached(there.message_id)
    body = without_footer(mail.text, draft.footer)
    same_words = _words(body) == _words(draft.body) and plain_subject(mail.subject) == plain_subject(
        draft.subject
    )
    if same_words:
        return Resaved(there.message_id)
    return Rewritten(there.message_id, _spaced(mail.subject) or draft.subject, body)


def sent_in_thread(draft: Draft, thread: MailThread | None) -> tuple[SentMail, ...]:
    """What went out from the draft's mailbox in its thread after what it answers, to whomever it went.

    A search lags behind a mail that was just sent, and does not find one that is to be sent later.
    """
    messages = thread.messages if thread is not None else ()
    heads = [place for place, message in enumerate(messages) if message.id == draft.thread_head]
    return tuple(
        SentMail(
            message_id=message.id,
            thread_id=message.thread_id,
            sent_at=message.sent_at,
            subject=message.subject,
            recipients=message.recipients,
        )
        for message in messages[heads[-1] + 1 if heads else 0 :]
        if not message.is_draft and same_address(message.sender, draft.sender)
    )


def sent_by_hand(
    draft: Draft, sent: Sequence[SentMail], limits: Limits = DEFAULTS, *, in_its_stead: bool = True
) -> SentMail | None:
    """The mail that the draft became, or that was sent in its stead: one to the person, newer than the draft.

    A draft that is gone and a mail that went out are taken for one even under another subject: to think so
    wrongly costs a mail that is not written, to think otherwise wrongly sends the person two. Without
    `in_its_stead` they are not, for where no mail is to follow, only the draft itself counts. The mailbox's clock
    may be behind ours: what is marked or lies in the draft's thread counts, too, where it seems a little older.
    """
    ours = [mail for mail in sent if mail.marker in ("", draft.id)]
    newer = [mail for mail in ours if mail.sent_at >= draft.created_at]
    about = [mail for mail in ours if mail.sent_at >= sent_since(draft, limits)]
    for is_it, among in ((_is_marked, about), (_lies_in_thread, about), (_has_subject, newer)):
        for mail in among:
            if is_it(mail, draft):
                return mail
    return newer[0] if newer and in_its_stead else None


def sent_since(draft: Draft, limits: Limits = DEFAULTS) -> datetime:
    """From when on a mail can be what the draft became, by the mailbox's clock, which may be behind ours."""
    return draft.created_at - timedelta(seconds=limits.clock_skew_s)


def has_its_words(draft: Draft, text: str) -> bool:
    """Whether a mail's text holds all that the draft says, whatever else it says."""
    return bool(_words(draft.body)) and _words(draft.body) in _words(text)


def gone_out(draft: Draft, mail: SentMail) -> Draft:
    """The draft as it ends where a person sent it."""
    return draft.moved(DraftState.SENT_BY_HAND).but(
        sent_at=mail.sent_at, sent_message_id=mail.message_id, end_reason=SENT
    )


def answered_until(draft: Draft, mail: SentMail) -> datetime:
    """The mail that the draft became answers what its recipient did by then, and nothing newer.

    What was there when the draft was begun is answered, though the mailbox's clock is behind ours.
    """
    return max(mail.sent_at, draft.created_at)


def done_by(job: Job, moment: datetime) -> Job:
    """The job with the mails and forms that had come by then: newer ones are for another draft to answer."""
    return job.but(
        mails=tuple(each for each in job.mails if (each.received_at or job.created_at) <= moment),
        submissions=tuple(each for each in job.submissions if each.submitted_at <= moment),
    )


def counted(draft: Draft, mail: SentMail, tenant: Tenant) -> Mapping[str, Mapping[str, int]]:
    """What the quotas of the day and the week of that mail grow by."""
    its_periods = periods(tenant.id, tenant.time_zone, draft.sender, mail.sent_at)
    return {period.path: {BY_HAND: 1} for period in its_periods}


def _is_marked(mail: SentMail, draft: Draft) -> bool:
    return mail.marker == draft.id


def _lies_in_thread(mail: SentMail, draft: Draft) -> bool:
    return draft.gmail_thread_id is not None and mail.thread_id == draft.gmail_thread_id


def _has_subject(mail: SentMail, draft: Draft) -> bool:
    return plain_subject(mail.subject) == plain_subject(draft.subject)


def without_footer(text: str, footer: str) -> str:
    """The written words: the footer is ours and is put under them again, however Gmail wrapped it."""
    lines = text.replace("\r\n", "\n").split("\n")
    wanted = _words(text_of("", footer))
    place = _place_of(wanted, lines) if wanted else None
    if place is not None:
        # What somebody wrote below it is theirs.
        lines = [*lines[: place[0]], "", *lines[place[1] :]]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _place_of(wanted: str, lines: list[str]) -> tuple[int, int] | None:
    """The lines that hold just these words, as the first and the one after the last."""
    for start in range(len(lines)):
        if not lines[start].strip():
            continue
        found = ""
        for end in range(start, len(lines)):
            found = f"{found} {_words(lines[end])}".strip()
            if found == wanted:
                return start, end + 1
            if not wanted.startswith(found):
                break
    return None


def plain_subject(subject: str) -> str:
    """A subject without its Re: and Fwd:, for comparing."""
    return _spaced(_REPLY_PREFIX.sub("", subject)).lower()


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> str:
    return " ".join(text.replace("*", " ").split()).lower()
