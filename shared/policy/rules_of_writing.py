"""The gate's rules about how a mail is written; all of them can be mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from shared.jobs.facts import Severity, Tone, Violation
from shared.pattern import Pattern
from shared.policy.answered import answers_mail, last_words
from shared.policy.call_to_action import asks, is_the_ask
from shared.policy.case import Case, Rule
from shared.policy.language import is_english, is_foreign
from shared.policy.sentences import holds, words

_EM_DASHES = Pattern("[\u2014\u2015\u2e3a\u2e3b\ufe58]")
_BLANK = Pattern(
    r"\[[^\[\]\n]{0,80}\]|\{\{?[^{}\n]{0,80}\}?\}|<<[^<>\n]{0,80}>>|_{3,}|\b(?:TODO|TBD|TBC|XXX+)\b"
)
_HIDDEN_ALLOWED = frozenset("\n\t\u200d")
_SHOUT = Pattern(r"(?<![\w.@/-])[^\W\d_]+(?![\w.@/-])")
_FORMAL_NO = Pattern(
    r"^\W*(?:hey|hiya|yo|howdy|sup)\b|\b(?:gonna|wanna|gotta|kinda|awesome|super (?:excited|easy|quick)"
    r"|no worries|cheers|guys|btw|lol|asap|cool|yeah|yep|nope|stuff|folks)\b"
    r"|[\U0001F300-\U0001FAFF\u2600-\u27BF]|[:;]-?[)D]",
    re.IGNORECASE | re.MULTILINE,
)
_CONVERSATIONAL_NO = Pattern(
    r"\b(?:dear sirs?|dear madam|to whom it may concern|hereby|pursuant|herewith|aforementioned|esteemed"
    r"|henceforth|yours faithfully|kindly be advised|please be advised)\b",
    re.IGNORECASE,
)
_URGENT_NO = Pattern(
    r"\b(?:no (?:rush|hurry)|whenever (?:you|it)|at your (?:leisure|convenience)|some ?day|in your own time"
    r"|take your time)\b",
    re.IGNORECASE,
)


def too_long(case: Case) -> Iterator[Violation]:
    """At most 200 words, footer not counted."""
    count = len(words(case.draft.body))
    limit = case.limits.draft_max_words
    if count > limit:
        yield _fail(
            "too-many-words", f"{count} words", f"Shorten it by {count - limit}, to at most {limit} words"
        )
    elif len(case.draft.body) > case.limits.body_max_chars:
        yield _fail(
            "too-many-words",
            f"{len(case.draft.body)} characters",
            f"Write at most {limit} words with at most {case.limits.body_max_chars} characters",
        )
    elif not count:
        yield _fail("empty", "no words", "Write the mail")


def em_dash(case: Case) -> Iterator[Violation]:
    """No em-dash."""
    if _EM_DASHES.search(case.own_words):
        yield _fail("em-dash", "\u2014", "Use a comma, a full stop or a hyphen instead")


def blank_left(case: Case) -> Iterator[Violation]:
    """No place that still has to be filled in."""
    for blank in dict.fromkeys(_BLANK.findall(case.own_words)):
        yield _fail("blank-left", blank, "Fill it in, or rewrite the sentence without it")


def hidden_characters(case: Case) -> Iterator[Violation]:
    """Nothing that the eye cannot see and a mail program might obey."""
    hidden = {sign for sign in case.draft.body + case.draft.footer if _is_hidden(sign)}
    if hidden:
        names = ", ".join(sorted(f"U+{ord(sign):04X}" for sign in hidden))
        yield _fail("hidden-characters", f"invisible characters {names}", "Type the text again without them")


def call_to_action(case: Case) -> Iterator[Violation]:
    """Exactly one sentence asks for something, and the reader knows what."""
    found = asks(case.body)
    if len(found) != 1:
        quoted = "; ".join(f'"{ask.text}"' for ask in found) or "none"
        yield _fail(
            "call-to-action",
            f"{len(found)} sentences that ask for something: {quoted}",
            "Ask for exactly one thing, in one sentence",
        )
        return
    ask = found[0]
    if not ask.is_concrete:
        yield _fail(
            "call-to-action", ask.text, "Ask for something that can be done: a time, an answer, a document"
        )
    if not is_the_ask(ask, case.draft.call_to_action):
        yield _fail(
            "call-to-action",
            f'"{case.draft.call_to_action}" is not the sentence that asks, which is "{ask.text}"',
            "Name the sentence of the body that asks as the call to action, word for word",
        )


def subject_line(case: Case) -> Iterator[Violation]:
    """A subject that can be read in an inbox; the thread's own is taken as it is."""
    subject = case.draft.subject.strip()
    limit = case.limits.subject_max_chars
    if not subject:
        yield _fail("subject", "no subject", "Write what the mail is about")
    elif len(subject) > limit and not case.answers_thread:
        yield _fail(
            "subject", f"{len(subject)} characters", f"Shorten the subject to at most {limit} characters"
        )


def too_large(case: Case) -> Iterator[Violation]:
    """The whole mail fits."""
    size, limit = len(case.draft.raw), case.limits.raw_max_bytes
    if size > limit:
        yield _fail("too-large", f"{size} bytes", f"Write less: the whole mail may have {limit} bytes")


def language(case: Case) -> Iterator[Violation]:
    """The text is in the language that the draft names, and that is the person's."""
    declared = case.draft.language.lower().partition("-")[0]
    english = is_english(case.body, case.limits)
    if declared == "en" and english is False:
        yield _fail("language", "the text is not in English", "Write it in English, or name its language")
    elif declared != "en" and english:
        yield _fail("language", f"the text is in English, not in {declared}", f"Write it in {declared}")
    if declared == "en" and is_foreign(_own_words_of_the_person(case), case.limits):
        mend = "Answer in the person's language, or let a person answer who speaks it"
        yield _fail("language", "the person did not write in English", mend)


def forbidden_words(case: Case) -> Iterator[Violation]:
    """Words that this sender does not use."""
    for word in case.rules.tenant.forbidden_words:
        if holds(case.own_words, word):
            yield _warn("forbidden-word", word, "Say it in another word")


def tone(case: Case) -> Iterator[Violation]:
    """The mail sounds as it was planned."""
    planned = case.job.plan.tone if case.job.plan else Tone.CONVERSATIONAL
    text = case.own_words
    exclamations = text.count("!") + text.count("\uff01")
    allowed = case.limits.conversational_exclamations if planned is Tone.CONVERSATIONAL else 0
    if exclamations > allowed:
        yield _warn("tone", f"{exclamations} exclamation marks", f"A {planned} mail has at most {allowed}")
    if shouted := _shouted(case):
        yield _warn("tone", f"words in capitals: {', '.join(shouted)}", "Write them in small letters")
    wrong = {
        Tone.FORMAL: _FORMAL_NO,
        Tone.CONVERSATIONAL: _CONVERSATIONAL_NO,
        Tone.URGENT: _URGENT_NO,
    }[planned]
    for match in wrong.finditer(text):
        yield _warn("tone", match.group().strip(), f"It does not sound {planned}: find another word")


def _shouted(case: Case) -> list[str]:
    """Words in capitals that neither the person nor the sender spells so."""
    said = [value for submission in case.job.submissions for value in submission.fields.values()]
    facts = case.job.sender.facts if case.job.sender else ()
    company = case.job.identity.company_name if case.job.identity else ""
    us = case.job.sender.company if case.job.sender else ""
    known = "\n".join((*said, last_words(case.job), *facts, company, us))
    found = (match.group() for match in _SHOUT.finditer(case.own_words))
    return [
        word
        for word in dict.fromkeys(found)
        if len(word) >= case.limits.shouted_letters and word.isupper() and word not in known
    ]


def _own_words_of_the_person(case: Case) -> str:
    """The mail that is answered; else the longest thing of their form: short fields are names and choices."""
    if answers_mail(case.job):
        return last_words(case.job)[: case.limits.body_max_chars]
    newest = case.job.submissions[0].fields.values() if case.job.submissions else ()
    thread = case.job.thread.last_text if case.job.thread else ""
    return max((*newest, "" if newest else thread), key=len, default="")[: case.limits.body_max_chars]


def _is_hidden(sign: str) -> bool:
    return (
        unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")
        and sign not in _HIDDEN_ALLOWED
        and sign != "\r"
    )


def _fail(rule: str, found: str, mend: str) -> Violation:
    return Violation(rule=rule, severity=Severity.FAIL, found=found, mend=mend)


def _warn(rule: str, found: str, mend: str) -> Violation:
    return Violation(rule=rule, severity=Severity.WARN, found=found, mend=mend)


WRITING_RULES: tuple[Rule, ...] = (
    too_long,
    em_dash,
    blank_left,
    hidden_characters,
    call_to_action,
    subject_line,
    too_large,
    language,
    forbidden_words,
    tone,
)
