"""Zips unpacked in empty folders, and environments that hold only what a zip asks for."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from scripts.packaging import environments
from scripts.packaging.environments import alone
from scripts.packaging.imports import read
from tests.packaging.checkouts import Built

START_MOST_S = 60.0


class Environments(environments.Environments):
    """One environment for each distinct requirements.txt; without a package index its tests are skipped."""

    def of(self, requirements: Path) -> Path:
        try:
            return super().of(requirements)
        except environments.NotInstalled as error:
            if error.index_answers:
                pytest.fail(str(error))
            pytest.skip(f"no package index answers: {error}")


def unpacked(built: Built, function: str, folder: Path) -> Path:
    """A zip's files in a folder of their own."""
    return environments.unpacked(built.path(function), folder)


def imported_all(folder: Path, environment: Path) -> str:
    """Make every import of an unpacked zip, also those inside functions; what went wrong, or nothing."""
    wanted = {path.relative_to(folder).as_posix(): read(path.read_text()) for path in folder.rglob("*.py")}
    modules = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in wanted]
    outside = sorted({(one.module, one.name) for each in wanted.values() for one in each.imported})
    program = (
        "import importlib, json, sys\n"
        "modules, outside = json.load(sys.stdin)\n"
        "for name in modules: importlib.import_module(name)\n"
        "for module, name in outside: exec(f'from {module} import {name}' if name else f'import {module}')\n"
    )
    done = subprocess.run(
        [environment / "bin" / "python", "-c", program],
        input=json.dumps([modules, outside]),
        cwd=folder,
        env=alone(environment),
        capture_output=True,
        text=True,
        timeout=110,
    )
    return done.stderr if done.returncode else ""


@contextmanager
def started(
    folder: Path, environment: Path, function: str, settings: Mapping[str, str]
) -> Iterator[httpx.Client]:
    """A client of the function, started as it is deployed: by the framework's own console script."""
    port = _free_port()
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                environment / "bin" / "functions-framework",
                *("--target", function, "--source", "main.py"),
                *("--host", "127.0.0.1", "--port", str(port)),
            ],
            cwd=folder,
            env=alone(environment, **settings, FUNCTION_NAME=function, THREADS="4"),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=START_MOST_S
            ) as client:
                _wait(process, port, log)
                yield client
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_MOST_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"the function did not start: {log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
