"""Measures this system on this machine: `scripts/bench`.

Cold starts beside a hello-world, what a stage adds, jobs per second, and what a job costs.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from scripts.benchmarks import cold_start, throughput
from scripts.stack.processes import Options, Stack
from scripts.stack.run import EXPECTED, ended_by_signals


@click.command(help=__doc__)
@click.option(
    "--starts", default=3, type=click.IntRange(0), help="Cold starts of each function; 0 leaves them out."
)
@click.option("--function", "only", multiple=True, help="Start only these; repeatable.")
@click.option("--cold-only", is_flag=True, help="Measure nothing but cold starts.")
@click.option("--jobs", default=20, type=click.IntRange(2), help="Jobs to measure with.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(starts: int, only: tuple[str, ...], cold_only: bool, jobs: int, as_json: bool) -> None:
    console = Console(stderr=as_json, highlight=False)
    try:
        with ended_by_signals():
            found = measured(console, starts, only, 0 if cold_only else jobs)
    except KeyboardInterrupt:
        sys.exit(130)
    except (*EXPECTED, RuntimeError) as error:
        print(json.dumps({"error": str(error)}) if as_json else f"failed: {error}", file=sys.stderr)
        sys.exit(1)
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        _show(console, found)


def measured(console: Console, starts: int, only: tuple[str, ...], jobs: int) -> dict[str, Any]:
    """Everything, one after the other, on data that is forgotten; without jobs just the cold starts."""
    found: dict[str, Any] = {
        "machine": {"cpus": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "jobs": jobs,
    }
    if jobs:
        console.print("[dim]in one process …[/]")
        with open(os.devnull, "w") as nowhere:
            found["in_process"] = _without_logs(nowhere, jobs)
    with (
        tempfile.TemporaryDirectory(prefix="whisper-bench-") as folder,
        Stack(Options(data=Path(folder), paused=True)) as stack,
    ):
        if jobs:
            console.print("[dim]over HTTP …[/]")
            found["over_http"] = throughput.over_http(stack, max(2, jobs // 4))
            console.print("[dim]many jobs at once …[/]")
            rest = {"first": 1000, "rates_lifted": True}
            found["jobs_per_s"] = {
                "machine": throughput.jobs_per_s(stack, jobs, **rest),
                "with_the_queues_rates": throughput.jobs_per_s(stack, jobs, first=2000, rates_lifted=False),
            }
        if starts:
            console.print("[dim]cold starts …[/]")
            found["cold_start"] = cold_start.measure(stack, starts, only)
    return found


def _without_logs(nowhere: Any, jobs: int) -> dict[str, Any]:
    """The functions log on stdout, and here they run in this process."""
    before, sys.stdout = sys.stdout, nowhere
    try:
        return throughput.in_process(jobs)
    finally:
        sys.stdout = before


def _show(console: Console, found: Mapping[str, Any]) -> None:
    machine = found["machine"]
    console.print(
        f"{machine['cpus']} CPUs, {machine['system']}, Python {machine['python']}, {found['jobs']} jobs"
    )
    if found["jobs"]:
        _show_jobs(console, found)
    if "cold_start" in found:
        _show_cold_starts(console, found["cold_start"])


def _show_jobs(console: Console, found: Mapping[str, Any]) -> None:
    inside, outside = found["in_process"], found["over_http"]
    table = Table("stage", title="Stages (median)", title_justify="left")
    for heading in ("in process, ms", "over HTTP, ms", "to the next stage, ms"):
        table.add_column(heading, justify="right")
    for name, took in inside["stage_ms"].items():
        cells = (took, outside["stage_ms"].get(name, ""), outside["stage_to_next_ms"].get(name, ""))
        table.add_row(name, *(str(cell) for cell in cells))
    console.print(table)
    console.print(
        f"overhead between two stages over HTTP: {outside['overhead_ms']} ms; a job: {outside['job_ms']} ms"
    )
    rates = found["jobs_per_s"]
    console.print(
        f"jobs/s: {rates['machine']} on this machine, {rates['with_the_queues_rates']} at the queues' rates, "
        f"{inside['jobs_per_s']} in one process"
    )
    total = outside["cost_per_job"]["total"]
    console.print("per job: " + ", ".join(f"{number} {kind}" for kind, number in total.items()))


def _show_cold_starts(console: Console, cold: Mapping[str, Any]) -> None:
    title = f"Cold start from the zips, Python {cold['python']}, median of {cold['rounds']}"
    table = Table("function", title=title, title_justify="left")
    for heading in ("zip, kB", "distributions", "ms", "× hello-world", "at most", "× with work"):
        table.add_column(heading, justify="right")
    table.add_row("hello_world", "", "", str(cold["hello_world_ms"]), "1.0", "", "")
    for name, one in cold["functions"].items():
        over = one["most"] is not None and one["ratio"] > one["most"]
        ratio = f"[red]{one['ratio']}[/]" if over else str(one["ratio"])
        most = "" if one["most"] is None else str(one["most"])
        full = "" if one["with_work_ratio"] is None else str(one["with_work_ratio"])
        table.add_row(name, str(one["zip_kb"]), str(one["distributions"]), str(one["ms"]), ratio, most, full)
    console.print(table)
    console.print(
        "[dim]From the process's start to its first answer. A sweep's is one with nothing to do (no tenant); "
        "× with work is its whole first run, with the vendors' and secrets' answers in it.[/]"
    )


if __name__ == "__main__":
    main()
