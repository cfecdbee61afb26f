"""The audit as it lies in the database: raw, for whoever tampered with it need not keep to our types (P11)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.jobs.audit import audit_root, canonical
from shared.pattern import Pattern

_ID = Pattern(r"(.+)-([0-9]{8,})", re.DOTALL)
_NO_ID = Pattern(r"|\.{1,2}|__.*__|.*/.*", re.DOTALL)
"""What Firestore takes as the id of no document."""


@dataclass(frozen=True)
class StoredEntry:
    """A document among the audit entries, whether it is a sound one or not."""

    tenant: str
    id: str
    fields: Mapping[str, Any]

    @property
    def path(self) -> str:
        return f"{audit_root(self.tenant)}audit/{self.id}"

    @property
    def place(self) -> tuple[str, int] | None:
        """The chain and number that its id names; None when no entry of ours has such an id."""
        return place_of(self.id)

    @property
    def line(self) -> bytes:
        """Path and fields as one line of JSON, whatever the fields are."""
        return canonical({"path": self.path, "fields": dict(self.fields)}, default=_shown)


@dataclass(frozen=True)
class StoredChain:
    """One chain: its entries in the order of their ids, and its head's fields, None when it has no head.

    The chain without a name holds the documents whose id names no chain.
    """

    tenant: str
    name: str
    entries: tuple[StoredEntry, ...]
    head: Mapping[str, Any] | None


def can_be_id(text: str) -> bool:
    """Whether a document can have this id: who asks Firestore for another is refused."""
    return _NO_ID.fullmatch(text) is None


def place_of(id_: str) -> tuple[str, int] | None:
    """The chain and number that the id of an entry names; None for every other text."""
    found = _ID.fullmatch(id_)
    if found is None:
        return None
    number = int(found[2])
    if not can_be_id(found[1]):
        # It would have no head: no chain of ours has such a name.
        return None
    return (found[1], number) if number > 0 and found[2] == f"{number:08d}" else None


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{type(value).__name__}: {value!r}"
