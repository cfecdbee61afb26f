"""Who may call what: every route of the table against everybody who might ask."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from scripts.stack.deployment import ACCOUNTS
from scripts.stack.simulation import Simulation
from shared.operators.api_keys import GLOBAL, api_key_id
from shared.operators.roles import Role
from shared.runtime.api.routes import ApiRoute
from shared.runtime.api.table import table
from shared.runtime.callers import MARKER
from shared.runtime.world import install
from tests.runtime.api.parts import DOMAIN, OTHER, SETTINGS, World, examples, furnished

IDS = [route.name for route in table()]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    simulation = Simulation(settings=SETTINGS)
    yield furnished(simulation)
    simulation.close()


@pytest.fixture(scope="module")
def keys(world: World) -> dict[Role, str]:
    """A key of each role, which also reaches what is global."""
    return {role: world.api.key(role, scopes=(GLOBAL,)) for role in Role}


def ask(world: World, route: ApiRoute, credential: str | None, **headers: str) -> Any:
    example = examples(world)[route.name]
    if example.guards and "If_Match" not in headers:
        headers["If_Match"] = world.api.etag(example.guards, world.looker)
    return world.api.ask(route.method, example.path, credential, body=example.body, **headers)


def refused(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.get_data()
    assert answer.content_type == "application/problem+json"
    told = answer.json
    assert set(told) == {"type", "title", "status", "detail", "instance"}
    assert told["status"] == status
    assert "Traceback" not in told["detail"]


def test_every_route_of_the_table_has_an_example_and_no_example_is_left_over(world: World) -> None:
    assert set(examples(world)) == set(IDS)
    assert len(IDS) == len(set(IDS))


def test_what_is_public_is_just_this() -> None:
    assert {route.name for route in table() if route.role is None} == {
        "GET /v1/health", "GET /v1/ready", "GET /v1/openapi.json",
    }  # fmt: skip


def test_what_changes_something_is_no_get_and_asks_for_more_than_a_viewer() -> None:
    for route in table():
        assert route.changes <= (route.method != "GET"), route.name
        assert route.changes <= (route.role is not None and route.role is not Role.VIEWER), route.name
        assert route.guarded <= route.changes, route.name


def nobody(world: World) -> dict[str, str | None]:
    """Credentials that let nobody in, by what is wrong with them."""
    api = world.api
    simulation = api.simulation
    expired = api.key(days=1)
    old_token = api.token()
    simulation.clock.advance(25 * 3600)
    admin, revoked = api.key(), api.key()
    done = api.ask("POST", f"/v1/api-keys/{api_key_id(revoked)}/revoke", admin, body={"reason": "lost"})
    assert done.status_code == 200
    api.person()
    good = api.token()
    head, claims, _ = good.split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    url = simulation.places.url_of("serve_api")
    issuer = simulation.cloud.issuer
    return {
        "no key": None,
        "an empty key": "",
        "an unknown key": "wk_" + "A" * 43,
        "half a key": admin[:-1],
        "an expired key": expired,
        "a revoked key": revoked,
        "wrong audience": api.token(aud="another-client.apps.example"),
        "our own URL as audience": api.token(aud=url),
        "two audiences": api.token(aud=[SETTINGS["OPERATORS_CLIENT_ID"], "other"]),
        "wrong issuer": api.token(iss="https://accounts.example"),
        "wrong domain": api.token(hd="gmail.example"),
        "no domain": api.token(hd=None),
        "address not verified": api.token(email_verified=False),
        "expired token": old_token,
        "token of the future": api.token(iat=int(simulation.clock.now().timestamp()) + 600),
        "token for a year": api.token(exp=int(simulation.clock.now().timestamp()) + 31_536_000),
        "nobody's operator": api.token(email=f"stranger@{DOMAIN}"),
        "wrong service account": issuer.token(ACCOUNTS["tasks"], url),
        "service account with our client": issuer.token(
            ACCOUNTS["scheduler"], SETTINGS["OPERATORS_CLIENT_ID"]
        ),
        "marker signature": f"{head}.{claims}.{MARKER}",
        "no signature": f"{unsigned}.{claims}.",
        "another signature": f"{head}.{claims}.{api.token(sub='2').rpartition('.')[2]}",
        "nested beyond reading": f"{base64.urlsafe_b64encode(b'[' * 5000).decode()}.{claims}.x",
    }


@pytest.fixture(scope="module")
def strangers(world: World) -> dict[str, str | None]:
    return nobody(world)


@pytest.mark.parametrize("route", table(), ids=IDS)
def test_nobody_comes_in_without_a_valid_credential(
    world: World, strangers: dict[str, str | None], route: ApiRoute
) -> None:
    before = world.api.writes
    for what, credential in strangers.items():
        answer = ask(world, route, credential, If_Match='"1-1"')
        if route.role is None:
            assert answer.status_code == 200, what
        else:
            refused(answer, 401)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), what
    assert world.api.writes == before


@pytest.mark.parametrize("route", table(), ids=IDS)
@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_it_may_and_nothing_more(
    world: World, keys: dict[Role, str], route: ApiRoute, role: Role
) -> None:
    before = world.api.writes
    answer = ask(world, route, keys[role])
    if route.role is None or role.covers(route.role):
        assert answer.status_code not in (401, 403, 429), answer.get_data()
        assert answer.status_code < 500, answer.get_data()
    else:
        refused(answer, 403)
        assert world.api.writes == before


@pytest.mark.parametrize("route", table(), ids=IDS)
def test_a_page_of_another_origin_changes_nothing(
    world: World, keys: dict[Role, str], route: ApiRoute
) -> None:
    before = world.api.writes
    for origin in ("https://evil.example", "null", "http://functions.local.evil.example"):
        answer = ask(world, route, keys[Role.ADMIN], Origin=origin, If_Match='"1-1"')
        if route.method == "GET":
            assert answer.status_code not in (401, 403)
        else:
            refused(answer, 403)
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
        assert "Set-Cookie" not in answer.headers
    assert world.api.writes == before


def key_of_another_tenant(world: World) -> str:
    return world.api.key(tenant=OTHER)


def person_of_another_tenant(world: World) -> str:
    address = f"robin@{DOMAIN}"
    world.api.person(address, tenant=OTHER)
    return world.api.token(email=address)


@pytest.mark.parametrize("somebody", [key_of_another_tenant, person_of_another_tenant])
@pytest.mark.parametrize("route", [r for r in table() if r.role is not None], ids=lambda route: route.name)
def test_somebody_of_another_tenant_sees_and_changes_nothing_of_this_one(
    world: World, route: ApiRoute, somebody: Callable[[World], str]
) -> None:
    database = world.api.simulation.world.database
    example = examples(world)[route.name]
    other = somebody(world)
    documents = [f"tenants/default/{path}" for path in (f"jobs/{world.job}", "control/flags")]
    documents += ["tenants/default", f"tenants/default/dead_letters/{world.letter}", "control/flags"]
    documents += [f"api_keys/{world.key_id}", f"operators/{world.person_id}"]
    documents += [
        f"tenants/default/companies/{world.company}",
        f"tenants/default/guardrails/{world.guardrail}",
    ]
    before = database.raw_many(documents)
    headers = {"If_Match": world.api.etag(example.guards, other)} if example.guards == "/v1/flags" else {}
    answer = ask(world, route, other, **(headers or {"If_Match": '"1-1"'}))
    if "{" in route.path:
        # A company's id is the CRM's, so that each tenant has a record of its own.
        own = route.path == "/v1/companies/{company_id}/pause"
        assert answer.status_code in ((200,) if own else (404, 412)), answer.get_data()
    elif route.resource == GLOBAL:
        refused(answer, 403)
    for held in (
        world.job,
        world.draft,
        world.letter,
        world.event,
        world.mailbox,
        world.form,
        world.person_id,
    ):
        if f"/{held}" not in example.path:
            assert held not in answer.get_data(as_text=True), route.name
    assert database.raw_many(documents) == before


@contextmanager
def another(world: World, settings: dict[str, str]) -> Iterator[World]:
    """A system with other settings, beside the one of this module."""
    simulation = Simulation(settings=settings)
    try:
        yield furnished(simulation)
    finally:
        install(world.api.simulation.world)


def test_where_cloud_run_is_in_front_the_marker_is_still_no_signature(world: World) -> None:
    with another(world, {**SETTINGS, "K_SERVICE": "serve-api"}) as behind:
        behind.api.person()
        head, claims, _ = behind.api.token().split(".")
        assert behind.api.ask("GET", "/v1/jobs", f"{head}.{claims}.x").status_code == 401
        assert behind.api.ask("GET", "/v1/jobs", f"{head}.{claims}.{MARKER}").status_code == 401
        assert behind.api.ask("GET", "/v1/jobs", behind.api.token()).status_code == 200


@pytest.mark.parametrize("settings", [{}, {"OPERATORS_CLIENT_ID": SETTINGS["OPERATORS_CLIENT_ID"]}])
def test_without_client_and_domain_nobody_signs_in(world: World, settings: dict[str, str]) -> None:
    with another(world, settings) as off:
        off.api.person()
        assert off.api.ask("GET", "/v1/jobs", off.api.token()).status_code == 401
        assert off.api.ask("GET", "/v1/jobs", off.api.token(aud="", hd="")).status_code == 401


def test_a_person_comes_in_as_what_they_are_until_they_are_removed(world: World) -> None:
    api = world.api
    address = f"kim@{DOMAIN}"
    token = api.token(email=address)
    assert api.ask("GET", "/v1/jobs", token).status_code == 401
    api.person(address, Role.VIEWER)
    assert api.ask("GET", "/v1/jobs", token).status_code == 200
    assert api.ask("POST", "/v1/jobs/retry-failed", token, body={"dry_run": True}).status_code == 403
    admin = api.key()
    (kim,) = [
        one
        for one in api.ask("GET", "/v1/operators", admin).json["items"]
        if one["role"] == "viewer" and one["name"] == "Dana Reyes"
    ][:1]
    gone = api.ask("POST", f"/v1/operators/{kim['id']}/remove", admin, body={"reason": "left"})
    assert gone.status_code == 200
    assert api.ask("GET", "/v1/jobs", token).status_code == 401


def test_a_narrowed_key_reaches_its_resources_and_makes_no_wider_one(world: World) -> None:
    api = world.api
    reads = api.key(scopes=("jobs:read",))
    assert api.ask("GET", "/v1/jobs", reads).status_code == 200
    assert api.ask("POST", "/v1/jobs/retry-failed", reads, body={"dry_run": True}).status_code == 403
    assert api.ask("GET", "/v1/drafts", reads).status_code == 403
    maker = api.key(scopes=("api-keys", "operators"))
    for scopes in ([], ["jobs"], ["api-keys", "drafts:read"], [GLOBAL]):
        asked = {"name": "wider", "role": "admin", "scopes": scopes}
        refused(api.ask("POST", "/v1/api-keys", maker, body=asked), 403)
    asked = {"name": "as wide", "role": "admin", "scopes": ["api-keys:read"]}
    assert api.ask("POST", "/v1/api-keys", maker, body=asked).status_code == 201
    body = {"address": f"pat@{DOMAIN}", "name": "Pat", "role": "admin"}
    refused(api.ask("POST", "/v1/operators", maker, body=body), 403)
    wide = api.key()
    refused(api.ask("POST", "/v1/api-keys", wide, body={"name": "all", "scopes": [GLOBAL]}), 403)
    refused(ask(world, replace(_route("PATCH /v1/flags/global")), wide), 403)


def _route(name: str) -> ApiRoute:
    return next(route for route in table() if route.name == name)
