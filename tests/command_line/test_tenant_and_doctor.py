"""`whisper tenant add` and `whisper doctor`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.command_line.connection import Connection
from scripts.local_cloud.in_process import tasks_client
from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from tests import system
from tests.command_line.parts import Terminal, front_end, type_in
from tests.intake.test_receive_hubspot import add_version

SENDER = "ann@acme.example"
SETTINGS = f"""
id: acme
portal_ids: ["777"]
forms:
  demo-form: {{name: Request a demo, subject: a demo}}
default_sender: {SENDER}
senders:
  {SENDER}: {{name: Ann Lee, company: Acme, time_zone: Europe/Madrid, facts: [Acme sells anvils.]}}
"""
OPTIONS = (
    *("tenant", "add", "--id", "acme", "--portal", "777", "--form", "demo-form=Request a demo=a demo"),
    *("--sender", SENDER, "--sender-name", "Ann Lee", "--company", "Acme", "--time-zone", "Europe/Madrid"),
)


def test_a_tenant_from_a_file_starts_stopped_and_drafting_only(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(SETTINGS)
    said = terminal.json("tenant", "add", str(file))
    assert said["secrets_needed"] == ["hubspot-service-key-acme", "gmail-delegation-acme"]
    shown = terminal.json("flags", "show", "--tenant", "acme")
    assert (shown["stopped"], shown["mode"], shown["garbage"]) == (True, "DRAFT_ONLY", [])
    tenant = terminal.simulation.world.database.raw_many(["tenants/acme"])[0] or {}
    assert tenant["senders"][SENDER]["facts"] == ["Acme sells anvils."]


def test_a_tenant_from_options_takes_its_portals_leads(terminal: Terminal) -> None:
    shown = terminal(*OPTIONS)
    assert "tenant acme is created" in shown.out
    assert "whisper doctor --tenant acme" in shown.out
    fields = json.dumps({"fields": system.LEAD})
    said = terminal.json("--tenant", "acme", "lead", "submit", "-", stdin=fields)
    (job,) = terminal.json("jobs", "list", "--tenant", "acme")["jobs"]
    assert job["id"] == said["job_id"]


def test_it_runs_at_once_only_when_told_to(terminal: Terminal) -> None:
    terminal.json(*OPTIONS, "--no-kill-switch", "--mode", "SEND_ALLOWED")
    own = terminal.json("flags", "show", "--tenant", "acme")["documents"]["tenants/acme/control/flags"]
    assert own == {"kill_switch": False, "mode": "SEND_ALLOWED", "features": {}}


def test_json_settings_are_read_too(terminal: Terminal) -> None:
    settings = {
        "id": "acme",
        "default_sender": SENDER,
        "senders": {SENDER: {"name": "Ann", "company": "Acme"}},
    }
    assert terminal.json("tenant", "add", "-", stdin=json.dumps(settings))["tenant"]["id"] == "acme"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("id: acme", "id: Acme Inc"), "id: it must be lower-case"),
        (("id: acme\n", ""), "id: field required"),
        (("forms:", "form:"), "form: no such field"),
        (("subject: a demo", "subjekt: a demo"), "forms.demo-form.subjekt: no such field"),
        (('["777"]', '["abc"]'), "is not a portal's number"),
        (("default_sender: ann", "default_sender: bob"), "must be one of the senders"),
        (("Europe/Madrid", "Europe/Atlantis"), "no IANA time zone"),
        (("name: Ann Lee", "name: ''"), "name and company may not be empty"),
        (("  ann@acme", "  Ann@acme"), "must be in lower case"),
        (("id: acme", "id: acme\nallowed_links: ['https://acme.example']"), "without https://"),
        (("id: acme", "id: acme\nunknown_passes: [followups]"), "there is no playbook 'followups'"),
        (("id: acme", "id: [acme"), "neither YAML nor JSON"),
    ],
)
def test_bad_settings_are_refused_by_field_and_nothing_is_written(
    terminal: Terminal, changed: tuple[str, str], said: str
) -> None:
    assert changed[0] in SETTINGS
    assert said in terminal.refused("tenant", "add", "-", stdin=SETTINGS.replace(*changed))
    assert terminal.simulation.world.database.raw_many(["tenants/acme"]) == [None]


def test_a_tenant_or_portal_that_exists_is_not_taken_over(terminal: Terminal) -> None:
    terminal.json(*OPTIONS)
    assert "tenant acme exists" in terminal.refused(*OPTIONS)
    other = SETTINGS.replace("id: acme", "id: other")
    assert "portal 777 belongs to tenant acme" in terminal.refused("tenant", "add", "-", stdin=other)
    stolen = other.replace("777", vendors_world.PORTAL)
    assert f"belongs to tenant {TENANT}" in terminal.refused("tenant", "add", "-", stdin=stolen)


def test_a_form_option_needs_a_name(terminal: Terminal) -> None:
    assert "is not ID=NAME" in terminal.refused("tenant", "add", "--id", "acme", "--form", "demo-form")


def test_the_doctor_finds_a_sound_system_in_order(after_a_lead: Terminal) -> None:
    answer = after_a_lead("doctor")
    assert answer.code == 0, answer.out
    assert "everything is in order" in answer.out
    data = after_a_lead.json("doctor")
    assert {check["health"] for check in data["checks"]} == {"OK", "SKIP"}
    names = {check["name"] for check in data["checks"]}
    assert {
        "Firestore",
        "queue outward",
        "topic outreach-events",
        "HubSpot key",
        "control documents",
    } <= names
    assert f"Gmail {vendors_world.ISABEL}" in names
    assert f"Calendar {vendors_world.MARCUS}" in names


def test_the_doctor_changes_nothing(terminal: Terminal) -> None:
    terminal.json("doctor")
    counts = terminal.simulation.cloud.counts.by_work().values()
    assert sum(count["writes"] + count["tasks"] + count["publishes"] for count in counts) == 0
    assert system.effects(terminal.simulation) == {"drafts": 0, "sent": 0, "notes": 0, "tasks": 0}


def no_queue(simulation: Simulation) -> None:
    path = "projects/local/locations/us-central1/queues/outward"
    tasks_client(simulation.cloud.channel()).delete_queue(name=path)


def paused_queue(simulation: Simulation) -> None:
    path = "projects/local/locations/us-central1/queues/stages"
    tasks_client(simulation.cloud.channel()).pause_queue(name=path)


def garbage_flags(simulation: Simulation) -> None:
    system.set_flags(simulation, kill_switch="no")


def no_route(simulation: Simulation) -> None:
    client = simulation.world.database.client
    for route in client.collection("routes").stream():
        route.reference.delete()


def no_tenant(simulation: Simulation) -> None:
    simulation.world.database.client.document(f"tenants/{TENANT}").delete()


def hubspot_down(simulation: Simulation) -> None:
    simulation.sandbox.faults.add(vendor="hubspot", kind="429_retry_after", retry_after_s=60.0)


def unknown_mailbox(simulation: Simulation) -> None:
    sender = {"mailbox": "gone@brightpath.example", "name": "Gone", "company": "Brightpath"}
    document = simulation.world.database.client.document(f"tenants/{TENANT}")
    settings = document.get().to_dict()
    document.set({**settings, "senders": {**settings["senders"], "gone@brightpath.example": sender}})


@pytest.mark.parametrize(
    ("spoil", "name", "said"),
    [
        (no_queue, "queue outward", "does not exist"),
        (paused_queue, "queue stages", "paused"),
        (garbage_flags, "control documents", "kill_switch is 'no'"),
        (no_route, f"portal {vendors_world.PORTAL}", "no route"),
        (no_tenant, f"tenant {TENANT}", "has no settings"),
        (hubspot_down, "HubSpot key", "429"),
        (unknown_mailbox, "Gmail gone@brightpath.example", "google-oauth"),
    ],
)
def test_the_doctor_names_what_is_wrong_and_how_to_mend_it(
    terminal: Terminal, spoil: Callable[[Simulation], None], name: str, said: str
) -> None:
    spoil(terminal.simulation)
    answer = terminal("doctor", "--json")
    assert (answer.code, answer.data["ok"]) == (1, False)
    failed = {check["name"]: check for check in answer.data["checks"] if check["health"] == "FAIL"}
    assert said in failed[name]["detail"], failed
    assert failed[name]["mend"]
    assert "Mend:" in terminal("doctor").out


def test_the_doctor_names_a_missing_secret(terminal: Terminal) -> None:
    terminal.json(*OPTIONS)
    answer = terminal("doctor", "--tenant", "acme", "--json")
    failed = {check["name"]: check for check in answer.data["checks"] if check["health"] == "FAIL"}
    assert set(failed) >= {"secret hubspot-service-key-acme", "secret gmail-delegation-acme", "HubSpot key"}
    assert "put it into Secret Manager" in failed["secret gmail-delegation-acme"]["mend"]


@pytest.mark.parametrize("name", ["address-key", "opt-out-key"])
def test_the_doctor_names_a_key_of_ours_that_is_too_short(terminal: Terminal, name: str) -> None:
    add_version(terminal.simulation, name, b"short")
    terminal.simulation.restart()
    checks = {check["name"]: check for check in terminal("doctor", "--json").data["checks"]}
    assert checks[f"secret {name}"]["health"] == "FAIL"
    assert "at least" in checks[f"secret {name}"]["detail"]


def test_the_doctor_asks_the_model_that_is_set() -> None:
    simulation = Simulation(settings={"MODEL": "gpt-test"})
    terminal = Terminal(simulation)
    try:
        checks = {check["name"]: check for check in terminal.json("doctor")["checks"]}
        assert checks["model"]["health"] == checks["secret openai-api-key"]["health"] == "OK"
        simulation.sandbox.faults.add(vendor="openai", kind="500")
        down = {check["name"]: check for check in terminal("doctor", "--json").data["checks"]}
        assert down["model"]["health"] == "FAIL"
    finally:
        simulation.close()


def test_the_doctor_names_each_empty_setting(simulation: Simulation) -> None:
    simulation.environ |= {"TASKS_CALLER": "", "FUNCTION_URL": "http://x", "ROUTING": "{}"}
    simulation.restart()
    connection = Connection(world=simulation.world, http=front_end(simulation))
    checks = type_in(connection, "doctor", "--json").data["checks"]
    failed = {check["name"] for check in checks if check["health"] == "FAIL"}
    assert failed >= {"TASKS_CALLER", "FUNCTION_URL", "ROUTING"}


def test_the_doctor_without_settings_says_where_they_come_from(tmp_path: Path) -> None:
    connection = Connection(environ={"PROJECT": "p", "MAX_ATTEMPTS": "many"}, run_file=tmp_path / "none.json")
    answer = type_in(connection, "doctor", "--json")
    assert answer.code == 1
    (check,) = answer.data["checks"]
    assert "MAX_ATTEMPTS" in check["detail"]
    assert "REGION" in check["detail"]
    assert ".env.example" in check["mend"]
