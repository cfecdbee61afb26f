"""What a text claims: amounts, percentages, dates, times, numbers, names and promises, where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from shared.pattern import Pattern
from shared.policy.claim_words import COUNTED_IN_THE_MAIL, CURRENCIES, MONTHS, PROMISES, UNITS, WEEKDAYS
from shared.policy.numerals import NUMBER_WORD, value_of
from shared.policy.sentences import Sentence, sentences


class ClaimKind(StrEnum):
    """What is claimed."""

    AMOUNT = "amount"
    PERCENT = "percentage"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    NAME = "name"
    PROMISE = "promise"


@dataclass(frozen=True)
class Claim:
    """A claim word for word; two claims that say the same have the same `key`, whatever their spelling.

    `unit` is what a number counts ("day"), "" when it does not say.
    """

    kind: ClaimKind
    text: str
    start: int
    end: int
    key: str
    unit: str = ""


_DIGITS = r"\d{1,20}(?:[.,\u00a0' ]\d{3}){0,6}(?:[.,]\d{1,9})?"
_SCALE = r"(?:\s?(?:k|m|bn|mn|mio|thousand|million|billion)\b)?"
_MONEY = "|".join(sorted(map(re.escape, CURRENCIES), key=len, reverse=True))
_AMOUNT = Pattern(
    rf"(?<!\w)(?P<before>{_MONEY})\s?(?P<number>{_DIGITS}{_SCALE})"
    rf"|(?<![\w.,])(?P<number2>{_DIGITS}{_SCALE}|{NUMBER_WORD})[\s-]?(?P<after>{_MONEY})(?!\w)",
    re.IGNORECASE,
)
_PERCENT = Pattern(
    rf"(?<![\w.,])(?P<number>{_DIGITS}|{NUMBER_WORD})\s?(?:%|per\s?cent\b|percent\b|percentage points?\b)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?P<month{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_WEEKDAY = Pattern(
    r"\b(?P<day>(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?)s?\b\.?"
    r"|\b(?P<lower>(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b"
)
_YEAR = r"(?:,?\s(?:19|20)\d\d\b)?"
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH_ALONE = Pattern(
    rf"(?<=\b(?:in|by|to|of)\s){_MONTH.format('')}"
    rf"|\b(?:until|since|this|next|last|early|late|mid|before|after|from|during)[\s-]{_MONTH.format('2')}"
)
_DATES: tuple[tuple[Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (Pattern(r"\b(\d{4})-(\d{2})-(\d{2})\b"), lambda m: f"date:{int(m[2])}-{int(m[3])}"),
    (
        Pattern(r"\b(\d{1,2})\s?[./]\s?(\d{1,2})\s?[./]\s?(?:19|20)?\d{2}\b"),
        lambda m: f"date:{int(m[1])}/{int(m[2])}",
    ),
    (
        Pattern(rf"\b{_NTH}\.?\s(?:of\s)?{_MONTH.format('')}{_YEAR}", re.IGNORECASE),
        lambda m: f"date:{_month(m['month'])}-{int(m[1])}",
    ),
    (
        Pattern(rf"\b{_MONTH.format('')}\s{_NTH}\b(?!:){_YEAR}", re.IGNORECASE),
        lambda m: f"date:{_month(m['month'])}-{int(m[2])}",
    ),
    (_MONTH_ALONE, lambda m: f"month:{_month(m['month'] or m['month2'])}"),
    (Pattern(r"\bQ([1-4])\b(?:\s?(?:19|20)\d\d)?"), lambda m: f"quarter:{m[1]}"),
    (Pattern(r"\b(tomorrow|tonight|overnight)\b", re.IGNORECASE), lambda m: f"relative:{m[1].lower()}"),
)
_HALF = r"(?:\s?(?P<half{0}>[ap]\.?m\b\.?))"
_TIMES = Pattern(
    rf"\b(?P<h>\d{{1,2}})(?::(?P<m>\d{{2}}))?{_HALF.format('')}?\s?(?:-|–|to|and|or)\s?"
    rf"(?P<h2>\d{{1,2}})(?::(?P<m2>\d{{2}}))?{_HALF.format('2')}"
    rf"|\b(?P<h3>\d{{1,2}})(?:[:.](?P<m3>\d{{2}}))?{_HALF.format('3')}"
    r"|\b(?P<h4>[01]?\d|2[0-4]):(?P<m4>[0-5]\d)\b"
    r"|\b(?P<word>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_NUMBER = Pattern(
    rf"(?<![\w.,])#?(?P<number>{_DIGITS})(?P<tail>{_SCALE}(?:st|nd|rd|th|x|\+)?)(?![\d%])"
    rf"|\b(?P<word>{NUMBER_WORD})\b",
    re.IGNORECASE,
)
_UNIT = Pattern(r"[\s-]{1,2}(?:(?:business|working|calendar|full|more|new|to)\s)?([a-z]+)", re.IGNORECASE)
_SMALL = 6
_TEXTS = 512
"""Texts whose claims are kept: a draft and its sources are looked at by many rules, one after another."""
_MULTIPLIES = Pattern(r"\s(?:faster|more|less|cheaper|as|the|better|quicker|higher|lower|bigger)\b", re.I)


def claims(
    text: str, *, names: Callable[[str, Sentence], Iterator[Claim]] | None = None
) -> tuple[Claim, ...]:
    """Every claim of a text in order, none within another."""
    found = _without_names(text)
    if names is None:
        return found
    apart = [claim for claim in found if claim.kind is not ClaimKind.PROMISE]
    for sentence in sentences(text):
        for claim in names(text, sentence):
            if _is_apart(claim, apart):
                apart.append(claim)
    promises = (claim for claim in found if claim.kind is ClaimKind.PROMISE)
    return _in_order([*apart, *promises])


@lru_cache(maxsize=_TEXTS)
def _without_names(text: str) -> tuple[Claim, ...]:
    found: list[Claim] = []
    for finder in (_amounts, _percentages, _dates, _times, _numbers):
        for claim in finder(text):
            if _is_apart(claim, found):
                found.append(claim)
    promises: list[Claim] = []
    for key, pattern in PROMISES:
        for match in pattern.finditer(text):
            promise = Claim(ClaimKind.PROMISE, match.group(), *match.span(), key)
            if _is_apart(promise, promises):
                promises.append(promise)
    return _in_order([*found, *promises])


def _is_apart(claim: Claim, others: list[Claim]) -> bool:
    return all(claim.end <= other.start or claim.start >= other.end for other in others)


def _in_order(found: list[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(found, key=lambda claim: (claim.start, claim.end)))


def _amounts(text: str) -> Iterator[Claim]:
    for match in _AMOUNT.finditer(text):
        currency = CURRENCIES[(match["before"] or match["after"]).lower()]
        value = value_of(match["number"] or match["number2"])
        yield Claim(ClaimKind.AMOUNT, match.group(), *match.span(), f"{currency} {value}")


def _percentages(text: str) -> Iterator[Claim]:
    for match in _PERCENT.finditer(text):
        yield Claim(ClaimKind.PERCENT, match.group(), *match.span(), value_of(match["number"]))


def _dates(text: str) -> Iterator[Claim]:
    for pattern, key in _DATES:
        for match in pattern.finditer(text):
            yield Claim(ClaimKind.DATE, match.group(), *match.span(), key(match))
    for match in _WEEKDAY.finditer(text):
        day = (match["day"] or match["lower"]).lower()[:3]
        yield Claim(ClaimKind.DATE, match.group(), *match.span(), f"weekday:{WEEKDAYS.index(day)}")


def _times(text: str) -> Iterator[Claim]:
    for match in _TIMES.finditer(text):
        if match["word"]:
            key = "00:00" if match["word"].lower() == "midnight" else "12:00"
            yield Claim(ClaimKind.TIME, match.group(), *match.span(), key)
        elif match["h2"]:
            second = match["half2"]
            first = match["half"] or second
            yield Claim(
                ClaimKind.TIME,
                match.group(),
                match.start(),
                match.start("h2"),
                _clock(match["h"], match["m"], first),
            )
            yield Claim(
                ClaimKind.TIME,
                match.group(),
                match.start("h2"),
                match.end(),
                _clock(match["h2"], match["m2"], second),
            )
        else:
            hour, minute = match["h3"] or match["h4"], match["m3"] or match["m4"]
            yield Claim(ClaimKind.TIME, match.group(), *match.span(), _clock(hour, minute, match["half3"]))


def _numbers(text: str) -> Iterator[Claim]:
    for match in _NUMBER.finditer(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        after = text[match.end() :]
        if not text[line_start : match.start()].strip() and re.match(r"[.)]\s", after):
            continue
        unit = _unit(after)
        if match["word"]:
            value = value_of(match["word"])
            following = after.split(maxsplit=1)[0].lower().strip(".,;:!?") if after.strip() else ""
            is_factor = following == "times" and _MULTIPLIES.match(after.partition("times")[2]) is not None
            if value == "1" or (
                following in COUNTED_IN_THE_MAIL and float(value) <= _SMALL and not is_factor
            ):
                continue
        else:
            value = value_of(match["number"] + (match["tail"] or ""))
            if (match["tail"] or "").lower().endswith("x"):
                unit = "times"
        yield Claim(ClaimKind.NUMBER, match.group(), *match.span(), value, unit)


def _unit(after: str) -> str:
    match = _UNIT.match(after)
    if match is None:
        return ""
    word = match[1].lower()
    return UNITS.get(word) or UNITS.get(word.removesuffix("s"), "")


def _month(name: str) -> int:
    return MONTHS.index(name.lower()[:3]) + 1


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    number = int(hour)
    if half:
        number = number % 12 + (12 if half.lower().startswith("p") else 0)
    return f"{number:02d}:{minute or '00'}"
