"""A run of the tests on several workers keeps together what is set up once, and begins with what is long."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.catalogue import ROOT
from tests.distribution import LONG_ALONE, TOGETHER, group_of, turn_of

PLACES = ("packaging/test_start.py", "terraform/test_plan.py", "jobs/test_moves.py", "faults/test_history.py")
SEES_WHERE = """
import os, pathlib, pytest
@pytest.mark.parametrize("number", range(6))
def test_where(number):
    with (pathlib.Path(__file__).parent / "seen").open("a") as seen:
        seen.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


@pytest.mark.parametrize("path", [*TOGETHER.values(), LONG_ALONE])
def test_each_path_names_tests_that_are_there(path: str) -> None:
    tests = [each.relative_to(ROOT).as_posix() for each in (ROOT / "tests").rglob("test_*.py")]
    of_files = re.compile(path.partition(".*")[0])
    assert any(of_files.match(each) for each in tests)


def test_the_emulators_are_a_group_and_the_local_cloud_beside_them_is_none() -> None:
    assert group_of("tests/contract/test_kernel.py::test_lost_tasks_are_found[google-4]") == "emulators"
    assert group_of("tests/contract/test_kernel.py::test_lost_tasks_are_found[local cloud-4]") is None


def test_groups_begin_then_the_faults_then_the_rest() -> None:
    turns = [turn_of(f"tests/{place}::test_it") for place in PLACES]
    assert turns[2] == max(turns)
    assert turns[3] == max(turns[0], turns[1], turns[3]) < turns[2]


def test_workers_share_out_groups_as_a_whole_and_the_rest_test_by_test(tmp_path: Path) -> None:
    for place in PLACES:
        test = tmp_path / "tests" / place
        test.parent.mkdir(parents=True, exist_ok=True)
        test.write_text(SEES_WHERE)
    (tmp_path / "tests" / "conftest.py").write_text("from tests.distribution import *\n")
    (tmp_path / "tests" / "distribution.py").write_text((ROOT / "tests" / "distribution.py").read_text())
    options = ["--import-mode=importlib", "-c", "/dev/null", "--rootdir", ".", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-n", "2", "--dist", "loadgroup", "tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    workers = {
        place: set((tmp_path / "tests" / place).with_name("seen").read_text().split()) for place in PLACES
    }
    assert len(workers["packaging/test_start.py"]) == len(workers["terraform/test_plan.py"]) == 1
    assert workers["packaging/test_start.py"] != workers["terraform/test_plan.py"]
    assert workers["jobs/test_moves.py"] == {"gw0", "gw1"}
