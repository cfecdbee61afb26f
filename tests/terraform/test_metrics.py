"""The metrics count what the code really logs: each event, field and value in a filter is held against it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from scripts.catalogue import ROOT, load
from scripts.stack.simulation import Simulation
from shared.jobs.job import Status
from shared.runtime.logs import ALLOWED
from shared.runtime.repair import Found
from tests.terraform.workspace import Planned

_COMPARED = re.compile(r"jsonPayload\.(\w+)\s*(?:=|>|<)\s*(\([^)]*\)|\"[^\"]*\"|[\d.]+)")


@cache
def calls() -> list[ast.Call]:
    """Every call in shared that writes a log line."""
    return [
        node
        for path in (ROOT / "shared").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node) in ("log", "_say")
    ]


@cache
def logged_events() -> frozenset[str]:
    """By a literal, or by one of the two of `A if … else B`."""
    return frozenset(
        said.value
        for node in calls()
        if node.args
        for said in (
            (node.args[0].body, node.args[0].orelse) if isinstance(node.args[0], ast.IfExp) else node.args[:1]
        )
        if isinstance(said, ast.Constant) and isinstance(said.value, str)
    )


@cache
def logged_fields() -> frozenset[str]:
    """Fields by keyword, in a literal of `**{…}`, or of the sweep's findings."""
    said = {keyword.arg for node in calls() for keyword in node.keywords if keyword.arg}
    for node in calls():
        for keyword in node.keywords:
            if keyword.arg is None:
                said |= {
                    key.value
                    for inner in ast.walk(keyword.value)
                    if isinstance(inner, ast.Dict)
                    for key in inner.keys
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    return frozenset(said) | {field.name for field in fields(Found)}


def _name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def compared(metric: dict[str, Any], field: str) -> set[str]:
    """The values that a metric's filter compares a field with."""
    return {
        value
        for name, said in _COMPARED.findall(metric["filter"])
        if name == field
        for value in re.findall(r'"([^"]*)"', said)
    }


@pytest.fixture(scope="module")
def metrics(planned: Planned) -> dict[str, dict[str, Any]]:
    return planned.of("google_logging_metric")


def test_every_event_that_is_counted_is_logged(metrics: dict[str, dict[str, Any]]) -> None:
    said = {event: name for name, metric in metrics.items() for event in compared(metric, "event")}
    assert all(compared(metric, "event") for metric in metrics.values())
    assert {event for event in said if event not in logged_events()} == set()


def test_every_field_that_is_counted_is_logged(metrics: dict[str, dict[str, Any]]) -> None:
    said = {field for metric in metrics.values() for field, _ in _COMPARED.findall(metric["filter"])}
    for metric in metrics.values():
        extractors = list((metric["label_extractors"] or {}).values())
        extractors += [metric["value_extractor"]] if metric["value_extractor"] else []
        said |= {field for text in extractors for field in re.findall(r"jsonPayload\.(\w+)", text)}
    assert said - ALLOWED == {"event"}
    assert said - logged_fields() == {"event"}


def test_every_value_that_is_counted_exists(metrics: dict[str, dict[str, Any]]) -> None:
    for name, metric in metrics.items():
        assert compared(metric, "status") <= {status.value for status in Status}, name
        assert compared(metric, "stage") <= set(load().functions), name
        assert compared(metric, "outcome") <= {field.name for field in fields(Found)}, name


def test_every_alert_on_a_metric_has_its_metric(planned: Planned, metrics: dict[str, dict[str, Any]]) -> None:
    names = {metric["name"] for metric in metrics.values()}
    said = {
        found
        for _, _, values in planned.all()
        for found in re.findall(r"logging\.googleapis\.com/user/(\w+)", str(values))
    }
    assert said <= names
    assert len(said) >= 10


def test_alarms_of_the_code_are_all_counted(metrics: dict[str, dict[str, Any]]) -> None:
    """An event that the code logs as an error or worse is in some metric."""
    loud = {
        node.args[0].value
        for node in calls()
        if len(node.args) > 1
        and isinstance(node.args[0], ast.Constant)
        and any(
            isinstance(inner, ast.Constant) and inner.value in ("ERROR", "CRITICAL", "ALERT")
            for inner in ast.walk(node.args[1])
        )
    }
    counted = {event for metric in metrics.values() for event in compared(metric, "event")}
    assert loud - counted == set()


def test_a_sweep_that_says_nothing_is_told_of(planned: Planned) -> None:
    """Each that runs hourly or oftener, after at least two runs that did not come to their end."""
    (policy,) = planned.of("google_monitoring_alert_policy", "silent_sweeps").values()
    query = policy["conditions"][0]["condition_prometheus_query_language"][0]["query"]
    windows = {name: int(minutes) for name, minutes in re.findall(r'kind="(\w+)"\}\[(\d+)m\]', query)}
    wanted: dict[str, int] = {}
    for name, row in load().functions.items():
        minutes, hours, *_ = (row.trigger.schedule or "- -").split()
        if hours == "*":
            first, *others = sorted(
                range(0, 60, int(minutes[2:])) if minutes.startswith("*/") else
                range(60) if minutes == "*" else map(int, minutes.split(","))
            )  # fmt: skip
            wanted[name] = max(
                later - one for one, later in zip((first, *others), (*others, first + 60), strict=True)
            )
    assert set(windows) == set(wanted)
    assert {name for name, longest in wanted.items() if not 2 * longest < windows[name] <= 60} == set()


def test_every_sweep_says_when_it_came_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    simulation = Simulation()
    try:
        sweeps = {name for name, row in load().functions.items() if row.trigger.schedule}
        for name in sorted(sweeps):
            simulation.sweep(name)
    finally:
        simulation.close()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    swept = {line["kind"] for line in lines if line["event"] == "swept"}
    assert sweeps - swept == {"archive_audit"}, "the archive is off here"
