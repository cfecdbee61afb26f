"""What changed of documents that people edit by hand: seen and compared as text that holds no address (P8, P11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

MISSING = "missing"
"""What a field, or a whole document, is that is not there."""
WHOLE = ""
"""The field's name where the whole document came or went."""
WITHHELD = "[withheld]"

_LONGEST = 200
_DIGEST_CHARS = 16

Fields = Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One field of one document, before and after."""

    document: str
    field: str
    before: str
    after: str

    @property
    def said(self) -> tuple[str, str]:
        """Before and after as they may stand in an audit entry or a log line."""
        return _said(self.field, self.before), _said(self.field, self.after)


def seen_fields(document: Mapping[str, Any], *, withheld: frozenset[str] = frozenset()) -> dict[str, str]:
    """The fields of a document as text, the same for the same values.

    The entries of a map are fields of their own (`features.LONG_MEMORY_ENABLED`). A value that holds, or may
    hold, an address or a client's name is seen by its digest only; `withheld` names more such fields.
    """
    fields: dict[str, str] = {}
    for name, value in document.items():
        inner = _entries(value) if name not in withheld and "@" not in name else None
        if inner is not None:
            fields |= {f"{name}.{key}": _shown(one, hide=False) for key, one in inner.items()}
            continue
        # A field may have been named after an address by mistake.
        where = f"{WITHHELD} {_digest(name)}" if "@" in name else name
        fields[where] = _shown(value, hide=name in withheld)
    return fields


def changes(before: Mapping[str, Fields], after: Mapping[str, Fields]) -> tuple[Change, ...]:
    """Every field that differs; a document that came or went is one change."""
    found: list[Change] = []
    for document in sorted({*before, *after}):
        old, new = before.get(document), after.get(document)
        if old is None or new is None:
            found.append(Change(document, WHOLE, said_whole(old), said_whole(new)))
            continue
        for name in sorted({*old, *new}):
            was, is_ = old.get(name, MISSING), new.get(name, MISSING)
            if was != is_:
                found.append(Change(document, name, was, is_))
    return tuple(found)


def followed(held: Fields | None, made: Iterable[Change]) -> dict[str, str]:
    """What was last seen of a document, with these changes of its fields and no other.

    What somebody edited by hand meanwhile stays different from what was seen, and so is noticed.
    """
    kept = dict(held or {})
    for change in made:
        if change.after == MISSING:
            kept.pop(change.field, None)
        else:
            kept[change.field] = change.after
    return kept


def safe_name(document: str) -> str:
    """A document's name as the audit keeps it: one that holds an address, as a mistake may, by its digest."""
    return f"withheld-{_digest(document)}" if "@" in document else document


def said_whole(fields: Fields | None) -> str:
    """All fields of a document in one line, as they may stand in an audit entry."""
    if fields is None:
        return MISSING
    return "; ".join(_said(name, value) for name, value in sorted(fields.items())) or "empty"


def odd_text(value: Any) -> str:
    """A value of Firestore's own kinds as text, alike each time it is read."""
    if isinstance(value, bytes):
        return f"bytes {value.hex()}"
    for name in ("isoformat", "to_protobuf"):
        made = getattr(value, name, None)
        if callable(made):
            return str(made())
    return str(getattr(value, "path", None) or type(value).__name__)


def _said(field: str, value: str) -> str:
    # A digest of few possible values would give them away.
    plain = WITHHELD if value.startswith(WITHHELD) else value
    return f"{WITHHELD if field.startswith(WITHHELD) else field}={plain}" if field else plain


def _entries(value: object) -> Mapping[str, object] | None:
    """The entries of a map whose keys can be names of fields; None of anything else."""
    if not isinstance(value, Mapping) or not value:
        return None
    entries = cast("Mapping[str, object]", value)
    return None if any("@" in key or "." in key for key in entries) else entries


def _shown(value: object, *, hide: bool) -> str:
    text = json.dumps(value, default=odd_text, sort_keys=True, ensure_ascii=False)
    if hide or "@" in text:
        return f"{WITHHELD} {_digest(text)}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… {_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]
