"""`whisper jobs`: list, show, replay."""

from __future__ import annotations

import click
from rich.console import RenderableType

from scripts.command_line.acting import operator
from scripts.command_line.command import Told, operation
from scripts.command_line.connection import Connection
from scripts.command_line.problem import granted, present
from scripts.command_line.show import (
    coloured,
    data_of,
    facts,
    heading,
    plain,
    stacked,
    table,
    time_of,
    unreadable,
)
from shared.jobs.job import Job, Kind, Status
from shared.operators.jobs import list_jobs, show_job
from shared.operators.replay import replay_job


@click.group()
def jobs() -> None:
    """What the system works on: one job for one contact."""


@jobs.command("list")
@click.option("--status", type=click.Choice([s.value for s in Status]))
@click.option("--kind", type=click.Choice([k.value for k in Kind]))
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@operation
def list_(connection: Connection, status: str | None, kind: str | None, limit: int) -> Told:
    """The jobs that moved last."""
    page = list_jobs(
        connection.database,
        connection.tenant,
        status=Status(status) if status else None,
        kind=Kind(kind) if kind else None,
        limit=limit,
    )
    rows = [
        (job.id, job.kind, coloured(job.status), job.stage, job.address, time_of(job.updated_at), _why(job))
        for job in page.items
    ]
    columns = ("job", "kind", "status", "stage", "contact", "moved", "why")
    return Told(
        {"jobs": [_brief(job) for job in page.items], "unreadable": page.unreadable},
        stacked(table(columns, rows, empty="no such jobs"), unreadable(page.unreadable)),
    )


@jobs.command("show")
@click.argument("job_id", metavar="JOB")
@operation
def show(connection: Connection, job_id: str) -> Told:
    """One job with its whole history."""
    job = present(
        show_job(connection.database, connection.tenant, job_id),
        f"job {job_id} in tenant {connection.tenant}",
        "`whisper jobs list` shows those there are",
    )
    return Told(data_of(job), _human(job))


@jobs.command("replay")
@click.argument("job_id", metavar="JOB")
@operation
def replay(connection: Connection, job_id: str) -> Told:
    """Start a failed or held job again, at the stage where it stopped."""
    world = connection.world
    started = granted(
        replay_job(
            connection.database,
            connection.queue,
            world.settings.routing,
            connection.tenant,
            job_id,
            by=operator(),
            now=world.clock(),
        )
    )
    job = started.job
    how = (
        "its task is queued" if started.queued else "Cloud Tasks did not answer: requeue_stuck will start it"
    )
    return Told(
        {"job": job.id, "stage": job.stage, "epoch": job.epoch, "queued": started.queued},
        plain(f"{job.id} runs again from {job.stage}; {how}"),
    )


def _brief(job: Job) -> dict[str, object]:
    kept = {
        "id", "kind", "priority", "status", "stage", "reasons", "address", "draft_id", "attempts", "merged_into",
        "created_at", "updated_at",
    }  # fmt: skip
    return {name: value for name, value in data_of(job).items() if name in kept}


def _why(job: Job) -> str:
    return "; ".join(job.reasons)


def _human(job: Job) -> RenderableType:
    person = job.identity
    company = person.company.name if person and person.company else (person.company_name if person else "")
    about = facts(
        (
            ("kind", f"{job.kind}, {job.priority}"),
            ("status", coloured(job.status)),
            ("stage", job.stage),
            ("why", _why(job)),
            ("contact", job.address),
            ("company", company),
            ("sender", job.sender.mailbox if job.sender else ""),
            ("plan", f"{job.plan.action}: {job.plan.reason}" if job.plan else ""),
            ("verdict", coloured(job.verdict.outcome) if job.verdict else ""),
            ("draft", job.draft_id),
            ("merged into", job.merged_into),
            ("notes", "\n".join(job.notes)),
            ("begun", time_of(job.created_at)),
            ("moved", time_of(job.updated_at)),
            ("next", f"{job.next.stage} at {time_of(job.next.due)}" if job.next else ""),
            ("trace", job.trace_id),
        )
    )
    rows = [
        (s.number, s.stage, coloured(s.status), time_of(s.started_at), s.duration_ms, s.attempt, s.error)
        for s in job.steps
    ]
    history = table(("#", "stage", "status", "started", "ms", "attempt", "error"), rows, empty="no step yet")
    return stacked(heading(job.id), about, history)
