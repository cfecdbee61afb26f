"""Choose the statements of the sender that have to do with what the person wrote."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ANSWERS = 0.7
"""What a statement must share with a question before it is put behind it as an answer."""

_SHARED_WORDS = 2
_MOST = 0.5
_USABLE_MAX_WORDS = 40
_COMMON_WORDS = """
a able about after all also always an and any are as at be before but by can company could currently day
days do does each every for from get good had has have help hour hours how i if in into is it its just
like long look looking made make many me month months more most much my need new no not now of on one only
or other our out over per people person possible really send sends sent should so some still take takes
tool than that the their them then there these they thing things this those three time to too two under up
us use used user using want was way we week weeks well were what when where whether which who will with
within without work working works would year years yet you your yours
"""
_COMMON = frozenset(_COMMON_WORDS.split())
# Different words that people use for one thing, each group under its first.
_SAME_THING = """
price pricing prices priced cost costs quote quotation fee fees budget expensive
answer answers answering answered reply replies replying respond responds responding response responses
setup setting install installation installing onboarding implementation rollout
form forms enquiry enquiries inquiry inquiries lead leads inbound request requests
meeting meetings calendar calendars appointment appointments booking bookings scheduling
data hosting hosted stored storage gdpr privacy security secure
tone voice style wording
approve approves approved approval review reviewed
crm hubspot
mail mails email emails inbox gmail
fail fails failing failure failures failed breakdown breakdowns
internet offline online cloud
"""
_STEM_OF = {word: group.split()[0] for group in _SAME_THING.strip().splitlines() for word in group.split()}


@dataclass(frozen=True)
class Fact:
    """A statement from the sender's settings. `score` says how much it shares with the person's words.

    `shared` words are in both, which is a `share` of all that the person's words are about, 0 to 1.
    """

    index: int
    text: str
    score: float
    shared: int = 0
    share: float = 0.0

    @property
    def fits(self) -> bool:
        """Whether it is about the same thing, and not only touches on one of several."""
        return self.score >= ANSWERS and (self.shared >= _SHARED_WORDS or self.share > _MOST)


def relevant_facts(facts: Sequence[str], words: str) -> list[Fact]:
    """The usable statements, most relevant first; equal ones keep the order of the settings."""
    usable = [(index, _sentence(fact)) for index, fact in enumerate(facts) if _is_usable(fact)]
    stems = {index: _stems(text) for index, text in usable}
    asked = _stems(words)
    found = [
        Fact(
            index,
            text,
            sum(_weight(stem, stems.values()) for stem in stems[index] & asked),
            len(stems[index] & asked),
            len(stems[index] & asked) / len(asked) if asked else 0.0,
        )
        for index, text in usable
    ]
    return sorted(found, key=lambda fact: (-fact.score, fact.index))


def _weight(stem: str, facts: Iterable[frozenset[str]]) -> float:
    """A word that every statement has says little about which one is meant."""
    return 1 / math.sqrt(sum(stem in fact for fact in facts) or 1)


def _is_usable(fact: str) -> bool:
    plain = not re.search(r"[?!\[\]<>@—]|https?:|www\.|\w\.(?:com|net|org|io)\b", fact)
    return plain and 2 < len(fact.split()) <= _USABLE_MAX_WORDS


def _sentence(fact: str) -> str:
    text = " ".join(fact.split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(
        _STEM_OF.get(word) or _stem(word) for word in words if word not in _COMMON and len(word) > 1
    )


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "es", "ed", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
