"""`scripts/deploy`: what it checks, in which order it acts, and what it never does."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from scripts.catalogue import load
from tests.deploy.terminal import Terminal, made
from tests.packaging.checkouts import Checkout

ZIPS = ("--zips", ".local/packages")


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory, packaged: Path) -> Path:
    """A terminal with a plan, made at a commit."""
    folder = tmp_path_factory.mktemp("planned")
    terminal = made(folder)
    shutil.copytree(packaged, terminal.checkout.root / ".local/packages")
    terminal.deploys(*ZIPS, "--plan-only", "--in-build", COMMIT_SHA="a" * 40)
    return folder


def test_it_packages_plans_shows_applies_and_writes_down(terminal: Terminal) -> None:
    said = terminal.deploys()
    assert terminal.asked() == ["version", "init", "plan", "show", "show", "apply", "output"]
    assert set(terminal.running()) == set(load().functions)
    assert all(name in said for name in load().functions)
    (record,) = terminal.records()
    assert json.loads(record.read_text())["functions"] == terminal.running()
    settings = (terminal.checkout.root / ".local/dev.env").read_text().splitlines()
    assert "PROJECT=example-dev" in settings


def test_the_state_is_in_the_projects_bucket_or_in_the_one_that_is_named(terminal: Terminal) -> None:
    terminal.deploys("--plan-only", *ZIPS)
    terminal.deploys("--plan-only", *ZIPS, "--state-bucket", "another")
    inits = [call["words"] for call in terminal.calls() if "init" in call["words"]]
    assert [words[-1] for words in inits] == [
        "-backend-config=bucket=example-dev-terraform",
        "-backend-config=bucket=another",
    ]


def test_only_the_function_that_changed_is_shown(terminal: Terminal) -> None:
    terminal.deploys(*ZIPS)
    before = terminal.running()
    terminal.checkout.append("shared/stages/log_note.py", "\n# changed\n")
    said = terminal.deploys()
    after = terminal.running()
    assert {name for name in after if after[name] != before[name]} == {"log_note"}
    shown = {name for name in after if f" {name} " in said}
    assert shown == {"log_note"}
    assert f"code {before['log_note'][:12]} → {after['log_note'][:12]}" in said


def test_plan_only_applies_nothing_and_its_plan_is_applied_to_the_letter(terminal: Terminal) -> None:
    terminal.deploys(*ZIPS, "--plan-only")
    assert "apply" not in terminal.asked()
    assert terminal.records() == []
    kept = terminal.checkout.root / ".local/plans/dev"
    assert {one.name for one in kept.iterdir()} >= {"plan.tfplan", "plan.txt", "changes.json", "release.json"}
    assert (kept / "plan.tfplan").stat().st_mode & 0o077 == 0
    planned = json.loads((kept / "changes.json").read_text())
    assert {one["name"] for one in planned["functions"]} == set(load().functions)

    terminal.deploys("--plan", str(kept))
    assert terminal.asked().count("plan") == 1
    assert terminal.calls()[-2]["words"][-1] == str(kept / "plan.tfplan")
    assert json.loads((kept / "release.json").read_text())["functions"] == terminal.running()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("plan.tfplan", "is not the plan that was made"),
        ("commit", "plan again"),
        ("environment", "is a plan of staging, not of dev"),
        ("zip", "is not what its name says"),
        ("no zip", "has not the planned zips of gate_draft"),
        ("release.json", "holds no plan"),
    ],
)
def test_a_plan_that_is_not_the_approved_one_is_refused(
    planned: Path, tmp_path: Path, spoil: str, reason: str
) -> None:
    at = {"COMMIT_SHA": "a" * 40}
    shutil.copytree(planned, tmp_path / "planned")
    terminal = Terminal(Checkout(tmp_path / "planned/checkout"), tmp_path / "planned/cloud")
    kept = terminal.checkout.root / ".local/plans/dev"
    release = json.loads((kept / "release.json").read_text())
    # The plan names its zips by their whole path.
    release["zips_dir"] = str(terminal.checkout.root / ".local/packages")
    (kept / "release.json").write_text(json.dumps(release))
    (zip_,) = (terminal.checkout.root / ".local/packages").glob(
        f"gate_draft-{release['functions']['gate_draft']}.zip"
    )
    match spoil:
        case "plan.tfplan":
            (kept / "plan.tfplan").write_text("{}")
        case "commit":
            at = {"COMMIT_SHA": "b" * 40}
        case "environment":
            (kept / "release.json").write_text(json.dumps({**release, "environment": "staging"}))
        case "zip":
            zip_.write_bytes(b"another")
        case "no zip":
            zip_.unlink()
        case _:
            (kept / "release.json").unlink()
    done = terminal("deploy", "dev", "--yes", "--in-build", "--plan", str(kept), **at)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "apply" not in terminal.asked()


def test_without_an_answer_nothing_is_applied(terminal: Terminal) -> None:
    done = terminal("deploy", "dev", *ZIPS)
    assert done.returncode == 1
    assert "give --yes" in done.stderr
    assert "apply" not in terminal.asked()


def test_data_is_not_deleted_on_a_yes(terminal: Terminal) -> None:
    terminal.told("loses_data")
    done = terminal("deploy", "dev", "--yes", *ZIPS)
    assert done.returncode == 1
    assert "the plan deletes data: module.whisper.google_firestore_database.database" in done.stderr
    assert "apply" not in terminal.asked()


def test_everything_that_is_missing_is_named_at_once(terminal: Terminal) -> None:
    (terminal.checkout.root / "terraform/environments/dev/terraform.tfvars").unlink()
    terminal.told("logged_out")
    done = terminal("deploy", "dev", FAKE_TERRAFORM="1.9.8")
    assert done.returncode == 1
    for said in (
        "terraform 1.11 or newer: the one on PATH is 1.9.8",
        "gcloud auth application-default login",
    ):
        assert said in done.stderr
    assert 'write project = "your-project-id"' in done.stderr
    assert terminal.asked() == ["version"]


def test_an_unknown_environment_is_refused_with_those_there_are(terminal: Terminal) -> None:
    done = terminal("deploy", "production")
    assert done.returncode == 1
    assert "there are dev, prod, staging" in done.stderr


@pytest.mark.parametrize("command", ["init", "plan", "apply"])
def test_what_fails_ends_it_with_a_reason_and_no_record(terminal: Terminal, command: str) -> None:
    terminal.told(f"fails_{command}")
    done = terminal("deploy", "dev", "--yes", "--no-smoke", *ZIPS)
    assert done.returncode == 1
    assert f"terraform {command} failed" in done.stderr
    assert "Traceback" not in done.stderr
    assert terminal.asked()[-1] == command
    assert terminal.records() == []


def test_a_lead_that_does_not_come_through_fails_it_and_names_the_way_back(terminal: Terminal) -> None:
    done = terminal("deploy", "dev", "--yes", *ZIPS)
    assert done.returncode == 1
    assert "back with: scripts/rollback dev" in " ".join(done.stderr.split())
    assert len(terminal.records()) == 1


def test_what_was_deployed_is_kept_in_the_bucket(terminal: Terminal) -> None:
    terminal.deploys(*ZIPS, RELEASES="kept")
    (record,) = terminal.records()
    kept = terminal.cloud / "buckets/kept/deployments/dev" / record.name
    assert hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(record.read_bytes()).digest()
