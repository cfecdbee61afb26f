"""What of a document is one person's: found by their keyed hash, wherever their address stands in it (P12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, cast

from shared.pattern import Pattern
from shared.policy.addresses import BadAddress
from shared.policy.readings import places

ERASED = "[erased]"
"""Stands where the person's address stood in somebody else's document."""

IMPERSONAL = frozenset(
    {
        "audit", "audit_heads", "connections", "control", "counted", "cursors", "erasures", "guardrails",
        "mailboxes", "quotas", "stats", "suppressions", "watched",
    }
)  # fmt: skip
"""Collections that hold nothing of a person but keyed hashes, ids and numbers; every other one is searched."""

LAST = ("events", "threads", "drafts", "jobs", "contacts")
"""Searched after all others, in this order: what is found by a job goes before the job."""

SHARED = frozenset({"companies"})
"""Collections whose documents are nobody's own: the person's address is taken out of them."""

_WORD = Pattern(r"[\w-]+")
_MOST_KNOWN = 50_000
_BYTES = ("utf-8", "surrogateescape")
"""How bytes are read, so that whatever they are can be written back."""

KeyOf = Callable[[str], str]


class Concern(StrEnum):
    """What a document has to do with the person."""

    NONE = "none"
    OWN = "own"
    """It is about them, and goes."""
    MENTION = "mention"
    """It is about somebody else, and their address stands in it."""


class Finder:
    """Finds one person in documents, by their contact id alone. `links` are ids of their jobs, drafts and threads."""

    def __init__(self, contact_id: str, links: Iterable[str], key_of: KeyOf) -> None:
        self._contact_id = contact_id
        self._links = frozenset(links) - {""}
        self._key_of = key_of
        self._known: dict[str, bool] = {}

    def concern(self, collection: str, id_: str, data: Mapping[str, Any]) -> Concern:
        """What a document of a collection has to do with the person."""
        if id_ == self._contact_id or self._owns(data):
            return Concern.OWN
        if collection in SHARED or data.get("contact_id") or data.get("job_id"):
            in_thread = collection == "jobs" and self._is_about(data.get("thread"))
            return Concern.MENTION if in_thread or self.names(data) else Concern.NONE
        return Concern.OWN if self._is_about(data) else Concern.NONE

    def without(self, collection: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Somebody else's document with the person's address taken out, and a thread with the person forgotten."""
        kept = cast("dict[str, Any]", self._cleaned(dict(data)))
        if collection == "jobs" and self._is_about(data.get("thread")):
            kept["thread"] = None
        return kept

    def names(self, value: object) -> bool:
        """Whether the person's address stands anywhere in a value."""
        return any(self._is_named(text) for text in texts(value))

    def _owns(self, data: Mapping[str, Any]) -> bool:
        if data.get("contact_id") == self._contact_id or data.get("job_id") in self._links:
            return True
        return any(self._is_theirs(address) for address in said_by(data))

    def _is_about(self, value: object) -> bool:
        return any(self._is_named(text) or self._is_linked(text) for text in texts(value))

    def _is_linked(self, text: str) -> bool:
        words = _WORD.findall(text)
        return self._contact_id in words or not self._links.isdisjoint(words)

    def _is_named(self, text: str) -> bool:
        return any(self._is_theirs(each.address) for each in places(text))

    def _is_theirs(self, address: str) -> bool:
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[address] = self._key(address) == self._contact_id
        return known

    def _key(self, address: str) -> str | None:
        try:
            return self._key_of(address)
        except BadAddress:
            return None

    def _cleaned(self, value: object) -> object:
        if isinstance(value, str):
            return self._cleaned_text(value, ERASED)
        if isinstance(value, bytes):
            # What cannot be taken out of a mail's bytes takes them all with it: its words stand beside them.
            return self._cleaned_text(_read(value), "").encode(*_BYTES)
        if isinstance(value, Mapping):
            pairs = cast("Mapping[object, object]", value).items()
            return {
                self._cleaned_text(key, ERASED) if isinstance(key, str) else key: self._cleaned(v)
                for key, v in pairs
            }
        if isinstance(value, (list, tuple)):
            return [self._cleaned(item) for item in cast("list[object]", value)]
        return value

    def _cleaned_text(self, text: str, otherwise: str) -> str:
        """The text with the person's whole addresses taken out, however they are escaped; else `otherwise`."""
        theirs = sorted((each.begin, each.end) for each in places(text) if self._is_theirs(each.address))
        if not theirs:
            return text
        parts, last = list[str](), 0
        for begin, end in theirs:
            # Where one reading shows a piece of another's, the whole of both goes.
            if begin >= last:
                parts += (text[last:begin], ERASED)
            last = max(last, end)
        cleaned = "".join((*parts, text[last:]))
        return otherwise if self._is_named(cleaned) else cleaned


def addresses(text: str) -> list[str]:
    """What may be a mail address in a text, once each and in its order, also where it is escaped."""
    return list(dict.fromkeys(each.address for each in places(text)))


def texts(value: object) -> Iterator[str]:
    """Every text in a value, keys included, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield _read(value)
    elif isinstance(value, Mapping):
        for key, each in cast("Mapping[object, object]", value).items():
            yield from texts(key)
            yield from texts(each)
    elif isinstance(value, (list, tuple)):
        for each in cast("list[object]", value):
            yield from texts(each)


def _read(value: bytes) -> str:
    return value.decode(*_BYTES)


def said_by(data: Mapping[str, Any]) -> Iterator[str]:
    """The address of whom a document is about, and of who sent what an event holds."""
    payload: Any = data.get("payload")
    sent = cast("dict[str, Any]", payload) if isinstance(payload, dict) else {}
    fields: Any = sent.get("fields")
    form = cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}
    for said in (data.get("address"), sent.get("address"), sent.get("sender"), form.get("email")):
        if isinstance(said, str):
            yield said.strip()


def searched(collections: Iterable[str]) -> tuple[str, ...]:
    """The collections of a tenant that are searched, in their order; one that nobody has heard of is, too."""
    there = {name for name in collections if name not in IMPERSONAL}
    return (*sorted(there - set(LAST)), *(name for name in LAST if name in there))
