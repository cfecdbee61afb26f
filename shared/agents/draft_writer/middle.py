"""The second paragraph: what the sender's own statements say to it, and nothing beyond them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.agents.draft_writer.details import Detail, spoken
from shared.agents.draft_writer.lead import Lead, Said
from shared.agents.draft_writer.opening import opening_question, situation_of, told
from shared.agents.draft_writer.parts import Part, Support, is_avoided
from shared.agents.draft_writer.phrasings import Phrasings
from shared.agents.draft_writer.relevant_facts import ANSWERS, Fact, relevant_facts
from shared.agents.form_fields import Intent, Role
from shared.agents.own_words import Manner
from shared.jobs.facts import Source

BODY = 2
"""The number of the paragraph."""
_NEEDS_CONTEXT = ("It", "They", "This", "That", "These")
_FIRST_FACT_BONUS = 0.5
_ANSWERED = 2
"""A mail that answers more questions than this is no longer short."""
_ASKS_FOR_A_CALL = tuple(
    f"for {article}{thing}"
    for article in ("a ", "")
    for thing in ("demo", "call", "meeting", "walk", "live demo")
)
_HOW_IT_WORKS = ("how it works", "how this works", "how our", "what our", "about our product", "what we do")


def middle(lead: Lead, say: Phrasings, avoid: tuple[str, ...], *, can_call: bool) -> list[Part]:
    """Everything that may stand between the opening and the question, in the order it is read."""
    if lead.complains:
        return [Part(say.say("make_good"), paragraph=BODY)]
    writer = _Middle(lead, say, avoid, can_call=can_call)
    return [
        *writer.answers(),
        *writer.from_before(),
        *writer.from_the_form(),
        *writer.spare(),
        *writer.not_known_yet(),
    ]


class _Middle:
    """One middle paragraph: it remembers which statements it has used."""

    def __init__(self, lead: Lead, say: Phrasings, avoid: tuple[str, ...], *, can_call: bool) -> None:
        self._lead = lead
        self._say = say
        self._avoid = avoid
        self._can_call = can_call
        self._used: set[int] = set()
        self._situation = situation_of(lead, avoid)
        self._opening = None if self._situation else opening_question(lead, avoid)
        self._chosen = [d for d in lead.details if d.role in (Role.INTERESTS, Role.USE_CASE)]

    def from_before(self) -> list[Part]:
        """What was said in an earlier form."""
        earlier = self._lead.earlier
        if earlier is not None:
            kind = "earlier_question" if earlier.manner is Manner.QUESTION else "earlier_message"
            return [told(self._lead, self._say, kind, earlier, BODY, rank=3)]
        if self._lead.wrote_before:
            return [Part(self._say.say("earlier"), rank=4, paragraph=BODY)]
        return []

    def answers(self) -> list[Part]:
        """The questions with their answers; without questions the statement that fits best."""
        questions = self._in_order()
        # The question at the end of the mail is the answer to somebody who asks for a call.
        only_a_call = self._can_call and all(one.words.startswith(_ASKS_FOR_A_CALL) for one in questions)
        if only_a_call or not questions:
            return [*self._what_they_chose(), *self._best_fact()]
        parts: list[Part] = []
        left: list[Said] = []
        for question in questions:
            fact = self._answer_to(question)
            if fact is None or len(self._used) >= _ANSWERED:
                left.append(question)
                continue
            parts += [*self._asked(question, bool(parts)), self._fact(fact, "")]
        if not parts:
            kind = "no_answer_call" if self._can_call else "no_answer"
            question = left.pop(0)
            parts += [*self._asked(question, False), Part(self._say.say(kind), rank=1, paragraph=BODY)]
        if left:
            kind = "noted_question" if len(left) == 1 else "noted_questions"
            parts.append(told(self._lead, self._say, kind, left[0], BODY, rank=3))
        return parts

    def from_the_form(self) -> list[Part]:
        """Sizes, times and tools, where they have a natural place in a sentence."""
        lead, parts = self._lead, list[Part]()
        shown = [(d, spoken(d)) for d in lead.details]
        usable = [(d, text) for d, text in shown if text and not is_avoided(text, self._avoid)]
        # A size alone is small talk; beside something else it helps.
        if usable and (len(usable) > 1 or usable[0][0].role is not Role.EMPLOYEES):
            told_of = usable[:2]
            supports = [detail.support for detail, _ in told_of]
            text = self._say.say("details", d=_list([text for _, text in told_of]))
            parts.append(Part(text, tuple(supports), rank=2, paragraph=BODY))
        if lead.our_question is not None:
            parts.append(told(lead, self._say, "thread_ours", lead.our_question, BODY, rank=2))
        return parts

    def not_known_yet(self) -> list[Part]:
        """That we know little, where we do: it leads over to the question."""
        lead = self._lead
        if lead.situations or lead.questions or self._chosen or lead.thread is not None:
            return []
        kind = "unquoted" if lead.wrote_freely else "little_known"
        return [Part(self._say.say(f"{kind}_call" if self._can_call else kind), rank=1, paragraph=BODY)]

    def spare(self) -> list[Part]:
        """Another statement that has to do with it, for a mail that has little to say."""
        facts = relevant_facts(self._lead.sender.facts, self._lead.topic_words)
        left = [fact for fact in facts if fact.index not in self._used]
        fitting = [fact for fact in left if fact.score >= ANSWERS]
        if fitting:
            return [replace(self._fact(fitting[0], ""), spare=True)]
        first = [fact for fact in left if fact.index == 0]
        return [replace(self._fact(fact, self._say.say("fact_background")), spare=True) for fact in first]

    def _in_order(self) -> list[Said]:
        """The questions, the one that the opening has asked first."""
        rest = [question for question in self._lead.questions if question is not self._opening]
        return [self._opening, *rest] if self._opening else rest

    def _asked(self, question: Said, again: bool) -> list[Part]:
        if question is self._opening:
            return []
        kind = "also_asked" if again or self._opening or self._situation else "asked"
        if question.support.source is Source.THREAD:
            kind = "thread_theirs"
        return [told(self._lead, self._say, kind, question, BODY, rank=1)]

    def _answer_to(self, question: Said) -> Fact | None:
        facts = [
            f for f in relevant_facts(self._lead.sender.facts, question.words) if f.index not in self._used
        ]
        if facts and facts[0].score >= ANSWERS:
            return facts[0]
        asks_how = any(question.words.startswith(start) for start in _HOW_IT_WORKS)
        first = next((fact for fact in facts if fact.index == 0), None)
        return first if asks_how else None

    def _best_fact(self) -> list[Part]:
        lead = self._lead
        facts = relevant_facts(lead.sender.facts, lead.topic_words)
        if not facts:
            return [Part(self._say.say("no_facts"), rank=1, paragraph=BODY)] if self._situation else []
        # The first statement is the one that stands best alone; "It works with ..." needs one before it.
        alone = [fact for fact in facts if fact.text.partition(" ")[0] not in _NEEDS_CONTEXT] or facts
        best = max(alone, key=lambda fact: fact.score + (_FIRST_FACT_BONUS if fact.index == 0 else 0))
        if best.score >= ANSWERS and (self._situation or self._chosen or lead.intent is Intent.PRICING):
            lead_in = self._say.say("fact_fits") if self._situation else ""
        else:
            best = min(alone, key=lambda fact: fact.index)
            lead_in = self._say.say("fact_intro")
        return [self._fact(best, lead_in)]

    def _fact(self, fact: Fact, lead_in: str) -> Part:
        self._used.add(fact.index)
        source = self._lead.sender.facts[fact.index]
        support = Support(Source.SENDER, f"sender.facts[{fact.index}]", source, says=fact.text.rstrip("."))
        return Part(f"{lead_in}{fact.text}", (support,), rank=1, paragraph=BODY)

    def _what_they_chose(self) -> list[Part]:
        interests = [d for d in self._chosen if d.role is Role.INTERESTS]
        use_case = [d for d in self._chosen if d.role is Role.USE_CASE][:1]
        if interests:
            return [self._quoted("interests", interests)]
        return [self._quoted("use_case", use_case)] if use_case else []

    def _quoted(self, kind: str, chosen: Sequence[Detail]) -> Part:
        words = _list([f'"{detail.value}"' for detail in chosen])
        text = self._say.say(kind, d=words)
        return Part(text, tuple(detail.support for detail in chosen), rank=2, paragraph=BODY)


def _list(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
