"""functions.yaml, Terraform, the local cloud and the README say the same: changing one alone fails here."""

from __future__ import annotations

import json
import re

import pytest

from scripts import catalogue as rows
from scripts.catalogue import ROOT, load
from scripts.command_line.checks_of_project import services_wanted
from scripts.local_cloud.spec import CloudSpec
from scripts.packaging.distributions import RUNTIME
from scripts.stack.deployment import Places, spec
from shared.policy.flags import Flag
from shared.runtime.settings import Settings, read_settings
from tests.terraform.test_uses import USES
from tests.terraform.workspace import MODULE, Planned

VENDORS: dict[str, str] = dict.fromkeys(
    ("hubspot", "gmail", "calendar", "google-oauth", "openai"), "http://vendor.local"
)
LOCAL_ONLY = {
    "GOOGLE_CERTS_URL", "FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST", "TASKS_EMULATOR_HOST",
    "SECRETS_EMULATOR_HOST", "GOOGLE_ACCOUNTS_URL", "HUBSPOT_URL", "GMAIL_URL", "CALENDAR_URL", "GOOGLE_OAUTH_URL",
}  # fmt: skip
SET_BY_CLOUD_RUN = {"K_SERVICE"}
VARIABLES = (ROOT / "terraform" / MODULE / "variables.tf").read_text()


@pytest.fixture(scope="module")
def local() -> CloudSpec:
    return spec(load(), Places("google.local", "https://f", "https://f", "https://c", VENDORS), {})


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_terraform_knows_the_keys_that_the_catalogue_knows(planned: Planned) -> None:
    known = planned.of("terraform_data")[""]["input"]
    kinds = {
        "file": rows.Catalogue,
        "queue": rows.Queue,
        "topic": rows.Topic,
        "secret": rows.Secret,
        "function": rows.Function,
        "trigger": rows.Trigger,
        "cost": rows.Cost,
    }
    assert {kind: set(keys) for kind, keys in known.items()} == {
        kind: set(row.model_fields) for kind, row in kinds.items()
    }


def test_the_deployed_functions_are_the_local_ones(planned: Planned, local: CloudSpec) -> None:
    functions = planned.of("google_cloudfunctions2_function")
    public = planned.of("google_cloud_run_v2_service_iam_member", "public")
    assert set(functions) == {function.name for function in local.functions}
    assert set(public) == {function.name for function in local.functions if function.public}
    for function in local.functions:
        deployed = json.loads(planned.environment(function.name)["CALLERS"])[function.name]
        kinds = [caller.partition("@")[0] for caller in function.callers]
        assert [caller.partition("@")[0] for caller in deployed] == [f"calls-from-{kind}" for kind in kinds]


def test_the_deployed_queues_are_the_local_ones(planned: Planned, local: CloudSpec) -> None:
    deployed = planned.of("google_cloud_tasks_queue")
    assert set(deployed) == {queue.name for queue in local.queues}
    for queue in local.queues:
        rates, retries = deployed[queue.name]["rate_limits"][0], deployed[queue.name]["retry_config"][0]
        assert rates["max_dispatches_per_second"] == queue.max_dispatches_per_second
        assert rates["max_concurrent_dispatches"] == queue.max_concurrent_dispatches
        assert retries["max_attempts"] == queue.max_attempts
        assert retries["max_doublings"] == queue.max_doublings
        assert seconds(retries["min_backoff"]) == queue.min_backoff_s
        assert seconds(retries["max_backoff"]) == queue.max_backoff_s


def test_the_deployed_topics_are_the_local_ones(planned: Planned, local: CloudSpec) -> None:
    names = {topic["name"] for topic in planned.of("google_pubsub_topic", "topic").values()}
    names |= {topic["name"] for topic in planned.of("google_pubsub_topic", "dead").values()}
    assert names == set(local.topics)


def test_the_deployed_subscriptions_are_the_local_ones(planned: Planned, local: CloudSpec) -> None:
    deployed = planned.of("google_pubsub_subscription", "push")
    assert set(deployed) == {subscription.name for subscription in local.subscriptions}
    for subscription in local.subscriptions:
        made = deployed[subscription.name]
        dead = made["dead_letter_policy"][0]
        assert made["topic"] == subscription.topic
        assert made["ack_deadline_seconds"] == subscription.ack_deadline_s
        assert (made["filter"] or "") == subscription.filter
        assert dead["dead_letter_topic"].endswith(f"/topics/{subscription.dead_letter_topic}")
        assert dead["max_delivery_attempts"] == subscription.max_delivery_attempts
        assert seconds(made["retry_policy"][0]["minimum_backoff"]) == subscription.min_backoff_s
        assert seconds(made["retry_policy"][0]["maximum_backoff"]) == subscription.max_backoff_s
        assert made["push_config"][0]["push_endpoint"].endswith(f"/{subscription.name}")


def test_the_deployed_schedules_are_the_local_ones(planned: Planned, local: CloudSpec) -> None:
    deployed = planned.of("google_cloud_scheduler_job")
    assert set(deployed) == {schedule.name for schedule in local.schedules}
    for schedule in local.schedules:
        made = deployed[schedule.name]
        assert made["schedule"] == schedule.cron
        assert made["time_zone"] == schedule.time_zone
        assert made["http_target"][0]["http_method"] == schedule.method
        assert seconds(made["attempt_deadline"]) == schedule.attempt_deadline_s
        retries = made["retry_config"][0]
        assert retries["retry_count"] == schedule.retry_count == 3
        assert seconds(retries["min_backoff_duration"]) == schedule.min_backoff_s
        assert seconds(retries["max_backoff_duration"]) == schedule.max_backoff_s
        assert retries["max_doublings"] == schedule.max_doublings


def test_every_function_can_read_the_settings_that_terraform_gives_it(planned: Planned) -> None:
    catalogue = load()
    routing = catalogue.routing()
    for name in catalogue.functions:
        settings = read_settings(planned.environment(name))
        assert settings.deployed
        assert settings.function_name == name
        assert settings.url_of(name).endswith(f"/{name}")
        assert settings.mode_ceiling == "DRAFT_ONLY"
        assert settings.release
        for stage, route in settings.routing.items():
            assert route.model_dump() == routing[stage], f"{name}: {stage}"


def test_every_function_that_enqueues_knows_the_way_to_every_stage(planned: Planned) -> None:
    catalogue = load()
    stages = {
        name for name, row in catalogue.functions.items() if row.trigger.queue and not row.trigger.schedule
    }
    for name in planned.of("google_cloudfunctions2_function"):
        settings = read_settings(planned.environment(name))
        if settings.tasks_caller and "stages" in USES["enqueues"][name]:
            assert stages <= set(settings.routing), name
    assert "poll_forms" in read_settings(planned.environment("receive_hubspot")).routing
    assert "sync_mailboxes" in read_settings(planned.environment("receive_gmail")).routing


def test_every_setting_is_terraforms_the_operators_or_local(planned: Planned) -> None:
    aliases = {str(field.alias) for field in Settings.model_fields.values()}
    given = {name for function in load().functions for name in planned.environment(function)}
    given |= set(re.findall(r"\b(MODEL|OPENAI_URL|SENTRY_DSN|OPERATORS_\w+)\s+= var\.", _functions_tf()))
    given |= set(re.findall(r"\{ (MODEL|OPENAI_URL|SENTRY_DSN) = var\.", _functions_tf()))
    tunable = set(re.findall(r'"([A-Z_]+)",', _variable("settings")))
    assert given <= aliases
    assert tunable <= aliases
    assert given | tunable | LOCAL_ONLY | SET_BY_CLOUD_RUN == aliases


def test_the_lease_that_terraform_holds_against_the_timeouts_is_the_codes() -> None:
    text = (ROOT / "terraform" / MODULE / "catalogue.tf").read_text()
    (said,) = re.findall(r'var\.settings\["INTENT_LEASE_S"\]\), ([\d.]+)\)', text)
    assert float(said) == Settings.model_fields["intent_lease_s"].default


def test_the_flags_that_can_be_rolled_out_are_those_of_the_code() -> None:
    assert set(re.findall(r'"([A-Z_]+)"', _variable("rollout"))) == {flag.value for flag in Flag}


def test_the_environments_hand_on_every_variable_of_the_module() -> None:
    declared = set(re.findall(r'^variable "(\w+)"', VARIABLES, re.M))
    module = (ROOT / "terraform" / "environments" / "main.tf").read_text().partition('module "')[2]
    handed = dict(re.findall(r"^  (\w+)\s+= (\S+)$", module, re.M))
    assert set(handed) == declared | {"source", "environment"}
    assert {name for name in declared if handed[name] != f"var.{name}"} == set()


def test_environments_differ_in_their_own_file_alone() -> None:
    folder = ROOT / "terraform" / "environments"
    shared = {
        "main.tf": "../main.tf",
        "outputs.tf": "../outputs.tf",
        "variables.tf": "../../whisper/variables.tf",
    }
    for name in ("dev", "staging", "prod"):
        links = {path.name: str(path.readlink()) for path in (folder / name).iterdir() if path.is_symlink()}
        assert links == shared, name
        own = [path.name for path in (folder / name).glob("*.tf") if not path.is_symlink()]
        assert own == ["environment.tf"], name
        text = (folder / name / "environment.tf").read_text()
        assert re.findall(r'^  environment = "(\w+)"$', text, re.M) == [name]
        assert re.findall(r'prefix = "(\S+)"', text) == [f"whisper/{name}"]


def test_the_doctor_wants_the_apis_that_terraform_enables(planned: Planned) -> None:
    assert set(services_wanted()) == set(planned.of("google_project_service"))


def test_the_deployed_python_is_the_one_that_zips_are_resolved_for(planned: Planned) -> None:
    runtimes = {
        made["build_config"][0]["runtime"] for made in planned.of("google_cloudfunctions2_function").values()
    }
    assert runtimes == {f"python{RUNTIME.replace('.', '')}"}
    images = set(re.findall(r"name: python:(\S+)", (ROOT / "cloudbuild.yaml").read_text()))
    assert images == {RUNTIME}


def test_the_readme_lists_what_is_deployed(planned: Planned) -> None:
    table = re.findall(r"^\| \[(\w+)\]\([^)]*\) \| ([^|]*) \|", (ROOT / "README.md").read_text(), re.M)
    listed = dict(table)
    deployed = planned.of("google_cloudfunctions2_function")
    assert set(listed) == set(deployed)
    schedules = planned.of("google_cloud_scheduler_job")
    pushes = planned.of("google_pubsub_subscription", "push")
    public = planned.of("google_cloud_run_v2_service_iam_member", "public")
    queued = planned.of("google_cloud_run_v2_service_iam_member", "tasks")
    for name, started_by in listed.items():
        assert ("(public)" in started_by) == (name in public), name
        assert ("queue `" in started_by) == (name in queued), name
        assert ("schedule `" in started_by) == (name in schedules), name
        assert ("topic `" in started_by) == (name in pushes), name
        if name in schedules:
            assert f"`{schedules[name]['schedule']}`" in started_by
        if name in pushes:
            assert f"topic `{pushes[name]['topic']}`" in started_by


def _functions_tf() -> str:
    return (ROOT / "terraform" / MODULE / "functions.tf").read_text()


def _variable(name: str) -> str:
    """The text of one variable of the module."""
    found = re.search(rf'^variable "{name}" \{{\n(.*?)^\}}', VARIABLES, re.M | re.S)
    assert found is not None
    return found[1]
