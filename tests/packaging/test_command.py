"""`scripts/package` as people and Cloud Build use it."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from scripts.catalogue import ROOT, load
from tests.packaging.checkouts import Built, Checkout


def why(built: Built, asked: str) -> dict[str, list[str]]:
    done = built.checkout.run("--why", asked, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["asked"] == asked
    functions: dict[str, list[str]] = said["functions"]
    return functions


@pytest.mark.parametrize("asked", ["shared.policy.slots", "shared/policy/slots.py"])
def test_why_says_who_carries_a_module_and_by_which_chain(built: Built, asked: str) -> None:
    chains = why(built, asked)
    assert set(chains) == {n for n in load().functions if "shared/policy/slots.py" in built.contents(n)}
    for name, chain in chains.items():
        assert chain[0].endswith(f".{name}")
        assert chain[-1] == "shared.policy.slots"
        for importer, imported in pairwise(chain):
            text = (built.checkout.root / f"{importer.replace('.', '/')}.py").read_text()
            package, _, module = imported.rpartition(".")
            assert f"from {imported} import" in text or f"from {package} import {module}" in text


@pytest.mark.parametrize(
    "asked",
    [
        "openai.types.chat",
        "google-cloud-pubsub",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("openai", "jiter", "pydantic-core")),
    ],
)
def test_why_says_who_carries_a_distribution(built: Built, asked: str) -> None:
    chains = why(built, asked)
    name = asked.split(".")[0]
    assert set(chains) == {one for one in load().functions if name in built.distributions(one)}
    assert all(chain[-1] == name for chain in chains.values())


def test_why_leads_through_what_needs_a_distribution(built: Built) -> None:
    assert why(built, "jiter")["write_draft"][-3:] == ["shared.connectors.openai_model", "openai", "jiter"]
    assert why(built, "flask")["write_draft"][1:] == ["functions-framework", "flask"]


def test_why_knows_a_data_file(built: Built) -> None:
    chains = why(built, "shared/agents/thread_reader/prompt.md")
    assert set(chains) == {"read_thread"}
    assert chains["read_thread"][-2:] == [
        "shared.agents.thread_reader.agent",
        "shared/agents/thread_reader/prompt.md",
    ]


def test_why_says_so_when_no_function_carries_it(built: Built) -> None:
    done = built.checkout.run("--why", "rich")
    assert (done.returncode, done.stdout) == (0, "no function carries rich\n")


@pytest.mark.parametrize(
    "asked",
    [
        "shared.no_such",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("shared/policy/no_such.py", "json", "no-such")
        ),
    ],
)
def test_why_refuses_what_it_does_not_know(built: Built, asked: str) -> None:
    done = built.checkout.run("--why", asked, "--json")
    assert done.returncode == 1
    assert json.loads(done.stderr)["error"].startswith(f"{asked} is no module or data file")


def test_why_reads_well(built: Built) -> None:
    said = built.checkout.run("--why", "shared.stages.gate_draft", PYTHONIOENCODING="utf-8").stdout
    assert said == "gate_draft\n    functions.stages.gate_draft\n    → shared.stages.gate_draft\n"


def test_a_second_build_marks_what_is_new(checkout: Checkout, tmp_path: Path) -> None:
    def new() -> set[str]:
        done = checkout.run("--out", str(tmp_path / "out"), COLUMNS="120")
        assert done.returncode == 0, done.stderr
        rows = (line.replace("│", " ").split() for line in done.stdout.splitlines())
        return {row[0] for row in rows if row[1:2] == ["new"]}

    assert new() == set(load().functions)
    assert new() == set()
    checkout.append("shared/stages/log_note.py", "\n# changed\n")
    assert new() == {"log_note"}
    # An earlier zip stays: an earlier manifest may be deployed again.
    assert len(list((tmp_path / "out").glob("log_note-*.zip"))) == 2


def test_a_module_that_is_no_python_is_named(checkout: Checkout) -> None:
    checkout.append("shared/stages/log_note.py", "\nthis is no Python\n")
    done = checkout.run("--json")
    assert done.returncode == 1
    assert "shared/stages/log_note.py:" in json.loads(done.stderr)["error"]


def test_a_broken_manifest_is_named(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[1]")
    done = checkout.run("--out", str(tmp_path))
    assert done.returncode == 1
    assert "manifest.json is no manifest: remove it" in done.stderr


def test_the_launcher_works_from_any_directory(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "package", "--out", "out", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out" / "manifest.json").read_text()) == json.loads(done.stdout)
