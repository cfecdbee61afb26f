"""What a person should know about a mail before its answer goes out, and which mails only a person answers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.agents.mail_wish import MailWish
from shared.agents.own_words import is_injected, opts_out, sells_to_us
from shared.agents.wanted_times import wanted_times
from shared.jobs.facts import ThreadFacts
from shared.jobs.job import Job
from shared.jobs.mail import MailKind
from shared.policy.answered import wrote_last
from shared.policy.sentences import holds

_ONE_OF_THEIRS = frozenset({None, MailKind.PERSON, MailKind.ALIAS})


def hold_of_mail(job: Job, words: str, wish: MailWish) -> str:
    """Why no answer is written without a person; "" when one is."""
    if not wrote_last(job):
        return "their mail could not be read in its thread: it was deleted there, or somebody wrote after it"
    if not words.strip():
        return "their mail has no words of its own to answer; open it in the mailbox"
    if opts_out(words):
        return "the person asks not to be written to"
    if is_injected(words):
        return "part of their mail speaks to software, not to a person: read it before it is answered"
    if sells_to_us(words):
        return "the mail reads like an offer or an application to us, not like a request"
    if wish is MailWish.OTHER_PERSON:
        return "they wrote that somebody else is the one to write to; only a person may begin that"
    return ""


def notes_on_mail(job: Job, words: str, *, quoted: bool, now: datetime) -> tuple[str, ...]:
    """What the reviewer should know: promises of ours, what was left out, what could not be offered."""
    notes: list[str] = []
    thread = job.thread
    if thread is not None:
        notes += [f"We promised: {promise}" for promise in _ours(thread)]
        left = [one for one in thread.open_questions if not holds(thread.last_text, one.rstrip("?"))]
        notes += [f"Still unanswered from before: {question}" for question in left]
    if words.strip() and not quoted:
        notes.append("nothing of the mail could be repeated safely; read it before you approve")
    if job.mails and job.mails[0].kind not in _ONE_OF_THEIRS:
        notes.append(
            "the newest mail came from another person than the one whom this answers; check who gets it"
        )
    if job.mails and job.mails[0].attachments:
        count = len(job.mails[0].attachments)
        attached = "an attachment" if count == 1 else f"{count} attachments"
        notes.append(f"their mail came with {attached}, which nobody here has opened")
    if _misses_their_days(job, words, now):
        notes.append("the days that they named are not free; the mail offers other times")
    return tuple(notes)


def takes_one(job: Job, words: str, now: datetime) -> bool:
    """Whether the one free time of the job is the very one that they named."""
    match job.slots:
        case (slot,):
            return wanted_times(words, now=now, time_zone=slot.time_zone).at == slot.start
        case _:
            return False


def _ours(thread: ThreadFacts) -> list[str]:
    """Promises that do not stand in their last mail: what they promised before counts no longer."""
    return [one for one in thread.commitments if not holds(thread.last_text, one)]


def _misses_their_days(job: Job, words: str, now: datetime) -> bool:
    """Whether none of the times on offer lies on a day that they named."""
    on_their_days = [
        slot.start.astimezone(ZoneInfo(slot.time_zone)).date() in wanted
        for slot in job.slots or ()
        if (wanted := wanted_times(words, now=now, time_zone=slot.time_zone).days)
    ]
    return bool(on_their_days) and not any(on_their_days)
