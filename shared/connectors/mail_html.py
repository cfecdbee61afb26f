"""HTML mail as plain text, with what is quoted marked by `> ` and what is not shown left out. No I/O."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre"}
    | {"section", "table", "tr", "ul"}
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE
)
_SIGNATURE_CLASSES = frozenset({"gmail_signature", "moz-signature"})
_DEEPEST = 2000


def text_of_html(markup: str) -> str:
    """The words that a reader would see, block by block."""
    parser = _Reader()
    parser.feed(markup)
    parser.close()
    return parser.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, bool, bool]] = []
        """Tag, whether it quotes, whether it is unseen."""
        self._quotes = 0
        self._unseen = 0
        self._lines: list[tuple[int, str]] = [(0, "")]

    def text(self) -> str:
        lines = (f"{'> ' * quotes}{' '.join(words.split())}".rstrip() for quotes, words in self._lines)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._break()
            self._add("________________________________")
            self._break()
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        given = {name: value or "" for name, value in attrs}
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
        self._quotes += tag == "blockquote"
        self._unseen += unseen
        if not self._lines[-1][1]:
            self._lines[-1] = (self._quotes, "")
        if tag == "li":
            self._add("- ")

    def handle_endtag(self, tag: str) -> None:
        if not any(tag == each[0] for each in self._open):
            return
        if tag in _BLOCKS:
            self._break()
        while self._open:
            closed, quotes, unseen = self._open.pop()
            self._quotes -= quotes
            self._unseen -= unseen
            if closed == tag:
                break
        if tag in _BLOCKS:
            self._break()
        if tag == "p" and len(self._lines) > 1 and self._lines[-2][1]:
            self._lines.append((self._quotes, ""))

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, words: str) -> None:
        if not self._unseen:
            quotes, before = self._lines[-1]
            self._lines[-1] = (quotes, before + words)

    def _break(self) -> None:
        if self._lines[-1][1].strip():
            self._lines.append((self._quotes, ""))
        else:
            self._lines[-1] = (self._quotes, "")
