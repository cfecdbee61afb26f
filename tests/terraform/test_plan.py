"""What no single resource's test can see: the plan as a whole, and what it would do to data."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from scripts.catalogue import ROOT
from tests.terraform.workspace import MODULE, Planned

SOURCES = sorted((ROOT / "terraform" / MODULE).glob("*.tf"))
DATA = (
    "google_firestore_database",
    "google_firestore_backup_schedule",
    "google_firestore_document",
    "google_secret_manager_secret",
    "google_storage_bucket",
)
_BLOCK = re.compile(r'^resource "(?P<type>\w+)" "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.M | re.S)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    return [value] if isinstance(value, str) else []


def test_only_the_webhook_two_pages_and_the_api_are_open_to_anybody_in_the_whole_plan(
    planned: Planned,
) -> None:
    opened = [
        address
        for _, address, values in planned.all()
        if {"allUsers", "allAuthenticatedUsers"} & set(_strings(values))
    ]
    assert sorted(opened) == [
        'google_cloud_run_v2_service_iam_member.public["connect_gmail"]',
        'google_cloud_run_v2_service_iam_member.public["receive_hubspot"]',
        'google_cloud_run_v2_service_iam_member.public["receive_opt_out"]',
        'google_cloud_run_v2_service_iam_member.public["serve_api"]',
    ]


def test_nobody_gets_a_role_that_covers_everything(planned: Planned) -> None:
    roles = {values["role"] for _, _, values in planned.all() if "role" in values}
    assert roles == {
        "roles/artifactregistry.writer",
        "roles/cloudtasks.enqueuer",
        "roles/cloudtasks.viewer",
        "roles/datastore.user",
        "roles/iam.serviceAccountTokenCreator",
        "roles/iam.serviceAccountUser",
        "roles/logging.logWriter",
        "roles/pubsub.publisher",
        "roles/pubsub.subscriber",
        "roles/run.invoker",
        "roles/secretmanager.secretAccessor",
        "roles/secretmanager.secretVersionAdder",
        "roles/storage.objectViewer",
    }


def test_a_role_in_the_whole_project_is_one_of_three(planned: Planned) -> None:
    granted = [
        values
        for kind, address, values in planned.all()
        if kind == "google_project_iam_member" and ".mailbox_secrets[" not in address
    ]
    assert {values["role"] for values in granted} <= {
        "roles/datastore.user",
        "roles/logging.logWriter",
        "roles/storage.objectViewer",
    }
    reads = planned.of("google_project_iam_member", "builder_reads_staged_sources")[""]
    assert "gcf-v2-sources-" in reads["condition"][0]["expression"]


def test_data_is_never_destroyed_by_a_plan() -> None:
    blocks = [match for source in SOURCES for match in _BLOCK.finditer(source.read_text())]
    kept = {match["type"] for match in blocks if "prevent_destroy = true" in match["body"]}
    loose = [
        f"{match['type']}.{match['name']}"
        for match in blocks
        if match["type"] in DATA and "prevent_destroy = true" not in match["body"]
    ]
    assert loose == []
    assert kept == set(DATA)


def test_what_operators_edit_is_left_to_them() -> None:
    text = (ROOT / "terraform" / MODULE / "firestore.tf").read_text()
    documents = [match for match in _BLOCK.finditer(text) if match["type"] == "google_firestore_document"]
    assert len(documents) == 2
    assert all("ignore_changes  = [fields]" in match["body"] for match in documents)


def test_no_value_of_a_secret_is_in_the_plan(planned: Planned) -> None:
    assert planned.of("google_secret_manager_secret_version") == {}
    secret_settings = {"KEY", "TOKEN", "PASSWORD", "SECRET"}
    for function in planned.of("google_cloudfunctions2_function"):
        assert not secret_settings & {
            part for name in planned.environment(function) for part in name.split("_")
        }


def test_every_alert_says_what_to_do(planned: Planned) -> None:
    alerts = planned.of("google_monitoring_alert_policy", "threshold")
    assert {
        "error_rate", "slow", "failures", "kill_switch", "control_garbage", "stuck", "held", "dead_letters",
        "dead_messages",
    } <= set(alerts)  # fmt: skip
    for name, alert in alerts.items():
        assert len(alert["documentation"][0]["content"]) > 100, name
        assert alert["severity"] in {"WARNING", "ERROR", "CRITICAL"}, name


def test_a_command_in_an_alert_names_the_environment(building: Planned) -> None:
    """Copied as it stands it reaches no stack of one's own, and no project that happens to be configured."""
    told = "\n".join(
        str(alert["documentation"][0]["content"])
        for _, _, alert in building.all()
        if alert.get("documentation")
    )
    ours = re.findall(r"scripts/(?:whisper|smoke|rollback) (\S+ \S+)", told)
    theirs = re.findall(r"`gcloud ([^`]*)`", told)
    assert len(ours) > 20
    assert len(theirs) > 5
    (dashboard,) = building.of("google_monitoring_dashboard").values()
    environment = json.loads(dashboard["dashboard_json"])["displayName"].removeprefix("whisper ")
    assert [one for one in ours if environment not in one.replace("`", " ").split()] == []
    assert [one for one in theirs if "--project=example-project" not in one] == []
    located = [one for one in theirs if one.startswith(("scheduler", "tasks"))]
    assert [one for one in located if "--location=" not in one] == []


def test_the_thresholds_are_the_agreed_ones(planned: Planned) -> None:
    alerts = planned.of("google_monitoring_alert_policy", "threshold")

    def condition(name: str) -> dict[str, Any]:
        return alerts[name]["conditions"][0]["condition_threshold"][0]

    rate = condition("error_rate")
    assert rate["threshold_value"] == 0.01
    assert 'response_code_class="5xx"' in rate["filter"]
    assert "response_code_class" not in rate["denominator_filter"]
    slow = condition("slow")
    assert slow["threshold_value"] == 5000
    assert slow["aggregations"][0]["per_series_aligner"] == "ALIGN_PERCENTILE_99"
    failures = condition("failures")
    assert failures["threshold_value"] == 10
    assert failures["aggregations"][0]["alignment_period"] == "3600s"


def test_every_request_is_watched_for_its_time(planned: Planned) -> None:
    """A function that no schedule starts stands in exactly one of the two latency alerts."""
    alerts = planned.of("google_monitoring_alert_policy", "threshold")
    watched: list[str] = []
    for name in ("slow", "slow_model"):
        text = alerts[name]["conditions"][0]["condition_threshold"][0]["filter"]
        found = re.search(r'full_match\("([^"]*)"\)', text)
        assert found is not None
        watched += found[1].split("|")
    scheduled = planned.of("google_cloud_scheduler_job")
    functions = planned.of("google_cloudfunctions2_function")
    assert sorted(watched) == sorted(n.replace("_", "-") for n in functions if n not in scheduled)


def test_the_dashboard_is_one_that_can_be_drawn(planned: Planned) -> None:
    dashboard = json.loads(planned.of("google_monitoring_dashboard")[""]["dashboard_json"])
    tiles = dashboard["mosaicLayout"]["tiles"]
    places = [(tile["xPos"], tile["yPos"]) for tile in tiles]
    assert len(tiles) >= 12
    assert len(set(places)) == len(places)
    assert all(tile["xPos"] + tile["width"] <= dashboard["mosaicLayout"]["columns"] for tile in tiles)
    for tile in tiles:
        (shown,) = tile["widget"]["xyChart"]["dataSets"]
        assert shown["timeSeriesQuery"], tile["widget"]["title"]


def test_the_indexes_of_the_plan_are_those_of_indexes_yaml(planned: Planned) -> None:
    declared = yaml.safe_load((ROOT / "terraform" / MODULE / "indexes.yaml").read_text())
    wanted = [
        (one["collection"], one["scope"], tuple(pair for field in one["fields"] for pair in field.items()))
        for one in declared["composite"]
    ]
    made = [
        (
            one["collection"],
            one["query_scope"],
            tuple((field["field_path"], field["order"]) for field in one["fields"]),
        )
        for one in planned.of("google_firestore_index").values()
    ]
    assert sorted(made) == sorted(wanted)
    fields = {(one["collection"], one["field"]): one for one in planned.of("google_firestore_field").values()}
    assert set(fields) == {(one["collection"], one["field"]) for one in declared["fields"]}
    for one in declared["fields"]:
        plan = fields[one["collection"], one["field"]]
        assert bool(plan["ttl_config"]) == one.get("ttl", False)
        assert [
            {"scope": index["query_scope"], "order": index["order"]}
            for index in plan["index_config"][0]["indexes"]
        ] == one["indexes"]
