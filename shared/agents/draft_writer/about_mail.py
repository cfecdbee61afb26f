"""What a person should know about a mail before its answer goes out, and which mails only a person answers."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.agents.mail_wish import WANTS_A_TIME, MailWish
from shared.agents.own_words import complains, is_injected, opts_out, questions_left_out, sells_to_us
from shared.agents.wanted_times import wanted_times
from shared.jobs.facts import ThreadFacts
from shared.jobs.job import Job
from shared.pattern import Pattern
from shared.policy.answered import wrote_last
from shared.policy.sentences import holds

_SHOWN_CHARS = 200
_ABOUT_TIMES = Pattern(
    r"\b(?:calls?|meet|meeting|talk|speak|chat|demo|free|available|availability|times?|slots?|zoom|invite|"
    r"(?:mon|tues|wednes|thurs|fri)day|tomorrow)\b",
    re.IGNORECASE,
)
_HAS_POINTS = frozenset({MailWish.ANSWER, MailWish.PRICE, MailWish.OTHER})


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


def notes_on_mail(job: Job, words: str, wish: MailWish, *, quoted: bool, now: datetime) -> tuple[str, ...]:
    """What the reviewer should know: promises of ours, what was left out, what could not be offered."""
    notes: list[str] = []
    thread = job.thread
    if thread is not None:
        notes += [f"We promised: {promise}" for promise in _ours(thread)]
        left = [one for one in thread.open_questions if not holds(thread.last_text, one.rstrip("?"))]
        notes += [f"Still unanswered from before: {question}" for question in left]
    notes += [f"Not answered: {question[:_SHOWN_CHARS]}" for question in questions_not_told(words, wish)]
    if words.strip() and not quoted and (wish in _HAS_POINTS or complains(words)):
        notes.append("nothing of the mail could be repeated safely; read it before you approve")
    if _wrote_as_somebody_else(job):
        notes.append("the newest mail came from another address than the one that this answers")
    if wish in WANTS_A_TIME and _misses_their_days(job, words, now):
        notes.append("the days that they named are not free; the mail offers other times")
    return tuple(notes)


def questions_not_told(words: str, wish: MailWish) -> tuple[str, ...]:
    """Their questions that the answer cannot tell back, but for those that the times on offer answer."""
    if is_injected(words):
        return ()
    left = questions_left_out(words)
    about_times = wish in WANTS_A_TIME
    return tuple(one for one in left if not (about_times and _ABOUT_TIMES.search(one)))


def takes_one(job: Job, words: str, now: datetime) -> bool:
    """Whether the one free time of the job is the very one that they named."""
    match job.slots:
        case (slot,):
            return wanted_times(words, now=now, time_zone=slot.time_zone).at == slot.start
        case _:
            return False


def names_a_time(job: Job, words: str, now: datetime) -> bool:
    """Whether they named exactly one day and time of day."""
    zone = job.sender.time_zone if job.sender else "UTC"
    return wanted_times(words, now=now, time_zone=zone).at is not None


def _wrote_as_somebody_else(job: Job) -> bool:
    return bool(job.mails and job.mails[0].sender) and job.mails[0].sender != job.address.lower()


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
