"""HubSpot in the sandbox: records, search, associations, statuses, forms and webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from scripts.sandbox import hubspot_signing as signing
from scripts.sandbox.world import CONTACT_FORM, DEMO_FORM, ISABEL_OWNER, PORTAL
from scripts.sandbox.world_mail import ISABEL
from tests.sandbox.world import HUBSPOT, Outside, outside

OBJECTS = f"{HUBSPOT}/crm/objects/2026-09"
ANA = "ana.ruiz@harborlogistics.example"


@pytest.fixture
def world() -> Outside:
    return outside()


def _contact(world: Outside, address: str, **params: str) -> dict[str, Any]:
    answer = world.hubspot.get(f"{OBJECTS}/contacts/{address}", params={"idProperty": "email", **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _note_body(contact_id: str, text: str = "marker-1") -> dict[str, Any]:
    to = {"id": contact_id}
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]
    return {
        "properties": {"hs_timestamp": "2026-03-02T09:00:00Z", "hs_note_body": text},
        "associations": [{"to": to, "types": types}],
    }


def _search(world: Outside, type_: str, **body: Any) -> dict[str, Any]:
    answer = world.hubspot.post(f"{OBJECTS}/{type_}/search", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _equal(name: str, value: str) -> list[dict[str, Any]]:
    return [{"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}]


def test_a_contact_is_read_by_address_with_its_company(world: Outside) -> None:
    ana = _contact(world, ANA, properties="firstname,phone", associations="companies,notes")
    assert ana["properties"]["firstname"] == "Ana"
    assert ana["properties"]["phone"] is None
    companies = ana["associations"]["companies"]["results"]
    assert {each["type"] for each in companies} == {"contact_to_company", "contact_to_company_unlabeled"}
    assert "notes" not in ana["associations"]
    company = world.hubspot.get(
        f"{OBJECTS}/companies/{companies[0]['id']}", params={"properties": "name"}
    ).json()
    assert company["properties"]["name"] == "Harbor Logistics"


def test_a_further_address_finds_the_same_contact(world: Outside) -> None:
    mei = _contact(world, "mei.tan@harborlogistics.example")
    assert _contact(world, "mei.tan.private@mailbox.example")["id"] == mei["id"]


def test_a_note_hangs_on_its_contact_and_is_found_from_there(world: Outside) -> None:
    ana = _contact(world, ANA)
    created = world.hubspot.post(f"{OBJECTS}/notes", json=_note_body(ana["id"]))
    assert created.status_code == 201
    notes = _contact(world, ANA, associations="notes")["associations"]["notes"]["results"]
    assert notes == [{"id": created.json()["id"], "type": "contact_to_note"}]
    body = {"inputs": [{"id": notes[0]["id"]}], "properties": ["hs_note_body"]}
    read = world.hubspot.post(f"{OBJECTS}/notes/batch/read", json=body).json()
    assert read["results"][0]["properties"]["hs_note_body"] == "marker-1"
    assert world.sandbox.effects.by_person()[ANA]["notes"] == 1


def test_a_create_needs_associations_properties_and_what_is_required(world: Outside) -> None:
    for body, word in (
        ({"properties": {"hs_timestamp": "2026-03-02T09:00:00Z"}}, "associations"),
        ({"associations": []}, "properties"),
        ({"properties": {"hs_note_body": "x"}, "associations": []}, "hs_timestamp"),
        ({"properties": {"hs_timestamp": "soon"}, "associations": []}, "hs_timestamp"),
        ({"properties": {"hs_timestamp": "1772442000000", "colour": "red"}, "associations": []}, "colour"),
    ):
        answer = world.hubspot.post(f"{OBJECTS}/notes", json=body)
        assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
        assert word in answer.text
    wrong_type = _note_body(_contact(world, ANA)["id"])
    wrong_type["associations"][0]["types"][0]["associationTypeId"] = 204
    assert world.hubspot.post(f"{OBJECTS}/notes", json=wrong_type).status_code == 400
    assert world.sandbox.hubspot.records(PORTAL).all("notes") == []


def _mail_body(*to: tuple[str, int], **properties: str) -> dict[str, Any]:
    known = {"hs_timestamp": "2026-03-02T09:00:00Z", "hs_email_direction": "EMAIL", **properties}
    links = [
        {
            "to": {"id": id_},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
        }
        for id_, type_id in to
    ]
    return {"properties": known, "associations": links}


def test_a_mail_hangs_on_contact_and_company_and_its_headers_say_who_wrote_to_whom(world: Outside) -> None:
    ana = _contact(world, ANA, associations="companies")
    company = ana["associations"]["companies"]["results"][0]["id"]
    headers = {
        "from": {"email": ISABEL, "firstName": "Isabel"},
        "to": [{"email": ANA}, {"email": "b@x.example"}],
    }
    body = _mail_body(
        (ana["id"], 198), (company, 186), hs_email_headers=json.dumps(headers), hs_email_status="SENT"
    )
    created = world.hubspot.post(f"{OBJECTS}/emails", json=body)
    assert created.status_code == 201
    kept = created.json()["properties"]
    assert (kept["hs_email_from_email"], kept["hs_email_from_firstname"]) == (ISABEL, "Isabel")
    assert kept["hs_email_to_email"] == f"{ANA};b@x.example"
    mails = _contact(world, ANA, associations="emails")["associations"]["emails"]["results"]
    assert mails == [{"id": created.json()["id"], "type": "contact_to_email"}]
    listed = world.hubspot.post(
        f"{HUBSPOT}/crm/associations/2026-09/companies/emails/batch/read", json={"inputs": [{"id": company}]}
    ).json()
    assert [each["toObjectId"] for each in listed["results"][0]["to"]] == [created.json()["id"]]
    assert world.sandbox.effects.by_person()[ANA]["records"] == 1


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"hs_timestamp": ""}, "hs_timestamp"),
        ({"hs_email_direction": ""}, "hs_email_direction"),
        ({"hs_email_direction": "OUTGOING"}, "hs_email_direction"),
        ({"hs_email_status": "DELIVERED"}, "hs_email_status"),
        ({"hs_email_from_email": ISABEL}, "read only"),
        ({"hs_email_headers": "From: Isabel"}, "hs_email_headers"),
        ({"hs_email_headers": '{"from": "Isabel"}'}, "hs_email_headers"),
        ({"hs_email_text": "x" * 65_537}, "hs_email_text"),
    ],
)
def test_a_mail_that_is_not_as_hubspot_wants_it_is_refused(
    world: Outside, properties: dict[str, str], word: str
) -> None:
    ana = _contact(world, ANA)
    answer = world.hubspot.post(f"{OBJECTS}/emails", json=_mail_body((ana["id"], 198), **properties))
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert word in answer.text
    assert world.sandbox.hubspot.records(PORTAL).all("emails") == []


def test_the_same_address_twice_is_a_conflict_that_names_the_contact(world: Outside) -> None:
    answer = world.hubspot.post(
        f"{OBJECTS}/contacts", json={"properties": {"email": ANA.upper()}, "associations": []}
    )
    assert answer.status_code == 409
    assert answer.json()["category"] == "CONFLICT"
    assert answer.json()["message"].endswith(_contact(world, ANA)["id"])


def test_a_changed_address_is_found_and_the_old_one_is_not(world: Outside) -> None:
    ana = _contact(world, ANA)
    changed = world.hubspot.patch(
        f"{OBJECTS}/contacts/{ana['id']}", json={"properties": {"email": "ana@new.example", "jobtitle": ""}}
    )
    assert changed.status_code == 200
    assert _contact(world, "ana@new.example", properties="jobtitle")["properties"]["jobtitle"] is None
    gone = world.hubspot.get(f"{OBJECTS}/contacts/{ANA}", params={"idProperty": "email"})
    assert (gone.status_code, gone.json()["category"]) == (404, "OBJECT_NOT_FOUND")


def test_search_lags_behind_and_reading_does_not() -> None:
    world = outside(search_lag_s=10.0)
    world.clock.advance(60)
    assert _search(world, "contacts", filterGroups=_equal("email", ANA))["total"] == 1
    body = {"properties": {"email": "new@person.example"}, "associations": []}
    world.hubspot.post(f"{OBJECTS}/contacts", json=body)
    world.hubspot.patch(
        f"{OBJECTS}/contacts/{_contact(world, ANA)['id']}", json={"properties": {"city": "Cadiz"}}
    )
    assert _contact(world, "new@person.example")["id"]
    assert _search(world, "contacts", filterGroups=_equal("email", "new@person.example"))["total"] == 0
    assert _search(world, "contacts", filterGroups=_equal("city", "Cadiz"))["total"] == 0
    assert _search(world, "contacts", filterGroups=_equal("email", ANA))["total"] == 1
    world.clock.advance(10)
    assert _search(world, "contacts", filterGroups=_equal("email", "new@person.example"))["total"] == 1
    assert _search(world, "contacts", filterGroups=_equal("city", "Cadiz"))["total"] == 1


@pytest.mark.parametrize(
    ("name", "operator", "further", "names"),
    [
        ("numberofemployees", "GTE", {"value": "240"}, {"Harbor Logistics", "Northgate Bank"}),
        ("numberofemployees", "LT", {"value": "85"}, {"Peppercorn Foods"}),
        (
            "numberofemployees",
            "BETWEEN",
            {"value": "46", "highValue": "85"},
            {"Lumen Clinics", "Peppercorn Foods"},
        ),
        ("funding_stage", "IN", {"values": ["seed", "PUBLIC"]}, {"Northgate Bank", "Peppercorn Foods"}),
        (
            "funding_stage",
            "NOT_IN",
            {"values": ["SEED", "PUBLIC", "GROWTH", "SERIES_A"]},
            {"Harbor Logistics"},
        ),
        ("name", "CONTAINS_TOKEN", {"value": "harbor*"}, {"Harbor Logistics"}),
        ("country", "NEQ", {"value": "United States"}, {"Harbor Logistics", "Lumen Clinics", "Tallyworks"}),
        ("city", "HAS_PROPERTY", {}, set[str]()),
    ],
)
def test_search_understands_its_operators(
    world: Outside, name: str, operator: str, further: dict[str, Any], names: set[str]
) -> None:
    condition = {"propertyName": name, "operator": operator, **further}
    found = _search(world, "companies", filterGroups=[{"filters": [condition]}], properties=["name"])
    assert {each["properties"]["name"] for each in found["results"]} == names


def test_search_pages_sorts_and_follows_associations(world: Outside) -> None:
    sorts = [{"propertyName": "numberofemployees", "direction": "DESCENDING"}]
    first = _search(world, "companies", sorts=sorts, limit=3, properties=["name"])
    after = first["paging"]["next"]["after"]
    rest = _search(world, "companies", sorts=sorts, limit=3, after=after, properties=["name"])
    names = [each["properties"]["name"] for each in [*first["results"], *rest["results"]]]
    assert names[0] == "Northgate Bank"
    assert names[-1] == "Peppercorn Foods"
    assert len(names) == first["total"] == 5
    ana = _contact(world, ANA)
    world.hubspot.post(f"{OBJECTS}/notes", json=_note_body(ana["id"]))
    assert _search(world, "notes", filterGroups=_equal("associations.contact", ana["id"]))["total"] == 1
    assert _search(world, "notes", filterGroups=_equal("associations.contact", "1"))["total"] == 0


def test_search_refuses_what_is_too_much(world: Outside) -> None:
    for body in (
        {"filterGroups": _equal("email", "x") * 6},
        {"limit": 201},
        {"filterGroups": _equal("colour", "red")},
    ):
        assert world.hubspot.post(f"{OBJECTS}/contacts/search", json=body).status_code == 400


def test_a_batch_read_tells_what_is_missing(world: Outside) -> None:
    body = {"idProperty": "email", "inputs": [{"id": ANA}, {"id": "no@one.example"}], "properties": ["email"]}
    answer = world.hubspot.post(f"{OBJECTS}/contacts/batch/read", json=body)
    assert answer.status_code == 207
    assert [each["properties"]["email"] for each in answer.json()["results"]] == [ANA]
    assert answer.json()["errors"][0]["context"]["ids"] == ["no@one.example"]
    whole = world.hubspot.post(f"{OBJECTS}/contacts/batch/read", json={**body, "inputs": [{"id": ANA}]})
    assert whole.status_code == 200


def test_a_batch_that_is_wrong_in_one_place_changes_nothing(world: Outside) -> None:
    before = len(world.sandbox.hubspot.records(PORTAL).all("contacts"))
    inputs = [{"properties": {"email": address}, "associations": []} for address in ("a@b.example", ANA)]
    assert world.hubspot.post(f"{OBJECTS}/contacts/batch/create", json={"inputs": inputs}).status_code == 409
    assert len(world.sandbox.hubspot.records(PORTAL).all("contacts")) == before


def test_associations_are_read_in_a_batch(world: Outside) -> None:
    ana, sam = _contact(world, ANA)["id"], _contact(world, "sam.fox@freemail.example")["id"]
    answer = world.hubspot.post(
        f"{HUBSPOT}/crm/associations/2026-09/contacts/companies/batch/read",
        json={"inputs": [{"id": ana}, {"id": sam}]},
    )
    assert answer.status_code == 207
    assert [each["from"]["id"] for each in answer.json()["results"]] == [ana]
    assert {each["typeId"] for each in answer.json()["results"][0]["to"][0]["associationTypes"]} == {1, 279}
    assert answer.json()["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_owners_are_listed_and_read(world: Outside) -> None:
    listed = world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09", params={"email": ISABEL}).json()["results"]
    assert [owner["id"] for owner in listed] == [ISABEL_OWNER]
    assert world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09/{ISABEL_OWNER}").json()["email"] == ISABEL
    assert world.hubspot.get(f"{HUBSPOT}/crm/owners/2026-09/1").status_code == 404


def test_who_opts_out_is_unsubscribed_everywhere(world: Outside) -> None:
    url = f"{HUBSPOT}/communication-preferences/2026-09/statuses/{ANA}"
    before = world.hubspot.get(url, params={"channel": "EMAIL"}).json()["results"]
    assert {each["status"] for each in before} == {"NOT_SPECIFIED"}
    world.hubspot.post(f"{url}/unsubscribe-all", params={"channel": "EMAIL"})
    after = world.hubspot.get(url, params={"channel": "EMAIL"}).json()["results"]
    assert {each["status"] for each in after} == {"UNSUBSCRIBED"}
    assert _contact(world, ANA, properties="hs_email_optout")["properties"]["hs_email_optout"] == "true"
    assert world.hubspot.get(url).status_code == 400


def test_an_erased_contact_is_gone_with_its_notes(world: Outside) -> None:
    ana = _contact(world, ANA)
    world.hubspot.post(f"{OBJECTS}/notes", json=_note_body(ana["id"]))
    body = {"objectId": ANA, "idProperty": "email"}
    assert world.hubspot.post(f"{OBJECTS}/contacts/gdpr-delete", json=body).status_code == 204
    assert world.hubspot.get(f"{OBJECTS}/contacts/{ana['id']}").status_code == 404
    assert world.sandbox.hubspot.records(PORTAL).all("notes") == []


def test_submissions_are_polled_newest_first_and_page_by_page(world: Outside) -> None:
    for number in range(3):
        world.sandbox.people.submit_form(CONTACT_FORM, {"email": ANA, "message": f"m{number}"})
        world.clock.advance(1)
    url = f"{HUBSPOT}/form-integrations/v1/submissions/forms/{CONTACT_FORM}"
    first = world.hubspot.get(url, params={"limit": 2}).json()
    world.sandbox.people.submit_form(CONTACT_FORM, {"email": ANA, "message": "in between"})
    rest = world.hubspot.get(url, params={"limit": 2, "after": first["paging"]["next"]["after"]}).json()
    texts = [
        value["value"]
        for row in [*first["results"], *rest["results"]]
        for value in row["values"]
        if value["name"] == "message"
    ]
    assert texts == ["m2", "m1", "m0"]
    assert len({row["conversionId"] for row in [*first["results"], *rest["results"]]}) == 3
    assert world.hubspot.get(url, params={"limit": 51}).status_code == 400
    assert world.hubspot.get(url.replace(CONTACT_FORM, "unknown")).status_code == 404


def test_a_submission_makes_the_contact_and_both_signed_webhooks(world: Outside) -> None:
    result = world.sandbox.people.submit_form(
        DEMO_FORM,
        {"email": "Ines@Fresh.example", "firstname": "Ines", "company": "Fresh", "budget": "unknown here"},
        contact={"hubspot_owner_id": ISABEL_OWNER},
        webhook_url="https://host.example/hubspot?tenant=a%2Fb",
        workflow_url="https://host.example/workflow",
    )
    contact = _contact(world, "ines@fresh.example", properties="firstname,hubspot_owner_id")
    assert contact["id"] == result["contact_id"]
    assert contact["properties"]["hubspot_owner_id"] == ISABEL_OWNER

    secret = world.sandbox.hubspot.portal_details(PORTAL)["webhook_secret"]
    form = result["requests"]["form"]
    stamp = form["headers"]["x-hubspot-request-timestamp"]
    signed = f"POSThttps://host.example/hubspot?tenant=a/b{form['body']}{stamp}"
    expected = base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()).decode()
    assert form["headers"]["x-hubspot-signature-v3"] == expected
    body = json.loads(form["body"])
    assert (body["portalId"], body["formId"]) == (PORTAL, DEMO_FORM)
    assert body["formSubmissionId"] == result["submission"]["conversionId"]
    assert {"name": "budget", "value": "unknown here"} in body["fieldValues"]

    workflow = result["requests"]["workflow"]
    signed = f"{secret}POSThttps://host.example/workflow{workflow['body']}"
    assert workflow["headers"]["x-hubspot-signature"] == hashlib.sha256(signed.encode()).hexdigest()
    assert json.loads(workflow["body"])["properties"]["email"]["value"] == "ines@fresh.example"


def test_the_published_signature_is_reproduced() -> None:
    signature = signing.sign_v3(
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        "POST",
        "https://www.example.com/webhook_uri",
        b"{'example_field':'example_value'}",
        1693657560000,
    )
    assert signature == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="


def test_without_the_portal_s_key_nothing_is_told(world: Outside) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}):
        answer = world.hubspot.get(f"{OBJECTS}/contacts/{ANA}", headers={"authorization": "", **headers})
        assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")
        assert answer.json()["correlationId"]
