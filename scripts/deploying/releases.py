"""What was deployed where: the zips by hash, kept so that any of them can be deployed again."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from scripts.catalogue import ROOT
from scripts.deploying.terraform import NotDeployed
from scripts.packaging import manifest

MANIFESTS = manifest.FOLDER / "manifests"
"""One folder for each environment, one file for each deployment, named by its time."""

_HASH = re.compile(r"[0-9a-f]{64}")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Deployment:
    """What ran in an environment from a time on."""

    environment: str
    at: str
    commit: str
    hashes: Mapping[str, str]
    """By function."""

    def as_data(self) -> dict[str, Any]:
        return {
            "environment": self.environment,
            "at": self.at,
            "commit": self.commit,
            "functions": dict(sorted(self.hashes.items())),
        }


def record(environment: str, hashes: Mapping[str, str], commit: str, folder: Path = MANIFESTS) -> Path:
    """Write down that these zips were deployed now; returns the file."""
    at = datetime.now(UTC).strftime(_STAMP)
    file = folder / environment / f"{at}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    made = Deployment(environment, at, commit, hashes)
    file.write_text(f"{json.dumps(made.as_data(), indent=1)}\n")
    return file


def read(file: Path) -> Deployment:
    """A deployment's file, or a manifest of scripts/package. Errors: NotDeployed."""
    try:
        found: Any = json.loads(file.read_text())
        rows = found.get("functions", found)
        hashes = {
            str(name): str(row["sha256"] if isinstance(row, dict) else row)
            for name, row in dict(rows).items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotDeployed(f"{file} is no manifest ({type(error).__name__})") from error
    bad = sorted(name for name, sha256 in hashes.items() if not _HASH.fullmatch(sha256))
    if bad or not hashes:
        raise NotDeployed(f"{file} is no manifest: it has no hash for {', '.join(bad) or 'any function'}")
    words = cast("dict[str, Any]", found)
    is_record = "functions" in words
    environment = str(words.get("environment", "")) if is_record else ""
    return Deployment(environment, file.stem, _commit_of(words), hashes)


def _commit_of(words: Mapping[str, Any]) -> str:
    commit = words.get("commit", "")
    return commit if isinstance(commit, str) else ""


def history(environment: str, folder: Path = MANIFESTS) -> list[Deployment]:
    """The deployments of an environment that are known here, newest first. Errors: NotDeployed."""
    return [read(file) for file in sorted((folder / environment).glob("*.json"), reverse=True)]


def fetch(environment: str, bucket: str, folder: Path = MANIFESTS) -> None:
    """Bring what the bucket knows of an environment's deployments. Errors: NotDeployed."""
    to = folder / environment
    to.mkdir(parents=True, exist_ok=True)
    _gcloud("cp", "--no-clobber", f"gs://{bucket}/deployments/{environment}/*.json", f"{to}/")


def keep(file: Path, environment: str, bucket: str) -> None:
    """Put one deployment's file into the bucket. Errors: NotDeployed."""
    _gcloud("cp", "--no-clobber", str(file), f"gs://{bucket}/deployments/{environment}/")


def zips_of(hashes: Mapping[str, str], folder: Path) -> dict[str, dict[str, str]]:
    """The variable `zips`: a zip that is here with its file, which is uploaded if need be; else it is in the bucket.

    Errors: NotDeployed, when a file is not what its name says.
    """
    found: dict[str, dict[str, str]] = {}
    for name, sha256 in sorted(hashes.items()):
        file = folder / f"{name}-{sha256}.zip"
        found[name] = {"sha256": sha256}
        if file.is_file():
            if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
                raise NotDeployed(f"{file} is not what its name says: remove it")
            found[name]["file"] = file.name
    return found


def packaged(folder: Path) -> dict[str, str]:
    """The hashes of what scripts/package built; every zip is there. Errors: NotDeployed."""
    try:
        built = manifest.read(folder)
    except ValueError as error:
        raise NotDeployed(str(error)) from error
    hashes = {name: entry["sha256"] for name, entry in built.items()}
    missing = [name for name, zip_ in zips_of(hashes, folder).items() if "file" not in zip_]
    if missing or not hashes:
        raise NotDeployed(
            f"{folder} has no zips of {', '.join(missing) or 'any function'}: run scripts/package"
        )
    return hashes


def commit() -> str:
    """The commit of the checkout, with `+` when it was changed; empty where there is no git."""
    words = ("describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+")
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _gcloud(*words: str) -> None:
    if shutil.which("gcloud") is None:
        raise NotDeployed("gcloud is missing: https://cloud.google.com/sdk/docs/install")
    done = subprocess.run(["gcloud", "storage", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotDeployed(f"gcloud storage {' '.join(words)}: {done.stderr.strip()[-1000:]}")
