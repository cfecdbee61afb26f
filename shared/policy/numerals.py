"""Numbers in digits and in words, as one value."""

from __future__ import annotations

import re
from decimal import Decimal

_ONE_TO_TWELVE = "zero one two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ONES = f"{_ONE_TO_TWELVE} {_TEENS}".split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
    "k": 1000, "m": 10**6, "mn": 10**6, "mio": 10**6, "bn": 10**9,
}  # fmt: skip
_SMALL = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
}
_ATOMS = (*_ONES, *_TENS, "dozen", "hundred", "thousand", "million", "billion")
_ATOM = "|".join(sorted(_ATOMS, key=len, reverse=True))
NUMBER_WORD = rf"(?:(?:a|{_ATOM})[\s-])?(?:(?:{_ATOM})[\s-](?:and\s)?){{0,6}}(?:{_ATOM})"
"""A pattern for a number in words, such as "twenty-five" or "a hundred"; use it between word borders."""


def value_of(text: str) -> str:
    """The value as plain digits: "45", "49.5"; the same for "1,000", "1k" and "a thousand"."""
    lower = text.lower().strip(" +#")
    digits = re.match(r"\d[\d.,\u00a0' ]*", lower)
    if digits is None:
        return _in_words(lower)
    scale = re.match(r"[a-z]+", lower[digits.end() :].strip())
    value = _decimal(digits.group().strip(" .,'\u00a0"))
    return _shown(value * _SCALES.get(scale.group() if scale else "", 1))


def _decimal(digits: str) -> Decimal:
    bare = re.sub(r"[\s\u00a0']", "", digits)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return Decimal(bare)
    both = "." in bare and "," in bare
    sign = bare[last]
    groups = not both and (bare.count(sign) > 1 or len(bare) - last - 1 == 3)
    whole = re.sub(r"[.,]", "", bare if groups else bare[:last])
    return Decimal(whole if groups else f"{whole or '0'}.{bare[last + 1 :] or '0'}")


def _in_words(text: str) -> str:
    total = current = 0
    for word in re.split(r"[\s-]+", text):
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] > 100:
                total, current = total + current, 0
        elif word == "dozen":
            current = max(current, 1) * 12
        else:
            current += _SMALL.get(word, 0)
    return _shown(Decimal(total + current))


def _shown(value: Decimal) -> str:
    return format(value.normalize(), "f")
