"""Whether a text is English or certainly is not, by the small words that every text is full of."""

from __future__ import annotations

from shared.policy.limits import DEFAULTS, Limits
from shared.policy.sentences import words

_COMMON = """
the a an and or but of to in on at for from with by as is are was were be been being have has had do
does did will would can could should may might must i you he she it we they me him us them my your his
its our their this that these those what which who how when where why not no yes if so than then there
here about into out up all any some more most other also just only very
"""
_FUNCTION_WORDS = frozenset(_COMMON.split())
_SHARED = "a an in on at as i is was do he me no so we most will all"
_SHARED_WITH_OTHERS = frozenset(_SHARED.split())
"""English words that other languages have too: they prove nothing."""
_FOREIGN = """
der die das und ist nicht wir ich für mit haben sie ein eine zu auf le la les et est nous je pour avec
vous une des du el los y es para con que una por il di e che per sono de het een en van wij ik w na nie
jest do się je se že pro och att det vi som på og og er til ikke az és hogy nem egy um os com não mais
"""
_FOREIGN_WORDS = frozenset(_FOREIGN.split()) - _FUNCTION_WORDS


def english_share(text: str) -> float:
    """The share of words that are English and nothing else, 0 to 1."""
    found = _plain_words(text)
    own = _FUNCTION_WORDS - _SHARED_WITH_OTHERS
    return sum(word.partition("'")[0] in own for word in found) / len(found) if found else 0.0


def is_foreign(text: str, limits: Limits = DEFAULTS) -> bool:
    """Whether a text is certainly not English: hardly an English word, and words or letters that others use.

    A few names and nouns in telegram style are no proof.
    """
    found = _plain_words(text)
    if len(found) < limits.language_min_words or english_share(text) >= limits.foreign_share:
        return False
    foreign = sum(word in _FOREIGN_WORDS for word in found) / len(found)
    letters = [sign for sign in text if sign.isalpha()]
    accents = sum(not sign.isascii() for sign in letters) / max(len(letters), 1)
    return foreign >= limits.foreign_words_share or accents >= limits.foreign_letters_share


def is_english(text: str, limits: Limits = DEFAULTS) -> bool | None:
    """Whether a text is English; None when it is too short to tell."""
    if len(words(text)) < limits.language_min_words:
        return None
    return english_share(text) >= limits.english_share


def _plain_words(text: str) -> list[str]:
    return [word.strip("\"'“”‘’.,;:!?()").lower().replace("’", "'") for word in words(text)]
