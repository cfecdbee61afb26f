"""The one question of a mail: which of these times, or the one thing we need to know next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.agents.draft_writer.lead import Lead, Said
from shared.agents.draft_writer.parts import Part, Support, is_avoided
from shared.agents.draft_writer.phrasings import Phrasings
from shared.agents.draft_writer.reply import answer_to, open_questions
from shared.agents.draft_writer.slot_words import day_of, length_of, slots_as_words, time_of, zone_of
from shared.agents.form_fields import Intent, Role
from shared.agents.mail_wish import MailWish
from shared.jobs.facts import Slot, Source
from shared.policy.evidence import slot_words

CLOSING = 3
"""The number of the paragraph."""


def call_to_action(lead: Lead, slots: Sequence[Slot], say: Phrasings, avoid: tuple[str, ...]) -> Part:
    """The free times where there are any and nothing speaks against them, else one concrete question."""
    if slots:
        offer = _offer(slots, say, takes_one=lead.takes_one)
        if not is_avoided(offer.text, avoid):
            return offer
    if lead.month is not None:
        again = _month(lead.month, say)
        if not is_avoided(again.text, avoid):
            return again
    kinds = _kinds(lead) if lead.wish is None else _kinds_after_a_mail(lead, lead.wish, avoid)
    asked = [Part(say.say(kind), paragraph=CLOSING) for kind in kinds]
    liked = (part for part in asked if not is_avoided(part.text, avoid))
    return next(liked, asked[0])


def _offer(slots: Sequence[Slot], say: Phrasings, *, takes_one: bool) -> Part:
    zone = zone_of(slots[0])
    supports = [Support(Source.CALENDAR, "calendar.time_zone", zone, says=zone)]
    for place, slot in enumerate(slots):
        support = Support(Source.CALENDAR, f"calendar.slots[{place}]", slot_words(slot))
        said = (f"{day_of(slot)} at {time_of(slot)}", day_of(slot), time_of(slot))
        supports += [replace(support, says=words) for words in said]
    one = "invite_one" if takes_one else "call_one"
    text = say.say(
        "call" if len(slots) > 1 else one,
        slots=slots_as_words(slots),
        length=length_of(slots[0]),
        zone=zone,
    )
    return Part(text, tuple(supports), paragraph=CLOSING)


def _month(month: Said, say: Phrasings) -> Part:
    return Part(say.say("ask_month_named", month=month.words), (month.support,), paragraph=CLOSING)


def _kinds_after_a_mail(lead: Lead, wish: MailWish, avoid: tuple[str, ...]) -> list[str]:
    """What to ask somebody who answered us, the most useful first."""
    kinds: list[str] = []
    if wish is MailWish.LATER:
        kinds.append("ask_month")
    if lead.complains:
        kinds.append("ask_fix")
    if wish in (MailWish.CALL, MailWish.CONFIRM):
        kinds.append("ask_day")
    questions = open_questions(lead, avoid)
    if questions:
        answered = not lead.left_out and all(answer_to(lead, one) is not None for one in questions)
        kinds.append("ask_else" if answered else "ask_else_open")
    elif wish in (MailWish.ANSWER, MailWish.PRICE):
        kinds.append("ask_else_open")
    return [*kinds, "ask_next", "ask_else", "ask_day"]


def _kinds(lead: Lead) -> list[str]:
    """What to ask, the most useful first."""
    roles = {detail.role for detail in lead.details}
    kinds: list[str] = []
    if lead.complains:
        kinds.append("ask_fix")
    knows_goal = bool(lead.situations or lead.questions or roles & {Role.USE_CASE, Role.INTERESTS})
    if not knows_goal and lead.intent is not Intent.PRICING:
        kinds.append("ask_goal")
    if not lead.knows_headcount:
        kinds.append("ask_team")
    if Role.TIMELINE not in roles and not lead.is_soon:
        kinds.append("ask_timing")
    return [*kinds, "ask_day"]
