"""What a deployment needs before it begins, looked at all at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable

from scripts.deploying.terraform import ENVIRONMENTS, TFVARS, NotDeployed, Terraform

OLDEST = (1, 11)
_ASK_MOST_S = 60


def check(terraform: Terraform, *, in_build: bool) -> None:
    """Errors: NotDeployed with everything that is missing and how to get it.

    `in_build`: the credentials are those of the machine, and gcloud is not there.
    """
    looks: list[Callable[[], str]] = [_terraform, lambda: _root(terraform)]
    if not in_build:
        looks.append(_credentials)
    missing = [said for look in looks if (said := look())]
    if missing:
        raise NotDeployed("\n".join(["what is missing:", *(f"  - {said}" for said in missing)]))


def _terraform() -> str:
    wanted = ".".join(map(str, OLDEST))
    if shutil.which("terraform") is None:
        return f"terraform {wanted} or newer: https://developer.hashicorp.com/terraform/install"
    done = _asked("terraform", "version", "-json")
    try:
        version = str(json.loads(done)["terraform_version"])
        numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
    except (ValueError, KeyError):
        return f"terraform {wanted} or newer: the one on PATH does not say its version"
    return "" if numbers >= OLDEST else f"terraform {wanted} or newer: the one on PATH is {version}"


def _root(terraform: Terraform) -> str:
    if not (terraform.root / "main.tf").is_file():
        known = ", ".join(sorted(path.parent.name for path in ENVIRONMENTS.glob("*/main.tf")))
        return f"an environment of the name {terraform.environment}: there are {known}"
    try:
        terraform.project()
    except NotDeployed as error:
        return f"{TFVARS} of {terraform.environment}: {error}"
    return ""


def _credentials() -> str:
    if os.environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
        return ""
    if shutil.which("gcloud") is None:
        return "gcloud: https://cloud.google.com/sdk/docs/install"
    if not _asked("gcloud", "auth", "application-default", "print-access-token"):
        return "credentials: gcloud auth application-default login"
    return ""


def _asked(*words: str) -> str:
    """What a command says; nothing when it fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_ASK_MOST_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
