"""A person, their history, their company, the numbers, suggestions; and who may stop everything."""

from __future__ import annotations

from typing import Any

import pytest

from shared.jobs.audit import FLAG_CHANGED, AuditEntry
from shared.operators.api_keys import GLOBAL
from shared.operators.roles import Role
from tests import system
from tests.runtime.api.parts import OTHER, Api, World


def viewer(api: Api) -> str:
    return api.key(Role.VIEWER)


def test_a_person_is_shown_by_address_as_by_id(world: World, api: Api) -> None:
    key = viewer(api)
    by_id = api.ask("GET", f"/v1/contacts/{world.contact}", key)
    by_address = api.ask("POST", "/v1/contacts/show", key, body={"address": system.ANA.upper()})
    assert (by_id.status_code, by_address.status_code) == (200, 200)
    assert by_id.json == by_address.json
    assert by_id.json["contact"]["open_draft"] == world.draft
    assert {one["answering"] for one in by_id.json["next_touch"]} == {"mail", "form", "nothing"}


def test_nobody_is_shown_of_whom_nothing_is_kept(world: World, api: Api) -> None:
    body = {"address": "stranger@outside.example"}
    assert api.ask("POST", "/v1/contacts/show", viewer(api), body=body).status_code == 404
    other = api.key(tenant=OTHER)
    assert api.ask("POST", "/v1/contacts/show", other, body={"address": system.ANA}).status_code == 404
    assert api.ask("GET", f"/v1/contacts/{world.contact}/history", other).status_code == 404
    for garbage in ("", "no address", 7):
        refused = api.ask("POST", "/v1/contacts/show", viewer(api), body={"address": garbage})
        assert refused.status_code == 422


def test_a_history_is_paged_to_its_end_without_an_address(world: World, api: Api) -> None:
    key, path = viewer(api), f"/v1/contacts/{world.contact}/history"
    whole = api.ask("GET", f"{path}?limit=100", key).json
    assert whole["next"] is None
    assert {one["what"] for one in whole["items"]} == {"job", "audit"}
    assert "@" not in str(whole)
    found: list[Any] = []
    cursor = ""
    while True:
        one = api.ask("GET", f"{path}?limit=1{cursor}", key).json
        found += one["items"]
        if one["next"] is None:
            break
        cursor = f"&cursor={one['next']}"
    assert found == whole["items"]
    jobs = api.ask("GET", "/v1/jobs?limit=1", key).json["next"]
    assert api.ask("GET", f"{path}?cursor={jobs}", key).status_code == 422


def test_a_company_that_was_never_paused_is_shown_too(world: World, api: Api) -> None:
    key = viewer(api)
    company = api.ask("GET", f"/v1/contacts/{world.contact}", key).json["contact"]["company_crm_id"]
    shown = api.ask("GET", f"/v1/companies/{company}", key)
    assert shown.json == {
        "id": company, "paused": False, "record": None, "contacts": 1, "contact_ids": [world.contact],
    }  # fmt: skip
    assert shown.headers["ETag"] == '"none"'
    held = api.ask("GET", f"/v1/companies/{world.company}", key).json
    assert (held["paused"], held["record"]["pause_reason"], held["contacts"]) == (True, "they asked", 0)
    assert api.ask("GET", "/v1/companies/4711", key).status_code == 404


def test_numbers_are_of_what_happened(world: World, api: Api) -> None:
    key = viewer(api)
    day = api.simulation.clock.now().date().isoformat()
    told = api.ask("GET", f"/v1/stats/outcomes?first={day}&last={day}", key).json
    assert (told["totals"]["drafted"], told["totals"]["sent"]) == (1, 0)
    assert (told["rates"]["approved/drafted"], told["rates"]["replied/sent"]) == (0.0, None)
    assert api.ask("GET", "/v1/stats/outcomes?first=2026-01-01&last=2026-11-21", key).status_code == 422
    stand = api.ask("GET", "/v1/stats/contacts", key).json
    assert (stand["contacts"], stand["with_open_draft"], stand["suppressed"]["ERASED"]) == (1, 1, 1)


def test_suggestions_say_what_the_gate_says(world: World, api: Api) -> None:
    key = viewer(api)
    draft = api.ask("GET", f"/v1/drafts/{world.draft}", key).json
    told = api.ask("GET", f"/v1/drafts/{world.draft}/suggestions", key)
    assert told.json["judged"]
    assert told.json["violations"] == draft["verdict"]["violations"]
    assert all(one["mend"] for one in told.json["violations"])
    assert api.ask("GET", "/v1/drafts/none/suggestions", key).status_code == 404


@pytest.mark.parametrize("path", ["/v1/flags", "/v1/flags/global"])
def test_an_approver_stops_everything_and_loosens_nothing(api: Api, admin: str, path: str) -> None:
    approver = api.key(Role.APPROVER, scopes=("flags", GLOBAL))

    def ask(credential: str, field: str, value: object, **more: object) -> int:
        body = {"field": field, "value": value, "reason": "a trial", **more}
        seen = api.etag(path, admin)
        status: int = api.ask("PATCH", path, credential, body=body, If_Match=seen).status_code
        if status != 200:
            assert api.etag(path, admin) == seen, "a refusal changed something"
        return status

    before = len(
        [one for one in system.every(api.simulation, "audit", AuditEntry) if one.kind == FLAG_CHANGED]
    )
    assert ask(approver, "kill_switch", True) == 200
    assert api.ask("GET", path, admin).json["stopped"] is True
    assert ask(approver, "kill_switch", False) == 403
    assert ask(approver, "mode", "SEND_ALLOWED") == 403
    assert ask(approver, "AUTO_SEND_FOLLOWUP", True, percent=100) == 403
    assert ask(approver, "AUTO_SEND_FOLLOWUP", False) == 403
    assert ask(approver, "mode", "DRAFT_ONLY") == 200
    assert ask(api.key(Role.VIEWER, scopes=("flags", GLOBAL)), "kill_switch", True) == 403
    assert ask(admin, "kill_switch", False) == 200
    assert api.ask("GET", path, admin).json["stopped"] is False
    entries = [one for one in system.every(api.simulation, "audit", AuditEntry) if one.kind == FLAG_CHANGED]
    assert len(entries) == before + 3


def test_an_approver_stops_every_tenant_only_with_a_key_for_that(api: Api, admin: str) -> None:
    body = {"field": "kill_switch", "value": True}
    seen = api.etag("/v1/flags/global", admin)
    refused = api.ask("PATCH", "/v1/flags/global", api.key(Role.APPROVER), body=body, If_Match=seen)
    assert refused.status_code == 403
    assert api.etag("/v1/flags/global", admin) == seen
