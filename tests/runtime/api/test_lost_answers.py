"""A change whose answer was lost before it was kept: who asks again changes nothing more, on every route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.tenant import TENANT
from shared.jobs.stored_answer import StoredAnswer
from shared.operators.api_keys import Made, create_api_key
from shared.operators.roles import Role
from shared.runtime.api.answer import Answer
from shared.runtime.api.idempotency import LEASE, Repeatable, once
from shared.runtime.api.table import table
from shared.store.database import Database, Unreachable
from tests.runtime.api.parts import INDUSTRY, MAKER, Api, World, examples

CHANGES = {route.name: route for route in table() if route.changes}
CREATES = {name: route for name, route in CHANGES.items() if route.status == 201}
BESIDE = ("idempotency", "outbox")
"""What is written about a request, and says nothing of what it did."""
AUDIT = ("audit", "audit_heads")
ONCE_AUDITED = {*CREATES, "POST /v1/operators"}

Lost = Callable[[StoredAnswer], bool]


def answered(record: StoredAnswer) -> bool:
    """Whether a record is written with the answer."""
    return record.status is not None


def created(record: StoredAnswer) -> bool:
    """Whether a record is written with what the request creates."""
    return record.status is None and bool(record.made)


def documents(api: Api, *, audit: bool) -> set[str]:
    engine = api.simulation.cloud.firestore
    names = (name.partition("/documents/")[2] for name in engine.store.names_of(None))
    left_out = (*BESIDE, *(() if audit else AUDIT))
    return {name for name in names if name.split("/")[-2] not in left_out}


def asking(world: World, credential: str, name: str) -> Callable[[], Any]:
    """The same request each time."""
    example = examples(world)[name]
    headers = {"Idempotency_Key": "lost"}
    if example.guards:
        headers["If_Match"] = world.api.etag(example.guards, credential)
    return lambda: world.api.ask(name.split()[0], example.path, credential, body=example.body, **headers)


def losing(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Any], lost: Lost, *, applied: bool) -> Any:
    """The answer to a request during which Firestore does not answer to one write of its record."""
    commit = Database.commit

    def loses(self: Database, documents: Any, **more: Any) -> None:
        written = list(documents)
        loses_it = any(isinstance(one, StoredAnswer) and lost(one) for one in written)
        if applied or not loses_it:
            commit(self, written, **more)
        if loses_it:
            raise Unreachable("ServiceUnavailable")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "commit", loses)
        return ask()


def later(world: World) -> None:
    world.api.simulation.clock.advance(int(LEASE.total_seconds()) + 1)


@pytest.mark.parametrize("name", CHANGES)
def test_a_repetition_after_a_lost_answer_creates_nothing(
    world: World, admin: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, audit = asking(world, admin, name), name in ONCE_AUDITED
    before = documents(world.api, audit=audit)
    first = losing(monkeypatch, ask, answered, applied=False)
    after = documents(world.api, audit=audit)
    assert name not in CREATES or (first.status_code, after > before) == (201, True)
    assert ask().status_code in (409, first.status_code), "who asks at once waits, or is refused again"
    later(world)
    ask()
    assert documents(world.api, audit=audit) == after


@pytest.mark.parametrize("name", CREATES)
def test_what_was_made_is_answered_alike(
    world: World, admin: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking(world, admin, name)
    first = losing(monkeypatch, ask, answered, applied=False)
    later(world)
    for _ in range(2):
        again = ask()
        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
        assert again.json == {**first.json, **dict.fromkeys(CREATES[name].shown_once)}
        assert again.headers.get("ETag") == first.headers.get("ETag")


@pytest.mark.parametrize("name", CREATES)
def test_what_was_made_by_a_commit_without_an_answer_is_made_once(
    world: World, admin: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking(world, admin, name)
    assert losing(monkeypatch, ask, created, applied=True).status_code == 503
    after = documents(world.api, audit=True)
    again = ask()
    assert (again.status_code, documents(world.api, audit=True)) == (201, after)


@pytest.mark.parametrize("name", CREATES)
def test_what_was_not_made_is_made_by_the_repetition(
    world: World, admin: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = documents(world.api, audit=True)
    ask = asking(world, admin, name)
    assert losing(monkeypatch, ask, created, applied=False).status_code == 503
    assert documents(world.api, audit=True) == before
    assert ask().status_code == 201
    assert documents(world.api, audit=True) > before


def test_what_was_made_and_is_gone_is_not_made_again(
    world: World, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {**INDUSTRY, "id": "gone-again"}
    path = f"tenants/{TENANT}/guardrails/gone-again"

    def ask() -> Any:
        return world.api.ask("POST", "/v1/guardrails", admin, body=body, Idempotency_Key="gone")

    losing(monkeypatch, ask, answered, applied=False)
    world.api.simulation.world.database.client.document(path).delete()
    later(world)
    refused = ask()
    assert (refused.status_code, "another Idempotency-Key" in refused.json["detail"]) == (409, True)
    assert world.api.simulation.world.database.raw_many([path]) == [None]


@pytest.mark.parametrize("known", [False, True])
def test_who_was_removed_since_is_not_let_in_again(
    world: World, admin: str, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    body = {"address": f"known-{known}@outside.example", "name": "Kim"}
    if known:
        world.api.ask("POST", "/v1/operators", admin, body=body)

    def ask() -> Any:
        return world.api.ask("POST", "/v1/operators", admin, body=body, Idempotency_Key=f"lost-{known}")

    first = losing(monkeypatch, ask, answered, applied=False)
    removed = world.api.ask(
        "POST", f"/v1/operators/{first.json['id']}/remove", admin, body={"reason": "left"}
    )
    later(world)
    again = ask()
    assert (again.status_code, again.json["removed_at"]) == (200, removed.json["removed_at"])


def test_who_opted_out_since_stays_suppressed(
    world: World, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"address": "again@outside.example", "reason": "told us by phone"}
    opt_out = {**said, "kind": "OPT_OUT"}
    world.api.ask("POST", "/v1/suppressions", admin, body=opt_out)

    def ask() -> Any:
        body = {**said, "force": True}
        return world.api.ask("POST", "/v1/suppressions/remove", admin, body=body, Idempotency_Key="let-go")

    assert not losing(monkeypatch, ask, answered, applied=False).json["suppressed"]
    later(world)
    assert world.api.ask("POST", "/v1/suppressions", admin, body=opt_out).json["suppressed"]
    again = ask()
    assert (again.status_code, again.json["suppressed"], again.json["kind"]) == (200, True, "OPT_OUT")


def test_a_worker_that_outlives_its_lease_makes_no_second(world: World, admin: str) -> None:
    database, now = world.api.simulation.world.database, world.api.simulation.clock.now()
    asked = Repeatable(TENANT, "key:slow:1", "slow", "request")
    outcomes: list[object] = []

    def make(record: StoredAnswer) -> Answer:
        done = create_api_key(
            database, TENANT, name="slow", role=Role.VIEWER, valid_days=1, within=None, by=MAKER, now=now,
            under=record,
        )  # fmt: skip
        outcomes.append(done)
        return Answer(201 if isinstance(done, Made) else 409, b"{}")

    def slow(record: StoredAnswer) -> Answer:
        once(database, asked, make, kept=lambda one: one, now=now + LEASE + timedelta(seconds=1))
        return make(record)

    assert once(database, asked, slow, kept=lambda one: one, now=now).status == 409
    assert [isinstance(one, Made) for one in outcomes] == [True, False]
    assert once(database, asked, make, kept=lambda one: one, now=now).status == 201
