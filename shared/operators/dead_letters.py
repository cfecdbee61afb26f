"""Dead letters: what could not go on, and how it starts again, one or all (P1, P7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.connectors.cloud_tasks import TaskQueue
from shared.errors import Permanent
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.job import Job
from shared.jobs.moves import Routing
from shared.operators.audit import refused_words
from shared.operators.refusal import Refusal
from shared.operators.replay import BY_HAND, queued, restarted
from shared.operators.roles import Operator, Role, refuses
from shared.store.database import Database, Doc
from shared.store.newest import Page, Place, newest


class Fate(StrEnum):
    """What a replay makes, or would make, of a dead letter."""

    REPLAYED = "replayed"
    WOULD_REPLAY = "would be replayed"
    ALREADY = "was replayed before"
    MOVED_ON = "the job has moved on since"
    JOB_GONE = "the job is gone"
    JOB_UNREADABLE = "the job's document does not fit its type; mend it in Firestore"
    NO_ROUTE = "ROUTING knows no such stage"
    CHANGED = "somebody else changed it at this moment"


@dataclass(frozen=True)
class Judged:
    """A dead letter and its fate; `queued` as in `Started`."""

    letter: DeadLetter
    fate: Fate
    queued: bool = False


def list_dead_letters(
    database: Database,
    tenant: str,
    *,
    waiting_only: bool = True,
    limit: int = 20,
    after: Place | None = None,
) -> Page[DeadLetter]:
    """The newest dead letters; `waiting_only` leaves out those that were replayed. Errors: Unreachable."""
    equal: dict[str, str | None] = {"replayed_at": None} if waiting_only else {}
    path = f"tenants/{tenant}/dead_letters"
    return newest(database, path, DeadLetter, by="created_at", equal=equal, limit=limit, after=after)


def find_dead_letter(database: Database, tenant: str, letter_id: str) -> DeadLetter | None:
    """One dead letter. Errors: Unreachable."""
    return database.get(f"tenants/{tenant}/dead_letters/{letter_id}", DeadLetter)


@dataclass(frozen=True)
class Wanted:
    """The dead letters of some ids; `missing` are ids of none, `unreadable` paths of what does not fit its type."""

    letters: tuple[DeadLetter, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]


def find_dead_letters(database: Database, tenant: str, ids: Sequence[str]) -> Wanted:
    """The dead letters with these ids, each once and in their order. Errors: Unreachable."""
    paths = {f"tenants/{tenant}/dead_letters/{id_}": id_ for id_ in ids}
    found = _each(database, list(paths), DeadLetter)
    return Wanted(
        tuple(one for one in found.values() if isinstance(one, DeadLetter)),
        tuple(paths[path] for path, one in found.items() if one is None),
        tuple(path for path, one in found.items() if isinstance(one, Permanent)),
    )


def preview(database: Database, routing: Routing, letters: Sequence[DeadLetter]) -> tuple[Judged, ...]:
    """What a replay of these would do; nothing is written. Errors: Unreachable."""
    paths = [f"tenants/{letter.tenant}/jobs/{letter.job_id}" for letter in letters]
    jobs = _each(database, list(dict.fromkeys(paths)), Job)
    return tuple(
        Judged(letter, _fate(letter, jobs[path], routing))
        for letter, path in zip(letters, paths, strict=True)
    )


def replay_dead_letters(
    database: Database,
    queue: TaskQueue,
    routing: Routing,
    letters: Sequence[DeadLetter],
    *,
    by: Operator,
    now: datetime,
    why: str = BY_HAND,
) -> tuple[Judged, ...] | Refusal:
    """Start the jobs of these dead letters again, each where it stopped.

    The letter of a job that has moved on is closed. Errors: Unreachable.
    """
    denied = refuses(by, Role.APPROVER) or refused_words("the reason", why)
    if denied is not None:
        return denied
    done: list[Judged] = []
    for seen in preview(database, routing, letters):
        letter = seen.letter
        if seen.fate in (Fate.ALREADY, Fate.NO_ROUTE, Fate.JOB_UNREADABLE):
            done.append(seen)
            continue
        moved = restarted(database, letter, routing, now, by=by, why=why)
        if moved is not None:
            done.append(Judged(letter, Fate.REPLAYED, queued(queue, moved, now)))
        elif seen.fate is Fate.WOULD_REPLAY:
            done.append(Judged(letter, Fate.CHANGED))
        else:
            done.append(seen)
    return tuple(done)


def _each(database: Database, paths: Sequence[str], type_: type[Doc]) -> dict[str, Doc | Permanent | None]:
    """Each document, or why it cannot be read: one that does not fit its type keeps no other waiting."""
    try:
        return dict(zip(paths, database.get_many(paths, type_) if paths else [], strict=True))
    except Permanent:
        return {path: _one(database, path, type_) for path in paths}


def _one(database: Database, path: str, type_: type[Doc]) -> Doc | Permanent | None:
    try:
        return database.get(path, type_)
    except Permanent as error:
        return error


def _fate(letter: DeadLetter, job: Job | Permanent | None, routing: Routing) -> Fate:
    if letter.replayed_at is not None:
        return Fate.ALREADY
    if isinstance(job, Permanent):
        return Fate.JOB_UNREADABLE
    if job is None:
        return Fate.JOB_GONE
    if job.epoch != letter.epoch:
        return Fate.MOVED_ON
    return Fate.WOULD_REPLAY if job.stage in routing else Fate.NO_ROUTE
