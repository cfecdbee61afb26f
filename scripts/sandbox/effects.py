"""What was changed in the vendors' world, entry by entry and counted per person."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from scripts.sandbox.state import Doc, State

_KIND = "effects"
_COUNTED = {
    "draft_created": "drafts",
    "mail_sent": "sent",
    "note_created": "notes",
    "task_created": "tasks",
    "contact_created": "contacts",
    "email_recorded": "records",
}


class Effects:
    """An append-only list: what was created stays counted after it was deleted or consumed."""

    def __init__(self, state: State) -> None:
        self._state = state

    def note(self, kind: str, person: str, time_s: float, **details: Any) -> None:
        """Write one effect down for a person's address (empty when it concerns nobody)."""
        self._state.append(_KIND, {"kind": kind, "person": person.lower(), "time_s": time_s, **details})

    def entries(self, kind: str = "", person: str = "") -> list[Doc]:
        return [
            row
            for row in self._state.all(_KIND)
            if (not kind or row["kind"] == kind) and (not person or row["person"] == person.lower())
        ]

    def by_person(self) -> dict[str, dict[str, int]]:
        """Drafts, sent mails, notes, tasks, contacts and records of mails ever created, per address."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in self.entries():
            if row["kind"] in _COUNTED:
                counts[row["person"]][_COUNTED[row["kind"]]] += 1
        return {
            person: {name: count[name] for name in _COUNTED.values()}
            for person, count in sorted(counts.items())
        }

    def summary(self) -> dict[str, Any]:
        return {"by_person": self.by_person(), "entries": self.entries()}
