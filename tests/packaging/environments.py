"""Zips unpacked in empty folders, and environments that hold only what a zip asks for."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx
import pytest

from scripts.packaging.distributions import RUNTIME
from scripts.packaging.imports import read
from tests.packaging.checkouts import Built

UV = Path(sys.executable).with_name("uv")
START_MOST_S = 60.0


@dataclass
class Environments:
    """One environment for each distinct requirements.txt, made when it is first asked for."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict[str, Path])

    def of(self, requirements: Path) -> Path:
        """The folder of the environment. Skips the test when no package index answers."""
        text = requirements.read_text()
        if text not in self.made:
            where = self.folder / str(len(self.made))
            _uv("venv", "--quiet", "--clear", "--python", deployed_python(), str(where))
            # Without what they need in turn: all of it must stand in the file.
            install = ("pip", "install", "--quiet", "--no-deps", "--python", str(where))
            _uv(*install, "--requirement", str(requirements))
            self.made[text] = where
        return self.made[text]


@cache
def deployed_python() -> str:
    """A Python of the deployed version where there is one, else the one that runs the tests."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{RUNTIME}"), *map(str, sorted(pyenv.glob(f"{RUNTIME}.*/bin/python")))]
    for python in filter(None, candidates):
        asked = subprocess.run([python, "-c", "import venv"], capture_output=True, timeout=60)
        if asked.returncode == 0:
            return python
    return sys.executable


def _uv(*arguments: str) -> None:
    done = subprocess.run([UV, *arguments], capture_output=True, text=True, timeout=300)
    if done.returncode == 0:
        return
    if not index_answers():
        pytest.skip(f"no package index answers: {done.stderr.strip().splitlines()[0].strip()}")
    pytest.fail(f"uv {' '.join(arguments)}\n{done.stderr}")


@cache
def index_answers() -> bool:
    """Whether there is a package index to install from."""
    asked = subprocess.run(
        [UV, "pip", "compile", "--quiet", "--no-cache", "-"],
        input="functions-framework",
        capture_output=True,
        text=True,
        timeout=120,
    )
    return asked.returncode == 0


def unpacked(built: Built, function: str, folder: Path) -> Path:
    """A zip's files in a folder of their own."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(built.path(function)) as archive:
        archive.extractall(folder)
    return folder


def alone(environment: Path, **environ: str) -> dict[str, str]:
    """The environment variables of a process that sees nothing of this checkout."""
    path = os.pathsep.join((str(environment / "bin"), "/usr/bin", "/bin"))
    return {"PATH": path, "PYTHONNOUSERSITE": "1", "HOME": str(environment), **environ}


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
