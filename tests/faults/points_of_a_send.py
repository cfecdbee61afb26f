"""Where a send, and the record of it, is held when a process dies."""

from functools import partial
from typing import Any

from shared.jobs.draft import DraftState
from tests.faults.test_kill import POINTS

RECORDS = ("log_send", "log_outcome", "close_task")

Rule = dict[str, Any]
READ = "BatchGetDocuments"
COMMIT = "Commit"


def _rule(mode: str, service: str, method: str, nth: int = 1) -> Rule:
    return {"mode": mode, "service": service, "method": method, "nth": nth}


_stored = partial(_rule, service="Firestore")

SEND_POINTS: dict[str, Rule] = {
    "before anything was read": _stored("refuse", method=READ),
    "with its intent on the way": _stored("delay", method=COMMIT),
    "its intent recorded, before its draft was read": _stored("refuse", method=READ, nth=3),
    "before anything was read for the claim": _stored("refuse", method=READ, nth=4),
    "the quota read, the claim open": _stored("refuse", method="RunQuery"),
    "before its claim": _stored("refuse", method=COMMIT, nth=2),
    "while its claim is applied late": _stored("delay", method=COMMIT, nth=2),
    "claimed, before the answer": _stored("lost_answer", method=COMMIT, nth=2),
    "claimed, before the last look": _stored("refuse", method=READ, nth=6),
    "sent, before anything was told": _stored("refuse", method=READ, nth=7),
    "sent, before its commit": _stored("refuse", method=COMMIT, nth=3),
    "sent, while its commit is applied late": _stored("delay", method=COMMIT, nth=3),
    "sent and committed, before the answer": _stored("lost_answer", method=COMMIT, nth=3),
    "sent and committed, before the enqueue": _rule("refuse", "CloudTasks", "CreateTask"),
    "sent and committed, before it was announced": _rule("refuse", "Publisher", "Publish"),
    "announced, before it left the outbox": _stored("refuse", method=COMMIT, nth=4),
}
"""Where a send is held when a process dies: the boundaries of every call, in their order."""

CLAIMED = frozenset(point for point in SEND_POINTS if point.startswith("claimed"))
"""Points at which a claim stands, and nothing went out."""

LATE_CLAIM = "while its claim is applied late"
"""Another send that goes through meanwhile changes the quota, and voids such a claim: one held last is applied."""

UNANNOUNCED = frozenset(point for point in SEND_POINTS if point.startswith(("sent", "announced")))
"""Points at which a mail went out that nobody was told of yet, or of which the outbox still says so."""


def stands(point: str) -> tuple[DraftState, int]:
    """The draft's state and the number of mails while a send is held at this point."""
    if point in CLAIMED:
        return DraftState.SENDING, 0
    if point.startswith("sent,"):
        return DraftState.SENDING, 1
    if point in UNANNOUNCED:
        return DraftState.SENT, 1
    return DraftState.APPROVED, 0


Held = tuple[str, str]
"""A stage, and the point at which it is held."""

RECORD_POINTS: tuple[Held, ...] = tuple(
    (stage, point)
    for stage in RECORDS
    for point in POINTS
    # The last stage enqueues nothing.
    if not (stage == RECORDS[-1] and point.endswith("enqueue"))
)
EACH_POINT_ONCE: tuple[Held, ...] = (
    ("log_send", "before its effect, its intent recorded"),
    ("log_send", "after its effect, before its commit"),
    ("log_send", "after its commit, before the enqueue"),
    ("log_outcome", "with its intent on the way"),
    ("log_outcome", "after its effect, before its commit"),
    ("log_outcome", "after its commit, before the answer"),
    ("close_task", "before anything was read"),
    ("close_task", "after its effect, before its commit"),
    ("close_task", "while its commit is applied late"),
)
OPEN_CLAIM = ("the quota read, the claim open", "before its claim", LATE_CLAIM)
EVERY_SEND: tuple[Held, ...] = tuple(
    ("send_draft", point) for point in sorted(SEND_POINTS, key=lambda point: point in OPEN_CLAIM)
)
"""Those that hold an open transaction on the quota come last: nobody has to wait in line behind them."""
