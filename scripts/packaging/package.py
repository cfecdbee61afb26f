"""One function as it is deployed: its file as main.py, what it reaches of shared/, and its requirements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scripts.catalogue import ROOT, load, source_of
from scripts.packaging.archive import zipped
from scripts.packaging.distributions import ALWAYS, Pins
from scripts.packaging.imports import NotPackaged
from scripts.packaging.tree import Tree

MAIN = "main.py"
REQUIREMENTS = "requirements.txt"
PRELUDE = b"""import gc
import os

gc.disable()  # nothing that is loaded now is garbage: `entry` switches it on again
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # there are none, and it would read every distribution
"""
"""What main.py begins with, before the function's own file: a cold start has less to do."""


@dataclass(frozen=True)
class Package:
    """One function's package."""

    function: str
    source: str
    """Its own module, `functions.stages.<name>`."""
    contents: Mapping[str, bytes]
    """The bytes of each file, by its path in the zip."""
    distributions: tuple[str, ...]
    """Pins, `name==version`."""
    because: Mapping[str, str]
    """Each module, data file (by path) and distribution that is carried, with what brings it first."""

    @cached_property
    def archive(self) -> bytes:
        """The zip."""
        return zipped(self.contents)

    @cached_property
    def sha256(self) -> str:
        """The hash of the zip."""
        return hashlib.sha256(self.archive).hexdigest()

    @property
    def file(self) -> str:
        """The name of the zip: what is in it decides it."""
        return f"{self.function}-{self.sha256}.zip"

    def chain(self, carried: str) -> list[str]:
        """How the function comes to carry something, from its own module on; empty when it does not."""
        if carried not in self.because:
            return []
        way = [carried]
        while self.because[way[-1]] != way[-1]:
            way.append(self.because[way[-1]])
        return [*([] if way[-1] == self.source else [self.source]), *reversed(way)]


def packages(functions: Iterable[str] | None = None, pins: Pins | None = None) -> dict[str, Package]:
    """The package of every function of functions.yaml, or of these, with the pins of requirements.txt.

    Errors: NotPackaged; ValueError for a bad functions.yaml.
    """
    tree, pins = Tree(), pins or Pins(ROOT / REQUIREMENTS)
    return {name: _package(name, tree, pins) for name in functions or load().functions}


def _package(function: str, tree: Tree, pins: Pins) -> Package:
    file = source_of(function)
    source = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    because = tree.reached(source)
    contents: dict[str, bytes] = {}
    roots: dict[str, str] = {}
    for module in list(because):
        path = tree.path_of(module)
        if path is None:
            continue
        if path == file:
            contents[MAIN] = PRELUDE + tree.bytes_of(path)
        else:
            contents[_in_zip(path)] = tree.bytes_of(path)
        for imported in sorted(tree.read(path).imported, key=str):
            try:
                owners = pins.owners(imported)
            except NotPackaged as error:
                raise NotPackaged(f"{path.relative_to(ROOT)} {error}") from None
            for owner in sorted(owners):
                roots.setdefault(owner, module)
    for path, carriers in tree.carriers.items():
        if by := sorted(carriers & because.keys()):
            contents[_in_zip(path)] = tree.bytes_of(path)
            because[_in_zip(path)] = by[0]
    needed = pins.needed({ALWAYS, *roots})
    # What starts every function is its own reason, and so stands right after the function in a chain.
    because |= {name: roots.get(name, reason) for name, reason in needed.items()}
    distributions = tuple(pins.line(name) for name in sorted(needed))
    contents[REQUIREMENTS] = "".join(f"{line}\n" for line in distributions).encode()
    return Package(function, source, contents, distributions, because)


def _in_zip(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
