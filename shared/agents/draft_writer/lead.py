"""What a mail may say about a person: their own words, made safe, and what the form and the CRM know of "
"them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.agents.draft_writer.about_mail import (
    hold_of_mail,
    names_a_time,
    notes_on_mail,
    questions_not_told,
    takes_one,
)
from shared.agents.draft_writer.details import Detail, company, details, first_name, is_free_text
from shared.agents.draft_writer.parts import Support
from shared.agents.form_fields import FormField, Intent, Role, first, intent_of, read_form
from shared.agents.indirect_speech import reported_question
from shared.agents.mail_wish import MailWish, named_month, wish_of
from shared.agents.own_words import (
    Manner,
    Point,
    complains,
    is_injected,
    is_plain,
    is_soon,
    opts_out,
    points,
    sells_to_us,
)
from shared.jobs.facts import Sender, Source, Submission, ThreadFacts
from shared.jobs.job import Job
from shared.pattern import Pattern
from shared.policy.answered import answers_mail, last_words
from shared.policy.language import detect_language
from shared.policy.sentences import holds, sentences

THREAD_FRESH_DAYS = 90
"""A thread whose last message is older is not continued."""

_HEADCOUNT = Pattern(
    r"\bteam of \d+|\b\d+ (?:\w+ )?(?:people|reps|users|seats|employees|mailboxes|agents|colleagues|sdrs)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """Something the person said (or was asked), in reported speech, with its source."""

    words: str
    manner: Manner
    support: Support
    weight: int = 0


@dataclass(frozen=True)
class Lead:
    """Everything that by_rule may build a mail from."""

    sender: Sender
    wish: MailWish | None
    """What their mail asks of us; None when a form is answered."""
    takes_one: bool
    """Whether the only time that is offered is the one that they named themselves."""
    time_is_gone: bool
    """Whether the time that they named is none that can be offered."""
    month: Said | None
    """The month in which they want to hear from us again."""
    first_name: Detail | None
    company: Detail | None
    intent: Intent
    situations: tuple[Said, ...]
    questions: tuple[Said, ...]
    """Theirs, that nobody has answered: of the newest form, then of the thread."""
    left_out: tuple[str, ...]
    """Questions of their mail that may not be told back."""
    our_question: Said | None
    """Ours of the thread, that they have not answered."""
    earlier: Said | None
    wrote_before: bool
    details: tuple[Detail, ...]
    wrote_freely: bool
    """Whether they wrote to us in their own words, quotable or not."""
    topic_words: str
    """What the mail is about, to choose statements by; never to be repeated."""
    knows_headcount: bool
    language: str
    complains: bool
    is_soon: bool
    thread: ThreadFacts | None
    hold: str
    notes: tuple[str, ...]


def know(job: Job, now: datetime) -> Lead:
    """Read a job once. Errors: ValueError for a job without sender: there is nobody to write as."""
    if job.sender is None:
        raise ValueError(f"job {job.id} has no sender: resolve_identity sets it before a mail is written")
    if answers_mail(job):
        return _of_a_mail(job, job.sender, now)
    newest = job.submissions[0] if job.submissions else None
    fields = read_form(newest) if newest else ()
    words = "\n".join(field.value for field in fields if is_free_text(field))
    said = _said(newest, 0) if newest else ()
    thread = _fresh(job.thread, now)
    theirs, ours = _thread_questions(thread, job)
    short_answers = details(fields)
    intent = intent_of(newest) if newest else Intent.UNKNOWN
    return Lead(
        sender=job.sender,
        wish=None,
        takes_one=False,
        time_is_gone=False,
        month=None,
        first_name=first_name(job, fields),
        company=company(job, fields),
        intent=intent,
        situations=tuple(one for one in said if one.manner is Manner.SITUATION),
        questions=(*(one for one in said if one.manner is Manner.QUESTION), *theirs),
        left_out=(),
        our_question=ours,
        earlier=_earlier(job.submissions, said, first=1),
        wrote_before=len(job.submissions) > 1,
        details=short_answers,
        wrote_freely=bool(words) and not is_injected(words),
        topic_words=_topic_words(said, short_answers, words, intent),
        knows_headcount=bool(_HEADCOUNT.search(words))
        or any(one.role in (Role.TEAM, Role.SEATS) for one in short_answers),
        language=detect_language(words),
        complains=complains(words),
        is_soon=is_soon(words) or any(is_soon(f.value) for f in fields if f.role is Role.TIMELINE),
        thread=thread,
        hold=_hold(words),
        notes=_notes(words, bool(said), fields),
    )


def _of_a_mail(job: Job, sender: Sender, now: datetime) -> Lead:
    fields = read_form(job.submissions[0]) if job.submissions else ()
    words = last_words(job)
    found = [_from(point, Support(Source.THREAD, "thread.last_text", point.span)) for point in points(words)]
    said = tuple(found) if not is_injected(words) else ()
    wish = wish_of(words)
    intent = Intent.PRICING if wish is MailWish.PRICE else Intent.UNKNOWN
    return Lead(
        sender=sender,
        wish=wish,
        takes_one=takes_one(job, words, now),
        time_is_gone=names_a_time(job, words, now) and not takes_one(job, words, now),
        month=_month(words) if wish is MailWish.LATER else None,
        first_name=first_name(job, fields),
        company=company(job, fields),
        intent=intent,
        situations=tuple(one for one in said if one.manner is Manner.SITUATION),
        questions=tuple(one for one in said if one.manner is Manner.QUESTION),
        left_out=questions_not_told(words, wish),
        our_question=None,
        earlier=_earlier(job.submissions, said),
        wrote_before=False,
        details=(),
        wrote_freely=bool(words.strip()),
        topic_words=_topic_words(said, (), words, intent),
        knows_headcount=bool(_HEADCOUNT.search(words)),
        language=detect_language(words),
        complains=complains(words),
        is_soon=is_soon(words),
        thread=job.thread,
        hold=hold_of_mail(job, words, wish),
        notes=notes_on_mail(job, words, wish, quoted=bool(said), now=now),
    )


def _month(words: str) -> Said | None:
    """The month that they name, with the sentence that names it."""
    month = named_month(words)
    for sentence in sentences(words):
        if month and holds(sentence.text, month):
            return Said(month, Manner.SITUATION, Support(Source.THREAD, "thread.last_text", sentence.text))
    return None


def _said(submission: Submission, age: int) -> tuple[Said, ...]:
    form = "form" if age == 0 else f"form[{age}]"
    return tuple(
        _from(point, Support(Source.FORM, f"{form}.{field.name}", point.span))
        for field in read_form(submission)
        if is_free_text(field)
        for point in points(field.value)
    )


def _from(point: Point, support: Support) -> Said:
    return Said(point.words, point.manner, support, point.weight)


def _earlier(submissions: tuple[Submission, ...], newest: tuple[Said, ...], *, first: int = 0) -> Said | None:
    """The weightiest thing of the latest form, from the `first` on, that the newest does not say again."""
    known = {one.support.span for one in newest}
    for age, submission in enumerate(submissions[first:], start=first):
        candidates = [one for one in _said(submission, age) if one.support.span not in known]
        if candidates:
            return max(candidates, key=lambda one: one.weight)
    return None


def _fresh(thread: ThreadFacts | None, now: datetime) -> ThreadFacts | None:
    if thread is None or now - thread.last_message_at > timedelta(days=THREAD_FRESH_DAYS):
        return None
    return thread


def _thread_questions(thread: ThreadFacts | None, job: Job) -> tuple[tuple[Said, ...], Said | None]:
    """The first open question of the thread: theirs to us, or ours to them."""
    if thread is None or job.sender is None:
        return (), None
    last = thread.last_sender.lower()
    for question in thread.open_questions:
        # The list may be a model's: only what stands in the message counts as asked.
        if not holds(thread.last_text, question.rstrip("?")):
            continue
        support = Support(Source.THREAD, "thread.last_text", question)
        if last == job.address.lower():
            asked = [point for point in points(question) if point.manner is Manner.QUESTION]
            if asked:
                return (_from(asked[0], support),), None
        elif last == job.sender.mailbox.lower():
            words = reported_question(question, theirs=False)
            if words and is_plain(words, max_words=18, max_chars=120):
                return (), Said(words, Manner.QUESTION, support)
    return (), None


def _topic_words(
    said: tuple[Said, ...], short_answers: tuple[Detail, ...], words: str, intent: Intent
) -> str:
    """Their safe words; all of them when none could be repeated, unless somebody tries to steer us."""
    told = [one.words for one in said]
    told += [one.value for one in short_answers if one.role in (Role.USE_CASE, Role.INTERESTS, Role.TOOL)]
    if not said and not is_injected(words):
        told.append(words)
    if intent is Intent.PRICING:
        told.append("pricing")
    return " ".join(told)


def _hold(words: str) -> str:
    if opts_out(words):
        return "the person asks not to be written to"
    if sells_to_us(words):
        return "the message reads like an offer or an application to us, not like a request"
    return ""


def _notes(words: str, quoted: bool, fields: tuple[FormField, ...]) -> tuple[str, ...]:
    notes: list[str] = []
    if is_injected(words):
        notes.append("part of the message speaks to software, not to a person; it was not answered")
    elif words and not quoted:
        notes.append("nothing of the message could be repeated safely; read it before you approve")
    if first(fields, Role.BUDGET):
        notes.append("the form names a budget; the mail does not repeat amounts")
    return tuple(notes)
