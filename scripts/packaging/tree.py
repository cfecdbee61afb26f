"""The modules and data files of functions/ and shared/, and what each function reaches of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import grimp
from grimp.exceptions import SourceSyntaxError

from scripts.catalogue import ROOT
from scripts.packaging.imports import NotPackaged, Read, read


class Tree:
    """The sources, each file read at most once. Errors: NotPackaged, when one of them is no Python."""

    def __init__(self) -> None:
        # Without grimp's cache, which goes by modification times: they are no part of a source.
        try:
            self._graph = grimp.build_graph(
                "functions", "shared", exclude_type_checking_imports=True, cache_dir=None
            )
        except SourceSyntaxError as error:
            raise NotPackaged(f"{error.filename}:{error.lineno}: {error.text} is no Python") from None
        self._bytes: dict[Path, bytes] = {}
        self._paths: dict[str, Path | None] = {}

    @property
    def modules(self) -> set[str]:
        """Every module of functions/ and shared/, packages included."""
        return set(self._graph.modules)

    def reached(self, start: str) -> dict[str, str]:
        """Every module that importing one may load, with the one that imports it on a shortest way.

        A package stands with what is imported from it, for Python runs its `__init__.py`. The start is its own
        importer. Errors: NotPackaged, when one function reaches into another or a module imports by name.
        """
        because = {start: start}
        waiting = [start]
        for module in waiting:
            for imported in sorted(self._graph.find_modules_directly_imported_by(module)):
                for one in (imported, *_packages_of(imported)):
                    if one not in because:
                        because[one] = module
                        waiting.append(one)
        for module in because:
            if module != start and module.split(".")[0] != "shared":
                raise NotPackaged(f"{start} reaches {module}: a function imports shared/ only")
            if (path := self.path_of(module)) and self.read(path).imports_by_name:
                raise NotPackaged(f"{module} imports by name, which packaging cannot follow: write an import")
        return because

    def path_of(self, module: str) -> Path | None:
        """A module's file; None for a package without `__init__.py`."""
        if module not in self._paths:
            path = ROOT.joinpath(*module.split("."))
            files = (path.with_suffix(".py"), path / "__init__.py")
            self._paths[module] = next((file for file in files if file.is_file()), None)
        return self._paths[module]

    def read(self, path: Path) -> Read:
        """A module's file, read. Errors: NotPackaged with the line that is no Python."""
        try:
            return read(self.bytes_of(path).decode())
        except (SyntaxError, UnicodeDecodeError) as error:
            raise NotPackaged(f"{path.relative_to(ROOT)}: {error}") from None

    def bytes_of(self, path: Path) -> bytes:
        """What a file holds."""
        if path not in self._bytes:
            self._bytes[path] = path.read_bytes()
        return self._bytes[path]

    @cached_property
    def carriers(self) -> Mapping[Path, frozenset[str]]:
        """For each data file under shared/ the modules that carry it.

        They are those that name it, in its own package or else in the nearest above. A file that nobody names is
        carried by all modules of its package: better one file too many than one too few.
        """
        found: dict[Path, frozenset[str]] = {}
        for path in _data_files(ROOT / "shared"):
            packages = [folder for folder in path.parents if self._modules_in(folder)]
            named = (self._naming(path, folder) for folder in packages)
            found[path] = next((names for names in named if names), self._modules_in(packages[0]))
        return found

    def _naming(self, data: Path, folder: Path) -> frozenset[str]:
        return frozenset(
            module
            for module in self._modules_in(folder)
            if (path := self.path_of(module))
            and any(word.rpartition("/")[2] == data.name for word in self.read(path).words)
        )

    def _modules_in(self, folder: Path) -> frozenset[str]:
        return self._by_folder.get(folder, frozenset())

    @cached_property
    def _by_folder(self) -> Mapping[Path, frozenset[str]]:
        found: dict[Path, set[str]] = {}
        for module in self.modules:
            if path := self.path_of(module):
                found.setdefault(path.parent, set()).add(module)
        return {folder: frozenset(modules) for folder, modules in found.items()}


def _packages_of(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1)]


def _data_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        found += [
            Path(at, n) for n in sorted(names) if not n.startswith(".") and not n.endswith((".py", ".pyc"))
        ]
    return found
