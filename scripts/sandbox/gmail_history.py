"""The history of one mailbox: numbered changes, for as long as Gmail remembers them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from scripts.sandbox.google_errors import not_found
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

KEPT_S = 30 * 24 * 3600.0
"""How long a change is remembered; Gmail promises no more than "at least one week" and often keeps longer."""

Ahead = Literal["not_found", "empty"]
"""What a start id above the newest one answers: 404, or no changes and the smaller newest id."""

TYPES = {
    "messagesAdded": "messageAdded",
    "messagesDeleted": "messageDeleted",
    "labelsAdded": "labelAdded",
    "labelsRemoved": "labelRemoved",
}
"""Each kind of change as it stands in a record, and as `historyTypes` names it."""


class History:
    """Ids grow with every change, by steps of a different size."""

    def __init__(self, world: Surroundings, address: str) -> None:
        self._world = world
        self._state = world.state
        self._rows = f"gmail/{address}/history"
        self._messages = f"gmail/{address}/messages"
        self._number = f"gmail/{address}/history number"
        self._oldest = f"gmail/{address}/history oldest"
        self._ahead = f"gmail/{address}/history ahead"

    def id(self) -> int:
        """The newest id."""
        return self._state.number(self._number)

    def record(self, change: str, message: Doc, labels: Iterable[str] = ()) -> int:
        """Write a change down under the next id; `labels` are those that were put on or taken off."""
        step = 1 + int(self._world.digest("history", self.id())[:2], 16) % 7
        id_ = self._set_id(self.id() + step)
        row: dict[str, Any] = {
            "id": id_,
            "at_s": self._world.clock.time_s(),
            "change": change,
            "message": {key: message[key] for key in ("id", "threadId", "labelIds")},
            "labelIds": list(labels),
        }
        self._state.put(self._rows, f"{id_:012d}", row)
        return id_

    def since(self, start: int, types: Iterable[str] = (), label: str = "") -> list[Doc]:
        """Changes after an id, oldest first. 404 when it is too old, or newer than all that there are.

        A change stays listed after its message was deleted.
        """
        wanted = set(types)
        rows = self._state.all(self._rows)
        border_s = self._world.clock.time_s() - KEPT_S
        past = [row["id"] for row in rows if row.get("at_s", 0.0) < border_s]
        known = self._state.get(self._oldest, "id") or {"id": 0}
        if start < max([known["id"], *past]):
            raise not_found()
        if start > self.id():
            if (self._state.get(self._ahead, "answers") or {}).get("answers") == "empty":
                return []
            raise not_found()
        return [
            row
            for row in rows
            if row["id"] > start
            and (not wanted or TYPES[row["change"]] in wanted)
            and (not label or label in {*row["message"]["labelIds"], *row["labelIds"]})
        ]

    def forget(self) -> None:
        """Every id given so far is too old from now on, the newest one too."""
        newest = self._set_id(self.id() + 1)
        self._state.clear(self._rows)
        self._state.put(self._oldest, "id", {"id": newest})

    def expire(self, older_than_s: float) -> None:
        """Forget changes of that age; an id below the last of them is too old from now on."""
        border_s = self._world.clock.time_s() - older_than_s
        gone = [row["id"] for row in self._state.all(self._rows) if row.get("at_s", 0.0) < border_s]
        for id_ in gone:
            self._state.delete(self._rows, f"{id_:012d}")
        if gone:
            self._state.put(self._oldest, "id", {"id": max(gone)})

    def skip(self, ids: int) -> int:
        """Jump ahead without a change, as Gmail does for what it does not tell; gives the newest id."""
        if ids < 1:
            raise ValueError("history only skips ahead; rewind goes back")
        return self._set_id(self.id() + ids)

    def rewind(self, to: int, ahead: Ahead) -> int:
        """Go back to an earlier id, as for a mailbox that was restored; gives the newest id."""
        if not 1 <= to < self.id():
            raise ValueError(f"to must be at least 1 and less than the newest id {self.id()}")
        for row in self._state.all(self._rows):
            if row["id"] > to:
                self._state.delete(self._rows, f"{row['id']:012d}")
        for doc in self._state.all(self._messages):
            if doc["historyId"] > to:
                self._state.put(self._messages, doc["id"], {**doc, "historyId": to})
        oldest = self._state.get(self._oldest, "id") or {"id": 0}
        self._state.put(self._oldest, "id", {"id": min(oldest["id"], to)})
        self._state.put(self._ahead, "answers", {"answers": ahead})
        return self._set_id(to)

    def _set_id(self, id_: int) -> int:
        self._state.put("_numbers", self._number, {"value": id_})
        return id_
