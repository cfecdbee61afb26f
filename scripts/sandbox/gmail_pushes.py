"""Gmail's push notifications: who watches a mailbox, and what becomes of each notice on its way."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.sandbox.exchange import Json
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

WATCH_S = 7 * 24 * 3600
ONE_PER_S = 1.0
"""A user's changes make at most one notice in so many seconds."""

HELD_S = 60.0
"""How long a notice is held at most so that a later one overtakes it."""

_WATCHES = "gmail/watches"
_FRESH = "gmail/fresh pushes"
_QUEUE = "gmail/push queue"
_LAST = "gmail/last push"
_EXCESS = "gmail/excess pushes"
LOG = "gmail/pushes"


@dataclass(frozen=True)
class PushChaos:
    """What goes wrong with notices: three shares between 0 and 1, and the longest delay in seconds.

    Changes within a second of a notice make one more at the end of that second; with `drop_excess` they make
    none, as Gmail's own documentation has it. The same seed and the same notices meet the same fate.
    """

    seed: int = 1
    lose: float = 0.0
    duplicate: float = 0.0
    delay_s: float = 0.0
    reorder: float = 0.0
    drop_excess: bool = False

    def __post_init__(self) -> None:
        for name in ("lose", "duplicate", "reorder"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share between 0 and 1")
        if self.delay_s < 0:
            raise ValueError("delay_s is at least 0")

    def fate(self, number: int) -> list[tuple[float, bool]]:
        """For each copy that arrives how late it is, in seconds, and whether a later notice overtakes it."""
        dice = random.Random(f"{self.seed}/{number}")
        lost, copies = dice.random() < self.lose, 1 + (dice.random() < self.duplicate)
        fates = [(dice.random() * self.delay_s, dice.random() < self.reorder) for _ in range(copies)]
        return [] if lost else fates


class Pushes:
    """Notices wait here from the change until someone takes those that are due."""

    def __init__(self, world: Surroundings) -> None:
        self.chaos = PushChaos()
        self._world = world
        self._state = world.state

    def watch(self, address: str, topic: str, labels: list[str], behavior: str, history_id: int) -> float:
        """Watch a mailbox for a week instead of what was watched before; gives when that ends, in seconds.

        Gmail tests the topic with a notice at once.
        """
        expiration_s = self._world.clock.time_s() + WATCH_S
        watch = {"topic": topic, "labelIds": labels, "behavior": behavior, "expiration_s": expiration_s}
        self._state.put(_WATCHES, address, watch)
        self._add(topic, address, history_id, test=True)
        return expiration_s

    def stop(self, address: str) -> None:
        self._state.delete(_WATCHES, address)

    def watches(self) -> dict[str, Doc]:
        """The watches by mailbox, expired ones too."""
        return {key: self._state.get(_WATCHES, key) or {} for key in self._state.keys(_WATCHES)}

    def changed(self, address: str, history_id: int, labels: Iterable[str]) -> None:
        """A mailbox changed in a message with these labels, lost and gained ones included."""
        watch = self._state.get(_WATCHES, address)
        if watch and watch["expiration_s"] > self._world.clock.time_s() and _is_watched(watch, set(labels)):
            self._add(watch["topic"], address, history_id, test=False)

    def idle(self) -> bool:
        """Whether nothing is on its way."""
        return not any(self._state.keys(kind) for kind in (_FRESH, _EXCESS, _QUEUE))

    def due_s(self) -> float | None:
        """When the next notice arrives, or None when none is on its way."""
        if self._state.keys(_FRESH):
            return self._world.clock.time_s()
        waiting = [*self._state.all(_EXCESS), *self._state.all(_QUEUE)]
        return min((row["due_s"] for row in waiting), default=None)

    def take_due(self) -> list[tuple[str, Json]]:
        """The notices that arrive now, each once: topic and `{emailAddress, historyId}`."""
        now_s = self._world.clock.time_s()
        self._send_excess(now_s)
        self._send_fresh(now_s)
        due = [row for row in self._state.all(_QUEUE) if row["due_s"] <= now_s]
        for row in due:
            self._state.delete(_QUEUE, f"{row['seq']:012d}")
        due.sort(key=lambda row: (row["due_s"], row["seq"]))
        return [
            (row["topic"], {"emailAddress": row["emailAddress"], "historyId": row["historyId"]})
            for row in due
        ]

    def _add(self, topic: str, address: str, history_id: int, *, test: bool) -> None:
        notice: Doc = {"topic": topic, "emailAddress": address, "historyId": history_id}
        self._state.append(_FRESH, {**notice, "test": test})

    def _send_fresh(self, now_s: float) -> None:
        """Changes that were made together are one notice, with the newest id."""
        newest: dict[tuple[str, str, bool], Doc] = {}
        for row in self._state.all(_FRESH):
            newest[row["topic"], row["emailAddress"], row["test"]] = row
        self._state.clear(_FRESH)
        for (topic, address, test), row in newest.items():
            notice: Doc = {"topic": topic, "emailAddress": address, "historyId": row["historyId"]}
            last = self._state.get(_LAST, address)
            if test or last is None or now_s - last["at_s"] >= ONE_PER_S:
                self._send(notice, now_s, counts=not test)
            elif self.chaos.drop_excess:
                self._log(notice, now_s, "dropped", 0)
            else:
                self._log(notice, now_s, "merged", 0)
                self._state.put(_EXCESS, address, {**notice, "due_s": last["at_s"] + ONE_PER_S})

    def _send_excess(self, now_s: float) -> None:
        """What was merged is one notice when its second is over."""
        for row in self._state.all(_EXCESS):
            if row["due_s"] <= now_s:
                self._state.delete(_EXCESS, row["emailAddress"])
                notice = {name: row[name] for name in ("topic", "emailAddress", "historyId")}
                self._send(notice, now_s, counts=True)

    def _send(self, notice: Doc, now_s: float, *, counts: bool) -> None:
        if counts:
            self._state.put(_LAST, notice["emailAddress"], {"at_s": now_s})
        fates = self.chaos.fate(self._state.next_number("gmail/push number"))
        self._log(notice, now_s, "sent" if fates else "lost", len(fates))
        for delay_s, overtaken in fates:
            self._queue(notice, now_s + delay_s, overtaken)

    def _log(self, notice: Doc, now_s: float, outcome: str, copies: int) -> None:
        self._state.append(LOG, {**notice, "at_s": now_s, "outcome": outcome, "copies": copies})

    def _queue(self, notice: Doc, due_s: float, overtaken: bool) -> None:
        for held in self._state.all(_QUEUE):
            if held["overtaken"]:
                freed = {**held, "due_s": due_s + 0.001, "overtaken": False}
                self._state.put(_QUEUE, f"{held['seq']:012d}", freed)
        at_s = due_s + HELD_S if overtaken else due_s
        self._state.append(_QUEUE, {**notice, "due_s": at_s, "overtaken": overtaken})


def _is_watched(watch: Doc, labels: set[str]) -> bool:
    wanted = set(watch["labelIds"])
    if not wanted:
        return True
    return bool(wanted & labels) != (watch["behavior"] == "EXCLUDE")
