"""Zips unpacked in empty folders, and environments that hold only what a zip asks for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scripts.packaging.distributions import RUNTIME

UV = Path(sys.executable).with_name("uv")
_INSTALL_MOST_S = 300


class NotInstalled(RuntimeError):
    """An environment that could not be made: what the installer said, and whether an index answered at all."""

    def __init__(self, message: str, *, index_answers: bool) -> None:
        super().__init__(message)
        self.index_answers = index_answers


@dataclass
class Environments:
    """One environment for each distinct requirements.txt, made when it is first asked for."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict[str, Path])

    def of(self, requirements: Path) -> Path:
        """The folder of the environment. Errors: NotInstalled."""
        text = requirements.read_text()
        if text not in self.made:
            where = self.folder / str(len(self.made))
            _uv(("venv", "--quiet", "--clear", "--python", deployed_python(), str(where)))
            # Without what they need in turn: all of it must stand in the file. Compiled, as the buildpack does.
            install = ("pip", "install", "--quiet", "--no-deps", "--compile-bytecode", "--python", str(where))
            _uv((*install, "--requirement", str(requirements)))
            self.made[text] = where
        return self.made[text]


@cache
def deployed_python() -> str:
    """A Python of the deployed version where there is one, else the one that runs this."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{RUNTIME}"), *map(str, sorted(pyenv.glob(f"{RUNTIME}.*/bin/python")))]
    for python in filter(None, candidates):
        asked = subprocess.run([python, "-c", "import venv"], capture_output=True, timeout=60)
        if asked.returncode == 0:
            return python
    return sys.executable


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


def unpacked(archive: Path, folder: Path) -> Path:
    """A zip's files in a folder of their own."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(archive) as held:
        held.extractall(folder)
    return folder


def compiled(folder: Path, environment: Path) -> None:
    """Compile an unpacked zip as the buildpack does. Errors: RuntimeError with what is no Python."""
    done = subprocess.run(
        [environment / "bin" / "python", "-m", "compileall", "-q", "."],
        cwd=folder,
        env=alone(environment),
        capture_output=True,
        text=True,
        timeout=110,
    )
    if done.returncode:
        raise RuntimeError(done.stdout)


def alone(environment: Path, **environ: str) -> dict[str, str]:
    """The environment variables of a process that sees nothing of this checkout."""
    path = os.pathsep.join((str(environment / "bin"), "/usr/bin", "/bin"))
    return {"PATH": path, "PYTHONNOUSERSITE": "1", "HOME": str(environment), **environ}


def _uv(arguments: Iterable[str]) -> None:
    words = tuple(arguments)
    try:
        done = subprocess.run([UV, *words], capture_output=True, text=True, timeout=_INSTALL_MOST_S)
    except FileNotFoundError:
        raise NotInstalled(f"{UV.name} is missing: run scripts/venv test", index_answers=True) from None
    if done.returncode:
        raise NotInstalled(f"uv {' '.join(words)}\n{done.stderr.strip()}", index_answers=index_answers())
