"""A terminal to deploy from; the zips are built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.deploy.terminal import Terminal, made


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of zips, as scripts/package leaves it."""
    folder = tmp_path_factory.mktemp("packaged")
    terminal = made(folder)
    return terminal.checkout.built(folder / "zips").folder


@pytest.fixture
def terminal(tmp_path: Path, packaged: Path) -> Terminal:
    """Where nothing was deployed yet, with the zips in .local/packages."""
    found = made(tmp_path)
    shutil.copytree(packaged, found.checkout.root / ".local/packages")
    return found
