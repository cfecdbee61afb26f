"""Submits N varied leads to a running stack at a chosen rate: `scripts/seed_leads N`."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console
from rich.table import Table

from scripts.stack.processes import DATA, RUN_FILE
from scripts.stack.varied_leads import Varied, varied_leads
from scripts.stack.visitor import Answered, Unreachable, Visitor
from shared.jobs.job import Job
from shared.runtime.settings import read_settings
from shared.runtime.world import World

AT_ONCE = 8


@dataclass(frozen=True)
class Sent:
    """One lead, what it was answered, and how long the answer took."""

    varied: Varied
    answered: Answered
    took_ms: float


@click.command(help=__doc__)
@click.argument("number", type=click.IntRange(1))
@click.option("--rate", default=2.0, type=click.FloatRange(min=0.0, min_open=True), help="Leads a second.")
@click.option("--from", "first", default=0, type=click.IntRange(0), help="Number of the first lead.")
@click.option("--wait", "wait_s", default=0.0, help="Wait up to so many seconds for the jobs to end.")
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="Where the stack keeps its data.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def main(number: int, rate: float, first: int, wait_s: float, data: Path, as_json: bool) -> None:
    try:
        details = read_run_file(data)
        sent = send(details, list(varied_leads(number, first=first)), rate)
    except Unreachable as error:
        print(json.dumps({"error": str(error)}) if as_json else f"failed: {error}", file=sys.stderr)
        sys.exit(1)
    summary = summary_of(sent)
    if wait_s:
        jobs = {one.answered.job_id for one in sent if one.answered.job_id}
        summary["jobs"] = outcomes(details, jobs, wait_s)
    if as_json:
        print(json.dumps(summary, indent=1))
    else:
        _show(summary)
    sys.exit(0 if not summary["unexpected"] else 1)


def read_run_file(data: Path) -> dict[str, Any]:
    """What the running stack says of itself. Errors: Unreachable."""
    file = data / RUN_FILE
    try:
        return cast("dict[str, Any]", json.loads(file.read_text()))
    except (OSError, ValueError):
        raise Unreachable(f"{file} is not there: start scripts/run first, or give its --data") from None


def send(details: dict[str, Any], leads: list[Varied], rate_per_s: float) -> list[Sent]:
    """Submit each at its time, a few at once. Errors: Unreachable."""
    began = time.monotonic()

    def one(index: int, varied: Varied) -> Sent:
        time.sleep(max(0.0, began + index / rate_per_s - time.monotonic()))
        signed = visitor.signed(varied.lead)
        posted = time.monotonic()
        answered = visitor.post(signed)
        return Sent(varied, answered, (time.monotonic() - posted) * 1000)

    with Visitor(details) as visitor, ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(len(leads)), leads))


def summary_of(sent: list[Sent]) -> dict[str, Any]:
    """Answers by status, how long they took, and every one that was not as expected."""
    took = sorted(one.took_ms for one in sent)
    return {
        "submitted": len(sent),
        "answers": dict(sorted(Counter(str(one.answered.status) for one in sent).items())),
        "odd": dict(Counter(one.varied.oddity for one in sent if one.varied.oddity)),
        "answer_ms": {
            "median": round(statistics.median(took), 1),
            "p95": round(took[min(len(took) - 1, int(len(took) * 0.95))], 1),
        },
        "unexpected": [
            {
                "oddity": one.varied.oddity,
                "expected": one.varied.expected,
                "status": one.answered.status,
                "reason": one.answered.reason,
            }
            for one in sent
            if one.answered.status != one.varied.expected
        ],
    }


def outcomes(details: dict[str, Any], job_ids: set[str], wait_s: float) -> dict[str, int]:
    """How many of the jobs stand where, when all have no next step or the time is over."""
    database = World(read_settings(details["env"])).database
    until = time.monotonic() + wait_s
    paths = [f"tenants/default/jobs/{id_}" for id_ in sorted(job_ids)]
    while True:
        jobs = [job for job in database.get_many(paths, Job) if job is not None]
        if all(job.next is None for job in jobs) or time.monotonic() > until:
            return dict(Counter(job.status.value for job in jobs))
        time.sleep(0.5)


def _show(summary: dict[str, Any]) -> None:
    console = Console()
    table = Table(title=f"{summary['submitted']} leads submitted", title_justify="left")
    table.add_column("answer")
    table.add_column("number", justify="right")
    for status, number in summary["answers"].items():
        table.add_row(status, str(number))
    console.print(table)
    console.print(
        f"answered in {summary['answer_ms']['median']} ms (median), p95 {summary['answer_ms']['p95']} ms"
    )
    for oddity, number in summary["odd"].items():
        console.print(f"[dim]{number} × {oddity}[/]")
    for status, number in summary.get("jobs", {}).items():
        console.print(f"jobs {status}: {number}")
    for one in summary["unexpected"]:
        console.print(f"[red]unexpected:[/] {one}", markup=True)


if __name__ == "__main__":
    main()
