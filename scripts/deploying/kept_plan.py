"""A plan as it is kept for whoever approves it: what is reviewed is what is applied."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from scripts.deploying import releases
from scripts.deploying.changes import Changes, changes_of
from scripts.deploying.terraform import NotDeployed, Terraform

PLAN, TEXT, CHANGES, RELEASE, LOCK = (
    "plan.tfplan",
    "plan.txt",
    "changes.json",
    "release.json",
    "terraform.lock.hcl",
)


@dataclass(frozen=True)
class KeptPlan:
    """A folder: the plan, the plan in words, what it changes, and which release it is made for."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / PLAN

    @property
    def hashes(self) -> dict[str, str]:
        """The zips that it deploys, by function. Errors: NotDeployed, as all below."""
        return dict(self._release()["functions"])

    def make(self, terraform: Terraform, hashes: Mapping[str, str], zips_dir: Path, commit: str) -> Changes:
        """Plan these zips, and keep all that is needed to apply it later or elsewhere."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file.unlink(missing_ok=True)
        terraform.plan(self.file, releases.zips_of(hashes, zips_dir), zips_dir)
        self.file.chmod(0o600)  # it holds a copy of the state
        found = changes_of(terraform.show(self.file))
        (self.folder / TEXT).write_text(terraform.text(self.file))
        self._write(CHANGES, found.as_data())
        if terraform.lock.is_file():
            shutil.copyfile(terraform.lock, self.folder / LOCK)
        release = {
            "environment": terraform.environment,
            "commit": commit,
            "zips_dir": str(zips_dir),
            "plan_sha256": _sha256(self.file),
            "functions": dict(sorted(hashes.items())),
        }
        self._write(RELEASE, release)
        return found

    def changes(self, terraform: Terraform) -> Changes:
        """What it changes, from the plan itself."""
        return changes_of(terraform.show(self.file))

    def check(self, environment: str, commit: str) -> None:
        """Refuse a plan of another environment or commit, one that was changed, and one whose zips are gone."""
        release = self._release()
        if release["environment"] != environment:
            raise NotDeployed(f"{self.folder} is a plan of {release['environment']}, not of {environment}")
        if release["commit"] != commit:
            raise NotDeployed(
                f"{self.folder} was planned at {release['commit'] or 'no commit'}, and this is "
                f"{commit or 'no commit'}: plan again"
            )
        if not self.file.is_file() or release["plan_sha256"] != _sha256(self.file):
            raise NotDeployed(f"{self.file} is not the plan that was made: plan again")
        zips_dir = Path(release["zips_dir"])
        found = releases.zips_of(release["functions"], zips_dir)
        named = json.loads((self.folder / CHANGES).read_text())["functions"]
        gone = sorted(
            one["name"] for one in named if one["verb"] != "delete" and "file" not in found[one["name"]]
        )
        if gone:
            raise NotDeployed(f"{zips_dir} has not the planned zips of {', '.join(gone)}")

    def lend_lock(self, terraform: Terraform) -> None:
        """The providers of the plan, where the checkout names none."""
        kept = self.folder / LOCK
        if kept.is_file() and not terraform.lock.exists():
            shutil.copyfile(kept, terraform.lock)

    def _release(self) -> dict[str, Any]:
        try:
            return cast("dict[str, Any]", json.loads((self.folder / RELEASE).read_text()))
        except (OSError, ValueError) as error:
            raise NotDeployed(f"{self.folder} holds no plan ({type(error).__name__})") from error

    def _write(self, name: str, value: object) -> None:
        (self.folder / name).write_text(f"{json.dumps(value, indent=1)}\n")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
