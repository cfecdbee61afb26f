"""scripts/venv: makes the environment once, installs when the requirements change, and bears company."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.catalogue import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with scripts/venv and requirements that need no network."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "scripts" / "venv", tmp_path / "scripts" / "venv")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "tests" / "requirements.txt").write_text("-r ../requirements.txt\n")
    return tmp_path


def _start(checkout: Path, purpose: str) -> subprocess.Popen[str]:
    script = str(checkout / "scripts" / "venv")
    return subprocess.Popen(
        [script, purpose],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def _said(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, errors = process.communicate(timeout=100)
    return process.returncode, out, errors


@pytest.mark.long
def test_it_makes_installs_and_keeps_in_step_also_when_two_start_at_once(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    both = [_said(process) for process in [_start(checkout, "run"), _start(checkout, "run")]]
    assert [(code, out) for code, out, _ in both] == [(0, f"{python}\n")] * 2
    assert sum("making .venv" in errors for _, _, errors in both) == 1
    assert python.exists()

    assert _said(_start(checkout, "run")) == (0, f"{python}\n", "")

    (checkout / "requirements.txt").write_text("# still nothing\n")
    code, _, errors = _said(_start(checkout, "test"))
    assert code == 0
    assert "installing the requirements to test" in errors
    assert _said(_start(checkout, "run")) == (0, f"{python}\n", "")

    (checkout / "requirements.txt").write_text("no-such-distribution-at-all @ file:///nowhere\n")
    code, out, errors = _said(_start(checkout, "run"))
    assert (code, out) == (1, "")
    assert "nowhere" in errors

    (checkout / "requirements.txt").write_text("# still nothing\n")
    python.unlink()
    code, _, errors = _said(_start(checkout, "run"))
    assert code == 0
    assert "making .venv" in errors


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "test"]])
def test_it_says_how_it_is_used(arguments: list[str]) -> None:
    done = subprocess.run([str(ROOT / "scripts" / "venv"), *arguments], capture_output=True, text=True)
    assert done.returncode == 1
    assert "usage: scripts/venv run|test" in done.stderr
    assert done.stdout == ""
