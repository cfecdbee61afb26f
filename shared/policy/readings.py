"""Where mail addresses may stand in a text, in every way it can be read: as it is, and with its escapes undone."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from shared.pattern import Pattern

_LOCAL_SIGNS = frozenset("#$&'*+-/=?^_`{|}~.")
"""Signs of the part before the @ that `canonical_address` takes, besides letters, marks and numbers."""

_MOST_SIGNS = 320
"""An address reaches no further to either side of its @."""

_MOST_STARTS = 16
_MOST_ENDS = 4
_MOST_READINGS = 16

_WORTH_A_LOOK = Pattern(r"@|40|64|commat|COMMAT|=[ \t]*\r?\n|=\?")
"""Without any of these no reading holds an @."""

_BEFORE = Pattern(r"[#$&'*+/=?^`{|}~]|\.\.+|--+|__+")
"""What an address may hold before its @, and what may as well end just before one begins."""
_STRAY = "._-"
_NEAR = 20
"""Signs beside what may be an address in which the break of a line is looked for."""
_AFTER = Pattern(r"\.\.+|--+|(?<=[a-z])\.(?=[A-Z][a-z])")
"""Where a domain may end although what follows would do in one: dashes, and a sentence without its space."""

_BREAK = r"=[ \t]*\r?\n"
_QUOTED = Pattern(
    rf"(?:{_BREAK})+|=[0-7][0-9A-Fa-f]|=[C-Fc-f][0-9A-Fa-f](?:(?:{_BREAK})?=[89ABab][0-9A-Fa-f]){{1,3}}"
)
_IS_QUOTED = Pattern(r"(?i:content-transfer-encoding:\s{0,5}quoted-printable)")
"""Said by a mail in which a line that ends with = goes on in the next."""

_PERCENT = Pattern(r"%[0-7][0-9A-Fa-f]|%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f]){1,3}")
_JSON = Pattern(r"\\(?:u[0-9A-Fa-f]{4}|[\"\\/bfnrt])")
_HTML = Pattern(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});")
_WORD = r"=\?[^?\s]{1,40}\?[BbQq]\?[^?\s]{0,1000}\?="
_WORDS = Pattern(rf"{_WORD}(?:\s{{1,10}}{_WORD})*")
_INVISIBLE = Pattern("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")


class _Undone(NamedTuple):
    """What was put in the place of escapes: `begins` to `ends` in the new text were `old` in the one before."""

    pattern: Pattern[str]
    begins: list[int]
    ends: list[int]
    old: list[tuple[int, int]]

    def before(self, begin: int, end: int) -> tuple[int, int]:
        """Where a piece of the new text stood in the one before; half an escape is a whole one."""
        first = bisect_right(self.begins, begin) - 1
        last = bisect_left(self.begins, end) - 1
        if first >= 0:
            inside = begin < self.ends[first]
            begin = self.old[first][0] if inside else self.old[first][1] + begin - self.ends[first]
        if last >= 0:
            inside = end <= self.ends[last]
            end = self.old[last][1] if inside else self.old[last][1] + end - self.ends[last]
        return begin, end


class Place(NamedTuple):
    """What may be an address, and from where to where it stands in the text as it is."""

    address: str
    begin: int
    end: int


def places(text: str) -> Iterator[Place]:
    """Whatever may be an address, in every reading; most of it is none, and no address is left out."""
    is_quoted = _IS_QUOTED.search(text) is not None
    for read, steps in _readings(text):
        is_broken = is_quoted and all(step.pattern is not _QUOTED for step in steps)
        for begin, end in _spans(read):
            if is_broken and _is_cut(read, begin, end):
                continue
            first, last = begin, end
            for step in reversed(steps):
                first, last = step.before(first, last)
            yield Place(read[begin:end], first, last)


def _is_cut(text: str, begin: int, end: int) -> bool:
    """Whether it goes on beyond the break of a line: read without the break it is another address, or the same."""
    before = text[max(0, begin - _NEAR) : begin].rstrip(_STRAY)
    after = text[end : end + _NEAR].lstrip(_STRAY)
    return before.endswith(("=\n", "=\r\n")) or after.startswith(("=\n", "=\r\n"))


def _readings(text: str) -> Iterator[tuple[str, tuple[_Undone, ...]]]:
    """The text as it is, then with one kind of escapes undone, then with two."""
    if not _WORTH_A_LOOK.search(text):
        return
    waiting: list[tuple[str, tuple[_Undone, ...]]] = [(text, ())]
    seen = {text}
    for read, steps in waiting:
        yield read, steps
        for pattern, meaning in _ESCAPES:
            if len(waiting) >= _MOST_READINGS:
                break
            plain, undone = _without(read, pattern, meaning)
            if plain not in seen:
                seen.add(plain)
                waiting.append((plain, (*steps, undone)))


def _without(text: str, pattern: Pattern[str], meaning: Callable[[str], str]) -> tuple[str, _Undone]:
    parts: list[str] = []
    undone = _Undone(pattern, [], [], [])
    last = length = 0
    for match in pattern.finditer(text):
        meant = meaning(match.group())
        parts += (text[last : match.start()], meant)
        length += match.start() - last
        undone.begins.append(length)
        length += len(meant)
        undone.ends.append(length)
        undone.old.append(match.span())
        last = match.end()
    return ("".join((*parts, text[last:])) if parts else text), undone


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Around every @ the longest that can be an address, and whatever is left where a sign ends it sooner."""
    bare = text.strip()
    if len(bare) <= _MOST_SIGNS and "@" in bare:
        begin = text.index(bare)
        yield begin, begin + len(bare)
    at = text.find("@")
    while at >= 0:
        begin, end = at, at + 1
        while begin > 0 and at - begin < _MOST_SIGNS and _is_of_a_local_part(text[begin - 1]):
            begin -= 1
        while end < len(text) and end - at < _MOST_SIGNS and _is_of_a_domain(text[end]):
            end += 1
        # A domain has a dot: without one there is nothing to try.
        if begin < at and "." in text[at + 1 : end]:
            starts = _starts(text, begin, at)
            yield from ((start, stop) for stop in _stops(text, at + 1, end) for start in starts)
        at = text.find("@", at + 1)


def _starts(text: str, begin: int, at: int) -> list[int]:
    """Where the part before an @ may begin: at its first sign, and nearest to the @."""
    borders = [match.end() for match in _BEFORE.finditer(text, begin, at)]
    if not text[begin:at].isascii():
        borders += [
            place
            for place in range(begin + 1, at)
            if text[place].isascii() and _has_no_spaces(text[place - 1])
        ]
    found = [begin]
    for border in (begin, *sorted(borders, reverse=True)[:_MOST_STARTS]):
        bare = border
        while bare < at and text[bare] in _STRAY:
            bare += 1
        found += (border, bare)
    return [start for start in dict.fromkeys(found) if start < at]


def _stops(text: str, begin: int, end: int) -> list[int]:
    """Where a domain may end: at its last letter, or sooner."""
    borders = [match.start() for match in _AFTER.finditer(text, begin, end)]
    if not text[begin:end].isascii():
        borders += [
            place
            for place in range(begin + 1, end)
            if text[place - 1].isascii() and _has_no_spaces(text[place])
        ]
    found: list[int] = []
    for border in (end, *sorted(borders)[:_MOST_ENDS]):
        bare = border
        while bare > begin and text[bare - 1] in ".-":
            bare -= 1
        found.append(bare)
    return [stop for stop in dict.fromkeys(found) if stop > begin]


@lru_cache(maxsize=4096)
def _is_of_a_local_part(sign: str) -> bool:
    return sign in _LOCAL_SIGNS or _is_plain(sign)


@lru_cache(maxsize=4096)
def _is_of_a_domain(sign: str) -> bool:
    return sign in ".-" or _is_plain(sign)


def _is_plain(sign: str) -> bool:
    """Whether it is a letter, mark or number that stands for no other: no address holds one that does."""
    if sign.isascii():
        return sign.isalnum()
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", sign).lower())
    return unicodedata.category(sign)[0] in "LMN" and unicodedata.normalize("NFKC", lower) == lower


def _has_no_spaces(sign: str) -> bool:
    """Whether it is of a script such as Chinese or Thai, where no space stands before or after an address."""
    return unicodedata.category(sign) == "Lo"


def _of_bytes(escape: str) -> str:
    digits = "".join(sign for sign in escape if sign.isalnum())
    return bytes.fromhex(digits).decode("utf-8", "replace")


def _of_json(escape: str) -> str:
    if escape[1] == "u":
        return chr(int(escape[2:], 16))
    return escape[1] if escape[1] in '"\\/' else "\n"


def _of_words(escape: str) -> str:
    try:
        return str(make_header(decode_header(escape)))
    except (HeaderParseError, LookupError, ValueError):
        return escape


def _nothing(_: str) -> str:
    return ""


_ESCAPES: tuple[tuple[Pattern[str], Callable[[str], str]], ...] = (
    (_QUOTED, _of_bytes),
    (_PERCENT, _of_bytes),
    (_JSON, _of_json),
    (_HTML, unescape),
    (_WORDS, _of_words),
    (_INVISIBLE, _nothing),
)
"""How a text may hide an address: in a mail's body, a link, JSON, HTML, a mail's header, or for the eye."""
