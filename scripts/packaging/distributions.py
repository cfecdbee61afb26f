"""Which pinned distributions an import needs, from requirements.txt and the metadata of what is installed."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from scripts.packaging.imports import Imported, NotPackaged

RUNTIME = "3.13"
"""The Python of the deployed functions."""

ALWAYS = "functions-framework"
"""What starts every function."""

IMPLICIT = {"zoneinfo": "tzdata"}
"""Modules of the standard library that load a distribution's data where the system has none."""

DEPLOYED = {
    "implementation_name": "cpython",
    "implementation_version": f"{RUNTIME}.0",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": f"{RUNTIME}.0",
    "python_version": RUNTIME,
    "sys_platform": "linux",
}
"""The environment that a requirement's marker is judged in, wherever packages are built."""


class Pins:
    """The pins of requirements.txt. Errors: NotPackaged for a line that is no pin `name==version`."""

    def __init__(self, path: Path) -> None:
        self._file = path.name
        self._pinned: dict[str, Requirement] = {}
        self._wanted: dict[tuple[str, str], tuple[Requirement, ...]] = {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            text = line.partition("#")[0].strip()
            if text:
                pin = _pin(text, f"{path.name}:{number}")
                self._pinned[canonicalize_name(pin.name)] = pin

    def __contains__(self, name: str) -> bool:
        return canonicalize_name(name) in self._pinned

    def line(self, name: str) -> str:
        """A distribution's line of a requirements.txt."""
        return str(self._pinned[canonicalize_name(name)])

    def owners(self, imported: Imported) -> frozenset[str]:
        """The distributions that provide what is imported; none for the standard library.

        Errors: NotPackaged, when no pinned distribution provides it.
        """
        top = imported.module.split(".")[0]
        if top in sys.stdlib_module_names:
            return frozenset({IMPLICIT[top]} if top in IMPLICIT else ())
        found = self._modules.get(str(imported)) or self._modules.get(imported.module)
        if not found:
            raise NotPackaged(f"imports {imported}, which no distribution pinned in {self._file} provides")
        return found

    def needed(self, roots: Iterable[str]) -> dict[str, str]:
        """The roots and everything that they need when deployed, each with the one that needs it first.

        A root is its own reason. Errors: NotPackaged naming a requirement without a pin, or which its pin breaks.
        """
        because = {name: name for name in sorted({str(canonicalize_name(root)) for root in roots})}
        waiting: list[tuple[str, str]] = [(name, "") for name in because]
        for name, extra in waiting:
            for wanted in self._requirements(name, extra):
                other = canonicalize_name(wanted.name)
                self._check(name, wanted)
                because.setdefault(other, name)
                waiting += [each for e in ("", *sorted(wanted.extras)) if (each := (other, e)) not in waiting]
        return because

    def _check(self, name: str, wanted: Requirement) -> None:
        pin = self._pinned.get(canonicalize_name(wanted.name))
        if pin is None:
            raise NotPackaged(f"{name} needs {wanted.name}{wanted.specifier}: pin it in {self._file}")
        version = _version(pin)
        if not wanted.specifier.contains(version, prereleases=True):
            raise NotPackaged(
                f"{name} needs {wanted.name}{wanted.specifier}, and {self._file} pins {version}"
            )

    def _requirements(self, name: str, extra: str) -> tuple[Requirement, ...]:
        """What a distribution, with one of its extras or none (""), needs where it is deployed."""
        if (name, extra) not in self._wanted:
            every = map(Requirement, self._installed(name).requires or ())
            environment = {**DEPLOYED, "extra": extra}
            self._wanted[name, extra] = tuple(
                wanted for wanted in every if wanted.marker is None or wanted.marker.evaluate(environment)
            )
        return self._wanted[name, extra]

    def _installed(self, name: str) -> Distribution:
        pin = self._pinned.get(name)
        if pin is None:
            raise NotPackaged(f"{name} is needed by every function: pin it in {self._file}")
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            raise NotPackaged(f"{pin} is not installed here: run scripts/venv test") from None
        if installed.version != _version(pin):
            raise NotPackaged(f"{pin} is pinned, and {installed.version} installed: run scripts/venv test")
        return installed

    @cached_property
    def _modules(self) -> Mapping[str, frozenset[str]]:
        """Every module of the pinned distributions with those that provide it: `google` alone has many."""
        found: dict[str, set[str]] = {}
        for name in self._pinned:
            for file in _files(self._installed(name)):
                if file.endswith((".py", ".so", ".pyd")):
                    folder, _, last = file.rpartition("/")
                    stem = last.split(".")[0]
                    module = folder if stem == "__init__" else f"{folder}/{stem}".lstrip("/")
                    found.setdefault(module.replace("/", "."), set()).add(name)
        return {module: frozenset(names) for module, names in found.items()}


def _pin(text: str, where: str) -> Requirement:
    try:
        pin = Requirement(text)
    except InvalidRequirement:
        raise NotPackaged(f"{where}: {text!r} is no requirement; write name==version") from None
    (only,) = pin.specifier if len(pin.specifier) == 1 else (None,)
    if only is None or only.operator != "==" or "*" in only.version or pin.extras or pin.marker or pin.url:
        raise NotPackaged(f"{where}: {text!r} is no pin; write name==version")
    return pin


def _version(pin: Requirement) -> str:
    return next(iter(pin.specifier)).version


def _files(installed: Distribution) -> list[str]:
    """The files of a distribution as its installer wrote them down. Errors: NotPackaged when it did not."""
    record = installed.read_text("RECORD")
    if record is None:
        raise NotPackaged(f"{installed.name} has no list of its files: install it with pip or uv")
    return [row[0] for row in csv.reader(record.splitlines()) if row]
