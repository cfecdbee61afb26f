"""The first paragraph: why we write, told with what the person wrote."""

from __future__ import annotations

from collections.abc import Sequence

from shared.agents.draft_writer.lead import Lead, Said
from shared.agents.draft_writer.parts import Part, Support, is_avoided
from shared.agents.draft_writer.phrasings import Phrasings
from shared.agents.draft_writer.relevant_facts import ANSWERS, relevant_facts
from shared.agents.form_fields import Intent
from shared.jobs.facts import Source

OPENING = 1
"""The number of the paragraph."""


def opening(lead: Lead, say: Phrasings, avoid: tuple[str, ...]) -> list[Part]:
    """What they said, asked or sent; nothing else belongs here."""
    situation = situation_of(lead, avoid)
    question = opening_question(lead, avoid)
    if lead.complains:
        if situation is None:
            return [Part(say.say("complaint_unquoted"), paragraph=OPENING)]
        return [told(lead, say, "complaint", situation, OPENING)]
    parts: list[Part] = []
    if lead.thread is not None:
        parts.append(Part(say.say("again"), rank=2, paragraph=OPENING))
    if situation is not None:
        plain = bool(lead.questions) or _weight(lead, situation) < ANSWERS
        first = "situation_plain" if plain else "situation"
        parts.append(told(lead, say, "situation_again" if parts else first, situation, OPENING))
    elif question is not None:
        in_thread = question.support.source is Source.THREAD
        kind = "question_of_thread" if in_thread else "question_again" if parts else "question"
        parts.append(told(lead, say, kind, question, OPENING))
    elif not parts or lead.intent not in (Intent.UNKNOWN, Intent.CONTACT):
        parts.append(_by_intent(lead, say, avoid))
    if lead.is_soon:
        parts.append(Part(say.say("soon"), rank=3, paragraph=OPENING))
    return parts


def situation_of(lead: Lead, avoid: tuple[str, ...]) -> Said | None:
    """What weighs most of all that they told of themselves."""
    best = max(_usable(lead.situations, avoid), key=lambda one: _weight(lead, one), default=None)
    asks_now = any(question.support.source is Source.FORM for question in lead.questions)
    if best is not None and asks_now and not lead.complains and _weight(lead, best) < ANSWERS:
        # "We are in Munich" beside a question is no reason to write.
        return None
    return best


def opening_question(lead: Lead, avoid: tuple[str, ...]) -> Said | None:
    """The first question that one of our statements answers, else simply the first."""
    usable = _usable(lead.questions, avoid)
    answered = [one for one in usable if _shared(lead, one) >= ANSWERS]
    return (answered or usable or [None])[0]


def told(
    lead: Lead, say: Phrasings, kind: str, said: Said, paragraph: int, *, rank: int = 0, spare: bool = False
) -> Part:
    """A sentence of this kind around something that was said."""
    text = say.say(kind, s=said.words, q=said.words, us=lead.sender.company)
    us = Support(Source.SENDER, "sender.company", lead.sender.company)
    return Part(text, (said.support, us), rank, paragraph, spare)


def _usable(said: Sequence[Said], avoid: tuple[str, ...]) -> list[Said]:
    return [one for one in said if not is_avoided(one.words, avoid)]


def _shared(lead: Lead, said: Said) -> float:
    facts = relevant_facts(lead.sender.facts, said.words)
    return facts[0].score if facts else 0.0


def _weight(lead: Lead, situation: Said) -> float:
    return situation.weight + _shared(lead, situation)


def _by_intent(lead: Lead, say: Phrasings, avoid: tuple[str, ...]) -> Part:
    """Thanks for what the form is for, as they wrote nothing that can be told back."""
    us = Support(Source.SENDER, "sender.company", lead.sender.company)
    intent = Intent.CONTACT if lead.intent is Intent.UNKNOWN else lead.intent
    company = lead.company if lead.company and not is_avoided(lead.company.value, avoid) else None
    if company is None:
        text = say.say(intent.value, us=lead.sender.company, for_company="")
        return Part(text, (us,), paragraph=OPENING)
    on_behalf = intent in (Intent.CONTACT, Intent.MATERIAL, Intent.EVENT)
    for_company = f" on behalf of {company.value}" if on_behalf else f" for {company.value}"
    text = say.say(intent.value, us=lead.sender.company, for_company=for_company)
    return Part(text, (us, company.support), paragraph=OPENING)
