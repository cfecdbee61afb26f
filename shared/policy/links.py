"""Links in a text, however they are disguised, and whether the tenant allows them (P10)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.pattern import Pattern
from shared.policy.addresses import BadAddress, canonical_domain

_DOTS = str.maketrans({"。": ".", "．": ".", "｡": ".", "․": "."})
_INVISIBLE = Pattern(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_LETTER_BY_LETTER = Pattern(r"(?<!\S)(?:\S[ \u00a0]){4,}\S(?!\S)")
"""A word with a space after each letter, which a reader closes up again."""
_SCHEME = Pattern(r"\b[a-z][a-z0-9+.-]{1,20}:(?://|\\\\|(?=[^\s\d/]))[^\s<>\"'“”]*", re.IGNORECASE)
_KNOWN_SCHEMES = frozenset(
    ("http", "https", "ftp", "ftps", "file", "mailto", "javascript", "data", "tel", "sms", "vbscript", "blob")
)
_LABEL = r"[^\W_][\w-]{0,62}"
_BARE = Pattern(
    rf"(?<![\w@.-])(?:\S{{1,64}}@)?((?:{_LABEL}\.){{1,8}}([^\W\d_]{{2,24}}|xn--[a-z0-9-]{{1,59}}))\b(?!@)([/?#:\\]\S*)?",
    re.IGNORECASE,
)
_IP = Pattern(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]\d)(?:[/:?#]\S*)?")
_ENDINGS = """
com net org info biz io ai app dev co me tv cc xyz top site online store shop club live click link work cloud
tech space website page zip mov icu vip fun pro name mobi agency email support download win loan bid
"""
_COMMON_ENDINGS = frozenset(_ENDINGS.split())
_BRACKETED_DOT = r"\s?(?:\(dot\)|\[dot\]|\{dot\}|\[\.\]|\(\.\)|\{\.\})\s?"
_SPELT = Pattern(
    # Nobody puts a dot between brackets but to spell a domain; the word alone says less.
    rf"\b[\w-]{{1,63}}(?:\s?(?:{_BRACKETED_DOT})[^\W\d_]{{2,24}}"
    rf"|\s?\sdot\s\s?(?:{'|'.join(sorted(_COMMON_ENDINGS))}|[a-z]{{2}}))\b",
    re.IGNORECASE,
)
_ADDRESS = Pattern(r"[^\s<>@,;:()\"]{1,64}@[^\s<>@,;:()\"]{1,255}")
_FILES = "js jsx tsx pdf doc docx xls xlsx ppt pptx csv txt json xml html htm yaml png jpg gif svg"
_NO_DOMAINS = frozenset(_FILES.split())
_SENTENCE_SIGNS = ".,;:!?)]}'\"»”’"


@dataclass(frozen=True)
class Link:
    """A link as it stands in the text, and the host it leads to ("" when that cannot be told)."""

    text: str
    host: str


def links(text: str) -> tuple[Link, ...]:
    """Every link of a text: URLs, bare domains, IP addresses, and domains spelt to slip through."""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_DOTS)
    seen = _LETTER_BY_LETTER.sub(lambda word: re.sub(r"\s", "", word.group()), shown)
    found: list[Link] = []
    rest = seen
    for match in _SCHEME.finditer(seen):
        scheme = match.group().partition(":")[0].lower()
        if "//" in match.group() or "\\\\" in match.group() or scheme in _KNOWN_SCHEMES:
            found.append(_link(match.group().rstrip(_SENTENCE_SIGNS)))
            rest = _blank(rest, match.span())
    for match in _ADDRESS.finditer(rest):
        # The domain of a mail address is no link; whose address it is, another rule judges.
        if "/" not in match.group():
            rest = _blank(rest, match.span())
    for pattern in (_IP, _SPELT):
        for match in pattern.finditer(rest):
            found.append(Link(match.group().rstrip(_SENTENCE_SIGNS), ""))
            rest = _blank(rest, match.span())
    for match in _BARE.finditer(rest):
        if _is_domain(match[1], match[2]):
            found.append(_link(match.group().rstrip(_SENTENCE_SIGNS)))
    return tuple(dict.fromkeys(found))


def is_allowed(link: Link, allowed: Iterable[str]) -> bool:
    """Whether a link leads to an allowed host, or below an allowed URL prefix.

    Only http and https to the exact host; no user, port, query, fragment, or path that climbs: the allowed
    entry has none either. An entry that equals the link letter by letter allows whatever it holds.
    """
    return any(_allows(entry, link) for entry in allowed if entry.strip())


def is_bare_domain(link: Link, domains: Iterable[str]) -> bool:
    """Whether a link is nothing but one of these domains, such as the recipient's own."""
    return bool(link.host) and link.text.lower() == link.host and link.host in {d.lower() for d in domains}


def _allows(entry: str, link: Link) -> bool:
    wanted = entry.strip()
    if wanted == link.text or f"https://{wanted}" == link.text:
        return bool(link.host)
    bare = wanted if "//" in wanted else f"https://{wanted}"
    target = link.text if "//" in link.text else f"https://{link.text}"
    try:
        rule, url = urlsplit(bare), urlsplit(target)
        strange = url.username is not None or url.password is not None or url.port is not None
    except ValueError:
        return False
    if url.scheme.lower() not in ("http", "https") or not link.host or strange or _climbs(url.path):
        return False
    if url.query or url.fragment or target.endswith(("?", "#")) or link.host != (rule.hostname or ""):
        return False
    prefix = rule.path.rstrip("/")
    return url.path == prefix or url.path.startswith(f"{prefix}/")


def _climbs(path: str) -> bool:
    return ".." in path or "//" in path or "\\" in path or "%" in path or not path.isascii()


def _link(text: str) -> Link:
    target = text if re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) else f"https://{text}"
    try:
        parts = urlsplit(target)
        netloc = parts.netloc
    except ValueError:
        return Link(text, "")
    if parts.scheme.lower() not in ("http", "https") or set(netloc) & set("@\\:") or "\\" in text:
        return Link(text, "")
    try:
        return Link(text, canonical_domain(netloc))
    except BadAddress:
        return Link(text, "")


def _is_domain(name: str, ending: str) -> bool:
    """`brightloop.io` is one; `Node.js`, `report.pdf` and a forgotten space (`today.Then`) are none."""
    lower = ending.lower()
    if lower in _NO_DOMAINS or max(len(label) for label in name.split(".")) < 2:
        return False
    is_new_sentence = ending[:1].isupper() and ending[1:].islower() and len(ending) > 1
    return not is_new_sentence or lower in _COMMON_ENDINGS


def _blank(text: str, span: tuple[int, int]) -> str:
    return text[: span[0]] + " " * (span[1] - span[0]) + text[span[1] :]
