"""A plan in short: from the shape that the real Terraform gives its plans."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from scripts.catalogue import load
from scripts.deploying.changes import FUNCTION, changes_of
from tests.terraform import workspace as places

SHA = "e" * 64


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The plan of an empty project, as the module's own tests make it."""
    try:
        made = places.made(tmp_path_factory.mktemp("deployment"), places.configuration())
        return {"resource_changes": list(made.planned().resources)}
    except places.NoTerraform as reason:
        pytest.skip(str(reason))


def updated(plan: dict[str, Any], function: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A plan in which everything is there already, and one function's values after, to be changed."""
    plan = deepcopy(plan)
    for resource in plan["resource_changes"]:
        resource["change"]["actions"] = ["no-op"]
        resource["change"]["before"] = deepcopy(resource["change"]["after"])
    (found,) = (
        one for one in plan["resource_changes"] if (one["type"], one.get("index")) == (FUNCTION, function)
    )
    found["change"]["actions"] = ["update"]
    after: dict[str, Any] = found["change"]["after"]
    return plan, after


def test_a_first_plan_creates_every_function_from_its_zip(planned: dict[str, Any]) -> None:
    changes = changes_of(planned)
    assert [one.name for one in changes.functions] == sorted(load().functions)
    assert {one.verb for one in changes.functions} == {"create"}
    assert all(len(one.after) == 64 and one.before == "" for one in changes.functions)
    assert changes.others["create"]["google_cloud_tasks_queue"] == len(load().queues)
    assert changes.losses == ()


def test_new_code_is_told_by_its_hashes_alone(planned: dict[str, Any]) -> None:
    plan, after = updated(planned, "log_note")
    after["build_config"][0]["source"][0]["storage_source"][0]["object"] = f"functions/log_note/{SHA}.zip"
    after["service_config"][0]["environment_variables"]["RELEASE"] = SHA[:12]
    (one,) = changes_of(plan).functions
    assert (one.name, one.verb, one.after, one.settings) == ("log_note", "update", SHA, ())
    assert one.why == f"code {one.before[:12]} → {SHA[:12]}"


def test_a_setting_is_told_by_name_and_never_by_value(planned: dict[str, Any]) -> None:
    plan, after = updated(planned, "log_note")
    after["service_config"][0]["environment_variables"]["SENTRY_DSN"] = "https://key@sentry.example/1"
    after["service_config"][0]["timeout_seconds"] = 61
    (one,) = changes_of(plan).functions
    assert one.why == "settings SENTRY_DSN; timeout_seconds"
    assert "sentry.example" not in str(changes_of(plan).as_data())


def test_nothing_is_told_of_a_plan_without_changes(planned: dict[str, Any]) -> None:
    plan, _ = updated(planned, "log_note")
    for resource in plan["resource_changes"]:
        resource["change"]["actions"] = ["no-op"]
    assert not changes_of(plan).any


@pytest.mark.parametrize("actions", [["delete"], ["delete", "create"], ["create", "delete"]])
def test_data_that_would_be_lost_is_named(planned: dict[str, Any], actions: list[str]) -> None:
    plan, _ = updated(planned, "log_note")
    (database,) = (one for one in plan["resource_changes"] if one["type"] == "google_firestore_database")
    database["change"]["actions"] = actions
    assert changes_of(plan).losses == (database["address"],)


def test_a_function_that_goes_is_told(planned: dict[str, Any]) -> None:
    plan, _ = updated(planned, "log_note")
    for resource in plan["resource_changes"]:
        if resource["change"]["actions"] == ["update"]:
            resource["change"] |= {"actions": ["delete"], "after": None}
    (one,) = changes_of(plan).functions
    assert (one.name, one.verb) == ("log_note", "delete")
