"""Take from a person's free text only what is safe and sensible to repeat back to them (keeps P10).

Nothing is repeated because it looks harmless: a sentence is repeated only when it has a shape we know (about
the writer, or a question to us), is made of plain words, and holds none of the words of `unsafe_words`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared.agents.indirect_speech import reported_question, reported_statement, without_asides
from shared.agents.unsafe_words import (
    COMPLAINT,
    INJECTED,
    MEANINGLESS,
    MONEY,
    NEVER_REPEATED,
    NOT_SOON,
    SELLING_TO_US,
    SOON,
    WEIGHTY,
)
from shared.pattern import Pattern
from shared.policy.mail_kind import opt_out

MAX_WORDS = 22
MIN_WORDS = 3

_PLAIN = Pattern(r"[A-Za-zÀ-ÖØ-öø-ÿĀ-ſ0-9 ,'’&%+/\-]+")

_QUOTATION = Pattern(r"(?<!\w)['’]")
_CUT = Pattern(r",? (?:and|but|because|so|which|since|although|while|as|where)\b |, | - ", re.IGNORECASE)
_SECOND_QUESTION = Pattern(
    r",? and (?=(?:how|what|which|when|where|do|does|can|could|is|are|will) )", re.IGNORECASE
)
_SENTENCE = Pattern(r"(?:[^.!?\n;…]|[.](?=\w))+[.!?…]*")


class Manner(StrEnum):
    """How a point is spoken of."""

    QUESTION = "question"
    SITUATION = "situation"


@dataclass(frozen=True)
class Point:
    """One thing the person said. `words` is it in reported speech, `span` the person's sentence word for "
    "word."""

    manner: Manner
    words: str
    span: str
    weight: int


def points(text: str) -> tuple[Point, ...]:
    """What may be repeated of a text, in the person's order."""
    found = (_point(span) for span in _sentences(text))
    return tuple(point for point in found if point is not None)


def questions_left_out(text: str) -> tuple[str, ...]:
    """Their questions that may not be repeated, word for word."""
    return tuple(span for span in _sentences(text) if span.endswith("?") and _point(span) is None)


def is_injected(text: str) -> bool:
    """Whether a text speaks to software instead of to a person."""
    return bool(INJECTED.search(_shown(text)))


def opts_out(text: str) -> bool:
    """Whether the person asks not to be written to."""
    return opt_out.opts_out(_shown(text))


def complains(text: str) -> bool:
    """Whether the person is unhappy with us."""
    return bool(COMPLAINT.search(_shown(text)))


def sells_to_us(text: str) -> bool:
    """Whether a text offers us something (services, an application) instead of asking for something."""
    return bool(SELLING_TO_US.search(_shown(text)))


def is_soon(text: str) -> bool:
    """Whether the person asks for something by today, tomorrow or as soon as possible."""
    shown = _shown(text)
    return bool(SOON.search(shown)) and not NOT_SOON.search(shown)


def is_plain(text: str, *, max_words: int = 8, max_chars: int = 60) -> bool:
    """Whether a short value (a company, a checkbox, a timeline) may be repeated as it is."""
    return (
        0 < len(text.split()) <= max_words
        and len(text) <= max_chars
        and _PLAIN.fullmatch(text) is not None
        and _is_safe(text)
        and not MEANINGLESS.search(text)
    )


def _point(span: str) -> Point | None:
    text = " ".join(_shown(span).split())
    for candidate in _shortened(text):
        if not MIN_WORDS <= len(candidate.split()) <= MAX_WORDS:
            continue
        bare = without_asides(candidate).rstrip(".!?… ")
        if (
            not _PLAIN.fullmatch(bare)
            or _QUOTATION.search(bare)
            or not _is_safe(bare)
            or MEANINGLESS.search(bare)
        ):
            continue
        question = reported_question(_calm(bare))
        if question is not None:
            return Point(Manner.QUESTION, _squeezed(question), span, 1)
        statement = None if text.rstrip().endswith("?") else reported_statement(_calm(bare))
        if statement is not None:
            return Point(Manner.SITUATION, _squeezed(statement), span, len(WEIGHTY.findall(bare)))
    return None


def _is_safe(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return (
        not NEVER_REPEATED.search(text)
        and not MONEY.search(text)
        and digits <= 6
        and re.search(r"\d{5}", text) is None
        and re.search(r"\d[ /-]\d\d+[ /-]\d", text) is None
    )


def _shortened(text: str) -> Iterator[str]:
    """The sentence itself, then its beginnings at clause borders, longest first."""
    yield text
    ends = [found.start() for found in _CUT.finditer(text)]
    for end in reversed(ends):
        if len(text[:end].split()) >= 5:
            yield text[:end]


def _sentences(text: str) -> Iterator[str]:
    # Same length, so that a span is always cut from the person's text as it is.
    joined = re.sub(r"(?<=[\w,])\r?\n(?=[a-z])", lambda found: " " * len(found.group(0)), text)
    for found in _SENTENCE.finditer(joined):
        span = text[found.start() : found.end()].strip()
        pieces = _SECOND_QUESTION.split(span) if span.endswith("?") else [span]
        yield from (piece.strip() for piece in pieces if piece.strip())


def _shown(text: str) -> str:
    """What a reader sees: compatibility forms, invisible characters and pictures folded away."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if sign == "\n" or not _is_unseen(sign))


def _is_unseen(sign: str) -> bool:
    kind = unicodedata.category(sign)
    # Skin tones belong to the pictures; the other modifiers, such as a backtick, are markup.
    return kind in ("Cf", "So", "Mn", "Me") or (kind == "Sk" and sign > "\U0001f000")


def _calm(text: str) -> str:
    """ALL CAPS as plain words; short ones stay, for they are mostly acronyms."""
    words = text.split()
    loud = [word for word in words if len(word) > 1 and word.isupper()]
    if len(loud) * 2 <= len(words) or len(words) < 4:
        return text
    return " ".join(word if word.strip(",").upper() in _ACRONYMS else word.lower() for word in words)


_ACRONYM_WORDS = """
CRM API SSO GDPR SQL ERP B2B B2C AI UK EU SDR SDRS CSV SAML SLA HR IT CEO CTO SOC ROI
"""
_ACRONYMS = frozenset(_ACRONYM_WORDS.split())


def _squeezed(text: str) -> str:
    return " ".join(text.split())
