"""`whisper events`: what was refused is visible, and accepted once the reason is gone."""

from __future__ import annotations

from scripts.stack.tenant import TENANT
from shared.jobs.event import EventStatus
from tests import system
from tests.command_line.parts import Terminal
from tests.intake.test_receive_hubspot import payload, post

FORM = "0f0f0f0f-1111-2222-3333-444444444444"


def refused(terminal: Terminal) -> str:
    """A submission of a form that nobody allowed."""
    assert post(terminal.simulation, payload(formId=FORM)).status_code == 403
    (event,) = system.events(terminal.simulation)
    return str(event.id)


def allow(terminal: Terminal) -> None:
    document = terminal.simulation.world.database.client.document(f"tenants/{TENANT}")
    forms = document.get().to_dict()["forms"]
    document.update({"forms": {**forms, FORM: {"name": "A new form"}}})


def test_a_refusal_is_listed_with_its_reason(terminal: Terminal) -> None:
    event_id = refused(terminal)
    (event,) = terminal.json("events", "list")["events"]
    assert event["id"] == event_id
    assert "is not allowed" in event["reason"]
    assert "is not allowed" in terminal("events", "list").out
    assert terminal.json("events", "list", "--status", "accepted")["events"] == []


def test_it_is_refused_again_while_the_reason_stands(terminal: Terminal) -> None:
    event_id = refused(terminal)
    assert "is not allowed" in terminal.refused("events", "replay", event_id)
    assert not system.jobs(terminal.simulation)


def test_it_is_accepted_once_when_the_reason_is_gone(terminal: Terminal) -> None:
    event_id = refused(terminal)
    allow(terminal)
    job_id = terminal.json("events", "replay", event_id)["job"]
    terminal.simulation.run()
    assert system.job(terminal.simulation).id == job_id
    assert system.effects(terminal.simulation)["drafts"] == 1
    (event,) = system.events(terminal.simulation)
    assert event.status is EventStatus.ACCEPTED
    assert "was accepted" in terminal.refused("events", "replay", event_id)


def test_what_was_no_submission_and_what_is_not_there_say_so(terminal: Terminal) -> None:
    assert post(terminal.simulation, b"not json").status_code == 400
    (event,) = system.events(terminal.simulation)
    assert "no submission" in terminal.refused("events", "replay", event.id)
    assert "has no event" in terminal.refused("events", "replay", "nothing")
