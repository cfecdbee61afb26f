"""Terraform in a copy of the deployment, started once for all tests of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform import workspace as places
from tests.terraform.workspace import NoTerraform, Planned, Workspace


@pytest.fixture(scope="session")
def provider() -> str | None:
    """The CLI configuration to run with; skips where Terraform or a provider is missing."""
    try:
        return places.configuration()
    except NoTerraform as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, provider: str | None) -> Workspace:
    made = places.made(tmp_path_factory.mktemp("deployment"), provider)
    try:
        made.ready(places.MODULE)
    except NoTerraform as reason:
        pytest.skip(str(reason))
    return made


@pytest.fixture
def broken(tmp_path: Path, provider: str | None, workspace: Workspace) -> Workspace:
    """A copy of its own, to break."""
    return places.made(tmp_path / "broken", provider)


@pytest.fixture(scope="session")
def planned(workspace: Workspace) -> Planned:
    """What Terraform would create."""
    return workspace.planned()


@pytest.fixture(scope="session")
def building(workspace: Workspace) -> Planned:
    """What Terraform would create where a repository is connected to Cloud Build."""
    return workspace.planned("builds.tftest.hcl")
