"""What operators do by the API is what the operations do: drafts, rules, people and the audit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from tests import system
from tests.runtime.api.parts import SETTINGS, World, furnished


@pytest.fixture
def world() -> Iterator[World]:
    """A system of its own for each test: decisions are consumed once."""
    simulation = Simulation(settings=SETTINGS)
    yield furnished(simulation)
    simulation.close()


def decide(world: World, verb: str, **body: Any) -> Any:
    return world.api.ask("POST", f"/v1/drafts/{world.draft}/{verb}", world.api.key(), body=body)


def draft(world: World) -> Any:
    return world.api.ask("GET", f"/v1/drafts/{world.draft}", world.looker).json


def test_a_draft_is_approved_as_it_was_seen_and_by_one_person(world: World) -> None:
    seen = draft(world)
    assert decide(world, "approve", revision=seen["revision"] + 1).status_code == 409
    done = decide(world, "approve", revision=seen["revision"])
    assert (done.status_code, done.json["state"], done.json["queued"]) == (200, "APPROVED", True)
    assert done.json["hash"] == seen["hash"] == done.json["approval"]["hash"]
    assert draft(world)["approval"]["actor"].startswith("key:")
    assert decide(world, "approve", revision=seen["revision"]).status_code == 409
    assert decide(world, "snooze", revision=seen["revision"], until="2026-12-01T09:00:00Z").status_code == 409
    forced = decide(world, "force", revision=seen["revision"], reason="they wait")
    assert (forced.status_code, forced.json["approval"]["forced"]) == (200, True)


def test_an_edited_draft_is_another_revision_and_judged_again(world: World) -> None:
    seen = draft(world)
    body = "Hello Ana,\n\nthank you for writing. Could we talk on Tuesday at 10:00?\n"
    done = decide(world, "edit", revision=seen["revision"], subject=seen["subject"], body=body)
    assert done.status_code == 200, done.get_data()
    assert done.json["revision"] == seen["revision"] + 1
    assert done.json["hash"] != seen["hash"]
    assert decide(world, "reject", revision=seen["revision"], reason="old").status_code == 409


def test_a_rejected_draft_is_over(world: World) -> None:
    done = decide(world, "reject", revision=draft(world)["revision"], reason="not our market")
    assert (done.status_code, done.json["state"]) == (200, "REJECTED")
    world.api.simulation.run()
    assert draft(world)["end_reason"] == "not our market"
    assert decide(world, "approve", revision=1).status_code == 409


def test_a_decision_that_is_sent_twice_is_made_once(world: World) -> None:
    admin, path = world.api.key(), f"/v1/drafts/{world.draft}/approve"
    body = {"revision": draft(world)["revision"]}
    first = world.api.ask("POST", path, admin, body=body, Idempotency_Key="a")
    again = world.api.ask("POST", path, admin, body=body, Idempotency_Key="a")
    assert first.json == again.json
    assert (first.status_code, again.status_code) == (200, 200)


def test_a_failed_job_is_replayed_from_the_api(world: World) -> None:
    tried = world.api.ask("POST", "/v1/jobs/retry-failed", world.api.key(), body={"dry_run": True}).json
    assert [(one["id"], one["started"], one["refusal"]) for one in tried["items"]] == [(world.job, False, "")]
    done = world.api.ask("POST", "/v1/jobs/retry-failed", world.api.key(), body={}).json
    assert [(one["id"], one["started"], one["queued"]) for one in done["items"]] == [(world.job, True, True)]
    shown = world.api.ask("GET", f"/v1/jobs/{world.job}", world.looker).json
    assert shown["status"] == Status.RUNNING
    assert not world.api.ask("GET", "/v1/dead-letters", world.looker).json["items"]


@pytest.mark.parametrize("body", [{"all": True}, {"ids": ["{letter}", "nobody"]}, None])
def test_dead_letters_are_replayed_one_some_or_all(world: World, body: dict[str, Any] | None) -> None:
    path = "/v1/dead-letters/replay" if body else f"/v1/dead-letters/{world.letter}/replay"
    given = {
        k: [one.format(letter=world.letter) for one in v] if k == "ids" else v
        for k, v in (body or {}).items()
    }
    tried = world.api.ask("POST", path, world.api.key(), body={**given, "dry_run": True}).json
    assert [one["fate"] for one in tried["items"]] == ["would be replayed"]
    done = world.api.ask("POST", path, world.api.key(), body=given).json
    assert [(one["fate"], one["queued"]) for one in done["items"]] == [("replayed", True)]
    assert done["missing"] == (["nobody"] if body and "ids" in body else [])


def test_a_guardrail_holds_until_it_is_switched_off(world: World) -> None:
    admin, path = world.api.key(), f"/v1/guardrails/{world.guardrail}"
    assert world.api.ask("GET", path, admin).json["active"]
    off = f"{path}/deactivate"
    assert world.api.ask("POST", off, admin, body={"reason": "no"}).status_code == 428
    assert world.api.ask("POST", off, admin, body={"reason": "no"}, If_Match='"1-1"').status_code == 412
    seen = world.api.etag(path, admin)
    done = world.api.ask("POST", off, admin, body={"reason": "no"}, If_Match=seen)
    assert (done.status_code, done.json["active"]) == (200, False)
    wrong = {"type": "EMPLOYEE_RANGE", "value": ["many"], "reason": "x"}
    assert world.api.ask("POST", "/v1/guardrails", admin, body=wrong).status_code == 422
    right = {"type": "EMPLOYEE_RANGE", "value": {"min": 10, "max": 500}, "reason": "our market"}
    assert world.api.ask("POST", "/v1/guardrails", admin, body=right).status_code == 201


def test_a_quota_is_overridden_as_it_was_seen_and_reset(world: World) -> None:
    admin, path = world.api.key(), f"/v1/quotas/{world.mailbox}/day"
    seen = world.api.etag(path, admin)
    body = {"limit": 7, "reason": "a fair"}
    done = world.api.ask("PUT", path, admin, body=body, If_Match=seen)
    assert (done.status_code, done.json["limit"], done.json["remaining"]) == (200, 7, 7)
    assert world.api.ask("PUT", path, admin, body=body, If_Match=seen).status_code == 412
    reset = world.api.ask(
        "POST", f"{path}/reset", admin, body={"reason": "over"}, If_Match=done.headers["ETag"]
    )
    assert (reset.status_code, reset.json["overridden"]) == (200, False)
    assert world.api.ask("GET", f"/v1/quotas/{world.mailbox}/year", admin).status_code == 404


def test_whether_a_person_may_be_mailed_and_why_not(world: World) -> None:
    admin, body = world.api.key(), {"address": system.ANA}
    world.api.ask("POST", "/v1/suppressions", admin, body={**body, "reason": "asked"})
    told = world.api.ask("POST", "/v1/contacts/check", admin, body=body)
    assert told.status_code == 200, told.get_data()
    assert not told.json["may_be_mailed"]
    assert told.json["suppressed"]
    shown = world.api.ask("GET", f"/v1/contacts/{told.json['contact_id']}", admin).json
    assert shown["contact"]["address"] == system.ANA
    assert (shown["suppressed"], shown["suppression"]["reason"]) == (True, "MANUAL")


def test_a_person_who_is_erased_cannot_be_mailed_from_then_on(world: World) -> None:
    admin = world.api.key()
    body = {"address": system.ANA, "reason": "they asked"}
    done = world.api.ask("POST", "/v1/erasures", admin, body=body)
    assert done.status_code == 202, done.get_data()
    assert world.api.ask("POST", "/v1/suppressions/check", admin, body={"address": system.ANA}).json[
        "suppressed"
    ]
    path = f"/v1/erasures/{done.json['id']}"
    world.api.simulation.clock.advance(3600)
    for _ in range(3):
        world.api.simulation.sweep("resume_erasures")
        world.api.simulation.run()
        world.api.simulation.clock.advance(1800)
    assert world.api.ask("GET", path, world.api.key()).json["state"] in ("erased", "done")
    left = world.api.ask("GET", f"/v1/contacts/{world.contact}", world.api.key()).json
    assert (left["contact"], left["suppression"]["reason"]) == (None, "ERASED")


def test_the_audit_is_shown_exported_and_verified(world: World) -> None:
    decide(world, "approve", revision=draft(world)["revision"])
    admin = world.api.key()
    page = world.api.ask("GET", f"/v1/audit?draft_id={world.draft}&limit=1", admin).json
    assert page["items"][0]["kind"] == "DRAFT_APPROVED"
    assert page["next"]
    told = world.api.ask("GET", "/v1/audit/export", admin)
    assert told.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(told.get_data(as_text=True))))
    assert "DRAFT_APPROVED" in {row["kind"] for row in rows}
    chain = world.api.ask("GET", f"/v1/audit/chains/{world.chain}", admin).json
    assert chain["intact"]
    assert chain["entries"]
    (first,) = [one for one in chain["entries"] if one["number"] == 1]
    path = f"tenants/default/audit/{world.chain}-00000001"
    world.api.simulation.world.database.client.document(path).update({"actor": "nobody"})
    assert first["actor"] != "nobody"
    broken = world.api.ask("GET", f"/v1/audit/chains/{world.chain}", admin).json
    assert (broken["intact"], bool(broken["breaks"])) == (False, True)


def test_a_held_send_is_settled_by_what_a_person_saw(world: World) -> None:
    simulation = world.api.simulation
    (found,) = [one for one in system.drafts(simulation) if one.id == world.draft]
    (job,) = [one for one in system.jobs(simulation) if one.id == found.job_id]
    held = found.but(state=DraftState.HELD, fence=1)
    simulation.world.database.commit([held, job.but(status=Status.HELD, next=None, stage="send_draft")])
    done = decide(world, "settle", revision=held.revision, was_sent=False, evidence="not in Sent")
    assert (done.status_code, done.json["state"]) == (200, "PENDING"), done.get_data()
