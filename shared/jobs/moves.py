"""How a job moves: every change of a job document, as a pure function from the old one to the new one.

Each move grows the epoch, so a commit always changes the document and a task for an older epoch is stale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs.document import Value
from shared.jobs.job import KEPT_STEPS, Intent, Job, Next, Status, Step, shard_of
from shared.jobs.outcome import Advance, Hold, Merge, Outcome, Stop, Wait
from shared.jobs.playbooks import PLAYBOOKS, REVISE_FROM

TASK_HORIZON = timedelta(days=29)
"""Cloud Tasks keeps a task for 30 days; what is due later is carried by the sweep."""


class Route(Value):
    """How a stage is reached: its queue, and how long an attempt with all its redeliveries may take."""

    queue: str
    deadline_s: int
    patience_s: int


Routing = Mapping[str, Route]


@dataclass(frozen=True)
class Attempt:
    """One run of a stage: when it began and ended, and what went wrong."""

    started_at: datetime
    ended_at: datetime
    error: str = ""

    @property
    def duration_ms(self) -> int:
        return max(0, round((self.ended_at - self.started_at).total_seconds() * 1000))


def begun(job: Job, routing: Routing, now: datetime) -> Job:
    """A new job with its first `next`."""
    return job.but(next=_next(job, job.stage, now, routing, epoch=job.epoch))


def _next(
    job: Job, stage: str, due: datetime, routing: Routing, *, epoch: int, now: datetime | None = None
) -> Next:
    """`check_at` is the moment until which a task can still be alive; a wait past the horizon has no task."""
    check_at = due + timedelta(seconds=routing[stage].patience_s)
    if now is not None and due - now > TASK_HORIZON:
        check_at = now + TASK_HORIZON / 2
    return Next(stage=stage, epoch=epoch, due=due, check_at=check_at, shard=shard_of(job.id))


def _stepped(job: Job, status: str, attempt: Attempt) -> tuple[Step, ...]:
    number = job.steps[-1].number + 1 if job.steps else 1
    step = Step(
        number=number,
        stage=job.stage,
        status=status,
        started_at=attempt.started_at,
        duration_ms=attempt.duration_ms,
        attempt=job.attempts + 1,
        error=attempt.error,
    )
    return (*job.steps, step)[-KEPT_STEPS:]


def decided(job: Job, outcome: Outcome, routing: Routing, attempt: Attempt) -> Job:
    """The job after its stage returned an outcome. Errors: ValueError for a move the playbook forbids."""
    now, epoch = attempt.ended_at, job.epoch + 1
    changes: dict[str, object] = {
        **outcome.known,
        "epoch": epoch,
        "attempts": 0,
        "requeues": 0,
        "updated_at": now,
        "next": None,
        "reasons": (),
        "intents": {stage: intent for stage, intent in job.intents.items() if stage != job.stage},
    }
    match outcome:
        case Advance(stage=stage, at=at):
            if not PLAYBOOKS[job.kind].allows(job.stage, stage):
                raise ValueError(f"{job.kind}: {job.stage} may not go to {stage}; see PLAYBOOKS")
            changes |= {"stage": stage, "status": Status.RUNNING}
            changes["next"] = _next(job, stage, max(at or now, now), routing, epoch=epoch, now=now)
            status = "advanced"
        case Wait(until=until, reasons=reasons):
            changes |= {"status": Status.WAITING, "reasons": reasons}
            if until is not None:
                changes["next"] = _next(job, job.stage, until, routing, epoch=epoch, now=now)
            status = "waiting"
        case Stop(status=final, reasons=reasons):
            changes |= {"status": final, "reasons": reasons}
            status = final.value
        case Hold(reasons=reasons):
            changes |= {"status": Status.HELD, "reasons": reasons}
            status = "held"
        case Merge(into=into):
            changes |= {"status": Status.MERGED, "reasons": outcome.reasons, "merged_into": into.id}
            status = "merged"
        case _:
            raise ValueError(
                f"{type(outcome).__name__} is no outcome: return Advance, Wait, Stop, Hold or Merge"
            )
    return job.but(**changes, steps=_stepped(job, status, attempt))


def taken_up(into: Job, outcome: Merge, routing: Routing, now: datetime) -> Job:
    """The job that owns the open draft, taking up what a newer job learned: it writes the draft again."""
    return led_to(into, REVISE_FROM, routing, now, **outcome.hands_over, mends=0)


def led_to(
    job: Job, stage: str, routing: Routing, now: datetime, at: datetime | None = None, /, **known: object
) -> Job:
    """A job that waits or is held, going on at a stage, at once or at a time, because of what became of its draft."""
    epoch = job.epoch + 1
    due = max(at or now, now)
    return job.but(
        **known,
        stage=stage,
        status=Status.RUNNING,
        reasons=(),
        attempts=0,
        requeues=0,
        epoch=epoch,
        updated_at=now,
        next=_next(job, stage, due, routing, epoch=epoch, now=now),
    )


def intended(job: Job, routing: Routing, now: datetime, lease: timedelta) -> Job:
    """The job with its outward stage's intent recorded: a rerun comes after the lease, and looks first."""
    epoch, lease_until = job.epoch + 1, now + lease
    intent = Intent(stage=job.stage, epoch=epoch, recorded_at=now, lease_until=lease_until)
    return job.but(
        epoch=epoch,
        status=Status.RUNNING,
        reasons=(),
        updated_at=now,
        intents={**job.intents, job.stage: intent},
        next=_next(job, job.stage, lease_until, routing, epoch=epoch),
    )


def paused(job: Job, until: datetime, reasons: tuple[str, ...], routing: Routing, attempt: Attempt) -> Job:
    """The job before an outward stage that may not run now; an intent that was recorded before is kept."""
    epoch = job.epoch + 1
    return job.but(
        epoch=epoch,
        status=Status.WAITING,
        reasons=reasons,
        updated_at=attempt.ended_at,
        next=_next(job, job.stage, until, routing, epoch=epoch),
        steps=_stepped(job, "paused", attempt),
    )


def after_lease(job: Job, routing: Routing, now: datetime) -> Job:
    """The job at an outward stage of which an earlier run may be under way: due when its lease is over."""
    epoch, lease_until = job.epoch + 1, job.intents[job.stage].lease_until
    return job.but(epoch=epoch, updated_at=now, next=_next(job, job.stage, lease_until, routing, epoch=epoch))


def again(
    job: Job,
    due: datetime,
    routing: Routing,
    attempt: Attempt,
    *,
    status: str = "retrying",
    over: bool = True,
) -> Job:
    """The job at the same stage, due later, with the attempt counted and the error in its history.

    The run that recorded an intent is over, and so is its lease.
    """
    epoch = job.epoch + 1
    intents = dict(job.intents)
    if over and (intent := intents.get(job.stage)) is not None:
        intents[job.stage] = intent.but(lease_until=min(intent.lease_until, attempt.ended_at))
    return job.but(
        epoch=epoch,
        attempts=job.attempts + 1,
        intents=intents,
        updated_at=attempt.ended_at,
        status=Status.RUNNING,
        reasons=(),
        next=_next(job, job.stage, due, routing, epoch=epoch),
        steps=_stepped(job, status, attempt),
    )


def carried(job: Job, routing: Routing, now: datetime) -> Job:
    """A long wait, looked at by the sweep: nothing but its check moves."""
    assert job.next is not None
    epoch = job.epoch + 1
    return job.but(
        epoch=epoch, updated_at=now, next=_next(job, job.stage, job.next.due, routing, epoch=epoch, now=now)
    )


def ended(job: Job, status: Status, reasons: tuple[str, ...], attempt: Attempt) -> Job:
    """The job failed or held by the runtime, with the attempt in its history."""
    return job.but(
        epoch=job.epoch + 1,
        status=status,
        reasons=reasons,
        next=None,
        updated_at=attempt.ended_at,
        steps=_stepped(job, status.value, attempt),
    )


def replayed(job: Job, routing: Routing, now: datetime, *, requeues: int = 0) -> Job:
    """A failed or held job, started again at the stage where it stopped.

    `requeues` counts the starts that the sweep made by itself; a person's replay begins a new count.
    """
    epoch = job.epoch + 1
    return job.but(
        epoch=epoch,
        status=Status.RUNNING,
        reasons=(),
        attempts=0,
        requeues=requeues,
        updated_at=now,
        next=_next(job, job.stage, now, routing, epoch=epoch),
    )
