"""Gmail's search box: `q=` as a predicate over messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.sandbox.gmail_mime import addresses
from scripts.sandbox.state import Doc

Matches = Callable[[Doc], bool]

_TOKEN = re.compile(r'[-]?\w+:"[^"]*"|[-]?"[^"]*"|[{}()]|[^\s{}()]+')
_AGE = re.compile(r"(\d+)([dmy])")
_CATEGORIES = {"primary": "PERSONAL"}
_DAYS = {"d": 1, "m": 30, "y": 365}
_PLACES = {"draft": "DRAFT", "drafts": "DRAFT", "chat": "CHAT", "chats": "CHAT"}


def compile_query(query: str, now: datetime) -> Matches:
    """A predicate over message documents. Words side by side are all required; `OR` and `{ }` need one."""
    return _Parser(_TOKEN.findall(query), now).whole()


class _Parser:
    def __init__(self, tokens: list[str], now: datetime) -> None:
        self._tokens = tokens
        self._place = 0
        self._now = now

    def whole(self) -> Matches:
        return self._all_until("")

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _all_until(self, end: str) -> Matches:
        parts: list[Matches] = []
        while self._peek() not in ("", end):
            part = self._term()
            while self._peek() == "OR":
                self._take()
                part = _any([part, self._term()])
            parts.append(part)
        self._take()
        return _all(parts)

    def _any_until(self, end: str) -> Matches:
        parts: list[Matches] = []
        while self._peek() not in ("", end):
            parts.append(self._term())
        self._take()
        return _any(parts)

    def _term(self) -> Matches:
        token = self._take()
        if token == "(":
            return self._all_until(")")
        if token == "{":
            return self._any_until("}")
        if token.startswith("-") and len(token) > 1:
            inner = self._word(token[1:])
            return lambda doc: not inner(doc)
        if token == "-":
            inner = self._term()
            return lambda doc: not inner(doc)
        return self._word(token)

    def _word(self, token: str) -> Matches:
        name, colon, value = token.partition(":")
        value = value.strip('"')
        operator = _OPERATORS.get(name.lower()) if colon else None
        if operator is not None and not value and self._peek() in ("(", "{"):
            return self._group_of(name)
        if operator is not None:
            return operator(value, self._now)
        text = token.strip('"').lower()
        return lambda doc: text in f"{doc['subject']}\n{doc['text']}\n{doc['from']}\n{doc['to']}".lower()

    def _group_of(self, name: str) -> Matches:
        """`from:(a OR b)` and `from:{a b}`."""
        opening = self._take()
        closing = {"(": ")", "{": "}"}[opening]
        alternatives: list[Matches] = []
        either = opening == "{"
        while self._peek() not in ("", closing):
            token = self._take()
            if token == "OR":
                either = True
            else:
                alternatives.append(self._word(f"{name}:{token}"))
        self._take()
        return _any(alternatives) if either else _all(alternatives)


def _all(parts: list[Matches]) -> Matches:
    return lambda doc: all(part(doc) for part in parts)


def _any(parts: list[Matches]) -> Matches:
    return lambda doc: any(part(doc) for part in parts)


def _address_in(field: str) -> Any:
    def operator(value: str, now: datetime) -> Matches:
        wanted = value.lower()

        def matches(doc: Doc) -> bool:
            header = str(doc[field]).lower()
            if re.fullmatch(r"[^@\s]+@[^@\s]+", wanted):
                return wanted in addresses(header)
            return wanted in header

        return matches

    return operator


def _subject(value: str, now: datetime) -> Matches:
    return lambda doc: value.lower() in str(doc["subject"]).lower()


def _message_id(value: str, now: datetime) -> Matches:
    wanted = value.strip("<>")
    return lambda doc: str(doc["message_id"]).strip("<>") == wanted


def _label(value: str, now: datetime) -> Matches:
    wanted = _PLACES.get(value.lower(), value.upper())
    if wanted == "ANYWHERE":
        return lambda doc: True
    return lambda doc: wanted in {label.upper() for label in doc["labelIds"]}


def _category(value: str, now: datetime) -> Matches:
    wanted = f"CATEGORY_{_CATEGORIES.get(value.lower(), value.upper())}"
    return lambda doc: wanted in doc["labelIds"]


def _is(value: str, now: datetime) -> Matches:
    if value.lower() == "read":
        return lambda doc: "UNREAD" not in doc["labelIds"]
    return _label(value, now)


def _has(value: str, now: datetime) -> Matches:
    if value.lower() == "attachment":
        return lambda doc: bool(doc["attachments"])
    return lambda doc: False


def _aged(sign: int) -> Any:
    def operator(value: str, now: datetime) -> Matches:
        match = _AGE.fullmatch(value.lower())
        if match is None:
            return lambda doc: False
        border_s = (now - timedelta(days=int(match[1]) * _DAYS[match[2]])).timestamp()
        return lambda doc: (doc["internal_s"] - border_s) * sign > 0

    return operator


def _dated(sign: int) -> Any:
    def operator(value: str, now: datetime) -> Matches:
        if value.isdigit():
            border_s = float(value)
        else:
            parts = [int(part) for part in re.split(r"[/-]", value) if part.isdigit()]
            if len(parts) != 3:
                return lambda doc: False
            border_s = datetime(parts[0], parts[1], parts[2], tzinfo=UTC).timestamp()
        return lambda doc: doc["internal_s"] >= border_s if sign > 0 else doc["internal_s"] < border_s

    return operator


_OPERATORS: dict[str, Callable[[str, datetime], Matches]] = {
    "from": _address_in("from"),
    "to": _address_in("to"),
    "cc": _address_in("cc"),
    "bcc": _address_in("bcc"),
    "subject": _subject,
    "rfc822msgid": _message_id,
    "in": _label,
    "label": _label,
    "category": _category,
    "is": _is,
    "has": _has,
    "newer_than": _aged(1),
    "older_than": _aged(-1),
    "after": _dated(1),
    "newer": _dated(1),
    "before": _dated(-1),
    "older": _dated(-1),
}
