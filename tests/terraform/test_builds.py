"""Cloud Build's triggers and rights fit what cloudbuild.yaml and scripts/cloud_build do."""

from __future__ import annotations

import re
from typing import Any

import yaml

from scripts.catalogue import ROOT
from scripts.deploying.smoke import FAILED, PASSED
from tests.terraform.workspace import Planned

CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text())
STEPS = (ROOT / "scripts" / "cloud_build").read_text()


def test_the_rules_of_who_builds_and_applies_hold(building: Planned) -> None:
    assert building.status == 0, building.problems


def test_a_trigger_sets_what_cloudbuild_reads_and_leaves_the_plan_to_whoever_applies_it(
    building: Planned,
) -> None:
    triggers = _triggers(building)
    assert {one["name"] for one in triggers} == {"plan-dev", "apply-dev", "smoke-dev"}
    for one in triggers:
        assert set(one["substitutions"]) == set(CONFIG["substitutions"]) - {"_PLAN"}, one["name"]


def test_buckets_are_by_default_those_that_cloudbuild_takes(building: Planned) -> None:
    for one in _triggers(building):
        for name in ("_RELEASES", "_STATE", "_SMOKE_TENANT"):
            taken = CONFIG["substitutions"][name].replace("${PROJECT_ID}", "example-project")
            assert one["substitutions"][name] == taken


def test_a_right_to_write_is_one_that_a_step_uses(building: Planned) -> None:
    """Each place in the bucket that a condition names is one that scripts/cloud_build writes."""
    written = {
        "plans/dev/": r"gs://\$RELEASES/plans/\$ENVIRONMENT/\$BUILD_ID/",
        "deployments/dev/": r"gs://\$RELEASES/deployments/\$ENVIRONMENT/",
        "/applied/dev": r'"\$release/applied/\$ENVIRONMENT"',
        "/manifest.json": r'keep "\$zips/manifest\.json" "\$release/manifest\.json"',
        ".zip": r'keep "\$zips"/\*\.zip "\$release/"',
        "releases/": r"release=gs://\$RELEASES/releases/\$COMMIT_SHA",
    }
    granted = building.of("google_storage_bucket_iam_member", "releases_writer")
    expressions = [
        row["condition"][0]["expression"] for key, row in granted.items() if key.startswith("dev ")
    ]
    places = {
        place.partition("/objects/")[2] or place
        for expression in expressions
        for place in re.findall(r'With\("([^"]+)"\)', expression)
    }
    assert places == set(written)
    for place, step in written.items():
        assert re.search(step, STEPS), place


def test_the_state_is_where_each_environment_keeps_it(building: Planned) -> None:
    granted = building.of("google_storage_bucket_iam_member", "state_writer")
    prefix = re.search(
        r'prefix = "(.+)"', (ROOT / "terraform" / "environments" / "dev" / "environment.tf").read_text()
    )
    assert prefix is not None
    for row in granted.values():
        assert f"/objects/{prefix[1]}/" in row["condition"][0]["expression"]


def test_every_role_in_the_project_that_an_apply_makes_is_one_it_may_grant(
    planned: Planned, building: Planned
) -> None:
    """But for the roles of builds themselves and rights to mailboxes' secrets, which a person grants."""
    made = {
        row["role"]
        for kind, address, row in planned.all()
        if kind == "google_project_iam_member" and ".mailbox_secrets[" not in address
    }
    expression = building.of("google_project_iam_member", "apply_grants")["0"]["condition"][0]["expression"]
    assert made == set(re.findall(r'"(roles/[^"]+)"', expression))


def test_nobody_who_builds_writes_what_another_environment_says(building: Planned) -> None:
    granted = building.of("google_storage_bucket_iam_member", "releases_writer")
    for key, row in granted.items():
        environment = key.split()[0]
        project = {"dev": "example-project", "staging": "example-staging"}[environment]
        assert f"@{project}." in row["member"]
        others = {"dev", "staging", "prod"} - {environment}
        assert not [one for one in others if f"/{one}" in row["condition"][0]["expression"]]


def _triggers(building: Planned) -> list[dict[str, Any]]:
    return [values for kind, _, values in building.all() if kind == "google_cloudbuild_trigger"]


def test_alerts_listen_for_what_the_smoke_test_says(building: Planned) -> None:
    (passed,) = building.of("google_logging_metric", "smoke_passed").values()
    (failed,) = building.of("google_monitoring_alert_policy", "smoke_failed").values()
    condition = failed["conditions"][0]["condition_matched_log"][0]["filter"]
    assert re.findall(r'textPayload:"([^"]*)"', passed["filter"]) == [PASSED]
    assert re.findall(r'textPayload:"([^"]*)"', condition) == [FAILED]
    assert PASSED not in FAILED
    assert FAILED not in PASSED
    (silent,) = building.of("google_monitoring_alert_policy", "smoke_silent").values()
    query = silent["conditions"][0]["condition_prometheus_query_language"][0]["query"]
    assert f"user_{passed['name']}[3h]" in query


def test_without_builds_nothing_waits_for_a_synthetic_lead(planned: Planned) -> None:
    assert planned.of("google_monitoring_alert_policy", "smoke_failed") == {}
    assert planned.of("google_monitoring_alert_policy", "smoke_silent") == {}
