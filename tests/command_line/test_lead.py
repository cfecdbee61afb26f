"""`whisper lead submit`: signed as HubSpot signs, or refused as HubSpot would be."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from scripts.command_line.connection import Connection
from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from shared.jobs.job import Status
from tests import system
from tests.command_line.parts import Terminal, front_end, type_in


def whole(**changes: object) -> dict[str, object]:
    """HubSpot's own payload."""
    fields = [{"name": name, "value": value} for name, value in system.LEAD.items()]
    payload: dict[str, object] = {
        "portalId": int(vendors_world.PORTAL),
        "formId": vendors_world.CONTACT_FORM,
        "formSubmissionId": "submission-1",
        "fieldValues": fields,
    }
    return {**payload, **changes}


def test_hubspots_own_payload_becomes_a_job(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps(whole()))
    said = terminal.json("lead", "submit", str(file))
    assert (said["http_status"], said["submission_id"]) == (202, "submission-1")
    terminal.simulation.run()
    job = system.job(terminal.simulation)
    assert (job.id, job.status) == (said["job_id"], Status.WAITING)
    assert job.submissions[0].form_id == vendors_world.CONTACT_FORM


def test_plain_fields_are_filled_in_from_the_tenant(terminal: Terminal) -> None:
    answer = terminal("lead", "submit", "-", stdin=json.dumps({"fields": system.LEAD}))
    assert answer.code == 0
    job = system.job(terminal.simulation)
    assert f"whisper jobs show {job.id}" in answer.out
    assert job.submissions[0].form_id == vendors_world.CONTACT_FORM
    assert job.submissions[0].portal_id == vendors_world.PORTAL


def test_the_form_can_be_named(terminal: Terminal) -> None:
    terminal.json(
        *("lead", "submit", "-", "--form", vendors_world.DEMO_FORM),
        stdin=json.dumps({"fields": system.LEAD}),
    )
    assert system.job(terminal.simulation).submissions[0].form_id == vendors_world.DEMO_FORM


def test_the_same_submission_twice_is_one_job(terminal: Terminal) -> None:
    first, second = (terminal.json("lead", "submit", "-", stdin=json.dumps(whole())) for _ in range(2))
    assert first["job_id"] == second["job_id"]
    assert len(system.jobs(terminal.simulation)) == 1


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"email": "a@b.example"}', "neither fieldValues nor fields"),
        (json.dumps(whole(formId="0000")), "answered 403: form 0000 is not allowed"),
        (json.dumps(whole(portalId=1)), "answered 403: portal 1 belongs to no tenant"),
        (json.dumps(whole(fieldValues=[{"name": "email", "value": "no"}])), "answered 400: field email"),
    ],
)
def test_what_is_unusable_is_refused_in_words(terminal: Terminal, stdin: str, said: str) -> None:
    assert said in terminal.refused("lead", "submit", "-", stdin=stdin)
    assert not system.jobs(terminal.simulation)


def test_a_wrong_secret_is_a_forgery(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THEIR_SECRET", "not-the-apps-secret")
    words = ("lead", "submit", "-", "--secret-env", "THEIR_SECRET")
    assert "answered 401" in terminal.refused(*words, stdin=json.dumps(whole()))
    assert not system.events(terminal.simulation)


def test_an_empty_secret_variable_is_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THEIR_SECRET", raising=False)
    words = ("lead", "submit", "-", "--secret-env", "THEIR_SECRET")
    assert "THEIR_SECRET is not set" in terminal.refused(*words, stdin=json.dumps(whole()))


def test_another_address_with_its_own_secret_needs_no_settings(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The machine's time signs then, which in the simulation's world is stale: so it was signed and refused."""
    monkeypatch.setenv("THEIR_SECRET", simulation.secrets["hubspot-client-secret"])
    connection = Connection(environ={}, run_file=tmp_path / "none.json", http=front_end(simulation))
    url = "http://functions.local/receive_hubspot"
    words = ("lead", "submit", "-", "--url", url, "--secret-env", "THEIR_SECRET", "--json")
    answer = type_in(connection, *words, stdin=json.dumps(whole()))
    assert (answer.code, "401" in answer.data["error"]) == (1, True)


def test_a_door_that_does_not_answer_is_a_line_not_a_traceback(simulation: Simulation) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    connection = Connection(world=simulation.world, http=httpx.MockTransport(refuse))
    answer = type_in(connection, "lead", "submit", "-", "--json", stdin=json.dumps(whole()))
    assert answer.code == 1
    assert "gave no answer" in answer.data["error"]
    assert "scripts/run" in answer.data["error"]
