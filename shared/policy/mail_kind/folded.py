"""The words of a mail in one plain spelling, so that a phrase is found however it was typed.

Phrases are written as people write them and folded by the same rules: no accents, no apostrophes, no capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property

from shared.pattern import Pattern

MOST_CHARS = 6_000
"""How much of a text is looked at: who asks for something in a mail does so early or at its very end."""

_STROKES = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)  # fmt: skip
_SIGNS = str.maketrans(
    {
        "'": "", "’": "", "‘": "", "`": "", "´": "", "ʼ": "", "\u00ad": "", "\u200b": "", "\ufeff": "",
        "-": " ", "‐": " ", "‑": " ", "–": " ", "—": " ", "−": " ", "\u00a0": " ", "_": " ",
        ",": " ", '"': " ", "“": " ", "”": " ", "„": " ", "«": " ", "»": " ", "*": " ",
        "。": ". ", "！": "!", "？": "?", "、": " ", ":": ".", ";": ".", "•": ".", "|": ".", "…": ".",
        "(": " ", ")": " ", "[": " ", "]": " ", "<": " ", ">": " ", "¿": " ", "¡": " ", "/": " ",
        "=": " ", "~": " ", "\t": " ", "\r": " ",
    }
)  # fmt: skip
_E_MAIL = Pattern(r"(?<!\w)e mail(?=\w{0,3}(?!\w))")
_LINKS = Pattern(r"\b(?:https?://|www\.)\S{1,500}|\S{1,80}@[\w.-]{1,120}", re.IGNORECASE)
_SENTENCE_ENDS = Pattern(r"[.!?]+(?=\s|$)|\n\s*\n|[!?]+")
_SPACES = Pattern(r"\s+")
_GAP = r"(?: [^\s.!?]{1,40}){0,4} "
_NEARLY = r"\w{0,12}"


def plain_letters(text: str) -> str:
    """The text without capitals and accents; its punctuation stays."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_STROKES)


def folded(text: str) -> str:
    """The text in its plain spelling, with its line breaks and the signs that end a sentence; links go."""
    plain = _letters(_LINKS.sub(" adr ", shortened(text)))
    return _E_MAIL.sub("email", plain)


def folded_line(text: str) -> str:
    """As `folded`, in one line."""
    return _SPACES.sub(" ", folded(text)).strip()


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a folded text, each in one line with a space at its end; a question keeps its sign."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_ENDS.finditer(text):
        found.append(_sentence(text[start : end.start()], end.group()))
        start = end.end()
    found.append(_sentence(text[start:], ""))
    return tuple(f"{sentence} " for sentence in found if sentence.strip(" .?"))


class Phrases:
    """What people say in many ways, as one pattern that is built when it is first looked for."""

    def __init__(self, expression: Callable[[], str]) -> None:
        self._expression = expression

    @cached_property
    def expression(self) -> str:
        """The pattern as a regular expression."""
        return self._expression()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.expression)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place where one of them stands, None when none does."""
        return self._pattern.search(text)

    def said_in(self, text: str) -> frozenset[str]:
        """Everything of it that stands in a text."""
        return frozenset(found.group() for found in self._pattern.finditer(text))

    def without(self, text: str) -> str:
        """The text without them, with a mark where they stood."""
        return self._pattern.sub("…", text)

    def places_in(self, text: str) -> list[re.Match[str]]:
        """Every place where one of them stands."""
        return list(self._pattern.finditer(text))


def phrases(*blocks: str) -> Phrases:
    """Phrases for folded text, as whole words: one on each line, continued where the next is indented.

    In a phrase, ` .. ` is up to four words, `*` the rest of a word, `(a|b)` one of these, `?` may be absent,
    `^` begins and `$` ends the sentence.
    """
    return Phrases(lambda: rf"(?<!\w)(?:{'|'.join(map(_expression, _lines(blocks)))})(?!\w)")


def runs(*blocks: str) -> Phrases:
    """Phrases for writing without spaces between words."""
    return Phrases(lambda: "|".join(_expression(line).replace(" ", "") for line in _lines(blocks)))


def plain(*blocks: str) -> Phrases:
    """Regular expressions for text of plain letters: one on each line, continued where the next is indented."""
    return Phrases(lambda: plain_letters("|".join(_lines(blocks))))


def any_of(*parts: Phrases) -> Phrases:
    """What any of these finds."""
    return Phrases(lambda: "|".join(f"(?:{part.expression})" for part in parts))


def shortened(text: str) -> str:
    """What is looked at of a text: its beginning and its end."""
    if len(text) <= MOST_CHARS:
        return text
    return f"{text[: MOST_CHARS * 2 // 3]}\n\n{text[-MOST_CHARS // 3 :]}"


def _letters(text: str) -> str:
    return plain_letters(text.translate(_SIGNS)).translate(_SIGNS)


def _sentence(text: str, end: str) -> str:
    line = _SPACES.sub(" ", text).strip()
    return f"{line} ?" if "?" in end else line


def _lines(blocks: Iterable[str]) -> list[str]:
    joined = "\n".join(blocks).replace("\n    ", "")
    return [line.strip() for line in joined.splitlines() if line.strip()]


def _expression(line: str) -> str:
    """A phrase as an expression: its words folded, its signs kept."""
    pieces: list[str] = []
    for piece in re.split(r"( \.\. |[()|*?^$])", line):
        match piece:
            case " .. ":
                pieces.append(_GAP)
            case "*":
                pieces.append(_NEARLY)
            case "(":
                pieces.append("(?:")
            case "^":
                pieces.append("^")
            case "$":
                pieces.append(r"(?=[ ?]*$)")
            case ")" | "|" | "?":
                pieces.append(piece)
            case _:
                pieces.append(re.escape(_SPACES.sub(" ", _letters(piece))))
    return _E_MAIL.sub("email", "".join(pieces).replace(r"\ ", " "))
