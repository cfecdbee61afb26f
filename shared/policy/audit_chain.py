"""Whether a chain of audit entries is as it was written, and where it is not (P11).

Who can write to the database can rewrite a chain and its head as a whole, and this cannot see it: the archive
can (`shared/policy/audit_archive.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.jobs.audit import FIRST, AuditEntry, hash_of
from shared.jobs.stored_audit import StoredChain, StoredEntry


class Wrong(StrEnum):
    """What is wrong with the audit at one place."""

    EDITED = "edited"
    DELETED = "deleted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    FORKED = "forked"
    FOREIGN = "foreign"
    NO_HEAD = "no head"
    UNARCHIVED = "not in the archive"
    """An entry of a day that was archived without it: it was added or dated back later."""
    ARCHIVE = "archive broken"


@dataclass(frozen=True)
class Break:
    """One place where the audit is not as it was written; `number` 0 is the chain as a whole."""

    tenant: str
    chain: str
    number: int
    wrong: Wrong
    detail: str

    def __str__(self) -> str:
        where = f"{self.tenant or 'everyone'}: {self.chain or 'no chain'}"
        return f"{where} #{self.number}: {self.wrong}, {self.detail}"


def verify(chain: StoredChain) -> tuple[Break, ...]:
    """Every place where a chain is broken, in order; none when it is as it was written."""
    if not chain.name:
        return tuple(
            Break(chain.tenant, "", 0, Wrong.FOREIGN, f"{entry.path} is no entry of any chain")
            for entry in chain.entries
        )
    return _Walk(chain).breaks()


class _Walk:
    """One way through a chain, from its first entry to its head."""

    def __init__(self, chain: StoredChain) -> None:
        self._chain = chain
        self._found: list[Break] = []
        self._number = 0
        self._hash: Any = FIRST
        self._sound = True
        """Whether the entry before can say what this one must follow."""
        self._named: set[Any] = set()
        """What entries so far named as the one before them."""

    def breaks(self) -> tuple[Break, ...]:
        for entry in self._chain.entries:
            place = entry.place
            if place is None or place[0] != self._chain.name:
                self._say(0, Wrong.FOREIGN, f"{entry.path} is no entry of this chain")
            else:
                self._take(entry, place[1])
        self._end()
        return tuple(self._found)

    def _take(self, entry: StoredEntry, number: int) -> None:
        after_a_gap = number != self._number + 1
        if after_a_gap:
            missing = number - self._number - 1
            self._say(
                self._number + 1,
                Wrong.DELETED,
                "it is gone" if missing == 1 else f"{missing} entries from here on are gone",
            )
        said = entry.fields
        follows = not after_a_gap and self._sound
        self._sound = False
        wrong = _unfit(said)
        if wrong:
            self._say(number, Wrong.EDITED, wrong)
        elif said["tenant"] != self._chain.tenant or said["chain"] != self._chain.name:
            self._say(number, Wrong.FOREIGN, "it says that it belongs to another chain")
        elif said["number"] != number:
            self._say(number, Wrong.REORDERED, f"it says that it is number {said['number']}")
        else:
            self._sound = True
            if said["hash"] != _hash_of(said):
                self._say(number, Wrong.EDITED, "it does not hash to what it says")
            elif follows and said["previous"] != self._hash:
                if said["previous"] in self._named:
                    self._say(number, Wrong.FORKED, "it follows the same entry as one before it")
                else:
                    self._say(number, Wrong.EDITED, "it does not follow the one before it: one was replaced")
        previous = said.get("previous")
        if isinstance(previous, str):
            self._named.add(previous)
        self._number, self._hash = number, said.get("hash")

    def _end(self) -> None:
        head, number = self._chain.head, self._number
        if head is None:
            self._say(number, Wrong.NO_HEAD, "its end is not known, so entries may be missing")
            return
        end = head.get("number")
        if type(end) is not int or not isinstance(head.get("hash"), str) or end < 1:
            self._say(number, Wrong.NO_HEAD, "its head cannot be read")
        elif head.get("tenant") != self._chain.tenant or head.get("chain") != self._chain.name:
            self._say(number, Wrong.NO_HEAD, "its head says that it belongs to another chain")
        elif end > number:
            self._say(number + 1, Wrong.TRUNCATED, f"it ends here, and its head at number {end}")
        elif end < number:
            self._say(end + 1, Wrong.FORKED, f"its head is number {end}, and entries follow")
        elif head["hash"] != self._hash:
            self._say(number, Wrong.EDITED, "its head names another entry as the last")

    def _say(self, number: int, wrong: Wrong, detail: str) -> None:
        self._found.append(Break(self._chain.tenant, self._chain.name, number, wrong, detail))


_TYPES: dict[str, type] = {"number": int, "at": datetime}
_OPTIONAL = {name for name, field in AuditEntry.model_fields.items() if not field.is_required()}
_LINKS = {"number", "previous", "hash"}


def _unfit(said: Any) -> str:
    """What keeps the fields from being those of an entry; empty when they are."""
    for name in AuditEntry.model_fields:
        if name not in said:
            # A field that came later is missing from the entries before it, and so from their hashes.
            if name in _OPTIONAL and name not in _LINKS:
                continue
            return f"its {name} is gone"
        wanted = _TYPES.get(name, str)
        value = said[name]
        if not isinstance(value, wanted) or isinstance(value, bool):
            return f"its {name} is no {wanted.__name__}"
    return ""


def _hash_of(said: Any) -> str | None:
    """What the fields hash to; None when they hold what no entry of ours does."""
    try:
        return hash_of(said)
    except (TypeError, ValueError):
        return None
