"""One run of a stage: load the job, call the stage, commit what it decided, settle what follows.

The document is the truth and the task a hint: a task for another stage or epoch only repeats what its commit
should have been followed by. Nothing is acknowledged before it is committed.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.connectors.lease import effects_until_s
from shared.errors import Failure, Permanent, Retryable, Unclear
from shared.jobs import moves
from shared.jobs.announcement import Announcement, announced
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.document import Document
from shared.jobs.job import Job, Status
from shared.jobs.moves import Attempt
from shared.jobs.outcome import Merge, Outcome
from shared.jobs.rules import Controls
from shared.runtime import backoff, sentry
from shared.runtime.clients.channel import work
from shared.runtime.controls import control_paths, report_garbage, understand
from shared.runtime.logs import Severity, log
from shared.runtime.settle import settle
from shared.runtime.world import World
from shared.store.database import Changed, Unreachable, encode, read


@dataclass
class Run:
    """What the wire needs to make a stage's ports: the world, the job, and the moment of this run."""

    world: World
    job: Job
    now: datetime
    may_have_happened: bool = False
    """For outward stages: an earlier run recorded its intent, so look for the effect before making it."""

    @property
    def tenant(self) -> str:
        return self.job.tenant


DIED = "the stage died without a word, or its task was lost"
_LOOKS_MOST = 4
"""Runs beyond the most after an answer that was lost, however many attempts went before it: they look for evidence."""

Publish = Callable[[World, Iterable[Announcement]], int]


class Stage(Protocol):
    """What the functions in functions/stages are."""

    def __call__(self, job: Job, run: Run) -> Outcome: ...


@dataclass(frozen=True)
class Ran:
    """The status for Cloud Tasks, and what happened."""

    status: int
    outcome: str


class StageRun:
    """Runs one stage of one job, once."""

    def __init__(
        self, world: World, stage: str, function: Stage, *, outward: bool, publish: Publish | None
    ) -> None:
        self.world = world
        self.stage = stage
        self.function = function
        self.outward = outward
        self.publish = publish

    def __call__(self, tenant: str, job_id: str, epoch: int) -> Ran:
        """Run the stage if the job is still at this stage and epoch."""
        work.set(f"{job_id}/{self.stage}")
        try:
            return self._run(tenant, job_id, epoch)
        except Unreachable as error:
            log("firestore_unreachable", "ERROR", job=job_id, stage=self.stage, reason=str(error))
            return Ran(503, "unreachable")
        except Retryable as error:
            # After the commit: the redelivery finds the job moved on, and only settles what follows.
            log("settle_failed", "WARNING", job=job_id, stage=self.stage, reason=error.reason)
            return Ran(503, "unsettled")
        except Permanent as error:
            return self._unusable(tenant, job_id, epoch, error)

    def _run(self, tenant: str, job_id: str, epoch: int) -> Ran:
        job = self._job(tenant, job_id)
        if job is None:
            log("job_missing", "WARNING", job=job_id, stage=self.stage, tenant=tenant)
            return Ran(200, "missing")
        if job.next is None or job.next.stage != self.stage or job.next.epoch != epoch:
            return self._stale(job)
        started = self.world.clock()
        intent = job.intents.get(job.stage)
        if intent is not None and intent.lease_until > started:
            # A merge sent the job round again while that effect may be on its way: looking now finds nothing.
            waiting = moves.after_lease(job, self.world.settings.routing, started)
            return self._commit(job, waiting, [waiting], started)
        may_have_happened = intent is not None
        if intent is not None and intent.epoch == job.epoch:
            # Nothing was committed since the intent: the run that recorded it died without a word.
            if job.attempts + 1 >= self.world.settings.max_attempts:
                return self._failed(job, started, Retryable(DIED))
            job = job.but(attempts=job.attempts + 1)
        if self.outward:
            intended = self._intend(job, started)
            if isinstance(intended, Ran):
                return intended
            job = intended
        run = Run(self.world, job, started, may_have_happened)
        try:
            outcome = self._decided(job, run)
            moved = moves.decided(job, outcome, self.world.settings.routing, self._attempt(started))
            announcements = announced(moved, outcome, self.world.clock())
            writes: list[Document] = [moved, *outcome.writes, *announcements]
            if isinstance(outcome, Merge):
                routing = self.world.settings.routing
                writes.append(moves.taken_up(outcome.into, outcome, routing, self.world.clock()))
        except Exception as error:
            if isinstance(error, Unreachable):
                raise
            return self._failed(job, started, error)
        return self._commit(job, moved, writes, started, outcome)

    def _decided(self, job: Job, run: Run) -> Outcome:
        """What the stage decides; it begins no effect after the lease of its intent."""
        intent = job.intents.get(job.stage) if self.outward else None
        before = effects_until_s.set(intent.lease_until.timestamp() if intent else None)
        try:
            return self.function(job, run)
        finally:
            effects_until_s.reset(before)

    def _commit(
        self,
        job: Job,
        moved: Job,
        writes: list[Document],
        started: datetime,
        outcome: Outcome | None = None,
    ) -> Ran:
        increments = outcome.increments if outcome is not None else None
        patches = outcome.patches if outcome is not None else None
        try:
            self.world.database.commit(writes, increments=increments, patches=patches)
        except Changed:
            return self._lost(job, started)
        except Permanent as error:
            return self._failed(job, started, error)
        for document in writes:
            if isinstance(document, Job):
                settle(self.world, document)
        if self.publish is not None:
            self.publish(self.world, [each for each in writes if isinstance(each, Announcement)])
        self._say("stage_done", moved, started)
        self._say_tokens(job, moved)
        return Ran(200, moved.status.value)

    def _lost(self, job: Job, started: datetime) -> Ran:
        """Some document changed under this run: the job itself, or one that it shares with others."""
        current = self._job(job.tenant, job.id)
        if current is None or current.epoch != job.epoch:
            return self._stale(current) if current else Ran(200, "missing")
        return self._failed(current, started, Retryable(backoff.CONTENTION))

    def _stale(self, job: Job) -> Ran:
        settle(self.world, job)
        log(
            "task_stale",
            trace_id=job.trace_id,
            project=self.world.settings.project,
            job=job.id,
            stage=self.stage,
            epoch=job.epoch,
        )
        return Ran(200, "stale")

    def _failed(self, job: Job, started: datetime, error: Exception) -> Ran:
        """Count the attempt: again later, a hold, or the end with a dead letter."""
        settings, attempts = self.world.settings, job.attempts + 1
        attempt = self._attempt(started, _reason(error))
        most = settings.max_attempts + (_LOOKS_MOST if isinstance(error, Unclear) else 0)
        again = not isinstance(error, Permanent) and attempts < most
        writes: list[Document]
        if again:
            pause = backoff.pause_s(settings, attempts, error, key=f"{job.id}/{job.epoch}")
            due = self.world.clock() + timedelta(seconds=pause)
            if isinstance(error, Unclear) and job.stage in job.intents:
                # What was sent may still arrive: whoever looks for it before the lease is over looks too early.
                due = max(due, job.intents[job.stage].lease_until)
            moved = moves.again(job, due, settings.routing, attempt, over=not isinstance(error, Unclear))
            writes = [moved]
        elif isinstance(error, Unclear):
            moved = moves.ended(
                job, Status.HELD, (_reason(error), "check by hand, then replay the job"), attempt
            )
            writes = [moved]
        else:
            moved = moves.ended(job, Status.FAILED, (_reason(error),), attempt)
            writes = [moved, dead_letter(moved, error, self.world.clock())]
        try:
            self.world.database.commit(writes)
        except Changed:
            current = self._job(job.tenant, job.id)
            return self._stale(current) if current else Ran(200, "missing")
        if not isinstance(error, Failure):
            sentry.report(settings, error, trace_id=job.trace_id, job=job.id, stage=self.stage)
        settle(self.world, moved)
        self._say("stage_failed", moved, started, severity="WARNING" if again else "ERROR", error=error)
        return Ran(200, "retrying" if again else moved.status.value)

    def _unusable(self, tenant: str, job_id: str, epoch: int, error: Permanent) -> Ran:
        """The job's document cannot be read or written at all: say so once, where people look."""
        letter = unusable_letter(tenant, job_id, self.stage, epoch, error, self.world.clock())
        with contextlib.suppress(Changed):
            self.world.database.commit([letter])
        log("job_unusable", "ERROR", job=job_id, tenant=tenant, stage=self.stage, reason=error.reason)
        return Ran(200, "unusable")

    def _intend(self, job: Job, now: datetime) -> Job | Ran:
        """Record (or renew) the intent and read the kill switch, together in one transaction."""
        settings, database = self.world.settings, self.world.database
        lease = timedelta(seconds=settings.intent_lease_s)
        paths = (job.path, *control_paths(job.tenant))

        def record(transaction: Any) -> tuple[Job, Controls] | None:
            references = [database.client.document(path) for path in paths]
            found = {
                s.reference.path: s for s in database.client.get_all(references, transaction=transaction)
            }
            current = read(found[paths[0]], Job)
            if current is None or current.version != job.version:
                return None
            controls = understand(settings, found[paths[1]].to_dict(), found[paths[2]].to_dict())
            intended = moves.intended(job, settings.routing, now, lease)
            if not controls.stopped:
                transaction.update(references[0], encode(intended))
            return intended, controls

        try:
            recorded, version = database.transact(record)
        except Changed:
            recorded, version = None, None
        if recorded is None:
            return self._lost(job, now)
        intended, controls = recorded
        report_garbage(controls, job.tenant)
        if controls.stopped:
            log("kill_switch_engaged", "WARNING", tenant=job.tenant, job=job.id, stage=self.stage)
            until = now + timedelta(seconds=settings.paused_recheck_s)
            waiting = moves.paused(job, until, controls.stops, settings.routing, self._attempt(now))
            return self._commit(job, waiting, [waiting], now)
        return intended.read_at(version)

    def _job(self, tenant: str, job_id: str) -> Job | None:
        return self.world.database.get(f"tenants/{tenant}/jobs/{job_id}", Job)

    def _attempt(self, started: datetime, error: str = "") -> Attempt:
        return Attempt(started, self.world.clock(), error)

    def _say(
        self,
        event: str,
        job: Job,
        started: datetime,
        *,
        severity: Severity = "INFO",
        error: Exception | None = None,
    ) -> None:
        log(
            event,
            severity,
            trace_id=job.trace_id,
            project=self.world.settings.project,
            job=job.id,
            tenant=job.tenant,
            stage=self.stage,
            epoch=job.epoch,
            status=job.status.value,
            attempt=job.steps[-1].attempt if job.steps else 0,
            duration_ms=self._attempt(started).duration_ms,
            **({"kind": kind_of(error), "reason": _reason(error)} if error else {}),
        )
        sentry.measure_run(
            self.world.settings,
            stage=self.stage,
            outcome=event.removeprefix("stage_"),
            status=job.status.value,
            duration_ms=self._attempt(started).duration_ms,
            trace_id=job.trace_id,
            failure=kind_of(error) if error else "",
        )

    def _say_tokens(self, job: Job, moved: Job) -> None:
        """What this run asked of a model, where it asked one."""
        tokens_in = moved.usage.input_tokens - job.usage.input_tokens
        tokens_out = moved.usage.output_tokens - job.usage.output_tokens
        if tokens_in or tokens_out:
            log(
                "model_asked",
                trace_id=job.trace_id,
                project=self.world.settings.project,
                job=job.id,
                tenant=job.tenant,
                stage=self.stage,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
            )
            sentry.measure_tokens(
                self.world.settings,
                stage=self.stage,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                trace_id=job.trace_id,
            )


def kind_of(error: Exception) -> str:
    """The kind of failure: retryable, permanent, unclear or bug."""
    return error.kind if isinstance(error, Failure) else "bug"


def _reason(error: Exception) -> str:
    """What a job and a log may say: our own words for a failure, only the type for a bug."""
    return error.reason if isinstance(error, Failure) else f"bug: {type(error).__name__}"


def dead_letter(job: Job, error: Exception, now: datetime) -> DeadLetter:
    """The dead letter of a job that failed; retryable ones are due again in an hour, three times."""
    trace = None if isinstance(error, Failure) else error.__traceback__
    return DeadLetter(
        id=f"{job.id}-{job.epoch}",
        tenant=job.tenant,
        job_id=job.id,
        stage=job.stage,
        epoch=job.epoch,
        kind=kind_of(error),
        reason=_reason(error),
        attempts=job.attempts + 1,
        frames=tuple(
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(trace)
        ),
        created_at=now,
        requeues=job.requeues,
        requeue_at=backoff.requeue_at(job.requeues, now) if isinstance(error, Retryable) else None,
    )


def unusable_letter(
    tenant: str, job_id: str, stage: str, epoch: int, error: Permanent, now: datetime
) -> DeadLetter:
    """The dead letter of a job whose document does not fit its type: one for each job."""
    return DeadLetter(
        id=f"{job_id}-unusable",
        tenant=tenant,
        job_id=job_id,
        stage=stage,
        epoch=epoch,
        kind=error.kind,
        reason=error.reason,
        attempts=0,
        created_at=now,
    )
