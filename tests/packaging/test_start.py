"""Each zip, unpacked in an empty folder, starts and answers with nothing but its own requirements."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from scripts.benchmarks.cold_start import first_request
from scripts.catalogue import load
from scripts.packaging.distributions import RUNTIME
from scripts.packaging.environments import alone, index_answers
from scripts.stack.processes import Options, Stack
from tests.packaging.checkouts import Built
from tests.packaging.environments import Environments, imported_all, started, unpacked

pytestmark = pytest.mark.timeout(300)

ALWAYS_RUN = ("write_draft",)
"""The heaviest; the others take minutes."""

WITH_NOTHING_TO_SHOW = {"connect_gmail": 405, "receive_opt_out": 404, "serve_api": 404}
"""What a POST to nowhere is answered: a page takes none, a link without its token and an API's path are not there.
Everywhere else it is a call without a token, or a webhook without its signature."""

FUNCTIONS = [
    pytest.param(name, marks=() if name in ALWAYS_RUN else (pytest.mark.long,)) for name in load().functions
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A local cloud and the sandbox's vendors, for the functions to talk to."""
    with Stack(Options(data=tmp_path_factory.mktemp("stack"), paused=True)) as running:
        yield running


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    return Environments(tmp_path_factory.mktemp("environments"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_zip_starts_and_answers_with_its_own_requirements_alone(
    built: Built, stack: Stack, environments: Environments, tmp_path: Path, function: str
) -> None:
    folder = unpacked(built, function, tmp_path / "function")
    environment = environments.of(folder / "requirements.txt")

    installed = {
        path.name.split("-")[0].lower() for path in environment.glob("lib/*/site-packages/*.dist-info")
    }
    assert installed == {name.replace("-", "_") for name in built.distributions(function)}
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "check"]
    checked = subprocess.run(pip, capture_output=True, text=True, timeout=110)
    assert checked.returncode == 0, checked.stdout
    compiled = subprocess.run(
        [environment / "bin" / "python", "-m", "compileall", "-q", "."],
        cwd=folder,
        env=alone(environment),
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert compiled.returncode == 0, compiled.stdout
    assert imported_all(folder, environment) == ""

    real = first_request(stack, function)
    settings = {**stack.environ, "K_SERVICE": "local"}
    with started(folder, environment, function, settings) as client:
        assert client.post("/", json={}).status_code == WITH_NOTHING_TO_SHOW.get(function, 401)
        answer = client.request(real.method, f"/{real.path}", content=real.body, headers=dict(real.headers))
    assert answer.status_code in real.statuses, answer.text


@pytest.mark.long
@pytest.mark.timeout(900)
def test_requirements_resolve_for_the_deployed_python_and_bring_nothing_else(
    built: Built, tmp_path: Path
) -> None:
    """As the buildpack asks pip for them, from wheels alone and without what is installed here; each set once."""
    sets = {tuple(built.manifest[name]["distributions"]): name for name in load().functions}
    for distributions, function in sets.items():
        folder = unpacked(built, function, tmp_path / function)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"),
                *("--python-version", RUNTIME, "--only-binary=:all:", "--target", "nowhere"),
                *("--report", "report.json", "--requirement", "requirements.txt"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=280,
        )
        if done.returncode and not index_answers():
            pytest.skip("no package index answers")
        assert done.returncode == 0, f"{function}: {done.stderr}"
        report = json.loads((folder / "report.json").read_text())
        found = {
            f"{canonicalize_name(one['metadata']['name'])}=={one['metadata']['version']}"
            for one in report["install"]
        }
        assert found == set(distributions), function
