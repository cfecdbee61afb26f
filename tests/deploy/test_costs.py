"""`scripts/costs`: counts are measured, prices stand in one place, totals are sums."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from scripts.benchmarks import costs, prices
from scripts.benchmarks.costs import PER, Line, lines_of, main, report, show
from scripts.benchmarks.usage import Measured, measure
from scripts.catalogue import load

LEADS = 6
RUNS_A_MONTH = {
    "* * * * *": 43_200,
    "*/2 * * * *": 21_600,
    "*/5 * * * *": 8_640,
    "*/10 * * * *": 4_320,
    "7,22,37,52 * * * *": 2_880,
    "17 3 * * *": 30,
    "37 1 * * *": 30,
}
"""Of each schedule in functions.yaml, counted by hand."""
PUSHES_A_MONTH = 2 * 30
"""Gmail pushes once when a watch is renewed: two mailboxes, daily."""


@cache
def measured() -> Measured:
    return measure(LEADS, model=True)


def found(leads_a_month: int = PER) -> dict[str, Any]:
    return report(measured(), lines_of(measured(), load(), model=True), leads_a_month)


@pytest.mark.parametrize("leads", [0, 1000, 1_000_000])
def test_totals_are_the_sums_of_their_lines(leads: int) -> None:
    whole = found(leads)
    for total in ("usd_per_1000_leads", "usd_a_month"):
        assert whole[total] == pytest.approx(sum(line[total] for line in whole["lines"]))


def test_each_line_is_its_units_times_its_price() -> None:
    for line in found()["lines"]:
        assert line["usd_per_1000_leads"] == pytest.approx(line["units_per_1000_leads"] * line["usd"])
        billed = max(0.0, line["units_a_month"] - line["free"])
        assert line["usd_a_month"] == pytest.approx(billed * line["usd"])


def test_the_units_are_those_that_were_counted() -> None:
    usage = measured().leads
    lines = {line.price.what: line for line in lines_of(measured(), load(), model=True)}
    for price, counted in (
        (prices.WRITES, usage.counted["writes"]),
        (prices.TASKS, usage.counted["tasks"] * 2),
        (prices.REQUESTS, sum(usage.calls.values())),
    ):
        assert lines[price.what].per_leads == pytest.approx(counted * PER / LEADS)
    # Polls come back to a lead, so its reads are more than its own stages'.
    assert lines[prices.READS.what].per_leads > usage.counted["reads"] * PER / LEADS
    assert usage.calls["receive_hubspot"] == LEADS
    assert usage.input_tokens > usage.output_tokens > 0
    assert usage.log_bytes > 0


def test_every_price_is_asked_for_once_and_says_where_it_is_from() -> None:
    asked = [line.price for line in lines_of(measured(), load(), model=True)]
    assert len({price.what for price in asked}) == len(asked)
    known = {value for value in vars(prices).values() if isinstance(value, prices.Price)}
    assert known <= set(asked)
    assert all(price.known_from for price in asked)
    assert all(price.source and price.usd > 0 and price.free >= 0 for price in asked)


def test_list_prices_are_those_that_google_states() -> None:
    assert prices.READS.usd * 100_000 == pytest.approx(0.03)
    assert prices.WRITES.usd * 100_000 == pytest.approx(0.09)
    assert prices.DELETES.usd * 100_000 == pytest.approx(0.01)
    assert (prices.TASKS.usd * 1e6, prices.TASKS.free) == (pytest.approx(0.40), 1e6)


def test_an_allowance_is_free_and_what_goes_beyond_is_not() -> None:
    line = Line(prices.TASKS, per_leads=10_000, a_month=0)
    assert line.usd_a_month(100_000) == 0.0
    assert line.usd_a_month(200_000) == pytest.approx(0.40)


def test_without_leads_only_schedules_renewed_watches_and_secrets_use_anything() -> None:
    lines = {line.price.what: line.used(0) for line in lines_of(measured(), load(), model=True)}
    runs = [RUNS_A_MONTH[row.trigger.schedule] for row in load().functions.values() if row.trigger.schedule]
    # A push is taken by one function, and its task by another.
    assert lines[prices.REQUESTS.what] == pytest.approx(sum(runs) + 2 * PUSHES_A_MONTH)
    assert lines[prices.TASKS.what] == pytest.approx(costs.TASK_OPERATIONS * PUSHES_A_MONTH)


def test_the_command_says_it_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "measure", lambda number, model: measured())
    asked = CliRunner().invoke(main, ["--measure", "6", "--json"])
    assert asked.exit_code == 0, asked.output
    whole = json.loads(asked.stdout)
    assert whole["measured"]["leads"] == LEADS
    assert "Model input" not in {line["what"] for line in whole["lines"]}


def test_people_see_the_same_totals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    show(found())
    said = capsys.readouterr().out
    assert f"{found()['usd_per_1000_leads']:.4f}" in said
    assert all(line["what"] in said for line in found()["lines"])
