"""cloudbuild.yaml and its steps: what is built once is what goes from dev to staging to prod."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from scripts.catalogue import ROOT
from tests.deploy.terminal import FAKE

COMMIT = "c" * 40
FAKED = ("check", "test", "package", "deploy", "smoke")
SCRIPT = """#!/bin/sh
echo "$(basename "$0") $*" >>"$FAKE_CLOUD/ran"
[ ! -e "$FAKE_CLOUD/fails_$(basename "$0")" ] || exit 1
case $(basename "$0")" $*" in
  package*) mkdir -p .local/packages; echo zip >.local/packages/a-1.zip; echo '{}' >.local/packages/manifest.json ;;
  *--plan-only*) mkdir -p .local/plans/$ENVIRONMENT; echo plan >.local/plans/$ENVIRONMENT/plan.tfplan ;;
  deploy*--plan*) mkdir -p .local/packages/manifests/$ENVIRONMENT
    echo '{}' >.local/packages/manifests/$ENVIRONMENT/20260101T000000Z.json ;;
esac
"""


def config() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((ROOT / "cloudbuild.yaml").read_text()))


@dataclass
class Builds:
    """Cloud Build, with one bucket for all builds and a fresh workspace for each."""

    folder: Path

    @property
    def bucket(self) -> Path:
        return self.folder / "cloud/buckets/kept"

    def run(self, number: str, commit: str = COMMIT, **substitutions: str) -> list[str]:
        """Run every step of a build in order; returns the scripts that it ran. Errors: AssertionError."""
        workspace, cloud = self.folder / number, self.folder / "cloud"
        (workspace / "scripts").mkdir(parents=True)
        (workspace / "scripts/cloud_build").write_bytes((ROOT / "scripts/cloud_build").read_bytes())
        for name in FAKED:
            (workspace / "scripts" / name).write_text(SCRIPT)
        for name in (*FAKED, "cloud_build"):
            (workspace / "scripts" / name).chmod(0o755)
        (cloud / "ran").unlink(missing_ok=True)
        for step in config()["steps"]:
            done = subprocess.run(
                ["sh", "-c", step["script"]],
                env=self._environ(number, commit, substitutions),
                cwd=workspace,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.returncode == 0, f"{step['id']}: {done.stderr}"
        return (cloud / "ran").read_text().splitlines() if (cloud / "ran").exists() else []

    def _environ(self, number: str, commit: str, given: Mapping[str, str]) -> dict[str, str]:
        """The variables of `options.env`, with the substitutions put in as Cloud Build does."""
        built_in = {"PROJECT_ID": "example", "COMMIT_SHA": commit, "BUILD_ID": number}
        known = {**config()["substitutions"], "_RELEASES": "kept", **given, **built_in}
        environ = {"FAKE_CLOUD": str(self.folder / "cloud")}
        environ["PATH"] = f"{self.folder / 'cloud/bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
        for line in config()["options"]["env"]:
            name, _, value = line.partition("=")
            environ[name] = re.sub(r"\$\{(\w+)\}", lambda match: known[match[1]], value)
        return environ


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    commands = tmp_path / "cloud/bin"
    commands.mkdir(parents=True)
    for name in ("terraform", "gcloud"):
        (commands / name).write_text(f"#!{sys.executable} -SE\n{FAKE.read_text()}")
        (commands / name).chmod(0o755)
    return Builds(tmp_path)


def test_every_step_runs_a_script_that_is_there() -> None:
    steps = config()["steps"]
    known = set(re.findall(r"^  (\w+)\)", (ROOT / "scripts/cloud_build").read_text(), re.M))
    for step in steps:
        (command,) = re.findall(r"^exec (scripts/\w+) (\w+)$", step["script"], re.M)
        assert os.access(ROOT / command[0], os.X_OK), step["id"]
        assert command[1] in known | {"check", "test", "package", "plan", "apply", "smoke"}
        assert command[1].replace("_", "-") == step["id"]
    assert len({step["id"] for step in steps}) == len(steps)
    named = set(re.findall(r"scripts/(\w+)", (ROOT / "scripts/cloud_build").read_text()))
    assert all(os.access(ROOT / "scripts" / name, os.X_OK) for name in named)


def test_the_order_is_check_test_package_plan_apply_smoke() -> None:
    ids = [step["id"] for step in config()["steps"]]
    wanted = ["check", "test", "package", "plan", "apply", "smoke", "promote"]
    assert [one for one in ids if one in wanted] == wanted


def test_it_names_no_project_and_no_secret() -> None:
    whole, text = config(), (ROOT / "cloudbuild.yaml").read_text()
    assert whole["options"]["logging"] == "CLOUD_LOGGING_ONLY"
    assert "availableSecrets" not in whole
    for name, value in whole["substitutions"].items():
        assert name.startswith("_")
        assert "-" not in value.replace("${PROJECT_ID}-whisper-releases", "").replace(
            "${PROJECT_ID}-terraform", ""
        )
        assert text.count(f"${{{name}}}") >= 1, f"{name} is used by nothing: the build would be refused"


def test_a_commit_is_checked_tested_and_packaged_before_it_is_planned(builds: Builds) -> None:
    ran = builds.run("b1")
    assert [line.split()[0] for line in ran] == ["check", "test", "package", "deploy"]
    assert "--plan-only" in ran[-1]
    assert (builds.bucket / f"releases/{COMMIT}/a-1.zip").exists()
    assert (builds.bucket / f"releases/{COMMIT}/manifest.json").exists()
    assert (builds.bucket / "plans/dev/b1/plan.tfplan").exists()


@pytest.mark.parametrize("step", ["check", "test", "package", "deploy"])
def test_what_fails_keeps_nothing_that_could_be_promoted(builds: Builds, step: str) -> None:
    (builds.folder / f"cloud/fails_{step}").touch()
    with pytest.raises(AssertionError):
        builds.run("b1")
    assert not (builds.bucket / "plans").exists()
    assert (builds.bucket / f"releases/{COMMIT}/manifest.json").exists() == (step == "deploy")


def test_apply_takes_the_plan_of_the_build_that_was_approved(builds: Builds) -> None:
    builds.run("b1")
    builds.run("b2")
    (builds.bucket / "plans/dev/b1/plan.tfplan").write_text("the approved one")
    ran = builds.run("b3", _STEP="apply", _PLAN="b1")
    assert [line.split()[0] for line in ran] == ["deploy", "smoke"]
    assert "--plan .local/plans/dev" in ran[0]
    assert (builds.folder / "b3/.local/plans/dev/plan.tfplan").read_text() == "the approved one"
    assert (builds.folder / "b3/.local/packages/a-1.zip").exists()
    assert (builds.bucket / f"releases/{COMMIT}/applied/dev").exists()
    assert (builds.bucket / "deployments/dev/20260101T000000Z.json").exists()


def test_the_same_zips_go_from_dev_to_staging_to_prod(builds: Builds) -> None:
    builds.run("plan-dev")
    for environment, following in (("dev", "staging"), ("staging", "prod")):
        with pytest.raises(AssertionError, match=f"was not applied to {environment}"):
            builds.run(f"too-early-{following}", _ENVIRONMENT=following)
        builds.run(
            f"apply-{environment}", _STEP="apply", _ENVIRONMENT=environment, _PLAN=f"plan-{environment}"
        )
        ran = builds.run(f"plan-{following}", _ENVIRONMENT=following)
        assert [line.split()[0] for line in ran] == ["deploy"], "nothing is checked, tested or built again"
        assert (builds.folder / f"plan-{following}/.local/packages/a-1.zip").exists()


def test_what_a_smoke_test_refused_is_not_promoted(builds: Builds) -> None:
    builds.run("b1")
    (builds.folder / "cloud/fails_smoke").touch()
    with pytest.raises(AssertionError, match="smoke"):
        builds.run("b2", _STEP="apply", _PLAN="b1")
    assert not (builds.bucket / f"releases/{COMMIT}/applied/dev").exists()
    assert (builds.bucket / "deployments/dev/20260101T000000Z.json").exists(), (
        "it runs: it can be rolled back"
    )


def test_the_scheduled_smoke_test_does_nothing_else(builds: Builds) -> None:
    ran = builds.run("b1", commit="", _STEP="smoke", _SMOKE_TENANT="probe")
    assert ran == ["smoke --environment dev --tenant probe --json"]
    assert not builds.bucket.exists()


@pytest.mark.parametrize(
    ("substitutions", "reason"),
    [
        ({"_STEP": "destroy"}, "_STEP is plan, apply or smoke, not destroy"),
        ({"_ENVIRONMENT": "production"}, "_ENVIRONMENT is dev, staging or prod"),
        ({"_STEP": "apply", "_PLAN": "b0"}, "are not in kept: run the plan of dev first"),
    ],
)
def test_a_build_that_makes_no_sense_is_refused(
    builds: Builds, substitutions: dict[str, str], reason: str
) -> None:
    with pytest.raises(AssertionError, match=reason):
        builds.run("b1", **substitutions)
    assert json.dumps(sorted(path.name for path in builds.folder.glob("cloud/ran"))) == "[]"


def test_an_apply_without_a_plan_is_refused(builds: Builds) -> None:
    builds.run("b1")
    with pytest.raises(AssertionError, match="_PLAN is empty"):
        builds.run("b2", _STEP="apply")
