"""A copy of the deployment in which Terraform runs: nothing of it lands in the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.catalogue import ROOT

MODULE = "whisper"
ROOTS = ("environments/dev", "environments/staging", "environments/prod")
_TIMEOUT_S = 110


class NoTerraform(Exception):
    """Why Terraform cannot run here."""


@dataclass(frozen=True)
class Workspace:
    """`terraform/` and functions.yaml in a folder of their own, with a provider to run them."""

    folder: Path
    environ: dict[str, str]

    @property
    def terraform(self) -> Path:
        return self.folder / "terraform"

    def run(self, where: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A terraform command in one folder of terraform/."""
        return subprocess.run(
            ["terraform", f"-chdir={self.terraform / where}", *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )

    def ready(self, where: str) -> None:
        """Run init, once."""
        if not (self.terraform / where / ".terraform").is_dir():
            try:
                made = self.run(where, "init", "-backend=false", "-input=false", "-no-color")
            except subprocess.TimeoutExpired as error:
                raise NoTerraform("no provider can be had: the registry does not answer") from error
            if made.returncode:
                raise NoTerraform(f"no provider can be had: {made.stderr.strip()[:300]}")

    def test(self, where: str, *files: str) -> str:
        """What `terraform test` says, empty when all is well. `files` are those in tests/ to run; all without."""
        self.ready(where)
        filters = [f"-filter=tests/{file}" for file in files]
        done = self.run(where, "test", "-no-color", *filters)
        return "" if done.returncode == 0 else f"{done.stdout}\n{done.stderr}"

    def planned(self, file: str = "rules.tftest.hcl") -> Planned:
        """The first plan of the module that a file in tests/ makes."""
        self.ready(MODULE)
        done = self.run(MODULE, "test", "-json", "-verbose", f"-filter=tests/{file}")
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        plans = [line["test_plan"] for line in lines if line.get("type") == "test_plan"]
        problems = [
            str(line.get("diagnostic", {}).get("summary"))
            + ": "
            + str(line.get("diagnostic", {}).get("detail"))
            for line in lines
            if line.get("type") == "diagnostic"
        ]
        if not plans:
            raise AssertionError(f"terraform made no plan: {problems or done.stderr}")
        return Planned(tuple(plans[0]["resource_changes"]), tuple(problems), done.returncode)


@dataclass(frozen=True)
class Planned:
    """Everything that Terraform would create; what only the cloud knows is left out of each."""

    resources: tuple[dict[str, Any], ...]
    problems: tuple[str, ...]
    status: int

    def all(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Type, address and values of each resource."""
        for resource in self.resources:
            yield resource["type"], resource["address"], resource["change"]["after"] or {}

    def of(self, type_: str, name: str = "") -> dict[str, dict[str, Any]]:
        """The values of the resources of a type, by their key in for_each."""
        return {
            str(resource.get("index", "")): resource["change"]["after"]
            for resource in self.resources
            if resource["type"] == type_ and name in ("", resource["name"])
        }

    def environment(self, function: str) -> dict[str, str]:
        """The settings of a function."""
        made = self.of("google_cloudfunctions2_function")[function]
        return made["service_config"][0]["environment_variables"]


def copied(target: Path) -> None:
    """Copy what Terraform reads: terraform/ and functions.yaml, without what init leaves behind."""
    shutil.copytree(
        ROOT / "terraform",
        target / "terraform",
        ignore=shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*"),
    )
    (target / "functions").mkdir()
    shutil.copy(ROOT / "functions" / "functions.yaml", target / "functions")


def made(target: Path, configuration: str | None) -> Workspace:
    """A workspace in an empty folder. `configuration`: a CLI configuration that names a provider mirror."""
    copied(target)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    if configuration:
        environ["TF_CLI_CONFIG_FILE"] = configuration
    return Workspace(target, environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"})


def configuration() -> str | None:
    """The CLI configuration for a machine without the registry, where `shared` beside the checkout has one.

    Errors: NoTerraform.
    """
    if shutil.which("terraform") is None:
        raise NoTerraform("terraform is not installed")
    setup = ROOT.parent / "shared" / "terraform" / "setup"
    if not setup.is_file():
        return os.environ.get("TF_CLI_CONFIG_FILE")
    done = subprocess.run([setup], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if done.returncode:
        raise NoTerraform(f"the provider's stand-in cannot be set up: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()
