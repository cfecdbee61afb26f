"""Pub/Sub's subscription filters: `attributes.kind = "x" AND NOT hasPrefix(attributes.name, "co")`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

Matches = Callable[[Mapping[str, str]], bool]

LONGEST = 256
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_][A-Za-z0-9_-]*)|(?P<mark>!=|[=:().,-]))'
)


class BadFilter(ValueError):
    """A filter that does not parse."""


def parse(text: str) -> Matches:
    """A test of a message's attributes. Errors: BadFilter."""
    if len(text.encode()) > LONGEST:
        raise BadFilter(f"the filter is longer than {LONGEST} bytes")
    if not text.strip():
        return lambda _: True
    parser = _Parser(_tokens(text))
    matches = parser.expression()
    parser.end()
    return matches


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if not found:
            raise BadFilter(f"the filter does not parse at {text[position:].strip()!r}")
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise BadFilter(f"unexpected {self._tokens[self._at]!r}")

    def expression(self) -> Matches:
        """Terms joined by all ANDs or all ORs; the two mix only inside parentheses."""
        terms = [self._term()]
        joined_by = self._peek()
        if joined_by not in ("AND", "OR"):
            return terms[0]
        while self._peek() == joined_by:
            self._next()
            terms.append(self._term())
        if self._peek() in ("AND", "OR"):
            raise BadFilter("AND and OR may only be mixed with parentheses")
        combine = all if joined_by == "AND" else any
        return lambda attributes: combine(term(attributes) for term in terms)

    def _term(self) -> Matches:
        if self._peek() in ("NOT", "-"):
            self._next()
            inner = self._term()
            return lambda attributes: not inner(attributes)
        if self._peek() == "(":
            self._next()
            inner = self.expression()
            self._expect(")")
            return inner
        if self._peek() == "hasPrefix":
            return self._has_prefix()
        return self._comparison()

    def _has_prefix(self) -> Matches:
        self._next()
        self._expect("(")
        key = self._attribute(".")
        self._expect(",")
        prefix = self._text()
        self._expect(")")
        return lambda attributes: attributes.get(key, "").startswith(prefix) and key in attributes

    def _comparison(self) -> Matches:
        self._expect("attributes")
        if self._peek() == ":":
            self._next()
            present = self._key()
            return lambda attributes: present in attributes
        self._expect(".")
        key = self._key()
        operator = self._next()
        if operator not in ("=", "!="):
            raise BadFilter(f"expected = or != after attributes.{key}, not {operator!r}")
        value = self._text()
        if operator == "=":
            return lambda attributes: attributes.get(key) == value
        return lambda attributes: attributes.get(key) != value

    def _attribute(self, mark: str) -> str:
        self._expect("attributes")
        self._expect(mark)
        return self._key()

    def _key(self) -> str:
        token = self._next()
        if token.startswith('"'):
            return json.loads(token)
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", token):
            raise BadFilter(f"expected an attribute's name, not {token!r}")
        return token

    def _text(self) -> str:
        token = self._next()
        if not token.startswith('"'):
            raise BadFilter(f"expected a text in double quotes, not {token!r}")
        return json.loads(token)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise BadFilter("the filter ends too early")
        self._at += 1
        return token

    def _expect(self, wanted: str) -> None:
        token = self._next()
        if token != wanted:
            raise BadFilter(f"expected {wanted!r}, not {token!r}")
