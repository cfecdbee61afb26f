"""Bugs reach Sentry as types, frames and our own tags, and as nothing else (P11)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from flask import Flask, request

from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import Simulation
from shared.runtime import sentry
from shared.runtime.settings import Settings, read_settings
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
            simulation.cloud.faults.add(Fault("refuse", "Firestore", "RunQuery", times=0, code="INTERNAL"))
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
