"""`whisper doctor` at a deployed project: what is missing is named with the command that mends it."""

from __future__ import annotations

from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from scripts.catalogue import load
from scripts.command_line.checking import CannotTell, Check, Health
from scripts.command_line.checks_of_database import database_checks
from scripts.command_line.checks_of_delegation import SCOPES, delegation_checks
from scripts.command_line.checks_of_functions import function_checks
from scripts.command_line.checks_of_project import api_checks, secret_checks, tenants_of
from scripts.command_line.checks_of_vendors import READS
from scripts.command_line.connection import Connection
from scripts.command_line.doctor import UNSEEN, examined, told
from scripts.command_line.google_api import HttpGoogleApi
from scripts.local_cloud.faults import Fault
from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from shared.connectors.google_auth import DelegatedTokens
from shared.connectors.http import VendorHttp
from shared.errors import Retryable
from shared.jobs.facts import Sender
from shared.jobs.tenant import Tenant
from tests.command_line.fake_google import (
    DATABASE,
    PLACE,
    PROJECT,
    REGION,
    FakeGoogle,
    Spoil,
    answered,
    error,
    sound,
)
from tests.command_line.parts import type_in

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
SERVICES = f"projects/{PROJECT}/services"
GROUPS = f"{DATABASE}/collectionGroups"


def api_of(google: FakeGoogle) -> HttpGoogleApi:
    return HttpGoogleApi(PROJECT, lambda: "token", google.transport())


def checked(google: FakeGoogle) -> dict[str, Check]:
    """Every check of the project, by name."""
    api, catalogue = api_of(google), load()
    checks = [
        *api_checks(api, PROJECT),
        *secret_checks(api, PROJECT, "dev", catalogue, ["default"], unused=frozenset()),
        *database_checks(api, PROJECT, REGION, "dev"),
        *function_checks(api, PROJECT, REGION, "dev", catalogue, NOW),
    ]
    by_name = {check.name: check for check in checks}
    assert len(by_name) == len(checks)
    return by_name


def test_a_sound_project_is_found_in_order_over_many_pages() -> None:
    google = sound()
    checks = checked(google)
    assert {check.health for check in checks.values()} == {Health.OK}, checks
    assert {f"function {name}" for name in load().functions} <= set(checks)
    assert {f"version of {name}" for name in ("address-key", "gmail-delegation-default")} <= set(checks)
    assert checks["function write_draft"].detail.startswith("active, release 0123456789ab")
    paged = {request.url.host for request in google.asked if "pageToken" in request.url.params}
    assert {"serviceusage.googleapis.com", "firestore.googleapis.com", "monitoring.googleapis.com"} <= paged


def no_api(google: FakeGoogle) -> None:
    google.take_away(SERVICES, "/cloudtasks.googleapis.com")


def no_service_usage(google: FakeGoogle) -> None:
    name = "serviceusage.googleapis.com"
    google.refused[name] = error(403, "SERVICE_DISABLED", service=name)


def no_version(google: FakeGoogle) -> None:
    del google.things[f"projects/{PROJECT}/secrets/hubspot-client-secret/versions/latest"]


def no_secret(google: FakeGoogle) -> None:
    no_version(google)
    del google.things[f"projects/{PROJECT}/secrets/hubspot-client-secret"]


def disabled_version(google: FakeGoogle) -> None:
    google.things[f"projects/{PROJECT}/secrets/address-key/versions/latest"]["state"] = "DISABLED"


def destroyed_version(google: FakeGoogle) -> None:
    google.things[f"projects/{PROJECT}/secrets/address-key/versions/latest"]["state"] = "DESTROYED"


def no_database(google: FakeGoogle) -> None:
    del google.things[DATABASE]


def datastore(google: FakeGoogle) -> None:
    google.things[DATABASE]["type"] = "DATASTORE_MODE"


def no_recovery(google: FakeGoogle) -> None:
    google.things[DATABASE]["pointInTimeRecoveryEnablement"] = "POINT_IN_TIME_RECOVERY_DISABLED"


def no_backups(google: FakeGoogle) -> None:
    google.things[f"{DATABASE}/backupSchedules"] = {}


def short_backups(google: FakeGoogle) -> None:
    google.things[f"{DATABASE}/backupSchedules"]["backupSchedules"][0]["retention"] = "604800s"


def no_index(google: FakeGoogle) -> None:
    google.take_away(f"{GROUPS}/-/indexes", google.index("drafts")["name"])


def other_order(google: FakeGoogle) -> None:
    google.index("drafts")["fields"][0]["order"] = "DESCENDING"


def building_index(google: FakeGoogle) -> None:
    google.index("jobs")["state"] = "CREATING"


def broken_index(google: FakeGoogle) -> None:
    google.index("jobs")["state"] = "NEEDS_REPAIR"


def no_ttl(google: FakeGoogle) -> None:
    del google.field_of("events", "expire_at")["ttlConfig"]


def new_ttl(google: FakeGoogle) -> None:
    google.field_of("events", "expire_at")["ttlConfig"]["state"] = "CREATING"


def hot_field(google: FakeGoogle) -> None:
    index = {"queryScope": "COLLECTION", "fields": [{"fieldPath": "received_at", "order": "ASCENDING"}]}
    google.field_of("events", "received_at")["indexConfig"]["indexes"] = [index]


def no_field(google: FakeGoogle) -> None:
    google.take_away(f"{GROUPS}/-/fields", "/outbox/fields/at")


def no_function(google: FakeGoogle) -> None:
    google.take_away(f"{PLACE}/functions", "/gate_draft")


def no_functions(google: FakeGoogle) -> None:
    google.lists[f"{PLACE}/functions"] = "functions", []


def failed_function(google: FakeGoogle) -> None:
    google.function("gate_draft").update(
        state="FAILED", stateMessages=[{"severity": "ERROR", "message": "the build failed"}]
    )


def left_function(google: FakeGoogle) -> None:
    _, entries = google.lists[f"{PLACE}/functions"]
    entries.append({"name": f"{PLACE}/functions/old_one", "state": "ACTIVE", "labels": {"app": "whisper"}})


def no_schedule(google: FakeGoogle) -> None:
    del google.things[f"{PLACE}/jobs/requeue_stuck"]


def paused_schedule(google: FakeGoogle) -> None:
    google.things[f"{PLACE}/jobs/requeue_stuck"]["state"] = "PAUSED"


def failing_schedule(google: FakeGoogle) -> None:
    google.things[f"{PLACE}/jobs/requeue_stuck"]["status"] = {"code": 13}


def no_subscription(google: FakeGoogle) -> None:
    del google.things[f"projects/{PROJECT}/subscriptions/roll_up_stats"]


def no_dead_letters(google: FakeGoogle) -> None:
    del google.things[f"projects/{PROJECT}/subscriptions/roll_up_stats"]["deadLetterPolicy"]


def errors_answered(google: FakeGoogle) -> None:
    google.lists[f"projects/{PROJECT}/timeSeries"][1].append(answered("gate_draft", "5xx", 7))


@pytest.mark.parametrize(
    ("spoil", "name", "said", "mend"),
    [
        (no_api, "APIs", "not enabled: cloudtasks", "gcloud services enable cloudtasks.googleapis.com"),
        (no_service_usage, "APIs", "serviceusage", "gcloud services enable serviceusage.googleapis.com"),
        (
            no_version,
            "version of hubspot-client-secret",
            "no version",
            "gcloud secrets versions add hubspot-client-secret",
        ),
        (no_secret, "version of hubspot-client-secret", "does not exist", "scripts/deploy dev"),
        (disabled_version, "version of address-key", "disabled", "gcloud secrets versions enable 2"),
        (destroyed_version, "version of address-key", "destroyed", "gcloud secrets versions add address-key"),
        (no_database, "database", "no database", "scripts/deploy dev"),
        (datastore, "database", "DATASTORE_MODE", "another project"),
        (no_recovery, "database", "point-in-time recovery", "--enable-pitr"),
        (no_backups, "backups", "no daily backup", "scripts/deploy dev"),
        (short_backups, "backups", "7 days, not 30", "scripts/deploy dev"),
        (no_index, "indexes", "missing: drafts", "scripts/deploy dev"),
        (other_order, "indexes", "missing: drafts", "scripts/deploy dev"),
        (building_index, "indexes", "not ready yet: jobs", "wait"),
        (broken_index, "indexes", "to be repaired: jobs", "composite delete"),
        (no_ttl, "TTL and single fields", "events.expire_at has no TTL policy", "scripts/deploy dev"),
        (new_ttl, "TTL and single fields", "being made: events.expire_at", "wait"),
        (hot_field, "TTL and single fields", "events.received_at is indexed otherwise", "scripts/deploy dev"),
        (no_field, "TTL and single fields", "outbox.at is indexed otherwise", "scripts/deploy dev"),
        (no_function, "function gate_draft", "not deployed", "scripts/deploy dev"),
        (no_functions, "functions", "none is deployed", "First deployment"),
        (failed_function, "function gate_draft", "the build failed", "scripts/deploy dev"),
        (left_function, "functions", "without a row in functions.yaml: old_one", "scripts/deploy"),
        (no_schedule, "schedule requeue_stuck", "no such job", "scripts/deploy dev"),
        (paused_schedule, "schedule requeue_stuck", "paused", "gcloud scheduler jobs resume requeue_stuck"),
        (failing_schedule, "schedule requeue_stuck", "code 13", "gcloud functions logs read requeue_stuck"),
        (no_subscription, "subscription roll_up_stats", "no such subscription", "scripts/deploy dev"),
        (no_dead_letters, "subscription roll_up_stats", "no dead letter topic", "scripts/deploy dev"),
        (
            errors_answered,
            "answers of the last hour",
            "gate_draft 7",
            "gcloud functions logs read gate_draft",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_mend(spoil: Spoil, name: str, said: str, mend: str) -> None:
    google = sound()
    spoil(google)
    check = checked(google)[name]
    assert check.health is Health.FAIL, check
    assert said in check.detail
    assert mend in check.mend


@pytest.mark.parametrize(
    ("refusal", "mend"),
    [
        (error(403), "roles/viewer"),
        (error(401), "gcloud auth application-default login"),
        (error(503), "try again"),
        (httpx.Response(200, text="<html>a captive portal</html>"), "try again"),
    ],
)
def test_what_cannot_be_looked_at_is_unknown_and_never_fine(refusal: httpx.Response, mend: str) -> None:
    google = sound()
    google.refused["googleapis.com"] = refusal
    checks = checked(google)
    assert {check.health for check in checks.values()} == {Health.UNKNOWN}, checks
    assert all(mend in check.mend for check in checks.values())
    assert told(list(checks.values())).exit_code == UNSEEN


def test_no_answer_at_all_is_unknown() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    api = HttpGoogleApi(PROJECT, lambda: "token", httpx.MockTransport(unreachable))
    (check,) = api_checks(api, PROJECT)
    assert (check.health, check.mend) == (Health.UNKNOWN, "check the network")


def test_without_credentials_everything_is_unknown() -> None:
    def none() -> str:
        raise CannotTell("there are no credentials", "sign in")

    api = HttpGoogleApi(PROJECT, none, sound().transport())
    assert [check.health for check in api_checks(api, PROJECT)] == [Health.UNKNOWN]


@pytest.mark.parametrize(
    ("state", "health"), [("DEPLOYING", Health.UNKNOWN), ("STATE_UNSPECIFIED", Health.UNKNOWN)]
)
def test_a_function_on_its_way_is_unknown(state: str, health: Health) -> None:
    google = sound()
    google.function("gate_draft")["state"] = state
    assert checked(google)["function gate_draft"].health is health


def test_a_schedule_that_never_ran_and_silence_are_unknown() -> None:
    google = sound()
    del google.things[f"{PLACE}/jobs/poll_forms"]["lastAttemptTime"]
    google.lists[f"projects/{PROJECT}/timeSeries"] = "timeSeries", []
    checks = checked(google)
    assert checks["schedule poll_forms"].health is Health.UNKNOWN
    assert checks["answers of the last hour"].health is Health.UNKNOWN


def test_an_api_that_only_a_budget_needs_may_be_off() -> None:
    google = sound()
    google.take_away(SERVICES, "/billingbudgets.googleapis.com")
    check = checked(google)["APIs"]
    assert check.health is Health.OK
    assert "billingbudgets.googleapis.com is not" in check.detail


def test_each_tenant_is_found_and_has_secrets_of_its_own() -> None:
    api = api_of(sound(("acme", "default")))
    assert tenants_of(api, PROJECT) == ["acme", "default"]
    checks = secret_checks(
        api, PROJECT, "dev", load(), ["acme", "other"], unused=frozenset({"openai-api-key"})
    )
    health = {check.name: check.health for check in checks}
    assert health["version of hubspot-service-key-acme"] is Health.OK
    assert health["version of hubspot-service-key-other"] is Health.FAIL
    assert "version of openai-api-key" not in health, "no model is set"


def test_secrets_of_tenants_that_nobody_may_list_are_unknown() -> None:
    checks = secret_checks(api_of(sound()), PROJECT, "dev", load(), [], unused=frozenset({"openai-api-key"}))
    unseen = {check.name for check in checks if check.health is Health.UNKNOWN}
    assert unseen == {"version of hubspot-service-key", "version of gmail-delegation"}


def test_the_doctor_reads_only_and_no_secrets_value() -> None:
    google = sound()
    checked(google)
    assert {request.method for request in google.asked} == {"GET"}
    assert not [request for request in google.asked if ":access" in request.url.path]


def test_all_checks_of_a_deployed_environment_together(simulation: Simulation) -> None:
    simulation.environ |= {"PROJECT": PROJECT, "REGION": REGION}
    simulation.restart()
    connection = Connection(world=simulation.world)
    google = sound(("default", "other"))
    no_schedule(google)
    said = told(examined(connection, api_of(google)))
    data: Any = said.data
    checks = {check["name"]: check for check in data["checks"]}
    assert said.exit_code == 1
    assert checks["schedule requeue_stuck"]["health"] == "FAIL"
    assert checks["tenant other"]["health"] == "SKIP"
    assert "--tenant other" in checks["tenant other"]["detail"]
    assert "project" not in checks


def test_before_the_first_deployment_it_says_how_to_begin() -> None:
    answer = type_in(Connection(environ={}), "doctor", "--env", "nowhere", "--json")
    assert answer.code == 1
    (check,) = answer.data["checks"]
    assert "nowhere" in check["detail"]
    assert "First deployment" in check["mend"]


# The delegation and HubSpot's scopes


def tenant_of(*mailboxes: str) -> Tenant:
    senders = {each: Sender(mailbox=each, name="Ann", company="Acme") for each in mailboxes}
    return Tenant(id="default", senders=senders, default_sender=mailboxes[0])


def tokens(simulation: Simulation, allowed: Set[str]) -> DelegatedTokens:
    """Google's token endpoint for a service account that is allowed these scopes only."""
    import base64
    import json
    from urllib.parse import parse_qs

    def answer(request: httpx.Request) -> httpx.Response:
        assertion = parse_qs(request.content.decode())["assertion"][0].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(assertion + "=" * (-len(assertion) % 4)))
        if set(claims["scope"].split()) <= allowed:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3599, "token_type": "Bearer"})
        return httpx.Response(401, json={"error": "unauthorized_client", "error_description": "…"})

    key = simulation.sandbox.google_oauth.service_account("https://oauth2.googleapis.com/token")
    http = VendorHttp("google-oauth", "https://oauth2.googleapis.com", transport=httpx.MockTransport(answer))
    return DelegatedTokens(lambda: key, http, clock=lambda: NOW.timestamp())


def test_a_delegation_with_our_scopes_is_in_order(simulation: Simulation) -> None:
    checks = delegation_checks(
        tenant_of("ann@acme.example", "bob@acme.example"), tokens(simulation, set(SCOPES)).token, "42"
    )
    assert [(check.name, check.health) for check in checks] == [
        ("delegation ann@acme.example", Health.OK),
        ("delegation bob@acme.example", Health.OK),
    ]


@pytest.mark.parametrize("missing", SCOPES)
def test_a_scope_that_is_not_delegated_is_named_and_so_is_the_whole_list(
    simulation: Simulation, missing: str
) -> None:
    mint = tokens(simulation, set(SCOPES) - {missing}).token
    (check,) = delegation_checks(tenant_of("ann@acme.example"), mint, "42")
    assert check.health is Health.FAIL
    assert check.detail == f"not granted: {missing}"
    assert f"client 42 so that it has exactly {','.join(SCOPES)}" in check.mend


def test_a_delegation_of_nothing_names_the_client_and_every_scope(simulation: Simulation) -> None:
    (check,) = delegation_checks(tenant_of("ann@acme.example"), tokens(simulation, set()).token, "42")
    assert "no scope is granted" in check.detail
    assert f"client 42, scopes {','.join(SCOPES)}" in check.mend


def test_a_token_endpoint_that_is_down_is_no_missing_scope() -> None:
    def down(mailbox: str, scopes: tuple[str, ...]) -> str:
        raise Retryable("google-oauth: mint_token answered 503")

    (check,) = delegation_checks(tenant_of("ann@acme.example"), down, "42")
    assert "not granted" not in check.detail
    assert "503" in check.detail


@pytest.mark.parametrize("scope", READS)
def test_a_scope_that_the_hubspot_key_lacks_is_named(simulation: Simulation, scope: str) -> None:
    inner = simulation.world.http
    assert inner is not None

    class Lacking(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked = request.url.raw_path.decode().partition("?")[0].endswith(READS[scope])
            if asked and (request.url.params.get("limit") == "1" or "preferences" in scope):
                return httpx.Response(403, json={"status": "error", "category": "MISSING_SCOPES"})
            return inner.handle_request(request)

    simulation.world.http = Lacking()
    checks = {check.name: check for check in examined(Connection(world=simulation.world), None)}
    assert checks["HubSpot key"].health is Health.OK
    assert checks["HubSpot scopes"].health is Health.FAIL
    assert checks["HubSpot scopes"].detail == f"the key lacks {scope}"


def test_a_secret_that_these_credentials_may_not_read_is_unknown(simulation: Simulation) -> None:
    simulation.cloud.faults.add(
        Fault("refuse", "SecretManagerService", "AccessSecretVersion", times=0, code="PERMISSION_DENIED")
    )
    checks = {check.name: check for check in examined(Connection(world=simulation.world), None)}
    assert checks["secret address-key"].health is Health.UNKNOWN
    assert checks["HubSpot key"].health is Health.UNKNOWN
    assert checks[f"Gmail {vendors_world.ISABEL}"].health is Health.UNKNOWN


def test_a_queue_that_these_credentials_may_not_see_is_unknown(simulation: Simulation) -> None:
    simulation.cloud.faults.add(Fault("refuse", "CloudTasks", "GetQueue", times=0, code="PERMISSION_DENIED"))
    checks = {check.name: check for check in examined(Connection(world=simulation.world), None)}
    assert checks["queue outward"].health is Health.UNKNOWN
