"""A copy of the checkout to deploy from, with a terraform and a gcloud that only write down what they are asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.catalogue import ROOT
from tests.packaging.checkouts import Checkout, copied

FAKE = Path(__file__).with_name("fake_terraform.py")


@dataclass(frozen=True)
class Terminal:
    """Where somebody deploys."""

    checkout: Checkout
    cloud: Path

    def __call__(self, module: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run `scripts/deploy` or its like."""
        path = f"{self.cloud / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
        quiet = {"STATE_BUCKET": "", "RELEASES": "", "GOOGLE_APPLICATION_CREDENTIALS": "", "COMMIT_SHA": ""}
        around = {**quiet, "PATH": path, "FAKE_CLOUD": str(self.cloud), "COLUMNS": "200", **environ}
        return self.checkout.python("-m", f"scripts.deploying.{module}", *words, **around)

    def deploys(self, *words: str, **environ: str) -> str:
        """A deployment that must go well; returns what it said."""
        done = self("deploy", "dev", "--yes", "--no-smoke", *words, **environ)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def calls(self, command: str = "terraform") -> list[dict[str, Any]]:
        """What was asked of a command so far."""
        file = self.cloud / "calls.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [line for line in lines if line["command"] == command]

    def asked(self) -> list[str]:
        """Terraform's subcommands so far, in order."""
        return [next(word for word in call["words"] if not word.startswith("-")) for call in self.calls()]

    def told(self, what: str) -> None:
        """Tell the fakes to behave in some way."""
        (self.cloud / what).touch()

    def running(self) -> dict[str, str]:
        """The hashes of what runs."""
        found: dict[str, str] = json.loads((self.cloud / "state.json").read_text())
        return found

    def records(self) -> list[Path]:
        return sorted((self.checkout.root / ".local/packages/manifests/dev").glob("*.json"))


def made(folder: Path, source: Path = ROOT) -> Terminal:
    """A copy of a checkout, ready to deploy dev."""
    checkout = copied(folder / "checkout", source)
    shutil.copytree(
        ROOT / "terraform",
        checkout.root / "terraform",
        ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"),
    )
    tfvars = checkout.root / "terraform/environments/dev/terraform.tfvars"
    tfvars.write_text('project = "example-dev"\n')
    cloud = folder / "cloud"
    (cloud / "bin").mkdir(parents=True)
    for name in ("terraform", "gcloud"):
        command = cloud / "bin" / name
        command.write_text(f"#!{sys.executable} -SE\n{FAKE.read_text()}")
        command.chmod(0o755)
    return Terminal(checkout, cloud)
