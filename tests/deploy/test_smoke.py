"""The synthetic lead: it comes through, and is refused or judged failed where it must be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.catalogue import ROOT
from scripts.command_line.connection import Connection
from scripts.deploying.smoke import FAILED, PASSED
from scripts.deploying.synthetic_lead import ADDRESS, SECRET, Outcome, try_out
from scripts.stack.processes import Options, Stack
from scripts.stack.simulation import Simulation
from shared.jobs.draft import DraftState
from tests.command_line.parts import front_end
from tests.system import drafts, effects, events, set_flags


def tried(simulation: Simulation, http: httpx.BaseTransport | None = None, **options: Any) -> Outcome:
    """The lead at a simulated system, whose queues move while it waits."""
    connection = Connection(world=simulation.world, http=http or front_end(simulation))
    return try_out(connection, pause=lambda _: simulation.run(), **options)


def test_it_comes_to_a_draft_and_nothing_is_sent(simulation: Simulation) -> None:
    outcome = tried(simulation)
    assert outcome.failure == ""
    assert outcome.status == "waiting"
    assert outcome.checks["draft"] == "PENDING"
    assert outcome.checks["way out"] == "200"
    assert outcome.checks["mailbox"] == "the draft is in it, unsent"
    assert (effects(simulation)["drafts"], effects(simulation)["sent"]) == (1, 0)
    (draft,) = drafts(simulation)
    assert draft.recipient == ADDRESS


def test_a_mail_whose_way_out_leads_nowhere_fails(simulation: Simulation) -> None:
    functions = front_end(simulation)

    def without_the_page(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/receive_opt_out":
            return httpx.Response(404)
        return functions.handle_request(request)

    outcome = tried(simulation, httpx.MockTransport(without_the_page))
    assert outcome.failure == "the page to unsubscribe answered 404, not 200"


def test_again_and_again_there_is_one_draft(simulation: Simulation) -> None:
    assert tried(simulation).ok
    again = tried(simulation)
    assert again.failure == ""
    assert effects(simulation)["drafts"] == 1
    assert len(events(simulation)) == 2


def test_a_tenant_that_may_send_is_refused_before_anything_is_posted() -> None:
    simulation = Simulation(settings={"MODE_CEILING": "SEND_ALLOWED"})
    try:
        set_flags(simulation, mode="SEND_ALLOWED")
        set_flags(simulation, tenant=True, mode="SEND_ALLOWED")
        assert "may send" in tried(simulation).failure
        assert events(simulation) == []
        set_flags(simulation, tenant=True, mode="DRAFT_ONLY")
        assert tried(simulation).failure == ""
    finally:
        simulation.close()


@pytest.mark.parametrize(
    ("flags", "reason"), [({"kill_switch": True}, "kill switch"), ({"mode": "SOMETIMES"}, "garbage")]
)
def test_a_stopped_system_is_told_apart_from_a_broken_one(
    simulation: Simulation, flags: dict[str, Any], reason: str
) -> None:
    set_flags(simulation, **flags)
    assert reason in tried(simulation).failure
    assert events(simulation) == []


def test_a_door_that_lets_a_forgery_in_fails(simulation: Simulation) -> None:
    accepting = httpx.MockTransport(lambda _: httpx.Response(202, json={"job_id": "job-1"}))
    assert "a forged signature was answered 202, not 401" in tried(simulation, accepting).failure


def test_a_secret_that_differs_fails_with_the_answer(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", "another")
    assert "receive_hubspot answered 401" in tried(simulation).failure


def test_a_job_that_does_not_move_fails_in_time(simulation: Simulation) -> None:
    connection = Connection(world=simulation.world, http=front_end(simulation))
    outcome = try_out(connection, longest_s=0.0, pause=lambda _: None)
    assert "did not come to a decision in time: running at resolve_identity" in outcome.failure
    assert outcome.job


def test_a_job_that_ends_otherwise_fails_with_its_reason(simulation: Simulation) -> None:
    owen = "owen.hart@tallyworks.example"
    outcome = tried(simulation, address=owen)
    assert outcome.failure.startswith("the job ended stopped at")


def test_a_draft_that_left_the_mailbox_is_found_out(simulation: Simulation) -> None:
    """By its mailbox: our own documents still call it pending."""

    def leave(_: float) -> None:
        simulation.run()
        (draft,) = drafts(simulation)
        simulation.sandbox.people.send_draft(draft.sender, str(draft.gmail_draft_id))

    connection = Connection(world=simulation.world, http=front_end(simulation))
    outcome = try_out(connection, pause=leave)
    assert outcome.checks["draft"] == "PENDING"
    assert "is no longer in the mailbox: it was sent or deleted" in outcome.failure


def test_a_draft_that_our_documents_call_sent_is_found_out(simulation: Simulation) -> None:
    marked: list[str] = []

    def leave(_: float) -> None:
        simulation.run()
        for draft in drafts(simulation):
            path = f"tenants/default/drafts/{draft.id}"
            simulation.world.database.client.document(path).update({"state": DraftState.SENT.value})
            marked.append(path)

    connection = Connection(world=simulation.world, http=front_end(simulation))
    outcome = try_out(connection, pause=leave)
    assert marked
    assert "mail left in DRAFT_ONLY" in outcome.failure


def test_the_command_tries_out_the_local_stack(tmp_path: Path) -> None:
    with Stack(Options(data=tmp_path, paused=True)) as stack:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "scripts.deploying.smoke", "--data", str(tmp_path), "--json"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=90,
        )
        said = json.loads(done.stdout)
        assert done.returncode == 0, said
        assert said["ok"] is True
        assert done.stderr.splitlines() == [PASSED]
        assert said["checks"]["mailbox"] == "the draft is in it, unsent"
        made = stack.ask_sandbox("GET", "/effects")["by_person"]
        assert sum(row["sent"] for row in made.values()) == 0
        assert stack.secrets[SECRET] not in done.stdout + done.stderr


def test_where_nothing_runs_it_says_so_in_json(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "scripts.deploying.smoke", "--data", str(tmp_path), "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "no local stack is running" in json.loads(done.stdout)["failure"]
    assert done.stderr.splitlines() == [FAILED]
