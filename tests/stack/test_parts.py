"""The parts of a stack, one by one: ports, tether, leads from files, real vendors, varied leads."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scripts.catalogue import ROOT
from scripts.stack.child import Child, StackFailed
from scripts.stack.journey import LONGEST_S, Journey
from scripts.stack.leads import CONTACT_FORM, STORY, UnusableLead, read_lead
from scripts.stack.live import NotConfigured, live_of, read_env_file
from scripts.stack.ports import is_free, reserve
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import settings
from scripts.stack.varied_leads import varied_leads
from shared.jobs.job import Job
from shared.jobs.rules import Mode
from shared.operators.flags import show_flags


def test_ports_are_kept_while_they_are_free_and_replaced_when_they_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.stack.ports.PATIENCE_S", 0.0)
    file = tmp_path / "ports.json"
    ports = reserve(["a", "b"], file)
    assert reserve(["a", "b"], file) == ports
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports["a"]))
        taken.listen()
        assert not is_free(ports["a"])
        moved = reserve(["a", "b"], file)
    assert moved["b"] == ports["b"]
    assert moved["a"] not in ports.values()


def test_a_tethered_process_ends_when_its_starter_lets_go() -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "scripts.stack.tethered", "http.server", "--bind", "127.0.0.1", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert b"Serving HTTP" in process.stdout.readline()
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(10) != 0
    process.stdout.close()


def test_a_process_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    child = Child("broken", ["no_such_module"], log=tmp_path / "log", speaks=True)
    child.start()
    with pytest.raises(StackFailed, match=r"(?s)broken ended before it was ready.*no_such_module"):
        child.wait_ready()
    child.wait_stopped()


def test_a_payload_is_kept_byte_for_byte(tmp_path: Path) -> None:
    raw = '{ "portalId": 5, "formId": "f-1",\n "fieldValues": [{"name": "email", "value": "zoë@x.example"}] }'
    file = tmp_path / "lead.json"
    file.write_bytes(raw.encode())
    lead = read_lead(file)
    assert lead.payload == raw.encode()
    assert (lead.form, lead.address) == ("f-1", "zoë@x.example")


@pytest.mark.parametrize(
    "value",
    [
        {"email": "a@x.example", "form": CONTACT_FORM},
        {"fields": {"email": "a@x.example"}, "form": CONTACT_FORM},
        {"fields": [{"name": "email", "value": "a@x.example"}], "form": CONTACT_FORM},
    ],
)
def test_fields_are_read_in_every_form(tmp_path: Path, value: object) -> None:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps(value))
    lead = read_lead(file)
    assert (dict(lead.fields), lead.form, lead.payload) == ({"email": "a@x.example"}, CONTACT_FORM, None)


@pytest.mark.parametrize("text", ["[]", "not json", "{}", '{"fields": 3}'])
def test_a_file_without_a_lead_is_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    file = tmp_path / "lead.json"
    file.write_text(text)
    with pytest.raises(UnusableLead, match=r"JSON|fields"):
        read_lead(file)


def test_live_names_every_variable_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured) as raised:
        live_of(["hubspot", "openai"], {"OPENAI_API_KEY": "k"}, tmp_path / ".env")
    assert "HUBSPOT_CLIENT_SECRET" in str(raised.value)
    assert "MODEL" in str(raised.value)
    assert "OPENAI_API_KEY" not in str(raised.value)


def test_live_takes_the_real_addresses_and_keeps_its_secrets_apart(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(
        "# mine\nexport HUBSPOT_SERVICE_KEY='key'\nHUBSPOT_CLIENT_SECRET=secret\n"
        'HUBSPOT_PORTAL_ID="77"\nHUBSPOT_FORM_IDS=f-1, f-2\nMODEL=a-model\n'
    )
    live = live_of(["hubspot", "openai"], {"OPENAI_API_KEY": "sk"}, env)
    local = {"HUBSPOT_URL": "http://sandbox", "OPENAI_URL": "http://sandbox", "GMAIL_URL": "http://sandbox"}
    assert live.environment({**local, "MODE_CEILING": "SEND_ALLOWED"}) == {
        "GMAIL_URL": "http://sandbox",
        "MODEL": "a-model",
        "MODE_CEILING": "DRAFT_ONLY",
    }
    assert live.secrets == {
        "hubspot-client-secret": "secret",
        "hubspot-service-key-default": "key",
        "openai-api-key": "sk",
    }
    tenant = live.changed(settings())
    assert tenant.portal_ids == ("77",)
    assert set(tenant.forms) == {"f-1", "f-2"}


def test_live_refuses_a_vendor_that_it_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hubspot, gmail, openai, not outlook"):
        live_of(["outlook"], {}, tmp_path / ".env")


def test_a_missing_env_file_is_empty(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


def test_varied_leads_are_the_same_every_time_and_of_many_kinds() -> None:
    leads, again = list(varied_leads(120)), list(varied_leads(120))
    assert [dict(one.lead.fields) for one in leads] == [dict(one.lead.fields) for one in again]
    assert [dict(one.lead.fields) for one in varied_leads(3, first=60)] == [
        dict(one.lead.fields) for one in leads[60:63]
    ]
    assert {one.expected for one in leads} == {202, 400, 403}
    assert len({one.oddity for one in leads}) == 11
    assert len({one.lead.fields.get("message") for one in leads}) > 60


@pytest.mark.parametrize("name", ["run", "demo", "seed_leads", "bench"])
def test_each_launcher_starts_its_module(name: str) -> None:
    text = (ROOT / "scripts" / name).read_text()
    module = text.rpartition(" -m ")[2].split()[0]
    assert os.access(ROOT / "scripts" / name, os.X_OK)
    assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
    assert "-P -m" in text, "the directory it is called from must not be on the path"


def test_a_launcher_works_from_any_directory(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ROOT / "scripts" / "run"), "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "--once" in done.stdout


def test_a_job_that_did_not_end_in_time_says_where_it_stands_and_why(simulation: Simulation) -> None:
    flags = simulation.world.database.client.document("tenants/default/control/flags")
    flags.set({"kill_switch": True, "mode": "DRAFT_ONLY"})
    submitted = simulation.submit(dict(STORY["ana"].fields))
    answer = simulation.deliver(submitted["requests"]["form"])
    simulation.run(until=simulation.clock.now() + timedelta(seconds=60))
    job = simulation.world.database.get(f"tenants/default/jobs/{answer.get_json()['job_id']}", Job)
    assert job is not None
    late = Journey(job, job, finished=False, seconds=LONGEST_S)
    assert not late.drafted
    assert late.reason.startswith("did not end in 60 s, waiting at file_draft: ")
    assert "kill switch" in late.reason


def test_mail_may_go_into_the_sandbox_and_begins_switched_off(simulation: Simulation) -> None:
    assert simulation.world.settings.mode_ceiling is Mode.SEND_ALLOWED
    ceiling = simulation.world.settings.mode_ceiling.value
    assert not show_flags(simulation.world.database, "default", ceiling=ceiling).may_send
    for path in ("control/flags", "tenants/default/control/flags"):
        simulation.world.database.client.document(path).update({"mode": "SEND_ALLOWED"})
    assert show_flags(simulation.world.database, "default", ceiling=ceiling).may_send
