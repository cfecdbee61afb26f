"""Copies of the sources to build from, so that nothing that happens in the checkout meanwhile is in a test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.catalogue import KINDS, ROOT

FOLDERS = ("functions", "shared", "scripts")


@dataclass(frozen=True)
class Checkout:
    """A copy of what is packaged, and of what packages it."""

    root: Path

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """What scripts/package runs, in this copy."""
        return self.python("-m", "scripts.packaging", *arguments, **environ)

    def python(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Python with this copy's modules."""
        return subprocess.run(
            [sys.executable, "-P", *arguments],
            env={**os.environ, "PYTHONPATH": str(self.root), **environ},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=280,
        )

    def built(self, folder: Path, **environ: str) -> Built:
        """Every package, in a folder."""
        done = self.run("--json", "--out", str(folder), **environ)
        assert done.returncode == 0, done.stderr
        return Built(self, folder, json.loads(done.stdout))

    def source_of(self, function: str) -> Path:
        (path,) = (
            path for kind in KINDS if (path := self.root / "functions" / kind / f"{function}.py").exists()
        )
        return path

    def append(self, path: str, text: str) -> None:
        """Write something more at the end of a file."""
        file = self.root / path
        file.write_text(file.read_text() + text)


@dataclass(frozen=True)
class Built:
    """What one build left in its folder."""

    checkout: Checkout
    folder: Path
    manifest: Mapping[str, Any]

    def path(self, function: str) -> Path:
        return self.folder / self.manifest[function]["file"]

    def contents(self, function: str) -> dict[str, bytes]:
        """The files of a zip, by path."""
        with zipfile.ZipFile(self.path(function)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def hashes(self) -> dict[str, str]:
        return {name: entry["sha256"] for name, entry in self.manifest.items()}

    def distributions(self, function: str) -> set[str]:
        """The names of the distributions that a zip asks for."""
        return {line.partition("==")[0] for line in self.manifest[function]["distributions"]}


def copied(to: Path, source: Path = ROOT) -> Checkout:
    """A copy without caches, and without modification times."""
    for name in FOLDERS:
        shutil.copytree(
            source / name,
            to / name,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copyfile(source / "requirements.txt", to / "requirements.txt")
    return Checkout(to)


def changed(before: Built, after: Built) -> set[str]:
    """The functions whose zips are others."""
    assert before.manifest.keys() == after.manifest.keys()
    return {name for name, sha256 in before.hashes().items() if after.hashes()[name] != sha256}
