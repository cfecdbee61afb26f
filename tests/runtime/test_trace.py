"""One trace id runs from the webhook through every task to the last log line."""

from __future__ import annotations

import json

import pytest

from scripts.stack.simulation import Simulation
from tests import system

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    "header",
    [{"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, {"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"}],
)
def test_the_webhooks_trace_is_in_every_line_of_its_job(
    simulation: Simulation, capsys: pytest.CaptureFixture[str], header: dict[str, str]
) -> None:
    signed = simulation.submit(system.LEAD)["requests"]["form"]
    headers = dict(signed["headers"]) | header
    assert (
        simulation.call("receive_hubspot", headers=headers, body=signed["body"].encode()).status_code == 202
    )
    simulation.run()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    about = [line for line in lines if line.get("job")]
    assert len(about) == 11, "the webhook and ten stages"
    assert {line["trace_id"] for line in about} == {TRACE}
    assert {line["logging.googleapis.com/trace"] for line in about} == {f"projects/local/traces/{TRACE}"}
    assert system.job(simulation).trace_id == TRACE


def test_a_request_without_a_trace_begins_one(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    assert len(system.job(simulation).trace_id) == 32


def test_a_caller_that_is_refused_leaves_its_trace_too(
    simulation: Simulation, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "Authorization": "Bearer forged"}
    assert simulation.call("gate_draft", headers=headers, body=b"{}").status_code == 401
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["logging.googleapis.com/trace"] == f"projects/local/traces/{TRACE}"
