"""What 1,000 leads cost: `scripts/costs`.

The counts are measured: varied leads, odd and refused ones among them, run through the simulated system. The prices are
list prices (scripts/benchmarks/prices.py). How long a call takes when deployed is assumed, and said.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import click
from croniter import croniter
from rich.console import Console
from rich.table import Table

from scripts.benchmarks import prices
from scripts.benchmarks.prices import Price
from scripts.benchmarks.usage import Measured, Usage, measure
from scripts.catalogue import Catalogue, Function, load
from shared.intake.poll_forms import OVERLAP

PER = 1000
POLL = "poll_forms"

OURS_S, VENDOR_S, MODEL_S = 0.25, 1.0, 6.0
"""How long a call takes that talks to Google Cloud alone, to a vendor, and to a model."""
COLD_START_S, COLD_SHARE = 2.0, 0.05
"""What a cold start adds, and in how many of the calls."""
MESSAGE_KIB = 1
"""What Pub/Sub bills for a message at least, once when published and once when delivered."""
TASK_OPERATIONS = 2
"""Created, and delivered."""
LOG_LINE_BYTES = 500
"""What Cloud Logging adds to a line: resource, labels, trace, times."""
SECRET_KEPT_S = 3600
"""Functions keep a secret for an hour; an instance lives about that long."""


@dataclass(frozen=True)
class Line:
    """One price, and how many units it is asked for."""

    price: Price
    per_leads: float
    """Units that 1,000 leads use."""
    a_month: float
    """Units that a month uses whether leads come or not."""

    @property
    def usd_per_leads(self) -> float:
        """Of 1,000 leads, before any free allowance."""
        return self.per_leads * self.price.usd

    def used(self, leads_a_month: int) -> float:
        """Units of a month."""
        return self.a_month + self.per_leads * leads_a_month / PER

    def usd_a_month(self, leads_a_month: int) -> float:
        """Of a month, after the free allowance."""
        return max(0.0, self.used(leads_a_month) - self.price.free) * self.price.usd


@click.command(help=__doc__)
@click.option("--measure", "number", default=60, type=click.IntRange(6), help="Leads to measure with.")
@click.option("--leads", "leads_a_month", default=PER, type=click.IntRange(0), help="Leads of a month.")
@click.option("--model", is_flag=True, help="With a model: tokens as the sandbox's model counts them.")
@click.option("--input-usd", default=prices.MODEL_INPUT_USD, help="A million tokens that the model reads.")
@click.option("--output-usd", default=prices.MODEL_OUTPUT_USD, help="A million tokens that it writes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(
    number: int, leads_a_month: int, model: bool, input_usd: float, output_usd: float, as_json: bool
) -> None:
    try:
        measured = measure(number, model=model)
    except (RuntimeError, ValueError) as error:
        print(json.dumps({"error": str(error)}) if as_json else f"failed: {error}", file=sys.stderr)
        sys.exit(1)
    tokens = (prices.tokens_in(input_usd), prices.tokens_out(output_usd))
    found = report(measured, lines_of(measured, load(), model=model, tokens=tokens), leads_a_month)
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        show(found)


def lines_of(
    measured: Measured,
    catalogue: Catalogue,
    *,
    model: bool,
    tokens: tuple[Price, Price] = (prices.tokens_in(), prices.tokens_out()),
) -> list[Line]:
    """Every price with what is asked for it, by 1,000 leads and by month."""
    by_leads = _units(measured.leads, catalogue, model=model)
    idle: Counter[str] = Counter()
    for name, usage in measured.sweeps.items():
        runs = _runs(catalogue.functions[name].trigger.schedule or "")
        units = _units(usage, catalogue, model=model)
        after = _units(measured.sweeps_after[name], catalogue, model=model)
        # Each poll goes back a while, and so meets a lead several times.
        again = OVERLAP / timedelta(days=prices.DAYS) * runs if name == POLL else 0
        for what, number in units.items():
            idle[what] += number * runs  # type: ignore[assignment]
            by_leads[what] += max(0.0, after[what] - number) * again
    secrets = sum(len(row.secrets) for row in catalogue.functions.values())
    fixed = {
        prices.SCHEDULES: len(measured.sweeps),
        prices.SECRET_VERSIONS: len(catalogue.secrets),
        # Every function is taken to have one instance alive all the time.
        prices.SECRET_READS: secrets * prices.DAYS * 24 * 3600 / SECRET_KEPT_S,
    }
    metered = (
        *(prices.READS, prices.WRITES, prices.DELETES, prices.TASKS, prices.PUBSUB),
        *(prices.REQUESTS, prices.CPU, prices.MEMORY, prices.LOGS),
    )
    scale = PER / measured.number
    lines = [Line(price, by_leads[price.what] * scale, idle[price.what]) for price in metered]
    lines += [Line(price, 0.0, units) for price, units in fixed.items()]
    if model:
        used = (measured.leads.input_tokens, measured.leads.output_tokens)
        lines += [Line(price, units * scale, 0.0) for price, units in zip(tokens, used, strict=True)]
    return lines


def _units(usage: Usage, catalogue: Catalogue, *, model: bool) -> dict[str, float]:
    counted = usage.counted
    cpu = memory = 0.0
    for name, calls in usage.calls.items():
        row = catalogue.functions[name]
        took_s = calls * (_duration_s(row, model=model) + COLD_START_S * COLD_SHARE)
        cpu += took_s * (1.0 if row.concurrency > 1 else 1 / 3)  # terraform/whisper/functions.tf
        memory += took_s * row.memory_mb / 1024
    messages = counted["publishes"] * 2
    return {
        prices.READS.what: counted["reads"],
        prices.WRITES.what: counted["writes"],
        prices.DELETES.what: counted["deletes"],
        prices.TASKS.what: counted["tasks"] * TASK_OPERATIONS,
        prices.PUBSUB.what: messages * MESSAGE_KIB / 1024**3,
        prices.REQUESTS.what: sum(usage.calls.values()),
        prices.CPU.what: cpu,
        prices.MEMORY.what: memory,
        prices.LOGS.what: (usage.log_bytes + usage.log_lines * LOG_LINE_BYTES) / 1024**3,
    }


def _duration_s(row: Function, *, model: bool) -> float:
    """By what it holds keys to; several calls at once on one instance are taken to share nothing."""
    if model and "openai-api-key" in row.secrets:
        return MODEL_S
    return VENDOR_S if {"hubspot-service-key", "gmail-delegation"} & set(row.secrets) else OURS_S


@cache
def _runs(schedule: str) -> int:
    """How often a schedule runs in a month."""
    at = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    end = at + timedelta(days=prices.DAYS)
    clock, runs = croniter(schedule, at), 0
    while clock.get_next(datetime) <= end:
        runs += 1
    return runs


def report(measured: Measured, lines: list[Line], leads_a_month: int) -> dict[str, Any]:
    """Everything for programs; each total is the sum of its lines."""
    return {
        "prices": "each line says where its price is known from",
        "measured": {
            "leads": measured.number,
            "jobs": measured.statuses,
            "counted": dict(measured.leads.counted),
            "calls": dict(sorted(measured.leads.calls.items())),
            "log_bytes": measured.leads.log_bytes,
            "tokens": {"input": measured.leads.input_tokens, "output": measured.leads.output_tokens},
        },
        "assumed": {
            "seconds_a_call": {"ours": OURS_S, "vendor": VENDOR_S, "model": MODEL_S},
            "cold_start": {"seconds": COLD_START_S, "share": COLD_SHARE},
            "log_line_bytes": LOG_LINE_BYTES,
        },
        "leads_a_month": leads_a_month,
        "lines": [
            {
                **asdict(line.price),
                "units_per_1000_leads": line.per_leads,
                "usd_per_1000_leads": line.usd_per_leads,
                "units_a_month": line.used(leads_a_month),
                "usd_a_month": line.usd_a_month(leads_a_month),
            }
            for line in lines
        ],
        "usd_per_1000_leads": math.fsum(line.usd_per_leads for line in lines),
        "usd_a_month": math.fsum(line.usd_a_month(leads_a_month) for line in lines),
    }


def show(found: dict[str, Any]) -> None:
    """The report as a table."""
    console = Console(highlight=False)
    jobs = ", ".join(f"{number} {status}" for status, number in found["measured"]["jobs"].items())
    console.print(
        f"measured: {found['measured']['leads']} leads ({jobs}); list prices, not read on the day of this run"
    )
    table = Table("", "unit", show_footer=True)
    table.columns[0].footer = "total"
    month = f"{found['leads_a_month']:,} leads a month, after free allowances"
    for heading, footer in (
        ("units per 1,000 leads", ""),
        ("$ per 1,000 leads, list", f"{found['usd_per_1000_leads']:.4f}"),
        (f"units, {month}", ""),
        (f"$, {month}", f"{found['usd_a_month']:.4f}"),
    ):
        table.add_column(heading, footer=footer, justify="right")
    table.add_column("price known from")
    for line in found["lines"]:
        table.add_row(
            line["what"],
            line["unit"],
            f"{line['units_per_1000_leads']:,.6g}",
            f"{line['usd_per_1000_leads']:.4f}",
            f"{line['units_a_month']:,.6g}",
            f"{line['usd_a_month']:.4f}",
            line["known_from"],
        )
    console.print(table)
    console.print(
        f"[dim]assumed: a call takes {OURS_S} s, {VENDOR_S} s with a vendor, {MODEL_S} s with a model; "
        f"{COLD_SHARE:.0%} start cold, {COLD_START_S} s more. Not in it: builds and their storage, documents and "
        f"backups (GiB), alerts, network, the vendors.[/]"
    )


if __name__ == "__main__":
    main()
