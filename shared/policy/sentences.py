"""Words and sentences of a mail, the same for every rule that counts or reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shared.pattern import Pattern

_ABBREVIATION = Pattern(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|mr|mrs|ms|dr|prof|inc|ltd|corp|co|st|no|jr|sr|u\.s|a\.m|p\.m)"
    r"|\b[A-Z])\.$",
    re.IGNORECASE,
)
_END = Pattern(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n")
_WORD = Pattern(r"\S+")
_QUOTED = Pattern(r"[\"“][^\"“”\n]{1,300}[\"”]")


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands in the text."""

    text: str
    start: int
    end: int


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text in order; a line break ends one too."""
    start = 0
    for mark in _END.finditer(text):
        is_stop = mark.group().startswith(".") and not mark.group().startswith("..")
        if is_stop and _ABBREVIATION.search(text[start : mark.start() + 1]):
            continue
        yield from _sentence(text, start, mark.end())
        start = mark.end()
    yield from _sentence(text, start, len(text))


def words(text: str) -> list[str]:
    """What a reader counts as words: stretches without spaces that hold a letter or digit."""
    return [word for word in _WORD.findall(text) if any(sign.isalnum() for sign in word)]


def without_quotes(text: str) -> str:
    """The text with every quotation blanked out, so that positions stay."""
    return _QUOTED.sub(lambda quoted: " " * len(quoted.group()), text)


def plain(text: str) -> str:
    """For comparing: one kind of quote, dash and space, no case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for sign, like in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("‑", "-")):
        folded = folded.replace(sign, like)
    return " ".join(folded.split())


def holds(whole: str, part: str) -> bool:
    """Whether a text holds some words, as whole words, whatever the spacing and case."""
    wanted = plain(part)
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain(whole)) is not None


def places(text: str, part: str) -> list[tuple[int, int]]:
    """Where a text holds some words, whatever the spacing and case."""
    pieces = [re.escape(piece) for piece in part.split()]
    if not pieces:
        return []
    pattern = r"(?<!\w)" + r"\s+".join(pieces) + r"(?!\w)"
    return [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        begin = start + len(part) - len(part.lstrip())
        yield Sentence(stripped, begin, begin + len(stripped))
