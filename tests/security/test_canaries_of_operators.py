"""What operators, recipients and vendors say to the doors, the send and the archive reaches no log or audit (P11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from scripts.stack.deployment import spec
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.draft import Draft, DraftState
from shared.operators.api_keys import GLOBAL
from shared.operators.decisions import Decided
from tests import system
from tests.conftest import CANARY
from tests.faults.sending import decide, may_send
from tests.runtime.api.parts import Api
from tests.s3 import BUCKET, KEY, Store, s3_server
from tests.security.watched import STRANGER, Loud, Make, Watched, audited, leaked

ADDRESS = STRANGER["email"]
MARKS = [CANARY, system.ANA, ADDRESS]


def clean(here: Watched, *further: str, least_lines: int = 2) -> list[str]:
    """Nothing leaked into what was said, or into the audit."""
    lines = here.check(least_lines=least_lines)
    assert leaked([*lines, *audited(here)], [*MARKS, *here.secrets(), *further]) == []
    return lines


def drafted(here: Watched) -> Draft:
    here.lead()
    (draft,) = system.drafts(here.simulation)
    return draft


PLACES = (
    ("GET", f"/v1/contacts/{quote(ADDRESS)}", None),
    ("GET", f"/v1/contacts/{ADDRESS}?name={CANARY}", None),
    ("GET", f"/v1/audit?contact={quote(ADDRESS)}", None),
    ("GET", f"/v1/jobs?cursor={CANARY}&status={quote(ADDRESS)}", None),
    ("GET", f"/v1/{CANARY}/{quote(ADDRESS)}", None),
    ("POST", "/v1/contacts/check", {"address": ADDRESS}),
    ("POST", "/v1/contacts/check", {"address": f"{CANARY} {ADDRESS}, {system.ANA}"}),
    ("POST", "/v1/suppressions", {"address": ADDRESS, "reason": "they asked"}),
    ("POST", "/v1/suppressions", {"address": ADDRESS, "reason": f"{ADDRESS} asked"}),
    ("POST", "/v1/suppressions", {"address": ADDRESS, "reason": "they asked", CANARY: ADDRESS}),
    ("POST", "/v1/erasures", {"address": f"{CANARY}@", "reason": "they asked"}),
    ("POST", "/v1/erasures", {"address": ADDRESS, "reason": "they asked"}),
)


def test_what_the_api_is_asked_is_not_quoted(watched: Make) -> None:
    here = watched()
    here.lead()
    api = Api(here.simulation)
    admin = api.key(scopes=(GLOBAL,))
    for method, path, body in PLACES:
        answer = api.ask(method, path, admin, body=body, X_Request_Id=CANARY, Referer=ADDRESS)
        assert answer.status_code < 500, (method, path, answer.get_data())
    here.simulation.run()
    clean(here, admin, admin.rpartition(".")[2])


@pytest.mark.parametrize("credential", [CANARY, f"{CANARY}.{CANARY}", f"whk_{CANARY}", f"Basic {CANARY}"])
def test_a_credential_that_is_refused_is_not_quoted(watched: Make, credential: str) -> None:
    here = watched()
    answer = Api(here.simulation).ask("GET", f"/v1/jobs?status={quote(ADDRESS)}", credential)
    assert answer.status_code == 401
    assert CANARY not in answer.get_data(as_text=True)
    clean(here, least_lines=0)


def test_words_that_an_operator_writes_into_a_draft_are_not_quoted(watched: Make) -> None:
    here = watched()
    draft = drafted(here)
    api = Api(here.simulation)
    admin = api.key()
    path = f"/v1/drafts/{draft.id}"
    body = {"body": f"Hi Ana,\n\nour code is {CANARY}, write to {ADDRESS}. Shall we talk on Monday?\n"}
    for name in ("edit", "reject"):
        revision = api.ask("GET", path, admin).json["revision"]
        words = {**body, "subject": f"About {CANARY}"} if name == "edit" else {"reason": "not good enough"}
        answer = api.ask("POST", f"{path}/{name}", admin, body={**words, "revision": revision})
        assert answer.status_code < 500, answer.get_data()
    here.simulation.run()
    clean(here, admin)


def test_a_way_out_that_is_pressed_is_not_quoted(watched: Make) -> None:
    here = watched()
    draft = drafted(here)
    token = draft.opt_out_url.partition("?t=")[2]
    for query, body in (
        (token, b"List-Unsubscribe=One-Click"),
        (f"{token}&mail={quote(ADDRESS)}", b"List-Unsubscribe=One-Click"),
        (f"{token}{CANARY}", b"List-Unsubscribe=One-Click"),
        (f"{CANARY}{quote(ADDRESS)}", f"List-Unsubscribe=One-Click&mail={ADDRESS}".encode()),
    ):
        for method in ("GET", "POST"):
            here.simulation.call(
                f"receive_opt_out?t={query}",
                method=method,
                headers={"Content-Type": "application/x-www-form-urlencoded", "User-Agent": CANARY},
                body=body if method == "POST" else b"",
            )
    here.simulation.run()
    assert any("opted_out" in line for line in clean(here, token, token[:24]))


@pytest.mark.parametrize(
    ("status", "shape"), [(403, "json"), (404, "json"), (500, "json"), (200, "json"), (200, "html")]
)
def test_a_send_that_fails_and_says_back_what_was_sent_is_not_quoted(
    watched: Make, status: int, shape: str
) -> None:
    here = watched(MODE_CEILING="SEND_ALLOWED")
    simulation = here.simulation
    may_send(simulation)
    assert isinstance(decide(simulation, drafted(here)), Decided)
    world = simulation.world
    assert world.http is not None
    loud = Loud(world.http, "gmail", status, shape=shape)
    world.http = loud
    world.made = {
        key: value for key, value in world.made.items() if isinstance(key, tuple) and "certificates" in key
    }
    for _ in range(3):
        simulation.run(until=simulation.clock.now() + timedelta(hours=8))
        simulation.sweep("requeue_stuck")
        simulation.sweep("watch_drafts")
    assert loud.said, "the mailbox was asked to send and answered aloud"
    (draft,) = system.drafts(simulation)
    assert draft.state is not DraftState.SENT
    assert leaked([draft.end_reason, *(draft.verdict.reasons if draft.verdict else ())], MARKS) == []
    clean(here, least_lines=10)


GARBAGE = (
    ("control/flags", {"mode": f"for {ADDRESS}", "kill_switch": system.ANA}),
    (f"tenants/{TENANT}/control/flags", {"features": {f"{ADDRESS}": {"enabled": system.ANA}}}),
    (f"tenants/{TENANT}/control/flags", {f"said {system.ANA}": True, "features": [ADDRESS]}),
    (f"tenants/{TENANT}/guardrails/by-hand", {"type": ADDRESS, "value": [system.ANA], "active": ADDRESS}),
    (f"tenants/{TENANT}/guardrails/{ADDRESS}", {"type": "EMPLOYEE_RANGE", "value": ADDRESS, "active": True}),
    (f"tenants/{TENANT}/quotas/{ADDRESS}", {"used": ADDRESS, "limit": system.ANA}),
    (f"tenants/{TENANT}", {"sends_a_day": ADDRESS, "forms": {ADDRESS: system.ANA}}),
)


@pytest.mark.parametrize(("path", "document"), GARBAGE, ids=range(len(GARBAGE)))
def test_an_address_that_somebody_typed_into_a_control_is_not_quoted(
    watched: Make, path: str, document: dict[str, Any]
) -> None:
    here = watched()
    simulation = here.simulation
    assert simulation.sweep("watch_controls") == 200
    simulation.world.database.client.document(path).set(document, merge=True)
    for _ in range(2):
        simulation.clock.advance(60)
        simulation.sweep("watch_controls")
    here.lead(minutes=12)
    simulation.sweep("requeue_stuck")
    assert audited(here), "the change was written down"
    clean(here)


def test_an_erasure_says_nothing_of_whom_it_forgets(watched: Make) -> None:
    here = watched()
    here.lead(STRANGER)
    api = Api(here.simulation)
    admin = api.key(scopes=(GLOBAL,))
    asked = api.ask("POST", "/v1/erasures", admin, body={"address": ADDRESS, "reason": "they asked"})
    assert asked.status_code < 300, asked.get_data()
    here.simulation.run()
    here.simulation.sweep("requeue_stuck")
    here.simulation.run()
    kinds = [entry for entry in audited(here) if "ERAS" in entry]
    assert kinds, "it is in the audit"
    assert leaked([asked.get_data(as_text=True)], MARKS) == []
    clean(here, admin)


@pytest.fixture
def store() -> Iterator[Store]:
    with s3_server() as made:
        yield made


def test_the_archive_of_the_audit_holds_nothing_of_a_person(watched: Make, store: Store) -> None:
    here = watched(**store.settings())
    simulation: Simulation = here.simulation
    secrets = {**simulation.secrets, "audit-archive-key": KEY}
    simulation.cloud.provision(spec(simulation.catalogue, simulation.places, secrets, paused=True))
    may_send(simulation)
    decide(simulation, drafted(here))
    here.lead(STRANGER)
    simulation.run(until=simulation.clock.now() + timedelta(days=2))
    assert simulation.sweep("archive_audit") == 200
    kept = {
        name: store.client.get_object(Bucket=BUCKET, Key=name)["Body"].read().decode()
        for name in store.kept()
    }
    assert any("DRAFT_CREATED" in text for text in kept.values())
    assert leaked([*kept, *kept.values()], [*MARKS, KEY, *here.secrets()]) == []
    clean(here)
