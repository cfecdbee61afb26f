"""`whisper gate check` and `whisper hubspot lookup`."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from scripts.sandbox import world as vendors_world
from tests import system
from tests.command_line.parts import Terminal

GOOD = f"""To: {system.ANA}
Subject: Delivery notes

Hi Ana,

Thank you for writing to us. Brightpath shows every shipment, invoice and stock level of a business on one \
screen.

Could you send me one of your delivery notes, so that I can show you how it looks?

Best wishes,
Isabel
"""


def check(terminal: Terminal, text: str, *words: str) -> dict[str, object]:
    answer = terminal("gate", "check", "-", *words, "--json", stdin=text)
    data: dict[str, object] = answer.data
    assert answer.code == (data.get("outcome") == "FAIL"), answer
    return data


def rules(data: dict[str, object]) -> set[str]:
    violations = data["violations"]
    assert isinstance(violations, list)
    return {violation["rule"] for violation in violations}


def test_a_good_text_passes(after_a_lead: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "mail.txt"
    file.write_text(GOOD)
    answer = after_a_lead("gate", "check", str(file))
    assert answer.code == 0, answer.out
    assert "PASS" in answer.out
    assert "no rule is broken" in answer.out


def test_every_broken_rule_is_shown_with_its_mend(after_a_lead: Terminal) -> None:
    text = GOOD.replace("Thank you for", "It costs 40 dollars — thank you for")
    data = check(after_a_lead, text)
    assert data["outcome"] == "FAIL"
    assert {"unsupported-claim", "em-dash"} <= rules(data)
    shown = after_a_lead("gate", "check", "-", stdin=text)
    assert shown.code == 1
    for violation in data["violations"]:  # type: ignore[attr-defined]
        assert violation["mend"]
        assert violation["rule"] in shown.out


def test_json_with_evidence_is_judged_by_it(after_a_lead: Terminal) -> None:
    body = GOOD.partition("\n\n")[2].replace("to us.", "to us. You wrote that you have 40 trucks.")
    mail = {"to": system.ANA, "subject": "Delivery notes", "body": body}
    assert "unsupported-claim" in rules(check(after_a_lead, json.dumps(mail)))
    said = {"claim": "40", "source": "form", "field": "form.message", "span": "We run 40 trucks"}
    mail |= {"evidence": [said], "fields": {"message": "We run 40 trucks."}}  # type: ignore[dict-item]
    assert check(after_a_lead, json.dumps(mail))["outcome"] == "PASS"


def test_a_file_in_another_encoding_is_refused(after_a_lead: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "mail.txt"
    file.write_bytes(GOOD.replace("Hi Ana", "Hi Añá").encode("latin-1"))
    assert "save it as UTF-8" in after_a_lead.refused("gate", "check", str(file))


def test_the_draft_of_a_job_passes_as_that_jobs_draft_only(after_a_lead: Terminal) -> None:
    (draft,) = system.drafts(after_a_lead.simulation)
    mail = {
        "to": draft.recipient,
        "subject": draft.subject,
        "body": draft.body + "\n\n" + draft.footer,
        "evidence": [e.model_dump(mode="json") for e in draft.evidence],
    }
    text = json.dumps(mail)
    assert check(after_a_lead, text, "--job", draft.job_id)["outcome"] == "PASS"
    assert check(after_a_lead, text)["outcome"] == "FAIL"


def test_an_opted_out_person_is_known_from_the_crm(after_a_lead: Terminal) -> None:
    text = GOOD.replace(system.ANA, "owen.hart@tallyworks.example").replace("Hi Ana", "Hi Owen")
    assert "suppressed" in rules(check(after_a_lead, text))
    assert "suppressed" not in rules(check(after_a_lead, text, "--no-crm"))


def test_guardrails_and_suppression_of_the_database_hold(terminal: Terminal) -> None:
    assert check(terminal, GOOD)["outcome"] == "PASS"
    terminal.json("suppress", "add", system.ANA, "--reason", "asked by phone")
    rule = {"type": "ALLOWED_INDUSTRY", "value": ["BANKING"], "active": True}
    database = terminal.simulation.world.database
    database.client.document("tenants/default/guardrails/industry").set(rule)
    assert {"suppressed", "guardrail-industry"} <= rules(check(terminal, GOOD))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("just words", "no To header"),
        ("Subject: x\n\nbody", "no To header"),
        ("To: a@b.example, c@d.example\nSubject: x\n\nbody", "exactly one recipient"),
        ("To: a@b.example\nCc: c@d.example\nSubject: x\n\nbody", "exactly one recipient"),
        (
            "To: a@b.example\nFrom: me@elsewhere.example\nSubject: x\n\nbody",
            "not one of the tenant's mailboxes",
        ),
        ("To: a@b.example\nContent-Type: text/html\nSubject: x\n\n<p>", "not one plain text"),
        ("{", "is none"),
        ('{"to": "a@b.example"}', "body: field required"),
        ('{"to": "a@b.example", "body": "x", "sujbect": "y"}', "sujbect"),
        ('{"to": "a@b.example", "body": "x", "subject": "y\\r\\nBcc: c@d.example"}', "line break"),
        ('{"to": "nobody", "body": "x"}', "not one mail address"),
    ],
)
def test_what_is_no_mail_is_refused_in_words(after_a_lead: Terminal, text: str, said: str) -> None:
    assert said in after_a_lead.refused("gate", "check", "-", "--no-crm", stdin=text)


def test_a_file_that_is_not_there_is_said_so(after_a_lead: Terminal, tmp_path: Path) -> None:
    assert "No such file" in after_a_lead.refused("gate", "check", str(tmp_path / "none.txt"))


def test_a_contact_is_looked_up_with_company_owner_and_opt_out(after_a_lead: Terminal) -> None:
    data = after_a_lead.json("hubspot", "lookup", system.ANA.upper())
    assert data["contact"]["properties"]["firstname"] == "Ana"
    assert (data["company"]["name"], data["owner"]) == ("Harbor Logistics", vendors_world.ISABEL)
    assert (data["contact"]["notes"], data["contact"]["tasks"]) == (1, 1)
    shown = after_a_lead("hubspot", "lookup", system.ANA).out
    assert "Harbor Logistics" in shown
    assert "Head of Operations" in shown


def test_an_opt_out_is_shown(after_a_lead: Terminal) -> None:
    assert after_a_lead.json("hubspot", "lookup", "owen.hart@tallyworks.example")["opted_out"] is True
    assert "never write" in after_a_lead("hubspot", "lookup", "owen.hart@tallyworks.example").out


def test_a_company_is_looked_up_by_domain(after_a_lead: Terminal) -> None:
    data = after_a_lead.json("hubspot", "lookup", "Tallyworks.example")
    assert (data["company"]["name"], data["company"]["employees"]) == ("Tallyworks", 130)
    assert "Tallyworks" in after_a_lead("hubspot", "lookup", "tallyworks.example").out


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("nobody@nowhere.example", "no contact with the address"),
        ("nowhere.example", "no company with the domain"),
        ("a@b@c", "not one mail address"),
        ("nowhere", "no dot"),
    ],
)
def test_what_the_crm_does_not_have_is_said_so(after_a_lead: Terminal, wanted: str, said: str) -> None:
    assert said in after_a_lead.refused("hubspot", "lookup", wanted)


def test_a_crm_that_is_down_is_a_line_not_a_traceback(terminal: Terminal) -> None:
    terminal.simulation.sandbox.faults.add(vendor="hubspot", kind="429_retry_after", retry_after_s=60.0)
    answer = terminal("hubspot", "lookup", system.ANA, "--json")
    assert answer.code == 1
    assert "hubspot: find_contact answered 429" in answer.data["error"]


def test_umlauts_and_transfer_encodings_are_read_as_meant(after_a_lead: Terminal) -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = system.ANA, "Grüße"
    mail.set_content(GOOD.partition("\n\n")[2].replace("Could", "É — could"), cte="quoted-printable")
    coded, plain = mail.as_string(), GOOD.replace("Could", "É — could").replace("Delivery notes", "Grüße")
    assert "=E2=80=94" in coded
    assert check(after_a_lead, coded)["violations"] == check(after_a_lead, plain)["violations"]
    assert "em-dash" in rules(check(after_a_lead, coded))
