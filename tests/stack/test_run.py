"""scripts/run from outside: what it prints, what it keeps, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from scripts.catalogue import ROOT, load
from scripts.sandbox.hubspot_signing import headers_v3
from tests.stack.runs import alive, children_of, command, once, running, wait_gone

ENDS_WITHIN_S = 60
"""How long the end of a run may take where the machine is busy with others."""

pytestmark = pytest.mark.skipif(
    shutil.which("ps") is None, reason="ps lists the processes that a run leaves behind"
)

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first") / "data"


@pytest.fixture(scope="module")
def first(data: Path) -> dict[str, Any]:
    """The output of a first run on empty data."""
    code, whole, errors = once(data)
    assert code == 0, (whole, errors)
    return whole


def test_a_first_run_prints_a_draft_with_its_evidence_slots_and_verdict(first: dict[str, Any]) -> None:
    (result,) = first["results"]
    draft = result["draft"]
    assert first["ok"]
    assert result["ok"]
    assert draft["state"] == "PENDING"
    assert draft["gmail_draft_id"]
    assert draft["headers"]["To"] == result["lead"]["fields"]["email"]
    assert draft["headers"]["Subject"] == draft["subject"]
    assert draft["body"]
    assert "unsubscribe" in draft["footer"].lower() or "stop" in draft["footer"].lower()
    assert len(result["slots"]) == 3
    assert result["verdict"]["outcome"] in ("PASS", "WARN")
    whole = f"{draft['subject']}\n{draft['body']}"
    assert result["evidence"]
    assert all(one["claim"] in whole for one in result["evidence"])


def test_the_draft_is_sent_by_hand_and_its_answer_is_read_and_drafted_in_the_same_thread(
    first: dict[str, Any],
) -> None:
    (result,) = first["results"]
    reply = result["reply"]
    assert reply["ok"]
    assert reply["kind"] == "person"
    assert reply["job"]["kind"] == "reply"
    assert next(step["stage"] for step in reply["job"]["steps"]) == "read_reply"
    assert reply["draft"]["id"] != result["draft"]["id"]
    assert reply["draft"]["thread_id"] == reply["thread_id"] == result["draft"]["thread_id"]
    assert reply["draft"]["headers"]["To"] == result["draft"]["headers"]["To"]
    assert reply["draft"]["headers"]["In-Reply-To"]
    assert reply["draft"]["state"] == "PENDING"


def test_the_note_and_the_task_are_shown_as_the_crm_has_them(first: dict[str, Any]) -> None:
    (result,) = first["results"]
    assert result["draft"]["id"] in result["note"]["text"]
    assert result["draft"]["id"] in result["task"]["text"]
    assert result["task"]["properties"]["hs_task_subject"]


def test_the_cost_is_what_functions_yaml_says(first: dict[str, Any]) -> None:
    """Every run counts whole: nothing was retried, so each function ran once."""
    (result,) = first["results"]
    assert all(step["attempt"] == 1 for step in result["job"]["steps"])
    stages = result["cost"]["stages"]
    rows = load().functions
    assert {"receive_hubspot", *(step["stage"] for step in result["job"]["steps"])} <= set(stages)
    for name, spent in stages.items():
        cost = rows[name].cost
        assert (name, spent["reads"], spent["writes"], spent["tasks"]) == (
            name,
            cost.reads,
            cost.writes,
            cost.tasks,
        )
    for kind, total in result["cost"]["total"].items():
        assert total == sum(spent[kind] for spent in stages.values())


def test_a_second_run_continues_from_the_same_data(data: Path, first: dict[str, Any]) -> None:
    key = json.loads((data / "secrets.json").read_text())["address-key"]
    ports = json.loads((data / "ports.json").read_text())
    lead = data.parent / "again.json"
    fields = {**first["results"][0]["lead"]["fields"], "message": "Could you also cover 3 more sites?"}
    lead.write_text(json.dumps({"fields": fields}))

    code, whole, errors = once(data, "--lead", str(lead))

    (result,) = whole["results"]
    assert code == 0, (whole, errors)
    assert result["job"]["status"] == "merged"
    before = first["results"][0]["reply"]
    assert result["merged_into"]["id"] == before["job"]["id"]
    assert result["draft"]["id"] == before["draft"]["id"]
    assert result["draft"]["revision"] == 2
    assert result["note"]["id"] == before["note"]["id"]
    assert result["task"]["id"] == before["task"]["id"]
    assert json.loads((data / "secrets.json").read_text())["address-key"] == key
    assert json.loads((data / "ports.json").read_text()) == ports
    assert not (data / "run.json").exists()


def test_the_logs_hold_no_address_and_no_secret(data: Path, first: dict[str, Any]) -> None:
    logs = {path.name: path.read_text() for path in (data / "logs").glob("*.log")}
    assert '"event": "stage_done"' in logs["functions.log"]
    secrets = json.loads((data / "secrets.json").read_text()).values()
    for name, text in logs.items():
        assert not ADDRESS.search(text), name
        assert not any(secret in text for secret in secrets), name
        assert "sandbox-webhook" not in text, name
        assert "PRIVATE KEY" not in text, name


def test_while_it_runs_anybody_can_sign_and_one_run_is_enough_and_ctrl_c_ends_all(tmp_path: Path) -> None:
    data, lead = tmp_path / "data", tmp_path / "lead.json"
    lead.write_text(json.dumps({"email": "leo.marsh@peppercorn.example", "message": "A demo, please."}))
    with running(data, "--lead", str(lead)) as process:
        details = json.loads((data / "run.json").read_text())
        assert set(details) == {"env", "functions", "sandbox", "secrets"}
        assert stat.S_IMODE((data / "run.json").stat().st_mode) == 0o600
        assert set(details["functions"]) == set(load().functions)
        assert {"hubspot", "gmail", "calendar", "drive", "google-oauth", "openai"} <= set(details["sandbox"])
        assert details["env"]["FIRESTORE_EMULATOR_HOST"].startswith("127.0.0.1:")
        assert all(isinstance(value, str) for part in details.values() for value in part.values())

        assert _signed_submission(details) == 202

        beside = subprocess.run(
            command(data, "--once", "--json"),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert beside.returncode == 1
        assert f"process {process.pid}" in json.loads(beside.stdout)["error"]

        started = children_of(process.pid)
        assert len(alive(started)) == 3
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(ENDS_WITHIN_S) in (0, 130)
        assert not wait_gone(started)
    assert not (data / "run.json").exists()


def _signed_submission(details: dict[str, Any]) -> int:
    """What a client answers who knows nothing but run.json."""
    url = details["functions"]["receive_hubspot"]
    body = json.dumps(
        {
            "portalId": "24817163",
            "formId": "b8d3e6f0-2c41-4d7a-8f95-63a0b1c4d722",
            "formSubmissionId": "11111111-2222-3333-4444-555555555555",
            "fieldValues": [{"name": "email", "value": "priya.nair@tallyworks.example"}],
        }
    ).encode()
    secret = details["secrets"]["hubspot-client-secret"]
    headers = headers_v3(secret, url, body, int(time.time() * 1000))
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        return answer.status


def test_kill_9_of_the_run_leaves_no_process_behind_and_the_next_one_starts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as process:
        started = children_of(process.pid)
        assert len(alive(started)) == 3
        process.kill()
        process.wait()
        assert not wait_gone(started)
    (data / "run.json").unlink()
    with running(data, "--cloud-only") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) in (0, 130)


def test_a_process_that_dies_ends_the_run_and_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "--cloud-only") as process:
        (child,) = children_of(process.pid)
        os.kill(child, signal.SIGKILL)
        assert process.wait(ENDS_WITHIN_S) == 1
    assert "local cloud ended by itself (ended with -9)" in (tmp_path / "run.out").read_text()
