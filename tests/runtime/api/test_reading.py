"""Lists page by page, versions that are shown and asked for, and the description of it all."""

from __future__ import annotations

from datetime import timedelta

import jsonschema
import pytest

from shared.jobs.job import Job
from shared.runtime.api.resources import audit
from shared.runtime.api.table import PARTS, place_of, routes_at, table
from tests import system
from tests.runtime.api.parts import OTHER, Api, World, examples


@pytest.fixture(scope="module")
def many(world: World) -> list[str]:
    """Jobs, several of one moment, the newest first as a list shows them."""
    database = world.api.simulation.world.database
    first = next(job for job in system.jobs(world.api.simulation) if job.id != world.job)
    at = first.updated_at - timedelta(days=1)
    made = [
        Job.model_validate(
            {**dict(first), "id": f"job-{n:03d}", "updated_at": at - timedelta(seconds=n // 4)}
        )
        for n in range(45)
    ]
    database.commit(made)
    return [job.id for job in sorted(made, key=lambda job: (job.updated_at, job.id), reverse=True)]


def pages(api: Api, key: str, query: str, between: object = None) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        answer = api.ask("GET", f"/v1/jobs?{query}{cursor}", key)
        assert answer.status_code == 200, answer.get_data()
        found += [job["id"] for job in answer.json["items"]]
        if callable(between):
            between()
        if answer.json["next"] is None:
            return found
        cursor = f"&cursor={answer.json['next']}"


@pytest.mark.parametrize("limit", [1, 4, 7, 45, 100])
def test_pages_show_everything_once(api: Api, admin: str, many: list[str], limit: int) -> None:
    found = pages(api, admin if limit > 1 else api.key(), f"limit={limit}")
    assert [id_ for id_ in found if id_ in many] == many
    assert len(found) == len(set(found))


def test_what_is_added_meanwhile_moves_nothing(api: Api, admin: str, many: list[str]) -> None:
    database = api.simulation.world.database
    pattern = system.jobs(api.simulation)[0]
    numbers = iter(range(100))

    def add() -> None:
        number = next(numbers)
        fresh = {**dict(pattern), "id": f"job-new-{number}", "updated_at": api.simulation.clock.now()}
        database.commit([Job.model_validate(fresh)])

    found = pages(api, admin, "limit=10", add)
    assert [id_ for id_ in found if id_ in many] == many
    assert len(found) == len(set(found))


def test_a_time_is_a_window(api: Api, admin: str, many: list[str]) -> None:
    shown = {job.id: job.updated_at for job in system.jobs(api.simulation)}
    since, until = shown[many[30]], shown[many[10]]
    wanted = [id_ for id_ in many if since <= shown[id_] < until]
    window = f"since={since:%Y-%m-%dT%H:%M:%S.%fZ}&until={until:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert pages(api, admin, f"limit=3&{window}") == wanted


def test_a_cursor_of_another_tenant_shows_nothing_of_it(api: Api, admin: str, many: list[str]) -> None:
    cursor = api.ask("GET", "/v1/jobs?limit=3", admin).json["next"]
    answer = api.ask("GET", f"/v1/jobs?cursor={cursor}", api.key(tenant=OTHER))
    assert (answer.status_code, answer.json["items"]) == (200, [])


# Versions


def test_a_flag_is_changed_as_it_was_seen(api: Api, admin: str) -> None:
    body = {"field": "STORY_PITCH_ENABLED", "value": True, "percent": 20, "reason": "a trial"}
    seen = api.etag("/v1/flags", admin)
    assert api.ask("PATCH", "/v1/flags", admin, body=body).status_code == 428
    done = api.ask("PATCH", "/v1/flags", admin, body=body, If_Match=seen)
    assert done.status_code == 200
    assert done.json["rollout_percent"]["STORY_PITCH_ENABLED"] == 20
    assert done.headers["ETag"] != seen
    assert api.ask("PATCH", "/v1/flags", admin, body=body, If_Match=seen).status_code == 412
    for garbage in ("*", "W/" + seen, "x", '"x"', f"{seen}, {seen}", ""):
        assert api.ask("PATCH", "/v1/flags", admin, body=body, If_Match=garbage).status_code == 412
    system.set_flags(api.simulation, tenant=True, note="by hand")
    assert api.ask("PATCH", "/v1/flags", admin, body=body, If_Match=done.headers["ETag"]).status_code == 412


def test_what_the_stages_would_not_understand_is_not_written(api: Api, admin: str) -> None:
    for field, value in (("mode", "SEND"), ("kill_switch", "yes"), ("nothing", True), ("mode", True)):
        seen = api.etag("/v1/flags", admin)
        body = {"field": field, "value": value}
        assert api.ask("PATCH", "/v1/flags", admin, body=body, If_Match=seen).status_code == 422
        assert api.etag("/v1/flags", admin) == seen


def test_the_allowlist_is_changed_as_it_was_seen(world: World, api: Api, admin: str) -> None:
    path = f"/v1/forms/{world.form}"
    seen = api.etag("/v1/forms", admin)
    done = api.ask("PUT", path, admin, body={"name": "Contact us", "active": False}, If_Match=seen)
    assert done.status_code == 200
    assert not next(form for form in done.json["items"] if form["id"] == world.form)["active"]
    assert api.ask("DELETE", path, admin, If_Match=seen).status_code == 412
    gone = api.ask("DELETE", path, admin, If_Match=done.headers["ETag"])
    assert world.form not in {form["id"] for form in gone.json["items"]}
    assert api.ask("DELETE", path, admin, If_Match=gone.headers["ETag"]).status_code == 404


# Others


def test_the_preview_is_just_the_bytes_that_would_be_sent(world: World, api: Api, admin: str) -> None:
    (draft,) = [one for one in system.drafts(api.simulation) if one.id == world.draft]
    mail = api.ask("GET", f"/v1/drafts/{world.draft}/preview", admin)
    assert mail.get_data() == draft.raw
    assert mail.content_type == "message/rfc822"
    assert mail.headers["Content-Disposition"].startswith("attachment")
    text = api.ask("GET", f"/v1/drafts/{world.draft}/preview?form=text", admin)
    assert text.get_data() == draft.raw
    assert text.content_type.startswith("text/plain")


def test_the_description_says_every_route_and_every_answer_fits_it(world: World, api: Api) -> None:
    described = api.ask("GET", "/v1/openapi.json").json
    assert described["openapi"].startswith("3.1")
    said = {f"{method.upper()} {path}" for path, one in described["paths"].items() for method in one}
    assert said == {route.name for route in table()}
    ids = [one["operationId"] for path in described["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
    admin = api.key()
    for route in table():
        if route.method == "GET" and route.answer is not None:
            answer = api.ask("GET", examples(world)[route.name].path, admin)
            told = described["paths"][route.path]["get"]["responses"]["200"]["content"]["application/json"]
            jsonschema.validate(
                answer.json,
                {**told["schema"], "components": described["components"]},
                jsonschema.Draft202012Validator,
            )
            refused = described["paths"][route.path]["get"]["responses"]["default"]
            assert "application/problem+json" in refused["content"]


def test_every_schema_of_the_description_is_one(api: Api) -> None:
    described = api.ask("GET", "/v1/openapi.json").json
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_no_answer_of_a_change_has_an_address_for_it_is_kept_for_a_day() -> None:
    held = {"address", "recipient", "body", "subject", "mailbox", "email"}
    for route in table():
        if route.changes:
            assert route.answer is not None, route.name
            assert not held & set(route.answer.model_fields), route.name


def test_what_an_operator_does_is_audited_under_their_name(world: World, api: Api, admin: str) -> None:
    from shared.jobs.audit import AuditEntry

    api.person("audited@brightpath.example")
    token = api.token(email="audited@brightpath.example")
    body = {"address": "never@outside.example", "reason": "asked on the phone"}
    assert api.ask("POST", "/v1/suppressions", token, body=body).status_code == 200
    assert (
        api.ask("POST", "/v1/suppressions", admin, body={**body, "address": "b@c.example"}).status_code == 200
    )
    entries = [
        entry
        for entry in system.every(api.simulation, "audit", AuditEntry)
        if entry.reason == "asked on the phone"
    ]
    actors = {entry.actor.partition(":")[0] for entry in entries}
    assert actors == {"person", "key"}
    assert not [entry for entry in entries if "@" in entry.model_dump_json()]


def test_metrics_are_what_prometheus_reads(api: Api, admin: str) -> None:
    told = api.ask("GET", "/metrics", admin)
    assert told.content_type.startswith("text/plain; version=0.0.4")
    samples = [line for line in told.get_data(as_text=True).splitlines() if not line.startswith("#")]
    values = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in samples}
    assert values['whisper_jobs{status="failed"}'] == 1
    assert values["whisper_dead_letters_waiting"] == 1
    assert values["whisper_stopped"] == 0


def test_a_number_that_is_none_is_no_sample(api: Api, admin: str) -> None:
    world = api.simulation.world
    day = world.database.client.document(f"tenants/default/stats/{world.clock().date()}")
    day.set({"sent": False, 'odd "type"\n': 3}, merge=True)
    told = api.ask("GET", "/metrics", admin).get_data(as_text=True)
    assert 'whisper_events_today{type="odd \\"type\\"\\n"} 3' in told
    assert "False" not in told


@pytest.mark.parametrize("id_", ["an odd id é", "a:b", "x" * 700])
def test_a_document_made_by_hand_ends_no_list(api: Api, admin: str, id_: str) -> None:
    database = api.simulation.world.database
    path = f"tenants/default/audit/{id_}"
    at = api.simulation.clock.now() + timedelta(days=1)
    database.client.document(path).set({"at": at})
    first = api.ask("GET", "/v1/audit?limit=1", admin).json
    assert first["unreadable"] == [path]
    following = api.ask("GET", f"/v1/audit?limit=1&cursor={first['next']}", admin)
    assert (following.status_code, len(following.json["items"])) == (200, 1)
    database.client.document(path).delete()


def test_an_export_that_no_answer_holds_says_how_to_get_it(
    api: Api, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api.ask("GET", "/v1/audit/export", admin).status_code == 200
    monkeypatch.setattr(audit, "MOST_BYTES", 300)
    refused = api.ask("GET", "/v1/audit/export", admin)
    assert (refused.status_code, "since and until" in refused.json["detail"]) == (422, True)


def test_it_is_ready_while_all_that_it_needs_answers(world: World, api: Api) -> None:
    from scripts.local_cloud.faults import Fault

    for service, method, name in (
        ("Firestore", "BatchGetDocuments", "firestore"),
        ("CloudTasks", "GetTask", "tasks"),
        ("SecretManagerService", "AccessSecretVersion", "secrets"),
    ):
        api.simulation.clock.advance(10)
        assert api.ask("GET", "/v1/ready").json["status"] == "ready"
        api.simulation.clock.advance(10)
        api.simulation.cloud.faults.add(Fault("refuse", service, method, code="INTERNAL", times=50))
        told = api.ask("GET", "/v1/ready")
        assert told.status_code == 503
        assert {key for key, value in told.json.items() if value == "down"} == {name}
        assert api.ask("GET", "/v1/health").status_code == 200
        api.simulation.cloud.faults.clear()
    api.simulation.clock.advance(10)


@pytest.mark.parametrize("place", PARTS)
def test_each_route_stands_in_the_part_of_the_table_that_its_path_is_looked_up_in(place: str) -> None:
    routes = routes_at(place)
    assert place in {place_of(route.path) for route in routes}
    assert all(route in routes_at(place_of(route.path)) for route in routes)
