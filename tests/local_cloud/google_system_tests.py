"""Judge the local cloud by the system tests that Google ships with its own Firestore and Pub/Sub clients.

Run it as a script: it downloads the source distributions at the pinned versions, installs what their tests
need into a throw-away environment, starts the local cloud, and ends with 1 unless it is good enough.
`--work DIR` keeps the downloads and the environment for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TEST_TOOLS = (
    "pytest<9",
    "pytest-subtests",
    "pytest-asyncio==0.21.2",
    "pytest-timeout",
    "google-cloud-testutils",
    "mock",
    "six",
    "PyYAML",
    "psutil",
    "flaky",
)
BUILD_TOOLS = ("pip", "setuptools>=77", "wheel")

SETUP_TIMEOUT_S = 600
RUN_TIMEOUT_S = 900


@dataclass(frozen=True)
class Suite:
    """One client's system tests, and what the local cloud owes them."""

    distribution: str
    folder: str
    arguments: tuple[str, ...]
    least_passed: int
    allowed_failures: frozenset[str] | None
    """None: failures are judged by the number of passes alone."""


SUITES = (
    Suite(
        "google-cloud-firestore",
        "tests/system",
        ("test_system.py", "test_system_async.py"),
        224,
        # BSON types exist in Firestore's enterprise edition only.
        frozenset(
            {
                "test_bson_regex_invalid_options[enterprise-db-native]",
                "test_bson_query_ordering[enterprise-db-native]",
                "test_async_bson_regex_invalid_options[enterprise-db-native]",
            }
        ),
    ),
    Suite(
        "google-cloud-pubsub",
        "tests",
        ("system.py", "-k", "not rest and not RBAC"),
        13,
        None,
    ),
)


@dataclass
class Outcome:
    """What became of each test of a suite."""

    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list[str])


def main() -> int:
    """Run both suites; 0 when the local cloud is good enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="folder to keep downloads and environment in")
    parser.add_argument("--only", choices=[suite.distribution for suite in SUITES], help="one suite only")
    arguments = parser.parse_args()
    suites = [suite for suite in SUITES if arguments.only in (None, suite.distribution)]
    with tempfile.TemporaryDirectory(prefix="google-system-tests-") as temporary:
        work: Path = (arguments.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        python = _environment(work, suites)
        good = True
        for suite in suites:
            source = _source(work, python, suite)
            with _local_cloud(Path(temporary) / f"{suite.distribution}.sqlite") as address:
                outcome = _run(suite, source, python, address, Path(temporary))
            good = _report(suite, outcome) and good
    return 0 if good else 1


def _pinned(distribution: str) -> str:
    """The version in requirements.txt; what is installed where that does not pin it."""
    requirements = ROOT / "requirements.txt"
    if requirements.exists():
        found = re.search(
            rf"^{re.escape(distribution)}(?:\[[^\]]*\])?==([^\s;#\\]+)",
            requirements.read_text(),
            re.MULTILINE,
        )
        if found:
            return found[1]
    return version(distribution)


def _environment(work: Path, suites: list[Suite]) -> Path:
    """The Python of an environment with the clients and what their tests need."""
    home = work / "venv"
    python = home / "bin" / "python"
    wanted = [f"{suite.distribution}=={_pinned(suite.distribution)}" for suite in SUITES]
    wanted += [*TEST_TOOLS, *BUILD_TOOLS]
    uv = Path(sys.executable).with_name("uv")
    if not python.exists():
        if uv.exists():
            _checked([str(uv), "venv", "--quiet", "--python", sys.executable, str(home)])
        else:
            venv.create(home, with_pip=True)
    if uv.exists():
        _checked([str(uv), "pip", "install", "--quiet", "--python", str(python), *wanted])
    else:
        _checked([str(python), "-m", "pip", "install", "--quiet", *wanted])
    return python


def _source(work: Path, python: Path, suite: Suite) -> Path:
    """The unpacked source distribution of a client at its pinned version."""
    pinned = _pinned(suite.distribution)
    folder = work / f"{suite.distribution.replace('-', '_')}-{pinned}"
    if not folder.exists():
        # No build isolation: to refuse every wheel would otherwise mean to build the build tools as well.
        _checked(
            [
                *(str(python), "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"),
                *("--no-build-isolation", "--dest", str(work), f"{suite.distribution}=={pinned}"),
            ]
        )
        archive = next(
            path
            for path in work.glob("*.tar.gz")
            if path.name.lower().replace("-", "_") == f"{folder.name.replace('-', '_')}.tar.gz"
        )
        with tarfile.open(archive) as packed:
            packed.extractall(work, filter="data")
    return folder


@contextmanager
def _local_cloud(data: Path) -> Iterator[str]:
    """The gRPC address of a local cloud of our own, ended at the end."""
    command = [sys.executable, "-m", "scripts.local_cloud", "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            if not ready:
                raise SystemExit(f"the local cloud did not start: it ended with {process.wait(10)}")
            yield json.loads(ready)["grpc"]
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _run(suite: Suite, source: Path, python: Path, address: str, temporary: Path) -> Outcome:
    credentials = temporary / "credentials.json"
    credentials.write_text(
        json.dumps(
            {
                "type": "authorized_user",
                "client_id": "nobody",
                "client_secret": "nothing",
                "refresh_token": "nothing",
            }
        )
    )
    environment = os.environ | {
        "FIRESTORE_EMULATOR_HOST": address,
        "PUBSUB_EMULATOR_HOST": address,
        "GCLOUD_PROJECT": "emu-test",
        "GOOGLE_CLOUD_PROJECT": "emu-test",
        "GOOGLE_APPLICATION_CREDENTIALS": str(credentials),
    }
    environment.pop("PYTHONPATH", None)
    # A failing test is an outcome; `-rfE` names it, subtests included, which JUnit files leave out.
    command = [str(python), "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--timeout=90", "--tb=no"]
    done = subprocess.run(
        [*command, *suite.arguments],
        cwd=source / suite.folder,
        env=environment,
        timeout=RUN_TIMEOUT_S,
        check=False,
        capture_output=True,
        text=True,
    )
    return _outcome(done.stdout + done.stderr)


def _outcome(output: str) -> Outcome:
    """What pytest's last lines say. Exits with its output when it did not come to an end."""
    lines = output.strip().splitlines()
    summary = next((line for line in reversed(lines) if re.search(r"\d+ passed.* in [\d.]+s", line)), None)
    if summary is None:
        raise SystemExit(f"pytest did not finish:\n{output[-2000:]}")
    counts = {
        word: int(number) for number, word in re.findall(r"(\d+) (passed|skipped|failed|error)", summary)
    }
    # `FAILED test_system.py::test_a[x] - reason`, and `SUBFAIL` before the name of a subtest.
    failed = re.findall(r"^(?:FAILED|ERROR|SUBFAIL\w*)\b.*?::(\S+)", output, re.MULTILINE)
    unnamed = counts.get("failed", 0) + counts.get("error", 0) - len(failed)
    failed += ["a failure that pytest did not name"] * unnamed
    return Outcome(counts.get("passed", 0), counts.get("skipped", 0), failed)


def _report(suite: Suite, outcome: Outcome) -> bool:
    """Print how a suite went; whether that is good enough."""
    print(
        f"{suite.distribution} {_pinned(suite.distribution)}: {outcome.passed} passed, "
        f"{len(outcome.failed)} failed, {outcome.skipped} skipped (at least {suite.least_passed} must pass)"
    )
    good = outcome.passed >= suite.least_passed
    for name in outcome.failed:
        allowed = suite.allowed_failures is None or name in suite.allowed_failures
        print(f"  failed{'' if allowed else ' and must not'}: {name}")
        good = good and allowed
    return good


def _checked(command: list[str]) -> None:
    done = subprocess.run(command, timeout=SETUP_TIMEOUT_S, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:5])} … failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
