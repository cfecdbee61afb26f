"""Our requests to HubSpot against those that its official SDK makes for the same call."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hubspot_sdk import HubSpot

from shared.connectors.hubspot import CONTACT_PROPERTIES, CompanyProperties, HubSpotCrm
from tests.connectors.parts import Script, answer, vendor_http

AT = datetime(2026, 11, 20, 9, 30, 15, 250_000, tzinfo=UTC)
RECORD = {
    "id": "7",
    "properties": {},
    "createdAt": "2026-01-01T00:00:00Z",
    "updatedAt": "2026-01-01T00:00:00Z",
}
BATCH = {
    "status": "COMPLETE",
    "results": [],
    "startedAt": RECORD["createdAt"],
    "completedAt": RECORD["createdAt"],
}
COMPANY = ["name", "domain", "industry", "funding_stage", "numberofemployees"]
ADDRESS = "ann+x@example.com"

MAIL: dict[str, Any] = {
    "subject": "Hello",
    "body": "Hi & <bye>\n\n[whisper:d1]",
    "sent_at": AT,
    "sender": "ben@example.com",
    "recipient": ADDRESS,
}
MAIL_PROPERTIES = {
    "hs_timestamp": "2026-11-20T09:30:15.250Z",
    "hs_email_direction": "EMAIL",
    "hs_email_status": "SENT",
    "hs_email_subject": "Hello",
    "hs_email_text": "Hi & <bye>\n\n[whisper:d1]",
    "hs_email_headers": '{"from":{"email":"ben@example.com"},"to":[{"email":"ann+x@example.com"}],"cc":[],"bcc":[]}',
}

Said = tuple[str, str, dict[str, str], Any]


def said(request: httpx.Request) -> Said:
    """What a request says, whatever way it is written; the SDK still speaks the version before ours."""
    body = json.loads(request.content) if request.content else None
    path = request.url.path.replace("/2026-03", "/2026-09")
    # An object type goes by its name or by its id.
    path = path.replace("/0-3/", "/deals/")
    return request.method, path, dict(request.url.params), body


def ours(call: Callable[[HubSpotCrm], object], *answers: httpx.Response) -> list[Said]:
    script = Script(*answers)
    call(HubSpotCrm(vendor_http(script), company_properties=CompanyProperties(stage="funding_stage")))
    return [said(request) for request in script.requests]


def theirs(call: Callable[[HubSpot], object], *answers: httpx.Response) -> list[Said]:
    script = Script(*answers)
    with HubSpot(
        access_token="x",
        base_url="https://api.hubapi.com",
        max_retries=0,
        http_client=httpx.Client(transport=script),
    ) as client:
        call(client)
    return [said(request) for request in script.requests]


def association(id_: str, type_id: int) -> dict[str, Any]:
    return {
        "to": {"id": id_},
        "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": type_id}],
    }


CALLS: dict[str, tuple[Callable[[HubSpotCrm], object], Callable[[Any], object], list[httpx.Response]]] = {
    "find_contact": (
        lambda crm: crm.find_contact(ADDRESS),
        lambda sdk: sdk.crm.objects.contacts.get(
            ADDRESS,
            id_property="email",
            properties=list(CONTACT_PROPERTIES),
            associations=["companies", "notes", "tasks", "deals"],
        ),
        [answer(200, RECORD)],
    ),
    "create_contact": (
        lambda crm: crm.create_contact(ADDRESS, {"firstname": "Ann"}),
        lambda sdk: sdk.crm.objects.contacts.create(
            properties={"firstname": "Ann", "email": ADDRESS}, associations=[]
        ),
        [answer(201, RECORD)],
    ),
    "company": (
        lambda crm: crm.company("31"),
        lambda sdk: sdk.crm.objects.companies.get("31", properties=COMPANY),
        [answer(200, RECORD)],
    ),
    "owner_address": (
        lambda crm: crm.owner_address("61"),
        lambda sdk: sdk.crm.owners.get(61),
        [answer(200, {"id": "61"})],
    ),
    "owner_id": (
        lambda crm: crm.owner_id(ADDRESS),
        lambda sdk: sdk.crm.owners.list(email=ADDRESS),
        [answer(200, {"results": []})],
    ),
    "open_deals": (
        lambda crm: crm.open_deals(["5", "6", "5"]),
        lambda sdk: sdk.crm.objects.deals.batch.get(
            inputs=[{"id": "5"}, {"id": "6"}],
            properties=["hs_is_closed", "dealstage"],
            properties_with_history=[],
        ),
        [answer(200, BATCH)],
    ),
    "create_note": (
        lambda crm: crm.create_note("11", "31", "Hello", AT),
        lambda sdk: sdk.crm.objects.notes.create(
            properties={"hs_timestamp": "2026-11-20T09:30:15.250Z", "hs_note_body": "Hello"},
            associations=[association("11", 202), association("31", 190)],
        ),
        [answer(201, RECORD)],
    ),
    "create_note without a company": (
        lambda crm: crm.create_note("11", None, "Hello", AT),
        lambda sdk: sdk.crm.objects.notes.create(
            properties={"hs_timestamp": "2026-11-20T09:30:15.250Z", "hs_note_body": "Hello"},
            associations=[association("11", 202)],
        ),
        [answer(201, RECORD)],
    ),
    "update_note": (
        lambda crm: crm.update_note("77", "Hello"),
        lambda sdk: sdk.crm.objects.notes.update("77", properties={"hs_note_body": "Hello"}),
        [answer(200, RECORD)],
    ),
    "create_task": (
        lambda crm: crm.create_task("11", subject="Follow up", body="Do it", due=AT, owner_id="61"),
        lambda sdk: sdk.crm.objects.tasks.create(
            properties={
                "hs_timestamp": "2026-11-20T09:30:15.250Z",
                "hs_task_subject": "Follow up",
                "hs_task_body": "Do it",
                "hs_task_status": "NOT_STARTED",
                "hs_task_priority": "HIGH",
                "hs_task_type": "TODO",
                "hubspot_owner_id": "61",
            },
            associations=[association("11", 204)],
        ),
        [answer(201, RECORD)],
    ),
    "complete_task": (
        lambda crm: crm.complete_task("78"),
        lambda sdk: sdk.crm.objects.tasks.update("78", properties={"hs_task_status": "COMPLETED"}),
        [answer(200, RECORD)],
    ),
    "create_mail": (
        lambda crm: crm.create_mail("11", "31", **MAIL, owner_id="61"),
        lambda sdk: sdk.crm.objects.emails.create(
            properties={**MAIL_PROPERTIES, "hubspot_owner_id": "61"},
            associations=[association("11", 198), association("31", 186)],
        ),
        [answer(201, RECORD)],
    ),
    "create_mail of nobody's at no company": (
        lambda crm: crm.create_mail("11", None, **MAIL, owner_id=None),
        lambda sdk: sdk.crm.objects.emails.create(
            properties=MAIL_PROPERTIES, associations=[association("11", 198)]
        ),
        [answer(201, RECORD)],
    ),
    "find_mail": (
        lambda crm: crm.find_mail("11", "marker"),
        lambda sdk: (
            sdk.crm.associations.batch.get("emails", from_object_type="contacts", inputs=[{"id": "11"}]),
            sdk.crm.objects.emails.batch.get(
                inputs=[{"id": "91"}],
                properties=["hs_email_text", "hs_email_html"],
                properties_with_history=[],
            ),
        ),
        [
            answer(200, {**BATCH, "results": [{"from": {"id": "11"}, "to": [{"toObjectId": "91"}]}]}),
            answer(200, BATCH),
        ],
    ),
    "opted_out": (
        lambda crm: crm.opted_out(ADDRESS),
        lambda sdk: (
            sdk.communication_preferences.get_statuses(ADDRESS, channel="EMAIL"),
            sdk.crm.objects.contacts.get(ADDRESS, id_property="email", properties=["hs_email_optout"]),
        ),
        [answer(200, {**BATCH}), answer(200, RECORD)],
    ),
    "find_note": (
        lambda crm: crm.find_note("11", "marker"),
        lambda sdk: (
            sdk.crm.associations.batch.get("notes", from_object_type="contacts", inputs=[{"id": "11"}]),
            sdk.crm.objects.notes.batch.get(
                inputs=[{"id": "91"}], properties=["hs_note_body"], properties_with_history=[]
            ),
        ),
        [
            answer(200, {**BATCH, "results": [{"from": {"id": "11"}, "to": [{"toObjectId": "91"}]}]}),
            answer(200, BATCH),
        ],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_we_ask_hubspot_what_its_own_sdk_asks(name: str) -> None:
    our_call, their_call, answers = CALLS[name]
    assert ours(our_call, *answers) == theirs(their_call, *answers)


def test_we_search_companies_as_the_sdk_does() -> None:
    mine = ours(lambda crm: crm.find_company("Example.com "), answer(200, {"total": 0, "results": []}))
    filters = [{"property_name": "domain", "operator": "EQ", "value": "example.com"}]
    their_call: Callable[[Any], object] = lambda sdk: sdk.crm.objects.companies.search(  # noqa: E731
        after="",
        filter_groups=[{"filters": filters}],
        limit=1,
        properties=COMPANY,
        sorts=[],
    )
    second = theirs(their_call, answer(200, {"total": 0, "results": []}))
    assert [each[:3] for each in mine] == [each[:3] for each in second]
    # The SDK always sends a cursor, and takes sorts as bare names, which give no direction.
    body = dict(second[0][3])
    assert body.pop("after") == ""
    sorts = [{"propertyName": "createdate", "direction": "ASCENDING"}]
    assert mine[0][3] == {**body, "sorts": sorts}
