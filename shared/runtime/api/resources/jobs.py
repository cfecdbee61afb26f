"""Jobs: the list, one with its history, and those that failed started again."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.jobs.facts import Plan, Verdict
from shared.jobs.job import Job, Kind, Next, Priority, Status, Step, Usage
from shared.operators.jobs import list_jobs, show_job
from shared.operators.refusal import Missing, Refusal
from shared.operators.replay import BY_HAND, replay_job, retry_failed
from shared.operators.roles import Role
from shared.operators.versions import version_tag
from shared.runtime.api.paging import Listed, Moment, Paged, listed
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Line, Shown
from shared.runtime.queue import task_queue


class JobsAsked(Paged):
    """Which jobs; `since` is inclusive, `until` is not, and both are about when it moved last."""

    status: Status | None = None
    kind: Kind | None = None
    since: Moment | None = None
    until: Moment | None = None


class JobRow(Shown):
    """A job in a list."""

    id: str
    kind: Kind
    priority: Priority
    status: Status
    stage: str
    reasons: tuple[str, ...]
    contact_id: str
    address: str
    draft_id: str | None
    attempts: int
    merged_into: str | None
    created_at: datetime
    updated_at: datetime


class JobShown(JobRow):
    """A job with its whole history."""

    event_ids: tuple[str, ...]
    trace_id: str
    epoch: int
    next: Next | None
    requeues: int
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    plan: Plan | None
    verdict: Verdict | None
    usage: Usage


class ReplayAsked(Given):
    """Why a job is started again, for the audit."""

    reason: Line = BY_HAND


class JobStarted(Shown):
    """A job that runs again; `queued` false: `requeue_stuck` starts it within minutes."""

    id: str
    status: Status
    stage: str
    epoch: int
    queued: bool


class RetryAsked(Given):
    """Which failed jobs are started again, newest first."""

    kind: Kind | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: int = Field(default=100, ge=1, le=500)
    dry_run: bool = False
    reason: Line = BY_HAND


class JobRetried(Shown):
    """What became of one failed job."""

    id: str
    stage: str
    started: bool
    queued: bool
    refusal: str


class Retried(Shown):
    """What became of each failed job that was found."""

    dry_run: bool
    items: tuple[JobRetried, ...]
    unreadable: tuple[str, ...]
    more: bool = Field(description="Whether more failed jobs are left: ask again.")


def _list(asked: Asked) -> Found:
    query = asked.query_as(JobsAsked)
    page = list_jobs(
        asked.world.database,
        asked.tenant,
        status=query.status,
        kind=query.kind,
        limit=query.limit,
        after=query.after,
        since=query.since,
        until=query.until,
    )
    return listed(page, JobRow)


def _show(asked: Asked) -> Found | Refusal:
    job = show_job(asked.world.database, asked.tenant, asked.path["job_id"])
    if job is None:
        return Missing("there is no such job", "list the jobs to see which there are")
    return Found(JobShown.model_validate(job), version_tag(job.version))


def _replay(asked: Asked) -> Found | Refusal:
    world = asked.world
    done = replay_job(
        world.database,
        task_queue(world),
        world.settings.routing,
        asked.tenant,
        asked.path["job_id"],
        by=asked.by,
        now=asked.now,
        why=asked.body_as(ReplayAsked).reason,
    )
    return done if isinstance(done, Refusal) else Found(_started(done.job, done.queued))


def _retry(asked: Asked) -> Found | Refusal:
    world, body = asked.world, asked.body_as(RetryAsked)
    done = retry_failed(
        world.database,
        task_queue(world),
        world.settings.routing,
        asked.tenant,
        kind=body.kind,
        since=body.since,
        until=body.until,
        limit=body.limit,
        dry_run=body.dry_run,
        by=asked.by,
        now=asked.now,
        why=body.reason,
    )
    if isinstance(done, Refusal):
        return done
    items = tuple(JobRetried.model_validate(each) for each in done.items)
    return Found(Retried(dry_run=body.dry_run, items=items, unreadable=done.unreadable, more=done.more))


def _started(job: Job, queued: bool) -> JobStarted:
    return JobStarted(id=job.id, status=job.status, stage=job.stage, epoch=job.epoch, queued=queued)


ROUTES = (
    ApiRoute(
        "GET", "/v1/jobs", Role.VIEWER, "jobs", "The jobs that moved last.", _list, Listed[JobRow], JobsAsked
    ),
    ApiRoute(
        "GET", "/v1/jobs/{job_id}", Role.VIEWER, "jobs", "One job with its step history.", _show, JobShown
    ),
    ApiRoute(
        "POST", "/v1/jobs/{job_id}/replay", Role.APPROVER, "jobs",
        "Start a failed or held job again where it stopped.", _replay, JobStarted, body=ReplayAsked,
        changes=True,
    ),
    ApiRoute(
        "POST", "/v1/jobs/retry-failed", Role.APPROVER, "jobs", "Start failed jobs again.", _retry, Retried,
        body=RetryAsked, changes=True,
    ),
)  # fmt: skip
