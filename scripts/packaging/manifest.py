"""The folder of built packages and its manifest, which Terraform reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, cast

from scripts.catalogue import ROOT
from scripts.packaging.package import Package

FOLDER = ROOT / ".local" / "packages"
MANIFEST = "manifest.json"


class Entry(TypedDict):
    """One function's line of the manifest."""

    file: str
    """The zip, in the manifest's own folder."""
    sha256: str
    distributions: list[str]
    bytes: int


def manifest_of(packages: Mapping[str, Package]) -> dict[str, Entry]:
    """The manifest, by function."""
    return {
        name: Entry(
            file=package.file,
            sha256=package.sha256,
            distributions=list(package.distributions),
            bytes=len(package.archive),
        )
        for name, package in sorted(packages.items())
    }


def write(packages: Mapping[str, Package], folder: Path) -> dict[str, Entry]:
    """Write the zips and then the manifest, so that it never names a zip that is not there; returns it.

    Zips of earlier builds are left: their manifests may still be deployed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages.values():
        path = folder / package.file
        if not path.exists():
            _replace(path, package.archive)
    manifest = manifest_of(packages)
    _replace(folder / MANIFEST, f"{json.dumps(manifest, indent=2)}\n".encode())
    return manifest


def read(folder: Path) -> dict[str, Entry]:
    """The manifest of the last build; empty when there is none. Errors: ValueError when it is no manifest."""
    try:
        text = (folder / MANIFEST).read_text()
    except FileNotFoundError:
        return {}
    try:
        found: Any = json.loads(text)
        return {name: cast("Entry", dict(entry)) for name, entry in dict(found).items()}
    except (ValueError, TypeError):
        raise ValueError(f"{folder / MANIFEST} is no manifest: remove it") from None


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all: a build that dies leaves no half zip under a name that promises its content."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
