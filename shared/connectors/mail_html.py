"""HTML mail as plain text, with what is quoted marked by `> ` and what is not shown left out. No I/O."""

from __future__ import annotations

import html
import re
from collections import Counter

from shared.pattern import Pattern

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre"}
    | {"section", "table", "tr", "ul"}
)
_HIDDEN = Pattern(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE
)
_SIGNATURE_CLASSES = frozenset({"gmail_signature", "moz-signature"})
_DEEPEST = 2000
_DEEPEST_QUOTE = 20
_LONGEST_ATTRIBUTES = 20_000
_MOST_UNCLOSED = 20
_TAG = Pattern(r"<(?:[!?]|/?([a-zA-Z][^\s/>]{0,60}))")
_OUT_OF_QUOTES = Pattern(r"[^\"'>]*")
_ATTRIBUTE = Pattern(
    r"(?:^|[\s\"'/])(class|style|hidden)(?![\w-])(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]*))?", re.IGNORECASE
)
_END_OF_CODE = {tag: Pattern(f"</{tag}(?![a-z0-9])", re.IGNORECASE) for tag in ("script", "style", "title")}
# More digits than a character's number has; thousands of them cannot be read as a number at all.
_NO_CHARACTER = Pattern(r"&#[xX]?[0-9a-fA-F]{8,};?")


def text_of_html(markup: str) -> str:
    """The words that a reader would see, block by block; its length costs time in proportion."""
    reader = _Reader()
    unclosed = 0
    place = 0
    while tag := _TAG.search(markup, place):
        reader.say(markup[place : tag.start()])
        if not tag[1]:
            place = _after_declaration(markup, tag.start())
            continue
        # Markup that is full of quotes without an end is not searched for them again and again.
        end = _end_of_tag(markup, tag.end()) if unclosed < _MOST_UNCLOSED else -1
        if end < 0:
            unclosed += 1
            end = markup.find(">", tag.end())
        if end < 0:
            place = tag.start()
            break
        place = end + 1
        name = tag[1].lower()
        if markup[tag.start() + 1] == "/":
            reader.end(name)
            continue
        reader.start(name, markup[tag.end() : min(end, tag.end() + _LONGEST_ATTRIBUTES)])
        if name in _END_OF_CODE:
            code_end = _END_OF_CODE[name].search(markup, place)
            place = code_end.start() if code_end else len(markup)
    reader.say(markup[place:])
    return reader.text()


def _after_declaration(markup: str, start: int) -> int:
    """Where a comment or another declaration ends; one without an end takes in all that follows."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 2)
        return end + 3 if end >= 0 else len(markup)
    end = markup.find(">", start)
    return end + 1 if end >= 0 else len(markup)


def _end_of_tag(markup: str, place: int) -> int:
    """Where a tag's `>` stands that is not in quotes; -1 when a quote is not closed in reach."""
    furthest = place + _LONGEST_ATTRIBUTES
    while place < furthest:
        outside = _OUT_OF_QUOTES.match(markup, place, furthest)
        place = outside.end() if outside else place
        mark = markup[place : place + 1]
        if mark == ">" or not mark:
            return place if mark else -1
        place = markup.find(mark, place + 1, furthest) + 1
        if not place:
            return -1
    return -1


class _Reader:
    """What is open and what has been said so far."""

    def __init__(self) -> None:
        self._open: list[tuple[str, bool, bool]] = []
        """Tag, whether it quotes, whether it is unseen."""
        self._open_of: Counter[str] = Counter()
        self._quotes = 0
        self._unseen = 0
        self._lines: list[tuple[int, str]] = []
        self._said: list[str] = []
        """The line that is being read, and how deep it is quoted."""
        self._said_in = 0

    def text(self) -> str:
        self._break()
        lines = (f"{'> ' * min(quotes, _DEEPEST_QUOTE)}{words}".rstrip() for quotes, words in self._lines)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def start(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self._break(blank=True)
        elif tag == "hr":
            self._break()
            self._add("_" * 32)
            self._break()
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        given = _attributes(attributes) if attributes.strip() else {}
        classes = set(given.get("class", "").split())
        unseen = (
            tag in _UNSEEN
            or "hidden" in given
            or bool(classes & _SIGNATURE_CLASSES)
            or _HIDDEN.search(given.get("style", "")) is not None
        )
        if tag in _BLOCKS:
            self._break()
        self._open.append((tag, tag == "blockquote", unseen))
        self._open_of[tag] += 1
        self._quotes += tag == "blockquote"
        self._unseen += unseen
        if tag == "li":
            self._add("- ")

    def end(self, tag: str) -> None:
        if not self._open_of[tag]:
            return
        if tag in _BLOCKS:
            self._break()
        while self._open:
            closed, quotes, unseen = self._open.pop()
            self._open_of[closed] -= 1
            self._quotes -= quotes
            self._unseen -= unseen
            if closed == tag:
                break
        if tag == "p" and self._lines and self._lines[-1][1]:
            self._lines.append((self._quotes, ""))

    def say(self, written: str) -> None:
        if written and not self._unseen:
            self._add(html.unescape(_NO_CHARACTER.sub("\ufffd", written)))

    def _add(self, words: str) -> None:
        if self._unseen:
            return
        if not self._said:
            self._said_in = self._quotes
        self._said.append(words)

    def _break(self, blank: bool = False) -> None:
        words = " ".join("".join(self._said).split())
        if words:
            self._lines.append((self._said_in, words))
        elif blank and not self._unseen and self._lines and self._lines[-1][1]:
            self._lines.append((self._quotes, ""))
        self._said = []


def _attributes(written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(written):
        found.setdefault(match[1].lower(), html.unescape((match[2] or "").strip("\"'")))
    return found
