"""Follows one submission from its webhook's answer to where its job ends or waits for a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from scripts.stack.processes import Stack
from shared.jobs.job import Job, Status

LONGEST_S = 60.0
LOOK_EVERY_S = 0.06


@dataclass(frozen=True)
class Journey:
    """A job, and the one that took it up when it was merged; `finished` is false when time ran out."""

    job: Job
    drafted_by: Job
    finished: bool
    seconds: float

    @property
    def drafted(self) -> bool:
        """Whether a draft waits for a person's decision."""
        job = self.drafted_by
        return self.finished and job.status is Status.WAITING and job.draft_id is not None

    @property
    def reason(self) -> str:
        """Why it ended otherwise than with a draft."""
        job = self.drafted_by
        where = f"{job.status.value} at {job.stage}"
        why = "; ".join(job.reasons) or (job.steps[-1].error if job.steps else "") or "no reason given"
        return f"{where}: {why}" if self.finished else f"did not end in {LONGEST_S:g} s, {where}: {why}"


def follow(
    stack: Stack,
    job_id: str,
    *,
    seen: Callable[[Job, Job], None] = lambda job, owner: None,
    longest_s: float = LONGEST_S,
) -> Journey:
    """Read the job's document until it has no next step; `seen` is called with every look.

    Errors: StackFailed when a process ended meanwhile.
    """
    began = time.monotonic()
    while True:
        job = read_job(stack, job_id)
        owner = read_job(stack, job.merged_into) if job.merged_into else job
        seen(job, owner)
        passed_s = time.monotonic() - began
        if owner.next is None:
            return Journey(job, owner, True, passed_s)
        if passed_s > longest_s:
            return Journey(job, owner, False, passed_s)
        stack.check()
        time.sleep(LOOK_EVERY_S)


def read_job(stack: Stack, job_id: str) -> Job:
    """A job of the stack's tenant. Errors: LookupError."""
    job = stack.world.database.get(f"tenants/default/jobs/{job_id}", Job)
    if job is None:
        raise LookupError(f"job {job_id} is not there")
    return job
