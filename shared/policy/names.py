"""Names in a text: capitalised words that do not merely begin a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.pattern import Pattern
from shared.policy.claims import Claim, ClaimKind
from shared.policy.sentences import Sentence

_TOKEN = Pattern(r"[^\W\d_](?:[\w&+]|['’.\-](?=\w))*")
_CAPITALISED_ANYWAY = """
i i'm i'd i'll i've am pm ok crm api csv pdf roi kpi sql it hr faq us uk eu usa utc gmt b2b saas ai erp
asap fyi ps q&a ceo cto cfo coo cio vp url dear hi hello hey mr mrs ms miss dr prof sir madam good
morning afternoon evening english german french spanish italian dutch portuguese polish czech re best
kind warm regards wishes thanks thank you sincerely yours cheers
"""
_NO_NAMES = frozenset(_CAPITALISED_ANYWAY.split())
_SENTENCE_STARTERS = """
the a an this that these those my our your their his her its we you they he she there here what which
when where who why how would could should can will may might do does did is are was were have has had if
as at in on for from with by to of and but or so then also since because while until after before both
each every some any no not thanks please let monday tuesday wednesday thursday friday saturday sunday
great congratulations about regarding re today tomorrow yesterday now once perhaps maybe many most more
unlike like
"""
_STARTERS = frozenset(_SENTENCE_STARTERS.split())
_CLOSING = Pattern(
    r"(?:best|kind|warm|many|thanks?|sincerely|yours|regards|cheers|all the|with|take care)\b[^.!?]{0,30},?$",
    re.IGNORECASE,
)


def names_in(text: str, sentence: Sentence) -> Iterator[Claim]:
    """The names of one sentence, word by word; a first word counts only where it can be nothing else."""
    tokens = list(_TOKEN.finditer(text, sentence.start, sentence.end))
    for place, token in enumerate(tokens):
        word = _bare(token.group())
        if not word or word.lower() in _NO_NAMES:
            continue
        if not (word[0].isupper() or _has_inner_capital(word)):
            continue
        begins = place == 0 or _after_quote_or_colon(text, sentence.start, token.start())
        if begins and not _stands_out(text, sentence, tokens, place):
            continue
        start = token.start()
        yield Claim(ClaimKind.NAME, word, start, start + len(word), word.casefold())


def name_words(text: str) -> frozenset[str]:
    """Every word of a text as `names_in` would spell it, to look a name up in a source."""
    found: set[str] = set()
    for token in _TOKEN.finditer(text):
        word = _bare(token.group()).casefold()
        found.add(word)
        found.update(piece for piece in re.split(r"[-.&+'’]", word) if piece)
    return frozenset(found)


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word)


def _has_inner_capital(word: str) -> bool:
    return any(sign.isupper() for sign in word[1:])


def _after_quote_or_colon(text: str, start: int, place: int) -> bool:
    """A quotation, a list or what follows a colon may begin with a capital like a sentence."""
    before = text[start:place].rstrip(" ")
    return bool(before) and (before[-1] in '"“(:' or not any(sign.isalnum() for sign in before))


def _stands_out(text: str, sentence: Sentence, tokens: list[re.Match[str]], place: int) -> bool:
    word = _bare(tokens[place].group())
    if _has_inner_capital(word):
        return True
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None:
        # A line that is one capitalised word is a signature, not a sentence.
        alone = sentence.text.strip(" ,") == tokens[place].group() and place == 0
        return alone and not _CLOSING.match(sentence.text)
    next_word = _bare(following.group())
    touches = text[tokens[place].end() : following.start()] == " "
    is_name = next_word[:1].isupper() and next_word.lower() not in _NO_NAMES
    return touches and is_name and word.lower() not in _STARTERS
