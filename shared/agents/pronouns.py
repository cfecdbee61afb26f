"""Who is who when somebody's words are told back to them: their "we" is "you", their "you" is "we"."""

from __future__ import annotations

_TO_THEM = {
    "i": "you", "we": "you", "me": "you", "us": "you", "my": "your", "our": "your", "mine": "yours",
    "ours": "yours", "myself": "yourself", "ourselves": "yourselves", "i'm": "you are", "we're": "you are",
    "i've": "you have", "we've": "you have", "i'd": "you would", "we'd": "you would", "i'll": "you will",
    "we'll": "you will",
}  # fmt: skip
_TO_US = {
    "your": "our", "yours": "ours", "yourself": "ourselves", "yourselves": "ourselves", "you're": "we are",
    "you've": "we have", "you'd": "we would", "you'll": "we will",
}  # fmt: skip
_PREPOSITIONS_AND_VERBS = """
to for with from by about of at than call see meet reach contact pay ask tell show between on
"""
_BEFORE_AN_OBJECT = frozenset(_PREPOSITIONS_AND_VERBS.split())
_VERB_AFTER_I = {"am": "are", "was": "were"}


def as_you(text: str) -> str:
    """What they say of themselves, said to them."""
    words = text.split()
    return " ".join(_as_you(word, words[at - 1] if at else "") for at, word in enumerate(words))


def as_their_question(text: str) -> str:
    """Their question to us, told back to them: "you" is us, "we" is they."""
    words = text.split()
    turned: list[str] = []
    for at, word in enumerate(words):
        bare, comma = _bare(word)
        if bare == "you":
            is_object = (
                at == len(words) - 1 or bool(comma) or (at > 0 and words[at - 1].lower() in _BEFORE_AN_OBJECT)
            )
            turned.append(("us" if is_object else "we") + comma)
        elif bare in _TO_US:
            turned.append(_TO_US[bare] + comma)
        else:
            turned.append(_as_you(word, words[at - 1] if at else ""))
    return " ".join(turned)


def lower_first(text: str) -> str:
    """With a small first letter, unless it begins with an acronym."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] in (" ", "'", "’", "") else text


def third_person(verb: str) -> str:
    """ "work" as "works"."""
    irregular = {"have": "has", "do": "does", "be": "is", "go": "goes"}
    if verb in irregular:
        return irregular[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _as_you(word: str, before: str) -> str:
    bare, comma = _bare(word)
    if word == "US":
        return word
    if bare in _TO_THEM:
        return _TO_THEM[bare] + comma
    if bare in _VERB_AFTER_I and before.lower() == "i":
        return _VERB_AFTER_I[bare] + comma
    return word


def _bare(word: str) -> tuple[str, str]:
    comma = "," if word.endswith(",") else ""
    return word.rstrip(",").lower().replace("’", "'"), comma
