"""Terraform, run for one environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from scripts.catalogue import ROOT

ENVIRONMENTS = ROOT / "terraform" / "environments"
TFVARS = "terraform.tfvars"
LOCK = ".terraform.lock.hcl"
_PROJECT = re.compile(r'^\s*project\s*=\s*"([^"]+)"', re.M)


class NotDeployed(Exception):
    """Why a deployment does not begin or did not end well; the message says what to do."""


class Terraform:
    """The root of one environment; what it says goes to the terminal, what is asked of it comes back."""

    def __init__(self, environment: str, folder: Path = ENVIRONMENTS) -> None:
        self.environment = environment
        self.root = folder / environment

    @property
    def lock(self) -> Path:
        """Which providers were chosen, with their hashes."""
        return self.root / LOCK

    def project(self) -> str:
        """The project that terraform.tfvars names. Errors: NotDeployed."""
        file = self.root / TFVARS
        found = _PROJECT.search(file.read_text()) if file.is_file() else None
        if found is None:
            raise NotDeployed(f'{file} names no project: write project = "your-project-id" into it')
        return found[1]

    def init(self, bucket: str) -> None:
        """Connect to the state in a bucket. Errors: NotDeployed, as all below."""
        self._run("init", "-input=false", "-reconfigure", f"-backend-config=bucket={bucket}")

    def plan(self, to: Path, zips: Mapping[str, Mapping[str, str]], zips_dir: Path) -> None:
        """Plan to a file. `zips` is by function: `sha256`, and `file` where the zip is in `zips_dir`."""
        variables = {"TF_VAR_zips": json.dumps(zips), "TF_VAR_zips_dir": str(zips_dir)}
        self._run("plan", "-input=false", "-lock-timeout=5m", f"-out={to}", environ=variables)

    def show(self, plan: Path) -> dict[str, Any]:
        """A plan as Terraform explains it to programs."""
        return cast("dict[str, Any]", json.loads(self._read("show", "-json", str(plan))))

    def text(self, plan: Path) -> str:
        """A plan as Terraform explains it to people."""
        return self._read("show", "-no-color", str(plan))

    def apply(self, plan: Path) -> None:
        """Apply a plan to the letter; Terraform refuses one that the state has left behind."""
        self._run("apply", "-input=false", "-lock-timeout=5m", str(plan))

    def output(self, name: str) -> Any:
        """An output of what is deployed; None before the first apply."""
        outputs = cast("dict[str, Any]", json.loads(self._read("output", "-json")))
        return outputs[name]["value"] if name in outputs else None

    def _run(self, *words: str, environ: Mapping[str, str] | None = None) -> None:
        # Terraform's words are for people: stdout may be a program's.
        done = subprocess.run(
            self._command(words), env=self._environ(environ), stdin=subprocess.DEVNULL, stdout=2, check=False
        )
        if done.returncode:
            raise NotDeployed(f"terraform {words[0]} failed ({done.returncode}): its reason stands above")

    def _read(self, *words: str) -> str:
        done = subprocess.run(
            self._command(words), env=self._environ(None), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotDeployed(f"terraform {words[0]} failed: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def _command(self, words: tuple[str, ...]) -> list[str]:
        return ["terraform", f"-chdir={self.root}", *words]

    def _environ(self, more: Mapping[str, str] | None) -> dict[str, str]:
        return {**os.environ, "TF_IN_AUTOMATION": "1", **(more or {})}
