"""How a mail sounds: counted in the plain words for it, with what is negated counted the other way."""

from __future__ import annotations

import re

from shared.agents.own_words import complains
from shared.jobs.facts import Sentiment
from shared.pattern import Pattern

_READ_CHARS = 4000
_POSITIVE = """
great good glad happy love loved loves like perfect excellent excited wonderful brilliant awesome nice fantastic
interested interesting helpful appreciate appreciated keen delighted pleased impressed impressive promising
enjoyed smooth works gladly yes absolutely definitely
gut super toll gerne gern perfekt interessant freue freuen begeistert klasse prima
bien parfait super intéressé intéressée intéressant ravi ravie volontiers excellente
bueno buena genial perfecto encantado encantada interesante interesado interesada estupendo
"""
_NEGATIVE = """
bad poor wrong broken useless slow late disappointed disappointing frustrated frustrating angry annoyed annoying
unhappy upset terrible awful horrible worst waste ridiculous unacceptable confusing confused unfortunately worried
concern concerns concerned problem problems issue issues fail failed fails failing bug bugs expensive spam complaint
rude unprofessional cancel cancelled nobody never
schlecht leider enttäuscht verärgert ärgerlich unzufrieden problem probleme fehler teuer unverschämt frechheit
mauvais déçu déçue malheureusement problème problèmes inacceptable cher mécontent
malo mala decepcionado decepcionada desgraciadamente lamentablemente problemas inaceptable caro molesto
"""
_POSITIVES = frozenset(_POSITIVE.split())
_NEGATIVES = frozenset(_NEGATIVE.split())
_NEGATING = """
not no never isn't aren't wasn't don't doesn't didn't can't cannot won't hardly nicht kein keine nie pas non
"""
_NEGATION = frozenset(_NEGATING.split())
_REACH_WORDS = 3
_COURTESY = Pattern(
    r"\b(?:have a (?:good|great|nice|lovely)|good (?:morning|afternoon|evening|day)|"
    r"all the best|best (?:regards|wishes)|hope (?:you are|you['’]re|this finds you|all is) \w+|would like|"
    r"['’]d like|like to|would love|['’]d love|"
    r"no (?:problem|problems|worries|issue|rush|hurry)|guten (?:tag|morgen|abend)|something like|looks like)\b",
    re.IGNORECASE,
)


def sentiment_of(text: str) -> Sentiment:
    """Positive or negative where the words for one outweigh the other; courtesies say nothing."""
    shown = text[:_READ_CHARS].replace("’", "'")
    if complains(shown):
        return Sentiment.NEGATIVE
    balance = sum(_mood(sentence) for sentence in re.split(r"[.!?;\n]+", _COURTESY.sub(" ", shown)))
    if balance > 0:
        return Sentiment.POSITIVE
    return Sentiment.NEGATIVE if balance < 0 else Sentiment.NEUTRAL


def _mood(sentence: str) -> int:
    found = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", sentence.lower())
    balance = 0
    for place, word in enumerate(found):
        weight = (word in _POSITIVES) - (word in _NEGATIVES)
        before = found[max(0, place - _REACH_WORDS) : place]
        balance += -weight if weight and _NEGATION & set(before) else weight
    return balance
