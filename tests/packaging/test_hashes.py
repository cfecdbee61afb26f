"""The same sources give the same zips everywhere; a change gives new zips to exactly the functions it touches."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scripts.catalogue import load
from tests.packaging import change_each
from tests.packaging.checkouts import Built, Checkout, changed
from tests.packaging.reach import files_reached

FUNCTIONS = list(load().functions)


def zips(built: Built) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in built.folder.iterdir()}


def test_two_builds_are_equal_byte_for_byte(built: Built, tmp_path: Path) -> None:
    assert zips(built.checkout.built(tmp_path)) == zips(built)


def test_another_folder_other_times_and_modes_and_another_process_give_the_same_bytes(
    built: Built, checkout: Checkout, tmp_path: Path
) -> None:
    for number, path in enumerate(sorted(checkout.root.rglob("*"))):
        if path.is_file():
            path.chmod(0o600 if number % 2 else 0o755)
            os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
    again = checkout.built(
        tmp_path / "out", PYTHONHASHSEED="4711", TZ="Pacific/Chatham", LC_ALL="C", PYTHONUTF8="1"
    )
    assert zips(again) == zips(built)


def test_bytecode_in_the_tree_changes_nothing(built: Built, checkout: Checkout, tmp_path: Path) -> None:
    assert checkout.python("-m", "compileall", "-q", "shared", "functions").returncode == 0
    assert changed(built, checkout.built(tmp_path / "out")) == set()


BOTH_ENDS = {"shared/errors.py": FUNCTIONS, "shared/stages/gate_draft.py": ["gate_draft"]}
"""What all carry, and what one alone carries."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("every", [64, pytest.param(1, marks=pytest.mark.long)])
def test_a_changed_file_changes_the_zips_of_the_functions_that_reach_it_and_no_other(
    checkout: Checkout, every: int
) -> None:
    assert change_each.__file__ is not None
    done = checkout.python(change_each.__file__, str(every), *BOTH_ENDS)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    reached = {name: files_reached(checkout.root, checkout.source_of(name)) for name in FUNCTIONS}
    modules = {file: functions for file, functions in found.items() if file.endswith(".py")}
    there = {p.relative_to(checkout.root).as_posix() for p in checkout.root.glob("shared/**/*.py")}
    assert modules.keys() <= there
    assert len(modules) > len(there) // (every + 1)
    wrong = {
        file: functions
        for file, functions in modules.items()
        if functions != [name for name in FUNCTIONS if file in reached[name]]
    }
    assert wrong == {}
    prompts = {file: functions for file, functions in found.items() if file.endswith(".md")}
    agents = {file: file.replace("prompt.md", "agent.py") for file in prompts}
    assert prompts == {
        file: [name for name in FUNCTIONS if agent in reached[name]] for file, agent in agents.items()
    }
    assert BOTH_ENDS.items() <= found.items()


def test_a_changed_function_changes_its_own_zip_alone(
    built: Built, checkout: Checkout, tmp_path: Path
) -> None:
    checkout.append("functions/stages/gate_draft.py", "\n# changed\n")
    assert changed(built, checkout.built(tmp_path / "out")) == {"gate_draft"}


def test_what_is_imported_inside_a_function_is_carried_and_for_type_checking_alone_is_not(
    built: Built, checkout: Checkout, tmp_path: Path
) -> None:
    checkout.append("shared/stages/gate_draft.py", "\n\ndef later() -> None:\n    import openai\n")
    checkout.append(
        "shared/stages/log_note.py",
        "\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    import openai\n    import shared.policy.quality\n",
    )
    after = checkout.built(tmp_path / "out")
    assert "openai" not in built.distributions("gate_draft")
    assert {"openai", "jiter"} <= after.distributions("gate_draft")
    assert after.distributions("log_note") == built.distributions("log_note")
    assert after.contents("log_note").keys() == built.contents("log_note").keys()
    assert changed(built, after) == {"gate_draft", "log_note"}


def test_a_package_file_that_imports_brings_what_it_imports(checkout: Checkout, tmp_path: Path) -> None:
    checkout.append("shared/policy/__init__.py", "import shared.agents.pronouns\n")
    after = checkout.built(tmp_path / "out")
    with_policy = [name for name in FUNCTIONS if "shared/policy/__init__.py" in after.contents(name)]
    assert with_policy
    assert all("shared/agents/pronouns.py" in after.contents(name) for name in with_policy)
