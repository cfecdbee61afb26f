"""A zip holds what its function reaches, and nothing else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.catalogue import load
from scripts.packaging.package import PRELUDE
from tests.house.test_sdks import USED
from tests.packaging.checkouts import Built, Checkout, changed
from tests.packaging.reach import files_reached

FUNCTIONS = list(load().functions)
DISTRIBUTIONS = {
    "firestore": "google-cloud-firestore",
    "tasks": "google-cloud-tasks",
    "pubsub": "google-cloud-pubsub",
    "secrets": "google-cloud-secret-manager",
    "openai": "openai",
    "httpx": "httpx",
    "s3": "boto3",
}
PROMPTS = [
    f"shared/agents/{agent}/prompt.md" for agent in ("draft_writer", "thread_reader", "next_step_planner")
]


def python_of(built: Built, function: str) -> set[str]:
    return {name for name in built.contents(function) if name.endswith(".py")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_zip_holds_its_function_and_the_modules_that_it_reaches(built: Built, function: str) -> None:
    root, source = built.checkout.root, built.checkout.source_of(function)
    assert python_of(built, function) == {"main.py", *files_reached(root, source)}
    contents = built.contents(function)
    assert contents["main.py"] == PRELUDE + source.read_bytes()
    others = contents.keys() - {"main.py", "requirements.txt"}
    assert all(contents[name] == (root / name).read_bytes() for name in others)
    assert all(name.startswith("shared/") for name in others)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_zip_carries_no_sdk_that_it_does_not_use(built: Built, function: str) -> None:
    carried = built.distributions(function)
    assert {sdk for sdk, name in DISTRIBUTIONS.items() if name in carried} == USED[function]
    assert not carried & {"rich", "croniter", "grimp", "pytest", "httplib2"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_its_requirements_are_pins_of_the_one_list_of_pins(built: Built, function: str) -> None:
    pins = {
        line for line in (built.checkout.root / "requirements.txt").read_text().splitlines() if "==" in line
    }
    lines = built.contents(function)["requirements.txt"].decode().splitlines()
    assert lines == built.manifest[function]["distributions"]
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0])
    assert set(lines) <= pins
    assert "functions-framework" in built.distributions(function)


def test_every_pin_but_those_of_the_scripts_is_deployed_with_some_function(built: Built) -> None:
    """A pin that nobody carries would be a distribution that an import hides from packaging."""
    pinned = {
        line.partition("==")[0]
        for line in (built.checkout.root / "requirements.txt").read_text().splitlines()
        if "==" in line
    }
    carried = set[str]().union(*map(built.distributions, FUNCTIONS))
    assert pinned - carried == {"croniter", "pyyaml", "rich", "markdown-it-py", "mdurl", "pygments"}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_prompt_goes_with_its_agent(built: Built, prompt: str) -> None:
    agent = prompt.replace("prompt.md", "agent.py")
    with_agent = {name for name in FUNCTIONS if agent in built.contents(name)}
    assert with_agent == {name for name in FUNCTIONS if prompt in built.contents(name)}
    assert with_agent


def test_a_data_file_that_nobody_names_goes_with_every_module_beside_it(
    built: Built, checkout: Checkout, tmp_path: Path
) -> None:
    (checkout.root / "shared" / "policy" / "places.csv").write_text("Bergen\n")
    (checkout.root / "shared" / "policy" / ".places.csv.swp").write_text("an editor's")
    after = checkout.built(tmp_path / "out")
    beside = {name for name in FUNCTIONS if any(n.startswith("shared/policy/") for n in built.contents(name))}
    assert changed(built, after) == beside
    assert {name for name in FUNCTIONS if "shared/policy/places.csv" in after.contents(name)} == beside
    assert not any(".swp" in name for function in FUNCTIONS for name in after.contents(function))


def test_a_data_file_that_a_module_names_goes_with_that_module(
    built: Built, checkout: Checkout, tmp_path: Path
) -> None:
    (checkout.root / "shared" / "policy" / "places").mkdir()
    (checkout.root / "shared" / "policy" / "places" / "north.csv").write_text("Bergen\n")
    checkout.append("shared/policy/slots.py", '\nNORTH = "places/north.csv"\n')
    after = checkout.built(tmp_path / "out")
    with_slots = {name for name in FUNCTIONS if "shared/policy/slots.py" in built.contents(name)}
    carried = {name for name in FUNCTIONS if "shared/policy/places/north.csv" in after.contents(name)}
    assert carried == with_slots


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_manifest_says_what_the_zip_is(built: Built, function: str) -> None:
    entry = built.manifest[function]
    content = built.path(function).read_bytes()
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["bytes"] == len(content)
    assert entry["file"] == f"{function}-{entry['sha256']}.zip"
    assert json.loads((built.folder / "manifest.json").read_text()) == built.manifest


def test_the_manifest_has_every_function_and_no_other(built: Built) -> None:
    assert set(built.manifest) == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_entries_are_sorted_and_have_one_time_and_one_mode(built: Built, function: str) -> None:
    with zipfile.ZipFile(built.path(function)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_a_package_loads_without_collecting_garbage_and_collects_it_again_afterwards(
    built: Built, tmp_path: Path
) -> None:
    """Switched off for good, a function's memory would only grow."""
    with zipfile.ZipFile(built.path("log_note")) as package:
        package.extractall(tmp_path)
    script = "import gc, main; print(gc.isenabled(), gc.get_freeze_count() > 1000)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["True", "True"]
