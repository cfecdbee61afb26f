"""The same change asked for twice is made once, and answered alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.jobs.rules import Suppression
from shared.jobs.stored_answer import StoredAnswer
from shared.runtime.api.answer import Answer, Problem
from shared.runtime.api.idempotency import KEPT, LEASE, Repeatable, once
from shared.store.database import Changed, Database, Unreachable
from tests import system
from tests.runtime.api.parts import Api

BODY = {"name": "a program", "role": "viewer"}
ASKED = Repeatable("default", "key:test:1", "k-1", "request")


def make(api: Api, admin: str, key: str, body: Any = BODY, **headers: str) -> Any:
    return api.ask("POST", "/v1/api-keys", admin, body=body, Idempotency_Key=key, **headers)


def keys(api: Api, admin: str) -> int:
    return len(api.ask("GET", "/v1/api-keys?limit=100", admin).json["items"])


def test_a_repetition_changes_nothing_and_is_answered_alike(api: Api, admin: str) -> None:
    first = make(api, admin, "one")
    made, writes = keys(api, admin), api.writes
    again = make(api, admin, "one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == {**first.json, "secret": None}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (keys(api, admin), api.writes) == (made, writes)


def test_without_a_key_each_request_counts(api: Api, admin: str) -> None:
    before = keys(api, admin)
    api.ask("POST", "/v1/api-keys", admin, body=BODY)
    api.ask("POST", "/v1/api-keys", admin, body=BODY)
    assert keys(api, admin) == before + 2


def test_another_request_under_the_same_key_is_refused(api: Api, admin: str) -> None:
    make(api, admin, "two")
    writes = api.writes
    other = make(api, admin, "two", {**BODY, "role": "approver"})
    assert other.status_code == 422
    elsewhere = api.ask(
        "POST", "/v1/operators", admin, body={"address": "x@y.example", "name": "X"}, Idempotency_Key="two"
    )
    assert elsewhere.status_code == 422
    assert api.writes == writes


def test_another_caller_has_keys_of_their_own(api: Api, admin: str) -> None:
    first = make(api, admin, "three")
    other = make(api, api.key(), "three")
    assert other.json["id"] != first.json["id"]


def test_a_refusal_is_judged_anew(api: Api, admin: str) -> None:
    path = "/v1/api-keys/unknown/revoke"
    for _ in range(2):
        refused = api.ask("POST", path, admin, body={"reason": "old"}, Idempotency_Key="four")
        assert refused.status_code == 404
        assert refused.content_type == "application/problem+json"
        assert "Idempotency-Replayed" not in refused.headers
    other = api.ask("POST", path, admin, body={"reason": "older"}, Idempotency_Key="four")
    assert other.status_code == 422, "the key stays that of the request it came with"


def test_an_opt_out_that_met_somebody_else_is_recorded_when_it_is_repeated(
    api: Api, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Database.commit

    def meets(self: Database, documents: Any, **more: Any) -> None:
        written = list(documents)
        if any(isinstance(one, Suppression) for one in written):
            raise Changed("somebody else")
        commit(self, written, **more)

    body = {"address": "met@outside.example", "kind": "OPT_OUT", "reason": "asked on the phone"}
    with monkeypatch.context() as patched:
        patched.setattr(Database, "commit", meets)
        first = api.ask("POST", "/v1/suppressions", admin, body=body, Idempotency_Key="met")
    assert first.status_code == 409
    again = api.ask("POST", "/v1/suppressions", admin, body=body, Idempotency_Key="met")
    assert (again.status_code, again.json["suppressed"]) == (200, True)
    replayed = api.ask("POST", "/v1/suppressions", admin, body=body, Idempotency_Key="met")
    assert replayed.headers["Idempotency-Replayed"] == "true"
    assert replayed.json == again.json


def test_after_a_day_the_key_is_free(api: Api, admin: str) -> None:
    first = make(api, admin, "five")
    api.simulation.clock.advance(int(KEPT.total_seconds()) - 60)
    assert make(api, admin, "five").json["id"] == first.json["id"]
    api.simulation.clock.advance(61)
    assert make(api, admin, "five").json["id"] != first.json["id"]


def test_the_secret_of_a_key_is_not_kept(api: Api, admin: str) -> None:
    secret = make(api, admin, "six").json["secret"]
    kept = system.every(api.simulation, "idempotency", StoredAnswer)
    assert kept
    assert not [one for one in kept if secret in one.body]


# One request at a time


def answered(number: int = 200) -> Callable[[], Answer]:
    return lambda: Answer(number, b'{"n": 1}')


def run(api: Api, work: Callable[[], Answer], key: str, *, later_s: float = 0.0) -> Answer:
    now = api.simulation.clock.now() + timedelta(seconds=later_s)
    asked = Repeatable(ASKED.tenant, ASKED.who, key, ASKED.request)
    return once(api.simulation.world.database, asked, lambda _: work(), kept=lambda one: one, now=now)


def test_a_second_request_that_comes_meanwhile_waits(api: Api) -> None:
    met: list[Problem] = []

    def work() -> Answer:
        with pytest.raises(Problem) as meanwhile:
            run(api, answered(), "meanwhile")
        met.append(meanwhile.value)
        return Answer(200, b"{}")

    assert run(api, work, "meanwhile").status == 200
    assert met[0].status == 409
    assert int(met[0].headers["Retry-After"]) >= 1


def test_what_failed_may_be_asked_for_again_at_once(api: Api) -> None:
    def fails() -> Answer:
        raise Unreachable("ServiceUnavailable")

    with pytest.raises(Unreachable):
        run(api, fails, "failed")
    assert run(api, answered(), "failed").status == 200
    for status in (409, 412, 422, 503):
        assert run(api, answered(status), f"down {status}").status == status
        assert run(api, answered(), f"down {status}").status == 200


def test_a_request_whose_process_died_is_worked_on_again_after_its_lease(api: Api) -> None:
    class Died(BaseException):
        pass

    class Dead(Database):
        """The process ends before it can say that it gave up."""

        def commit(self, documents: Any, **more: Any) -> None:
            super().commit(documents, **more)
            raise Died

    database = Dead(api.simulation.world.database.client)
    asked = Repeatable(ASKED.tenant, ASKED.who, "died", ASKED.request)
    with pytest.raises(Died):
        once(database, asked, lambda _: answered()(), kept=lambda one: one, now=api.simulation.clock.now())
    with pytest.raises(Problem) as waits:
        run(api, answered(), "died")
    assert waits.value.status == 409
    assert run(api, answered(), "died", later_s=LEASE.total_seconds() + 1).status == 200


def test_an_answer_that_could_not_be_kept_is_still_given(api: Api) -> None:
    class Full(Database):
        writes = 0

        def commit(self, documents: Any, **more: Any) -> None:
            self.writes += 1
            if self.writes > 1:
                raise Changed("somebody else")
            super().commit(documents, **more)

    database = Full(api.simulation.world.database.client)
    asked = Repeatable(ASKED.tenant, ASKED.who, "unkept", ASKED.request)
    answer = once(
        database, asked, lambda _: answered()(), kept=lambda one: one, now=api.simulation.clock.now()
    )
    assert answer.status == 200
