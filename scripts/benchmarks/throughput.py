"""How much a stage adds, how many jobs a second this machine carries, and what a job costs."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from scripts.local_cloud.due import HttpRequest, HttpResponse
from scripts.stack.deployment import spec
from scripts.stack.journey import follow
from scripts.stack.leads import STORY, Lead
from scripts.stack.processes import Stack
from scripts.stack.result import cost_of
from scripts.stack.simulation import Simulation
from scripts.stack.visitor import Visitor
from shared.jobs.job import Job

PURE = ("gather_context", "plan_next_step", "write_draft", "gate_draft")
"""The stages between reading and filing; those that change nothing outside."""

LONGEST_S = 300.0


class TimedSimulation(Simulation):
    """Measures each delivery to a function, by its name."""

    def __init__(self) -> None:
        self.took_ms: defaultdict[str, list[float]] = defaultdict(list)
        super().__init__()

    def _deliver(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        answer = super()._deliver(request)
        self.took_ms[request.url.rsplit("/", 1)[-1]].append((time.perf_counter() - began) * 1000)
        return answer


def leads(number: int) -> list[Lead]:
    """So many leads of different people of one company, alike in everything else."""
    ana = STORY["ana"]
    return [
        Lead({**ana.fields, "email": f"person{index:04d}@harborlogistics.example", "firstname": "Robin"})
        for index in range(number)
    ]


def in_process(jobs: int) -> dict[str, Any]:
    """Stages and jobs in one process, without a socket: caller check, load, step, commit, enqueue."""
    simulation = TimedSimulation()
    try:
        _simulate(simulation, leads(1))
        simulation.took_ms.clear()
        began = time.perf_counter()
        _simulate(simulation, leads(jobs + 1)[1:])
        passed_s = time.perf_counter() - began
    finally:
        simulation.close()
    return {
        "stage_ms": {name: round(statistics.median(took), 2) for name, took in simulation.took_ms.items()},
        "jobs_per_s": round(jobs / passed_s, 1),
    }


def _simulate(simulation: Simulation, people: list[Lead]) -> None:
    for lead in people:
        answer = simulation.deliver(simulation.submit(dict(lead.fields))["requests"]["form"])
        if answer.status_code != 202:
            raise RuntimeError(f"receive_hubspot answered {answer.status_code}")
    simulation.run()


def over_http(stack: Stack, jobs: int) -> dict[str, Any]:
    """One job after the other through real processes: each stage's own time, and the time to the next one."""
    own: defaultdict[str, list[float]] = defaultdict(list)
    hop: defaultdict[str, list[float]] = defaultdict(list)
    whole: list[float] = []
    cost: dict[str, Any] = {}
    with Visitor(stack.details()) as visitor:
        _warm(stack, visitor)
        for lead in leads(jobs + 1)[1:]:
            before = stack.counts()
            began = time.perf_counter()
            answered = visitor.play(lead)
            journey = follow(stack, answered.job_id or "")
            whole.append((time.perf_counter() - began) * 1000)
            if not journey.drafted:
                raise RuntimeError(journey.reason)
            steps = journey.job.steps
            for step, later in pairwise(steps):
                own[step.stage].append(step.duration_ms)
                hop[step.stage].append((later.started_at - step.started_at).total_seconds() * 1000)
            cost = cost_of(stack, (journey.job.id,), before)
    return {
        "stage_ms": {name: round(statistics.median(took), 1) for name, took in own.items()},
        "stage_to_next_ms": {name: round(statistics.median(took), 1) for name, took in hop.items()},
        "overhead_ms": round(
            statistics.median(
                gap - run for name in PURE for run, gap in zip(own[name], hop[name], strict=True)
            ),
            1,
        ),
        "job_ms": round(statistics.median(whole)),
        "cost_per_job": cost,
    }


def jobs_per_s(stack: Stack, jobs: int, *, first: int, rates_lifted: bool) -> float:
    """So many leads at once, until the last job waits for a person; with or without the queues' rates."""
    _provision(stack, rates_lifted=rates_lifted)
    with Visitor(stack.details()) as visitor, ThreadPoolExecutor(8) as pool:
        signed = [visitor.signed(lead) for lead in leads(first + jobs)[first:]]
        began = time.perf_counter()
        answers = list(pool.map(visitor.post, signed))
    paths = [f"tenants/default/jobs/{answer.job_id}" for answer in answers]
    until = time.monotonic() + LONGEST_S
    while True:
        found = [job for job in stack.world.database.get_many(paths, Job) if job is not None]
        if len(found) == jobs and all(job.next is None for job in found):
            break
        if time.monotonic() > until:
            raise RuntimeError(f"the jobs did not end in {LONGEST_S:g} s")
        stack.check()
        time.sleep(0.1)
    passed_s = time.perf_counter() - began
    _provision(stack, rates_lifted=False)
    return round(jobs / passed_s, 2)


def _provision(stack: Stack, *, rates_lifted: bool) -> None:
    wanted = asdict(spec(stack.catalogue, stack.places, {}, paused=True))
    for queue in wanted["queues"] if rates_lifted else ():
        queue |= {"max_dispatches_per_second": 500.0, "max_concurrent_dispatches": 64}
    stack.ask_cloud("POST", "/provision", wanted)


def _warm(stack: Stack, visitor: Visitor) -> None:
    """One job that is not measured: clients, tokens and pages are made on first use."""
    follow(stack, visitor.play(leads(1)[0]).job_id or "")
