"""HubSpot's own SDK against the sandbox: its requests are understood, its strict models read our answers."""

from __future__ import annotations

import httpx
import pytest
from hubspot_sdk import APIStatusError, HubSpot

from scripts.sandbox.in_process import transport
from scripts.sandbox.world import ISABEL_OWNER, PORTAL
from tests.sandbox.world import Outside, outside

ANA = "ana.ruiz@harborlogistics.example"


@pytest.fixture
def world() -> Outside:
    return outside()


@pytest.fixture
def sdk(world: Outside) -> HubSpot:
    return HubSpot(
        access_token=world.sandbox.hubspot.portal_details(PORTAL)["key"],
        http_client=httpx.Client(transport=transport(world.sandbox)),
        max_retries=0,
        _strict_response_validation=True,
    )


def test_contacts_are_created_read_changed_and_searched(sdk: HubSpot) -> None:
    created = sdk.crm.objects.contacts.create(
        associations=[], properties={"email": "ines@fresh.example", "firstname": "Ines", "lastname": "Sol"}
    )
    read = sdk.crm.objects.contacts.get(
        "ines@fresh.example", id_property="email", properties=["firstname", "email"]
    )
    assert (read.id, read.properties["firstname"]) == (created.id, "Ines")
    changed = sdk.crm.objects.contacts.update(created.id, properties={"firstname": "Inés"})
    assert changed.properties["firstname"] == "Inés"
    found = sdk.crm.objects.contacts.search(
        after="0",
        filter_groups=[
            {"filters": [{"property_name": "email", "operator": "EQ", "value": "ines@fresh.example"}]}
        ],
        limit=10,
        properties=["email"],
        sorts=["email"],
    )
    assert (found.total, found.results[0].id) == (1, created.id)


def test_a_contact_comes_with_its_associations(sdk: HubSpot) -> None:
    ana = sdk.crm.objects.contacts.get(
        ANA, id_property="email", properties=["email"], associations=["companies", "notes"]
    )
    assert ana.associations is not None
    company = sdk.crm.objects.companies.get(ana.associations["companies"].results[0].id, properties=["name"])
    assert company.properties["name"] == "Harbor Logistics"


def test_notes_tasks_and_mails_are_created_with_associations(sdk: HubSpot, world: Outside) -> None:
    ana = sdk.crm.objects.contacts.get(ANA, id_property="email", properties=["email"])
    for create, type_id, properties in (
        (sdk.crm.objects.notes.create, 202, {"hs_timestamp": "2026-03-02T09:00:00Z", "hs_note_body": "n"}),
        (
            sdk.crm.objects.tasks.create,
            204,
            {
                "hs_timestamp": "2026-03-03T09:00:00Z",
                "hs_task_subject": "Follow up on form submission",
                "hs_task_status": "NOT_STARTED",
                "hs_task_priority": "HIGH",
                "hs_task_type": "TODO",
                "hubspot_owner_id": ISABEL_OWNER,
            },
        ),
        (
            sdk.crm.objects.emails.create,
            198,
            {
                "hs_timestamp": "2026-03-03T09:00:00Z",
                "hs_email_direction": "EMAIL",
                "hs_email_status": "SENT",
                "hs_email_subject": "Hello",
                "hs_email_text": "Hello",
            },
        ),
    ):
        create(
            properties=properties,
            associations=[
                {
                    "to": {"id": ana.id},
                    "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": type_id}],
                }
            ],
        )
    counts = world.sandbox.effects.by_person()[ANA]
    assert (counts["notes"], counts["tasks"], counts["records"]) == (1, 1, 1)


def test_batches_are_read_and_upserted(sdk: HubSpot) -> None:
    read = sdk.crm.objects.contacts.batch.get(
        id_property="email", inputs=[{"id": ANA}], properties=["email"], properties_with_history=[]
    )
    assert [each.properties["email"] for each in read.results] == [ANA]
    upserted = sdk.crm.objects.contacts.batch.upsert(
        inputs=[
            {"id": ANA, "id_property": "email", "properties": {"city": "Valencia"}},
            {"id": "new@fresh.example", "id_property": "email", "properties": {"city": "Cork"}},
        ]
    )
    assert [each.new for each in upserted.results] == [False, True]


def test_owners_are_listed(sdk: HubSpot) -> None:
    owners = {owner.id: owner for owner in sdk.crm.owners.list()}
    assert owners[ISABEL_OWNER].first_name == "Isabel"


def test_associations_are_read(sdk: HubSpot) -> None:
    ana = sdk.crm.objects.contacts.get(ANA, id_property="email", properties=["email"])
    answer = sdk.crm.associations.batch.get("companies", from_object_type="contacts", inputs=[{"id": ana.id}])
    assert answer.results[0].from_.id == ana.id


def test_subscription_statuses_are_read_and_left(sdk: HubSpot) -> None:
    before = sdk.communication_preferences.get_statuses(ANA, channel="EMAIL")
    assert {status.status for status in before.results} == {"NOT_SPECIFIED"}
    sdk.communication_preferences.unsubscribe_all(ANA, channel="EMAIL")
    wide = sdk.communication_preferences.get_unsubscribe_all_status(ANA, channel="EMAIL")
    assert [status.status for status in wide.results] == ["UNSUBSCRIBED"]


def test_errors_reach_the_sdk_as_what_they_are(sdk: HubSpot, world: Outside) -> None:
    with pytest.raises(APIStatusError) as missing:
        sdk.crm.objects.contacts.get("nobody@x.example", id_property="email")
    assert missing.value.status_code == 404
    with pytest.raises(APIStatusError) as conflict:
        sdk.crm.objects.contacts.create(associations=[], properties={"email": ANA})
    assert conflict.value.status_code == 409
    world.sandbox.faults.add(vendor="hubspot", kind="429", times=1)
    with pytest.raises(APIStatusError) as limited:
        sdk.crm.owners.list()
    assert limited.value.response.json()["policyName"] == "TEN_SECONDLY_ROLLING"
