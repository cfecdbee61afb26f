"""An answer to a mail: what they asked or told, what the sender's own statements say to it, and no more."""

from __future__ import annotations

from collections.abc import Sequence

from shared.agents.draft_writer.lead import Lead, Said
from shared.agents.draft_writer.opening import OPENING, told
from shared.agents.draft_writer.parts import Part, Support, is_avoided
from shared.agents.draft_writer.phrasings import Phrasings
from shared.agents.draft_writer.relevant_facts import Fact, relevant_facts
from shared.agents.mail_wish import MailWish
from shared.agents.own_words import Manner
from shared.jobs.facts import Source
from shared.pattern import Pattern

BODY = 2
"""The number of the paragraph."""
_ANSWERED = 2
"""A mail that answers more questions than this is no longer short."""
_ABOUT_A_CALL = Pattern(
    r"\b(?:calls?|meet|meeting|talk|speak|chat|demo|free|available|availability|times?|slots?|zoom|invite)\b"
)
_CALL_WISHES = (MailWish.CALL, MailWish.CONFIRM)


def reply_parts(lead: Lead, say: Phrasings, avoid: tuple[str, ...], *, can_call: bool) -> list[Part]:
    """All that stands between the greeting and the question, in the order it is read."""
    if lead.complains:
        situation = next(iter(_usable(lead.situations, avoid)), None)
        sorry = (
            told(lead, say, "complaint", situation, OPENING)
            if situation
            else Part(say.say("complaint_unquoted"), paragraph=OPENING)
        )
        return [sorry, Part(say.say("make_good"), paragraph=BODY)]
    questions = open_questions(lead, avoid)
    situation = _weightiest(lead, avoid)
    parts = _opening(lead, say, questions, situation)
    parts += [Part(say.say("soon"), rank=3, paragraph=OPENING)] if lead.is_soon else []
    if lead.wish is MailWish.LATER:
        return [*parts, Part(say.say("reply_until_then"), rank=2, paragraph=OPENING)]
    parts += _answers(lead, say, questions, can_call=can_call)
    if questions and lead.left_out:
        parts.append(Part(say.say("reply_rest"), rank=1, paragraph=BODY))
    parts += _what_fits(lead, say, questions, situation)
    parts += _not_quoted(lead, say, questions, situation, can_call=can_call)
    if lead.earlier is not None:
        kind = "earlier_question" if lead.earlier.manner is Manner.QUESTION else "earlier_message"
        parts.append(told(lead, say, kind, lead.earlier, BODY, rank=3))
    return parts


def open_questions(lead: Lead, avoid: tuple[str, ...]) -> list[Said]:
    """Their questions that the one at the end of the mail does not answer; those we can answer come first."""
    found = _usable(lead.questions, avoid)
    if lead.wish in _CALL_WISHES:
        found = [one for one in found if not _ABOUT_A_CALL.search(one.words)]
    return sorted(found, key=lambda one: answer_to(lead, one) is None)


def answer_to(lead: Lead, question: Said, used: Sequence[int] = ()) -> Fact | None:
    """The statement of the sender that answers a question."""
    facts = [fact for fact in relevant_facts(lead.sender.facts, question.words) if fact.index not in used]
    return next((fact for fact in facts if fact.fits), None)


def _opening(lead: Lead, say: Phrasings, questions: list[Said], situation: Said | None) -> list[Part]:
    match lead.wish:
        case MailWish.LATER:
            return [Part(say.say("reply_later"), paragraph=OPENING)]
        case MailWish.CONFIRM if lead.takes_one:
            return [Part(say.say("reply_confirm"), paragraph=OPENING)]
        case MailWish.CONFIRM if lead.time_is_gone:
            return [Part(say.say("reply_not_free"), paragraph=OPENING)]
        case MailWish.CALL | MailWish.CONFIRM:
            first = [Part(say.say("reply_call"), paragraph=OPENING)]
            return (
                [*first, told(lead, say, "situation_again", situation, OPENING, rank=2)]
                if situation
                else first
            )
        case _:
            pass
    if questions:
        return [told(lead, say, "reply_question", questions[0], OPENING)]
    if situation is not None:
        return [told(lead, say, "reply_situation", situation, OPENING)]
    return [Part(say.say("reply_read"), paragraph=OPENING)]


def _answers(lead: Lead, say: Phrasings, questions: list[Said], *, can_call: bool) -> list[Part]:
    """Questions with their answers; the first that has none is promised one, the others are noted."""
    asked_first = lead.wish not in _CALL_WISHES
    parts: list[Part] = []
    used: list[int] = []
    left: list[Said] = []
    in_their_order = {one.support.span: place for place, one in enumerate(lead.questions)}
    for place, question in enumerate(questions):
        fact = answer_to(lead, question, used) if len(used) < _ANSWERED else None
        if fact is None:
            left.append(question)
            continue
        if place or not asked_first:
            kind = "also_asked" if place else "asked"
            parts.append(told(lead, say, kind, question, BODY, rank=1))
        used.append(fact.index)
        parts.append(_fact(lead, fact))
    if not left:
        return parts
    if used:
        left.sort(key=lambda one: in_their_order[one.support.span])
    if used or not asked_first:
        kind = "reply_noted" if len(left) == 1 else "reply_noted_more"
        kind = "noted_question" if can_call and len(left) == 1 else kind
        return [*parts, told(lead, say, kind, left[0], BODY, rank=1 if asked_first else 2)]
    parts = [Part(say.say("no_answer_call" if can_call else "reply_no_answer"), rank=1, paragraph=BODY)]
    if len(left) > 1:
        kind = "reply_noted" if len(left) == 2 else "reply_noted_more"
        parts.append(told(lead, say, kind, left[1], BODY, rank=2))
    return parts


def _what_fits(lead: Lead, say: Phrasings, questions: list[Said], situation: Said | None) -> list[Part]:
    """One statement that has to do with what they told, where they asked nothing."""
    if questions or situation is None or lead.wish is not MailWish.OTHER:
        return []
    fact = answer_to(lead, situation)
    return [_fact(lead, fact, say.say("fact_fits"))] if fact else []


def _not_quoted(
    lead: Lead, say: Phrasings, questions: list[Said], situation: Said | None, *, can_call: bool
) -> list[Part]:
    """That their points are taken seriously although none could be told back."""
    asks = lead.wish in (MailWish.ANSWER, MailWish.PRICE)
    if questions or not (asks or (situation is None and lead.wish is MailWish.OTHER)):
        return []
    return [Part(say.say("unquoted_call" if can_call else "reply_not_quoted"), rank=1, paragraph=BODY)]


def _fact(lead: Lead, fact: Fact, lead_in: str = "") -> Part:
    source = lead.sender.facts[fact.index]
    support = Support(Source.SENDER, f"sender.facts[{fact.index}]", source, says=fact.text.rstrip("."))
    return Part(f"{lead_in}{fact.text}", (support,), rank=1, paragraph=BODY)


def _weightiest(lead: Lead, avoid: tuple[str, ...]) -> Said | None:
    return max(_usable(lead.situations, avoid), key=lambda one: one.weight, default=None)


def _usable(said: Sequence[Said], avoid: tuple[str, ...]) -> list[Said]:
    return [one for one in said if not is_avoided(one.words, avoid)]
