from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scripts.sandbox.world import ISABEL_OWNER, PORTAL
from shared.connectors import dialects
from shared.connectors.hubspot import HubSpotCrm
from shared.connectors.hubspot_engagements import LONGEST_TEXT
from shared.errors import Permanent, Retryable
from shared.ports.crm import CrmContact
from tests.connectors.parts import ANA, ISABEL, NOW, Rig, Script, answer, rig, vendor_http

OWEN = "owen.hart@tallyworks.example"
ODD_ADDRESSES = [
    "",
    "no address",
    "a@b@c.example",
    "a@b.example,evil@x.example",
    "a@b.example;evil@x.example",
    "a@b.example\r\nBcc: evil@x.example",
    "a@b.example\n",
    "<a@b.example>",
    '"a"@b.example',
    "a b@c.example",
    "a\u200b@b.example",
    "a@b.example\x00",
    "-rm@b.example",
    "a" * 250 + "@b.example",
    "a@",
    "@b.example",
]


@pytest.fixture
def world() -> Rig:
    return rig()


def contact(world: Rig, address: str = ANA) -> CrmContact:
    found = world.crm.find_contact(address)
    assert found is not None
    return found


def crm(*answers: httpx.Response | Exception) -> tuple[HubSpotCrm, Script]:
    script = Script(*answers)
    return HubSpotCrm(vendor_http(script, dialect=dialects.hubspot)), script


# Contacts


def test_a_contact_is_found_by_its_address_with_its_company(world: Rig) -> None:
    found = contact(world)
    assert found.properties["firstname"] == "Ana"
    assert found.properties["hubspot_owner_id"] == ISABEL_OWNER
    company = world.crm.company(found.company_ids[0])
    assert company is not None
    assert (company.name, company.domain) == ("Harbor Logistics", "harborlogistics.example")
    assert (company.employees, company.stage) == (240, "SERIES_B")


def test_an_address_that_the_portal_does_not_know_is_none(world: Rig) -> None:
    assert world.crm.find_contact("nobody@nowhere.example") is None


def test_odd_but_legal_addresses_reach_hubspot_unharmed(world: Rig) -> None:
    for address in ("o'brien+hub/x%41@b.example", "jürgen@müller.example", "a?b=c&d#e@b.example"):
        created = world.crm.create_contact(address, {"firstname": "Odd"})
        assert contact(world, address).id == created.id


@pytest.mark.parametrize("address", ODD_ADDRESSES)
def test_what_is_not_one_plain_address_is_never_sent(address: str) -> None:
    tested, script = crm(answer(200, {"id": "7"}))
    calls = (
        tested.find_contact,
        tested.opted_out,
        tested.owner_id,
        lambda each: tested.create_contact(each, {}),
        lambda each: recorded(tested, "7", None, sender=each),
        lambda each: recorded(tested, "7", None, recipient=each),
    )
    for call in calls:
        with pytest.raises(Permanent):
            call(address)
    assert script.requests == []


@pytest.mark.parametrize("id_", ["", "../owners", "7/x", "7?x", "seven", "７"])
def test_a_record_id_is_digits(id_: str) -> None:
    tested, script = crm(answer(200, {"id": "7"}))
    for call in (
        tested.company,
        tested.owner_address,
        lambda each: tested.find_note(each, "m"),
        lambda each: tested.create_note(each, None, "x", NOW),
        lambda each: tested.update_note(each, "x"),
        tested.complete_task,
        lambda each: tested.find_mail(each, "m"),
        lambda each: recorded(tested, each, None),
    ):
        with pytest.raises(Permanent):
            call(id_)
    assert script.requests == []


def test_the_primary_company_comes_first() -> None:
    companies = {
        "results": [
            {"id": "1", "type": "contact_to_company_unlabeled"},
            {"id": "2", "type": "contact_to_company_unlabeled"},
            {"id": "2", "type": "contact_to_company"},
        ]
    }
    tested, _ = crm(answer(200, {"id": "7", "properties": {}, "associations": {"companies": companies}}))
    assert contact_of(tested).company_ids == ("2", "1")
    properties = {"associatedcompanyid": "1"}
    tested, _ = crm(
        answer(200, {"id": "7", "properties": properties, "associations": {"companies": companies}})
    )
    assert contact_of(tested).company_ids[0] == "1"


def contact_of(tested: HubSpotCrm) -> CrmContact:
    found = tested.find_contact(ANA)
    assert found is not None
    return found


def test_further_contact_properties_are_asked_for() -> None:
    script = Script(answer(200, {"id": "7", "properties": {"hs_language": "de"}}))
    tested = HubSpotCrm(vendor_http(script), contact_properties=("hs_language", "email"))
    assert contact_of(tested).properties["hs_language"] == "de"
    asked = script.requests[0].url.params["properties"].split(",")
    assert asked.count("email") == asked.count("hs_language") == 1


def test_creating_a_contact_that_exists_gives_the_one_that_exists(world: Rig) -> None:
    assert world.crm.create_contact(ANA, {"firstname": "Impostor"}) == contact(world)
    assert contact(world).properties["firstname"] == "Ana"


def test_a_contact_that_exists_under_a_further_address_is_found_by_the_id_in_the_conflict() -> None:
    conflict = {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 4711"}
    tested, script = crm(answer(409, conflict), answer(404), answer(200, {"id": "4711", "properties": {}}))
    assert tested.create_contact(ANA, {}).id == "4711"
    assert script.requests[-1].url.path.endswith("/contacts/4711")


def test_a_contact_that_exists_but_cannot_be_read_yet_is_retryable() -> None:
    tested, _ = crm(answer(409, {"message": "Contact already exists."}), answer(404))
    with pytest.raises(Retryable):
        tested.create_contact(ANA, {})


# Companies, owners, deals


def test_a_company_is_found_by_its_domain_and_one_that_is_not_there_is_none(world: Rig) -> None:
    found = world.crm.find_company("NorthgateBank.example")
    assert found is not None
    assert found.name == "Northgate Bank"
    assert world.crm.find_company("nowhere.example") is None
    assert world.crm.company("999999999") is None


@pytest.mark.parametrize(
    ("value", "employees"),
    [("250", 250), ("250.0", 250), ("11-50", None), ("1,000", None), ("", None), (None, None), ("-3", None)],
)
def test_employees_that_are_no_number_are_unknown(value: str | None, employees: int | None) -> None:
    tested, _ = crm(answer(200, {"id": "7", "properties": {"numberofemployees": value, "industry": ""}}))
    company = tested.company("7")
    assert company is not None
    assert (company.employees, company.industry) == (employees, None)


def test_owners_are_found_both_ways(world: Rig) -> None:
    assert world.crm.owner_address(ISABEL_OWNER) == ISABEL
    assert world.crm.owner_id(ISABEL.upper()) == ISABEL_OWNER
    assert world.crm.owner_id("nobody@brightpath.example") is None
    assert world.crm.owner_address("999") is None


def test_deals_are_open_until_they_are_won_or_lost(world: Rig) -> None:
    stages = ["closedwon", "closedlost", "appointmentscheduled", "contractsent"]
    with world.sandbox.changing():
        records = world.sandbox.hubspot.records(PORTAL)
        ids = [records.create("deals", {"dealname": "d", "dealstage": stage}, [])["id"] for stage in stages]
    assert world.crm.open_deals(ids) == 2
    assert world.crm.open_deals([]) == 0


def test_a_pipeline_with_stages_of_its_own_tells_closed_by_hubspots_property() -> None:
    deals = [
        {"id": "1", "properties": {"hs_is_closed": "true", "dealstage": "9912"}},
        {"id": "2", "properties": {"hs_is_closed": "false", "dealstage": "9913"}},
    ]
    tested, _ = crm(answer(200, {"status": "COMPLETE", "results": deals}))
    assert tested.open_deals(["1", "2"]) == 1


def test_many_deals_are_read_in_batches_of_a_hundred() -> None:
    tested, script = crm(answer(200, {"status": "COMPLETE", "results": []}))
    tested.open_deals([str(number) for number in range(1, 251)])
    assert len(script.requests) == 3


# Opt-outs


def test_who_opted_out_is_known(world: Rig) -> None:
    assert world.crm.opted_out(OWEN)
    assert not world.crm.opted_out(ANA)
    assert not world.crm.opted_out("nobody@nowhere.example")


def test_one_unsubscribed_subscription_is_an_opt_out(world: Rig) -> None:
    with world.sandbox.changing():
        world.sandbox.hubspot.statuses(PORTAL).set(ANA, 5_102, "UNSUBSCRIBED")
    assert world.crm.opted_out(ANA)


def test_the_contacts_own_opt_out_counts_without_any_status(world: Rig) -> None:
    with world.sandbox.changing():
        world.sandbox.hubspot.records(PORTAL).update(
            "contacts", contact(world).id, {"hs_email_optout": "true"}
        )
    assert world.crm.opted_out(ANA)


def test_statuses_that_are_missing_for_a_contact_that_exists_are_no_consent() -> None:
    tested, _ = crm(answer(404), answer(200, {"id": "7", "properties": {}}))
    with pytest.raises(Permanent):
        tested.opted_out(ANA)
    tested, _ = crm(answer(404), answer(404))
    assert not tested.opted_out(ANA)


# Mails


def recorded(tested: HubSpotCrm, contact_id: str, company_id: str | None, **changes: Any) -> str:
    mail: dict[str, Any] = {
        "subject": "Delivery notes & SAP",
        "body": "Hi Ana,\n\n5 < 6 & so on\n\n[draft-12]",
        "sent_at": NOW,
        "sender": ISABEL,
        "recipient": ANA,
        "owner_id": ISABEL_OWNER,
    }
    return tested.create_mail(contact_id, company_id, **{**mail, **changes})


def test_a_sent_mail_is_recorded_at_contact_and_company_and_found_by_its_marker(world: Rig) -> None:
    found = contact(world)
    made = recorded(world.crm, found.id, found.company_ids[0])
    assert world.crm.find_mail(found.id, "draft-12") == made
    assert world.crm.find_mail(found.id, "draft-1") is None
    assert world.crm.find_note(found.id, "draft-12") is None
    with world.sandbox.changing():
        records = world.sandbox.hubspot.records(PORTAL)
        kept = records.get("emails", made)["properties"]
        assert list(records.associated("emails", made, "companies")) == [found.company_ids[0]]
    assert (kept["hs_email_direction"], kept["hs_email_status"]) == ("EMAIL", "SENT")
    assert kept["hs_email_text"] == "Hi Ana,\n\n5 < 6 & so on\n\n[draft-12]"
    assert (kept["hs_timestamp"], kept["hubspot_owner_id"]) == ("2026-11-20T09:00:00.000Z", ISABEL_OWNER)
    assert (kept["hs_email_from_email"], kept["hs_email_to_email"]) == (ISABEL, ANA)


def test_nothing_but_the_allowed_properties_of_a_mail_is_written() -> None:
    tested, script = crm(answer(201, {"id": "7"}))
    recorded(tested, "7", "9")
    assert set(json.loads(script.requests[0].content)["properties"]) == {
        *("hs_timestamp", "hs_email_direction", "hs_email_status", "hs_email_subject", "hs_email_text"),
        *("hs_email_headers", "hubspot_owner_id"),
    }


def test_recording_a_mail_sends_none(world: Rig) -> None:
    recorded(world.crm, contact(world).id, None)
    counts = world.sandbox.effects.by_person()[ANA]
    assert (counts["records"], counts["sent"]) == (1, 0)


def mails(*shown: dict[str, str | None]) -> list[httpx.Response]:
    """A contact's mails, as a batch read shows them."""
    to = [{"toObjectId": number} for number in range(1, len(shown) + 1)]
    listed = {"status": "COMPLETE", "results": [{"from": {"id": "7"}, "to": to}]}
    rows = [{"id": str(number), "properties": each} for number, each in enumerate(shown, 1)]
    return [answer(200, listed), answer(200, {"status": "COMPLETE", "results": rows})]


REDACTED = (
    "The content of this email has been redacted. To include it in the response, your app must require the "
    "sales-email-read scope."
)


@pytest.mark.parametrize(
    "hidden",
    [
        {"hs_email_text": None, "hs_email_html": REDACTED},
        {"hs_email_text": REDACTED, "hs_email_html": None},
        {"hs_email_text": None, "hs_email_html": None},
        {},
    ],
)
def test_a_mail_whose_words_are_hidden_is_no_proof_that_ours_is_missing(
    hidden: dict[str, str | None],
) -> None:
    tested, _ = crm(*mails({"hs_email_text": "Another mail."}, hidden))
    with pytest.raises(Permanent, match="sales-email-read"):
        tested.find_mail("7", "draft-12")
    tested, _ = crm(*mails(hidden, {"hs_email_text": "Hi\n\n[draft-12]"}))
    assert tested.find_mail("7", "draft-12") == "2", "what is seen is found"


def test_mails_whose_words_are_shown_are_proof_that_ours_is_missing() -> None:
    tested, _ = crm(*mails({"hs_email_text": "Hi"}, {"hs_email_html": "<p>Hi</p>"}))
    assert tested.find_mail("7", "draft-12") is None


def test_a_mail_that_is_too_long_is_refused_before_it_is_sent() -> None:
    tested, script = crm(answer(201, {"id": "7"}))
    with pytest.raises(Permanent):
        recorded(tested, "7", None, body="x" * (LONGEST_TEXT + 1))
    assert script.requests == []


# Notes and tasks


def test_a_task_is_completed_as_often_as_one_likes_and_a_deleted_one_is_said_to_be_gone(world: Rig) -> None:
    task = world.crm.create_task(contact(world).id, subject="s", body="b", due=NOW, owner_id=None)
    assert [world.crm.complete_task(task) for _ in range(2)] == [True, True]
    with world.sandbox.changing():
        records = world.sandbox.hubspot.records(PORTAL)
        kept = records.get("tasks", task)["properties"]
        records.archive("tasks", task)
    assert (kept["hs_task_status"], kept["hs_task_subject"]) == ("COMPLETED", "s")
    assert world.crm.complete_task(task) is False


def test_a_note_is_found_by_its_marker_and_by_nothing_that_contains_it(world: Rig) -> None:
    found = contact(world)
    note = world.crm.create_note(found.id, found.company_ids[0], "Draft ready\n[draft-12]", NOW)
    assert world.crm.find_note(found.id, "draft-12") == note
    assert world.crm.find_note(found.id, "draft-1") is None
    assert world.crm.find_note(found.id, "raft-12") is None
    assert world.crm.find_task(found.id, "draft-12") is None
    assert contact(world).note_ids == (note,)


def test_a_note_is_found_the_moment_it_exists_though_search_lags(world: Rig) -> None:
    world.sandbox.hubspot.search_lag_s = 3600
    found = contact(world)
    note = world.crm.create_note(found.id, None, "[draft-12]", NOW)
    assert world.crm.find_note(found.id, "draft-12") == note


def test_a_task_is_found_by_its_marker(world: Rig) -> None:
    found = contact(world)
    task = world.crm.create_task(
        found.id, subject="Follow up", body="[draft-12]", due=NOW + timedelta(days=1), owner_id=ISABEL_OWNER
    )
    assert world.crm.find_task(found.id, "draft-12") == task
    with world.sandbox.changing():
        kept = world.sandbox.hubspot.records(PORTAL).get("tasks", task)["properties"]
    assert kept["hs_task_type"] == "TODO"
    assert kept["hs_task_priority"] == "HIGH"
    assert kept["hs_timestamp"] == "2026-11-21T09:00:00.000Z"


def test_of_two_notes_with_one_marker_the_older_is_ours(world: Rig) -> None:
    found = contact(world)
    first = world.crm.create_note(found.id, None, "[draft-12]", NOW)
    world.crm.create_note(found.id, None, "[draft-12]", NOW)
    assert world.crm.find_note(found.id, "draft-12") == first


def test_an_archived_note_is_not_found_and_does_not_hide_the_others(world: Rig) -> None:
    found = contact(world)
    first = world.crm.create_note(found.id, None, "[draft-12]", NOW)
    second = world.crm.create_note(found.id, None, "[draft-12]", NOW)
    with world.sandbox.changing():
        world.sandbox.hubspot.records(PORTAL).archive("notes", first)
    assert world.crm.find_note(found.id, "draft-12") == second


def test_a_note_keeps_what_a_person_wrote_as_text(world: Rig) -> None:
    found = contact(world)
    note = world.crm.create_note(found.id, None, "<script>x</script> & co\nsecond line [m-1]", NOW)
    assert kept_body(world, note) == "&lt;script&gt;x&lt;/script&gt; &amp; co<br>second line [m-1]"
    world.crm.update_note(note, "<b>new</b>")
    assert kept_body(world, note) == "&lt;b&gt;new&lt;/b&gt;"


def kept_body(world: Rig, note: str) -> str:
    with world.sandbox.changing():
        return world.sandbox.hubspot.records(PORTAL).get("notes", note)["properties"]["hs_note_body"]


def test_a_text_that_is_too_long_is_refused_before_it_is_sent() -> None:
    tested, script = crm(answer(201, {"id": "7"}))
    with pytest.raises(Permanent):
        tested.create_note("7", None, "x" * (LONGEST_TEXT + 1), NOW)
    assert script.requests == []


def test_every_page_of_a_contacts_notes_is_looked_at() -> None:
    def page(ids: list[str], after: str | None) -> httpx.Response:
        row: dict[str, Any] = {"from": {"id": "7"}, "to": [{"toObjectId": int(each)} for each in ids]}
        if after:
            row["paging"] = {"next": {"after": after}}
        return answer(200, {"status": "COMPLETE", "results": [row]})

    def notes(bodies: dict[str, str]) -> httpx.Response:
        rows = [{"id": id_, "properties": {"hs_note_body": body}} for id_, body in bodies.items()]
        return answer(200, {"status": "COMPLETE", "results": rows})

    ids = [str(number) for number in range(1, 131)]
    tested, script = crm(page(ids[:100], "100"), page(ids[100:], None), notes({}), notes({"130": "[m-1]"}))
    assert tested.find_note("7", "m-1") == "130"
    assert len(script.requests) == 4
    assert b'"after":"100"' in script.requests[1].content.replace(b" ", b"")


def test_a_batch_that_was_read_in_part_is_no_proof_that_the_note_is_missing() -> None:
    row = {"from": {"id": "7"}, "to": [{"toObjectId": "9"}]}
    listed = answer(200, {"status": "COMPLETE", "results": [row]})
    broken = answer(207, {"status": "COMPLETE", "results": [], "errors": [{"category": "INTERNAL_ERROR"}]})
    tested, _ = crm(listed, broken)
    with pytest.raises(Retryable):
        tested.find_note("7", "m-1")
