"""The deployment is well-formed, valid against the provider's schema, and keeps its own rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.terraform.workspace import MODULE, ROOTS, Planned, Workspace


def test_the_files_are_formatted(workspace: Workspace) -> None:
    done = workspace.run(".", "fmt", "-check", "-recursive", "-diff")
    assert done.returncode == 0, done.stdout


FIRST = ("environments/dev", "environments/prod")


def some_now(*places: str, now: tuple[str, ...]) -> list[Any]:
    """The others run with the long numbers: Terraform takes its seconds, and the environments are alike."""
    return [pytest.param(place, marks=() if place in now else pytest.mark.long) for place in places]


@pytest.mark.parametrize("where", some_now(MODULE, *ROOTS, now=(MODULE,)))
def test_the_module_and_each_environment_are_valid(workspace: Workspace, where: str) -> None:
    workspace.ready(where)
    done = workspace.run(where, "validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_of_who_may_do_what_hold(planned: Planned) -> None:
    assert planned.status == 0, planned.problems


def test_an_environment_chooses_what_it_may(workspace: Workspace) -> None:
    assert workspace.test(MODULE, "variables.tftest.hcl") == ""


@pytest.mark.long
def test_bad_values_and_rows_fail_the_plan(workspace: Workspace) -> None:
    assert workspace.test(MODULE, "refusals.tftest.hcl") == ""


@pytest.mark.parametrize("where", some_now(*ROOTS, now=FIRST))
def test_each_environment_plans_and_drafts_only(workspace: Workspace, where: str) -> None:
    assert workspace.test(where) == ""


def test_dev_never_sends_whatever_its_variables_say(workspace: Workspace) -> None:
    where = "environments/dev"
    workspace.ready(where)
    done = workspace.run(where, "test", "-no-color", "-var", "mode_ceiling=SEND_ALLOWED")
    assert done.returncode != 0
    assert "dev is locked to DRAFT_ONLY" in done.stdout + done.stderr
