"""Bugs reach Sentry as types, frames and our own tags, and as nothing else (P11)."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from flask import Flask, request

from scripts.catalogue import ROOT
from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import Simulation
from shared.runtime import sentry
from shared.runtime.logs import traced
from shared.runtime.settings import Settings, read_settings
from tests import system
from tests.conftest import CANARY
from tests.fakes import FakeSentry

ADDRESS = f"{CANARY}@harbor.example"


def settings(**environ: str) -> Settings:
    return read_settings({"PROJECT": "p", "REGION": "r", "ENVIRONMENT": "staging", **environ})


def reporting(to: FakeSentry) -> Settings:
    return settings(SENTRY_DSN=to.dsn, RELEASE="r1")


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSentry]:
    made = FakeSentry()
    yield made
    made.stop()


@pytest.fixture
def received(server: FakeSentry, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSentry]:
    monkeypatch.setattr(sentry, "_started", {})
    yield server
    server.forget()


def buggy(secret: str) -> None:
    body = {"message": secret, "address": ADDRESS}
    try:
        raise KeyError(secret)
    except KeyError as inner:
        raise RuntimeError(f"cannot write {body} to {ADDRESS}") from inner


def bug() -> Exception:
    try:
        buggy(CANARY)
    except RuntimeError as error:
        error.add_note(f"seen while writing to {ADDRESS}")
        return error
    raise AssertionError


def test_without_a_dsn_nothing_is_started_and_nothing_is_sent(received: FakeSentry) -> None:
    assert not sentry.start(settings())
    sentry.report(settings(), bug(), job="j1")
    assert not sentry_sdk.get_client().is_active()
    assert received.raw == []


def test_a_bug_arrives_with_its_types_its_frames_and_our_tags(received: FakeSentry) -> None:
    sentry.report(reporting(received), bug(), job="j1", stage="write_draft")
    (event,) = received.events()
    assert [each["type"] for each in event["exception"]["values"]] == ["KeyError", "RuntimeError"]
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert [frame["function"] for frame in frames][-1] == "buggy"
    assert event["tags"] == {"job": "j1", "stage": "write_draft"}
    assert (event["environment"], event["release"]) == ("staging", "r1")


def test_no_message_note_variable_or_line_of_source_leaves(received: FakeSentry) -> None:
    sentry.report(reporting(received), bug(), job="j1")
    (event,) = received.events()
    for exception in event["exception"]["values"]:
        assert exception["value"] == ""
        for frame in exception["stacktrace"]["frames"]:
            assert not {"vars", "pre_context", "context_line", "post_context"} & set(frame)
    everything = b"".join(received.raw)
    assert CANARY.encode() not in everything
    assert b"@harbor.example" not in everything


def test_what_else_a_process_knows_does_not_leave_with_a_bug(received: FakeSentry) -> None:
    assert sentry.start(reporting(received))
    sentry_sdk.set_user({"email": ADDRESS, "ip_address": "10.0.0.1"})
    sentry_sdk.set_extra("body", CANARY)
    sentry_sdk.add_breadcrumb(message=CANARY)
    sentry.report(reporting(received), bug(), job="j1")
    sentry_sdk.get_isolation_scope().clear()
    (event,) = received.events()
    assert not {"user", "extra", "breadcrumbs", "request", "server_name", "modules", "logentry"} & set(event)
    assert CANARY.encode() not in b"".join(received.raw)


def test_a_request_that_is_being_answered_does_not_leave_with_its_bug(received: FakeSentry) -> None:
    app = Flask("under_test")

    @app.post("/receive_hubspot")
    def receive() -> str:
        assert request.get_data()
        sentry.report(reporting(received), bug(), function="receive_hubspot")
        return "done"

    assert sentry.start(reporting(received))
    answer = app.test_client().post(
        f"/receive_hubspot?email={ADDRESS}", data=CANARY, headers={"X-Secret": CANARY, "Cookie": CANARY}
    )
    assert answer.status_code == 200
    (event,) = received.events()
    assert "request" not in event
    assert event["tags"]["function"] == "receive_hubspot"
    assert CANARY.encode() not in b"".join(received.raw)


def test_tags_of_one_bug_are_not_those_of_the_next(received: FakeSentry) -> None:
    sentry.report(reporting(received), bug(), job="j1", stage="write_draft")
    sentry.report(reporting(received), bug(), function="poll_forms")
    first, second = received.events()
    assert set(first["tags"]) == {"job", "stage"}
    assert second["tags"] == {"function": "poll_forms"}


def test_a_sentry_that_cannot_be_reached_keeps_nothing_from_going_on(received: FakeSentry) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = f"http://public@127.0.0.1:{taken.getsockname()[1]}/7"
    sentry.report(settings(SENTRY_DSN=closed), bug(), job="j1")
    assert received.raw == []


def test_scrubbing_leaves_a_bug_and_nothing_that_a_person_wrote() -> None:
    event: dict[str, Any] = {
        "message": CANARY,
        "logentry": {"message": CANARY},
        "request": {"data": CANARY},
        "user": {"email": ADDRESS},
        "breadcrumbs": {"values": [{"message": CANARY}]},
        "extra": {"sys.argv": [CANARY]},
        "server_name": CANARY,
        "modules": {CANARY: "1"},
        "tags": {"job": "j1"},
        "exception": {
            "values": [
                {
                    "type": "KeyError",
                    "value": CANARY,
                    "stacktrace": {
                        "frames": [
                            {
                                "function": "write",
                                "lineno": 7,
                                "vars": {"body": CANARY},
                                "pre_context": [CANARY],
                                "context_line": CANARY,
                                "post_context": [CANARY],
                            }
                        ]
                    },
                }
            ]
        },
    }
    kept = sentry.scrub(event)
    assert CANARY not in json.dumps(kept)
    assert kept["tags"] == {"job": "j1"}
    (exception,) = kept["exception"]["values"]
    assert exception["type"] == "KeyError"
    assert exception["stacktrace"]["frames"] == [{"function": "write", "lineno": 7}]


@pytest.mark.parametrize(
    "event", [{}, {"exception": None}, {"exception": {"values": None}}, {"exception": {"values": [{}]}}]
)
def test_an_event_without_an_exception_or_frames_is_scrubbed_too(event: dict[str, Any]) -> None:
    assert CANARY not in json.dumps(sentry.scrub({**event, "message": CANARY}))


def check_ins(received: FakeSentry) -> list[tuple[str, str, str]]:
    """Monitor, status and id of every check-in that arrived, in order."""
    lines = [json.loads(line) for raw in received.raw for line in raw.splitlines() if line.startswith(b"{")]
    found = [line for line in lines if "monitor_slug" in line]
    return [(line["monitor_slug"], line["status"], line["check_in_id"]) for line in found]


@pytest.mark.parametrize("broken", [False, True])
def test_a_scheduled_sweep_checks_in_at_its_monitor_and_out_again(received: FakeSentry, broken: bool) -> None:
    simulation = Simulation(settings={"SENTRY_DSN": received.dsn})
    try:
        if broken:
            simulation.cloud.faults.add(
                Fault("refuse", "Firestore", "RunQuery", times=0, code="PERMISSION_DENIED")
            )
        assert (simulation.sweep("requeue_stuck") == 200) is not broken
    finally:
        simulation.close()
    begun, ended = check_ins(received)
    assert begun[:2] == ("requeue_stuck", "in_progress")
    assert ended[:2] == ("requeue_stuck", "error" if broken else "ok")
    assert begun[2] == ended[2]


def test_without_a_dsn_no_check_in_is_made() -> None:
    assert sentry.check_in(settings(), "requeue_stuck", "in_progress") is None


def test_a_check_in_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentry, "_started", {})
    assert sentry.check_in(settings(SENTRY_DSN="not a dsn"), "requeue_stuck", "in_progress") is None


# Metrics

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing measured before or after this test is seen by another."""
    monkeypatch.setattr(sentry, "_held", sentry._Held())  # pyright: ignore[reportPrivateUsage]
    yield
    sentry._held.take()  # pyright: ignore[reportPrivateUsage]


def metrics(received: FakeSentry) -> list[dict[str, Any]]:
    """Every metric that arrived, in order."""
    lines = [json.loads(line) for raw in received.raw for line in raw.splitlines() if line.startswith(b"{")]
    return [item for line in lines for item in line.get("items", []) if "type" in item and "name" in item]


def by(metric: dict[str, Any]) -> dict[str, Any]:
    """What a metric is told apart by, without what Sentry's client adds."""
    return {
        name: value["value"] for name, value in metric["attributes"].items() if not name.startswith("sentry.")
    }


def run_measured(to: Settings, **changed: Any) -> None:
    run: dict[str, Any] = {"stage": "write_draft", "outcome": "done", "status": "running"}
    sentry.measure_run(to, **{**run, "duration_ms": 41.5, "trace_id": TRACE, **changed})


@pytest.mark.usefixtures("held")
def test_a_run_is_counted_and_timed_under_the_trace_of_its_job(received: FakeSentry) -> None:
    before = time.time()
    run_measured(reporting(received))
    sentry.hand_over()
    runs, duration = metrics(received)
    assert (runs["name"], runs["type"], runs["value"]) == ("stage_runs", "counter", 1.0)
    assert (duration["name"], duration["type"], duration["value"]) == ("stage_duration", "distribution", 41.5)
    assert duration["unit"] == "millisecond"
    for one in (runs, duration):
        assert by(one) == {"stage": "write_draft", "outcome": "done"}
        assert one["trace_id"] == TRACE
        assert before <= one["timestamp"] <= time.time()
        assert one["attributes"]["sentry.release"]["value"] == "r1"


@pytest.mark.usefixtures("held")
def test_a_run_that_failed_says_how(received: FakeSentry) -> None:
    run_measured(reporting(received), outcome="failed", failure="retryable")
    sentry.hand_over()
    assert by(metrics(received)[0]) == {"stage": "write_draft", "outcome": "failed", "failure": "retryable"}


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("status", "counted"),
    [("running", False), ("waiting", False), ("held", True), ("failed", True), ("stopped", True)],
)
def test_a_job_that_ends_or_is_held_is_counted(received: FakeSentry, status: str, counted: bool) -> None:
    run_measured(reporting(received), status=status)
    sentry.hand_over()
    jobs = [by(one) for one in metrics(received) if one["name"] == "jobs"]
    assert jobs == [{"stage": "write_draft", "status": status}] * counted


@pytest.mark.usefixtures("held")
def test_tokens_are_counted_in_and_out(received: FakeSentry) -> None:
    sentry.measure_tokens(
        reporting(received), stage="write_draft", tokens_in=900, tokens_out=120, trace_id=TRACE
    )
    sentry.hand_over()
    found = {by(one)["direction"]: one["value"] for one in metrics(received)}
    assert found == {"in": 900, "out": 120}


@pytest.mark.usefixtures("held")
def test_nothing_that_names_a_person_or_a_job_is_told_with_a_metric(received: FakeSentry) -> None:
    to = reporting(received)
    assert sentry.start(to)
    sentry_sdk.set_user({"email": ADDRESS, "ip_address": "10.0.0.1"})
    sentry_sdk.set_tag("address", ADDRESS)
    sentry.measure(to, "runs", stage=ADDRESS, job=CANARY, address=ADDRESS, outcome="done", status="a b")
    sentry.hand_over()
    sentry_sdk.get_isolation_scope().clear()
    (one,) = metrics(received)
    assert by(one) == {"outcome": "done"}
    assert CANARY.encode() not in b"".join(received.raw)
    assert b"harbor.example" not in b"".join(received.raw)
    assert socket.gethostname().encode() not in b"".join(received.raw)


@pytest.mark.usefixtures("held")
def test_a_gauge_is_a_gauge(received: FakeSentry) -> None:
    sentry.measure(reporting(received), "waiting", 7, kind="gauge", function="requeue_stuck")
    sentry.hand_over()
    (one,) = metrics(received)
    assert (one["type"], one["value"], by(one)) == ("gauge", 7.0, {"function": "requeue_stuck"})


@pytest.mark.usefixtures("held")
def test_metrics_are_handed_over_together_and_once(
    received: FakeSentry, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = reporting(received)
    run_measured(to)
    assert received.raw == [], "the answer does not wait for it"
    monkeypatch.setattr(sentry, "HELD_S", 0.0)
    run_measured(to)
    assert len(metrics(received)) == 4
    sentry.hand_over()
    assert len(metrics(received)) == 4


@pytest.mark.usefixtures("held")
def test_so_many_metrics_are_not_held_any_longer(
    received: FakeSentry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentry, "HELD_MOST", 3)
    for _ in range(3):
        sentry.measure(reporting(received), "runs")
    assert len(metrics(received)) == 3


@pytest.mark.usefixtures("held")
def test_without_a_dsn_nothing_is_measured() -> None:
    run_measured(settings())
    assert sentry._held.take() == (None, [])  # pyright: ignore[reportPrivateUsage]


@pytest.mark.usefixtures("held")
def test_metrics_that_cannot_be_handed_over_stop_nothing() -> None:
    sentry.measure(settings(SENTRY_DSN="not a dsn"), "runs")
    sentry.hand_over()


def test_a_process_that_ends_hands_over_and_loads_sentry_no_earlier(received: FakeSentry) -> None:
    program = f"""
import sys
from shared.runtime import sentry
from shared.runtime.settings import read_settings
to = read_settings({{"PROJECT": "p", "REGION": "r", "SENTRY_DSN": {received.dsn!r}}})
sentry.measure(to, "runs", outcome="done")
assert "sentry_sdk" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
    (one,) = metrics(received)
    assert by(one) == {"outcome": "done"}


# The trace


def test_a_bug_is_in_the_trace_of_the_request_or_of_the_job_it_names(received: FakeSentry) -> None:
    with traced("p", TRACE):
        sentry.report(reporting(received), bug(), function="poll_forms")
        sentry.report(reporting(received), bug(), trace_id="ab" * 16, job="j1")
    sentry.report(reporting(received), bug(), trace_id="no trace")
    first, second, third = (event["contexts"]["trace"]["trace_id"] for event in received.events())
    assert (first, second) == (TRACE, "ab" * 16)
    assert third not in (TRACE, "ab" * 16, "no trace")
    assert all("trace_id" not in event.get("tags", {}) for event in received.events())


@pytest.mark.usefixtures("held")
def test_every_run_of_a_job_is_measured_in_one_trace(received: FakeSentry) -> None:
    simulation = Simulation(settings={"SENTRY_DSN": received.dsn})
    try:
        simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
        simulation.run()
        job = system.job(simulation)
    finally:
        simulation.close()
    sentry.hand_over()
    runs = [one for one in metrics(received) if one["name"] == "stage_runs"]
    assert [by(one)["stage"] for one in runs] == [step.stage for step in job.steps]
    assert {one["trace_id"] for one in runs} == {job.trace_id}
