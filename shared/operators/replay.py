"""A failed or held job starts again at the stage where it stopped (P1): one move for sweep and operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.connectors.cloud_tasks import TaskQueue
from shared.errors import Retryable
from shared.jobs import moves
from shared.jobs.audit import JOB_REPLAYED, AuditEntry
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.document import Document
from shared.jobs.job import Job, Kind, Status
from shared.jobs.moves import Routing
from shared.operators.audit import refused_words
from shared.operators.jobs import list_jobs
from shared.operators.refusal import Clash, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.store.database import Changed, Database

KEPT = timedelta(days=90)
"""How long a dead letter is kept after its job started again."""

BY_HAND = "replayed by hand"
"""The reason in the audit where an operator gave none."""

REPLAYABLE = frozenset({Status.FAILED, Status.HELD})


@dataclass(frozen=True)
class Started:
    """A job that runs again.

    `queued` is False when Cloud Tasks could not be reached: `requeue_stuck` starts it after its `check_at`.
    """

    job: Job
    queued: bool


def restarted(
    database: Database,
    letter: DeadLetter,
    routing: Routing,
    now: datetime,
    *,
    by: Operator | None = None,
    why: str = "",
) -> Job | None:
    """The dead letter closed and its job moved, in one write; None when the job has moved on or is gone.

    The starts of the sweep (`by` None) are counted, a person's begins a new count and is audited; to enqueue the
    job is the caller's. Errors: Unreachable.
    """
    job = database.get(f"tenants/{letter.tenant}/jobs/{letter.job_id}", Job)
    moved_on = job is None or job.epoch != letter.epoch
    writes: list[Document] = [closed(letter, now)]
    moved = None
    if job is not None and not moved_on:
        moved = moves.replayed(job, routing, now, requeues=job.requeues + 1 if by is None else 0)
        writes.append(moved)
        if by is not None:
            writes.append(_audit(job, moved, by, why, now))
    try:
        database.commit(writes)
    except Changed:
        return None
    return moved


def closed(letter: DeadLetter, now: datetime) -> DeadLetter:
    """A dead letter that nobody has to look at any more."""
    return letter.but(requeue_at=None, replayed_at=now, expire_at=now + KEPT)


def replay_job(
    database: Database,
    queue: TaskQueue,
    routing: Routing,
    tenant: str,
    job_id: str,
    *,
    by: Operator,
    now: datetime,
    why: str = BY_HAND,
) -> Started | Refusal:
    """Start a failed or held job again, and close the dead letter that it left. Errors: Unreachable."""
    denied = refuses(by, Role.APPROVER) or refused_words("the reason", why)
    if denied is not None:
        return denied
    job = database.get(f"tenants/{tenant}/jobs/{job_id}", Job)
    if job is None:
        return Missing(f"tenant {tenant} has no job {job_id}", "`whisper jobs list` shows those there are")
    refusal = _refused(job, routing)
    if refusal is not None:
        return refusal
    moved = moves.replayed(job, routing, now)
    writes: list[Document] = [moved, _audit(job, moved, by, why, now)]
    letter = database.get(f"tenants/{tenant}/dead_letters/{job.id}-{job.epoch}", DeadLetter)
    if letter is not None and letter.replayed_at is None:
        writes.append(closed(letter, now))
    try:
        database.commit(writes)
    except Changed:
        return Clash(
            f"job {job_id} was changed by somebody else at this moment", "look at it, and replay it again"
        )
    return Started(moved, queued(queue, moved, now))


def queued(queue: TaskQueue, job: Job, now: datetime) -> bool:
    """Whether the job's task is in its queue; the commit stands either way."""
    try:
        queue.enqueue(job, now)
    except Retryable:
        return False
    return True


def _refused(job: Job, routing: Routing) -> Refusal | None:
    if job.status not in REPLAYABLE:
        if job.next is not None:
            mend = "leave it: it runs by itself, and requeue_stuck finds it when its task is lost"
        elif job.merged_into is not None:
            mend = f"look at {job.merged_into}, which took it up"
        elif job.is_final:
            mend = "it is done, and nothing is left to run in it"
        else:
            mend = f"it waits: {'; '.join(job.reasons) or 'for a person'}"
        return Clash(f"job {job.id} is {job.status}, and only failed and held jobs are replayed", mend)
    if job.stage not in routing:
        return Refusal(
            f"ROUTING knows no stage {job.stage}", "take the setting from this release's functions.yaml"
        )
    return None


def _audit(job: Job, moved: Job, by: Operator, why: str, now: datetime) -> AuditEntry:
    return AuditEntry.of(
        tenant=job.tenant,
        kind=JOB_REPLAYED,
        subject=job.id,
        actor=by.name,
        reason=why,
        before=job.status.value,
        after=f"{moved.status} at {moved.stage}",
        at=now,
        job_id=job.id,
        contact_id=job.contact_id,
    )


@dataclass(frozen=True)
class Retried:
    """One failed job, and why it was not started where it was not."""

    id: str
    stage: str
    started: bool
    queued: bool = False
    refusal: str = ""


@dataclass(frozen=True)
class RetriedAll:
    """What became of the failed jobs; `more` is whether there were more than were asked for."""

    items: tuple[Retried, ...]
    unreadable: tuple[str, ...]
    more: bool


def retry_failed(
    database: Database,
    queue: TaskQueue,
    routing: Routing,
    tenant: str,
    *,
    kind: Kind | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
    dry_run: bool,
    by: Operator,
    now: datetime,
    why: str = BY_HAND,
) -> RetriedAll | Refusal:
    """Start failed jobs again, newest first, each where it stopped; a dry run only names them.

    Errors: Unreachable, after which those that were started before it run.
    """
    denied = refuses(by, Role.APPROVER) or refused_words("the reason", why)
    if denied is not None:
        return denied
    page = list_jobs(database, tenant, status=Status.FAILED, kind=kind, since=since, until=until, limit=limit)
    done: list[Retried] = []
    for job in page.items:
        refusal = _refused(job, routing)
        if refusal is None and not dry_run:
            started = replay_job(database, queue, routing, tenant, job.id, by=by, now=now, why=why)
            if isinstance(started, Started):
                done.append(Retried(job.id, job.stage, started=True, queued=started.queued))
                continue
            refusal = started
        done.append(Retried(job.id, job.stage, started=False, refusal=str(refusal or "")))
    return RetriedAll(tuple(done), page.unreadable, page.next is not None)
