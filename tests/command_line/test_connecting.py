"""Where the command line connects, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scripts.catalogue import ROOT, load
from scripts.command_line.command import BUG
from scripts.command_line.connection import Connection
from scripts.command_line.environment import read_env_file
from scripts.command_line.problem import Problem
from scripts.command_line.whisper import whisper
from scripts.local_cloud.cloud import LocalCloud
from scripts.stack import tenant
from scripts.stack.deployment import Places, environment, spec
from scripts.stack.simulation import Simulation
from shared.runtime.settings import read_settings
from shared.runtime.world import World
from tests.command_line.parts import type_in

VENDORS = {
    name: f"http://127.0.0.1:9/{name}"
    for name in ("hubspot", "gmail", "calendar", "drive", "google-oauth", "openai")
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A local cloud on real sockets, and the run.json that a stack on it would write."""
    cloud = LocalCloud(None)
    endpoints = cloud.serve()
    places = Places(endpoints.grpc, endpoints.front_end, "http://127.0.0.1:9", "", VENDORS)
    secrets = {"address-key": "k" * 32, "hubspot-client-secret": "s" * 32}
    cloud.provision(spec(load(), places, secrets, paused=True))
    env = environment(load(), places, behind_front_end=False)
    tenant.seed(World(read_settings(env)).database)
    whole = {"env": env, "functions": {}, "sandbox": {}, "secrets": secrets}
    file = tmp_path / "run.json"
    file.write_text(json.dumps(whole))
    yield {"file": file, **whole}
    cloud.stop()


def test_the_stack_that_runs_is_found_by_its_run_file(served: dict[str, Any]) -> None:
    connection = Connection(environ={}, run_file=served["file"])
    answer = type_in(connection, "suppress", "add", "ann@example.com", "--reason", "asked", "--json")
    assert answer.data["suppressed"] is True
    again = Connection(environ={}, run_file=served["file"])
    assert type_in(again, "suppress", "check", "ann@example.com", "--json").data["suppressed"] is True


def test_an_env_file_goes_before_the_run_file(served: dict[str, Any], tmp_path: Path) -> None:
    env_file = tmp_path / "other.env"
    lines = [f"{name}='{value}'" for name, value in served["env"].items()]
    env_file.write_text(
        "# the same stack\n\n" + "\n".join(lines) + "\nexport MODE_CEILING=SEND_ALLOWED # up\n"
    )
    connection = Connection(environ={}, run_file=tmp_path / "none.json")
    answer = type_in(connection, "flags", "show", "--env-file", str(env_file), "--json")
    assert answer.data["ceiling"] == "SEND_ALLOWED"


def test_the_environment_goes_before_the_run_file(served: dict[str, Any]) -> None:
    environ = {**served["env"], "MODE_CEILING": "SEND_ALLOWED"}
    connection = Connection(environ=environ, run_file=served["file"])
    assert type_in(connection, "flags", "show", "--json").data["ceiling"] == "SEND_ALLOWED"


def test_nothing_to_connect_to_says_how_to_start(tmp_path: Path) -> None:
    for words in (["jobs", "list"], ["--json", "jobs", "list"]):
        answer = type_in(Connection(environ={}, run_file=tmp_path / "none.json"), *words)
        assert answer.code == 1
        assert "scripts/run" in answer.out + answer.err
        assert "--env-file" in answer.out + answer.err


def test_a_stack_that_ended_without_a_word_is_said_so_at_once(served: dict[str, Any]) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{reserved.getsockname()[1]}"
        served["file"].write_text(json.dumps({"env": {**served["env"], "FIRESTORE_EMULATOR_HOST": dead}}))
        answer = type_in(Connection(environ={}, run_file=served["file"]), "jobs", "list", "--json")
    assert answer.code == 1
    assert f"nothing listens at {dead}" in answer.data["error"]
    assert "scripts/run" in answer.data["error"]


@pytest.mark.parametrize("text", ["{", "[]", '{"env": 1}'])
def test_a_spoilt_run_file_is_said_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(text)
    answer = type_in(Connection(environ={}, run_file=file), "jobs", "list", "--json")
    assert answer.code == 1
    assert "run.json" in answer.data["error"] or "PROJECT" in answer.data["error"]


def test_bad_settings_are_named_with_their_source(tmp_path: Path) -> None:
    connection = Connection(environ={"PROJECT": "p", "MAX_ATTEMPTS": "0"}, run_file=tmp_path / "none.json")
    error = type_in(connection, "jobs", "list", "--json").data["error"]
    assert all(part in error for part in ("REGION", "MAX_ATTEMPTS", "from the environment"))


def test_an_env_file_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('A=1\n# B=2\nexport C = "x # y" \nD=z # why\nE=\n')
    assert read_env_file(file) == {"A": "1", "C": "x # y", "D": "z", "E": ""}
    file.write_text("A=1\nnonsense\n")
    with pytest.raises(Problem, match="line 2"):
        read_env_file(file)


def test_a_missing_env_file_is_said_so(tmp_path: Path) -> None:
    connection = Connection(environ={}, run_file=tmp_path / "none.json")
    answer = type_in(connection, "jobs", "list", "--env-file", str(tmp_path / "none.env"), "--json")
    assert (answer.code, "cannot be read" in answer.data["error"]) == (1, True)


@pytest.mark.parametrize("words", [["jobs", "nonsense"], ["nonsense"], ["jobs", "list", "--limit", "0"]])
def test_wrong_usage_is_one_error_too(simulation: Simulation, words: list[str]) -> None:
    answer = type_in(Connection(world=simulation.world), *words, "--json")
    assert answer.code == 2
    assert answer.data["error"]


def test_a_bug_keeps_its_traceback_and_still_answers_json(simulation: Simulation) -> None:
    class Broken(Connection):
        @property
        def database(self) -> Any:
            raise ZeroDivisionError

    answer = type_in(Broken(world=simulation.world), "jobs", "list", "--json")
    assert answer.code == BUG
    assert "ZeroDivisionError" in answer.data["error"]
    assert "Traceback" in answer.err


def test_every_command_has_json_and_help(simulation: Simulation) -> None:
    from scripts.command_line.whisper import whisper

    groups = {name: getattr(command, "commands", {"": command}) for name, command in whisper.commands.items()}
    said = {name: sorted(commands) for name, commands in groups.items()}
    assert said == {
        "api-key": ["create", "list", "revoke"],
        "operator": ["admit", "list", "remove"],
        "lead": ["submit"],
        "events": ["list", "replay"],
        "jobs": ["list", "replay", "show"],
        "drafts": ["approve", "bytes", "edit", "force", "list", "reject", "settle", "show", "snooze"],
        "mailbox": ["connect", "disconnect", "list", "sync"],
        "flags": ["create", "set", "show"],
        "quota": ["clear", "set", "status"],
        "guardrail": ["add", "check", "list", "off"],
        "company": ["list", "pause", "resume", "show"],
        "contact": ["history", "show"],
        "stats": ["contacts", "daily", "outcomes"],
        "hubspot": ["lookup"],
        "suppress": ["add", "check", "remove"],
        "erase": [""],
        "gate": ["check"],
        "dead-letters": ["list", "replay"],
        "tenant": ["add"],
        "audit": ["export", "list", "show", "verify"],
        "doctor": [""],
    }
    for name, commands in groups.items():
        for command in commands.values():
            assert any("--json" in option.opts for option in command.params), f"{name} {command.name}"
            assert command.help


def test_the_module_runs_as_a_process_from_anywhere(served: dict[str, Any], tmp_path: Path) -> None:
    python = ROOT / ".venv" / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"there is no {python}: scripts/venv makes it")
    outside = {name: value for name, value in os.environ.items() if name not in served["env"]}
    done = subprocess.run(
        [str(python), "-P", "-m", "scripts.command_line", "flags", "show", "--json"],
        cwd=tmp_path,
        env={**outside, **served["env"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stopped"] is False


def test_an_environment_that_was_never_set_up_says_what_is_missing() -> None:
    done = CliRunner().invoke(whisper, ["--env", "nowhere", "jobs", "list"])
    assert done.exit_code == 1
    assert "terraform.tfvars" in done.output
    assert "Traceback" not in done.output
