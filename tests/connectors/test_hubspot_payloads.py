from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.sandbox.world import CONTACT_FORM, PORTAL
from shared.connectors.hubspot_payloads import (
    ContactTouched,
    FormSubmitted,
    parse_submission_payloads,
)
from tests.connectors.parts import ANA, NOW, rig

FORM: dict[str, Any] = {
    "portalId": "12345",
    "formId": "form-1",
    "formSubmissionId": "test-123",
    "fieldValues": [{"name": "email", "value": ANA}, {"name": "message", "value": "Hello"}],
}
EVENT: dict[str, Any] = {
    "eventId": 100,
    "subscriptionId": 1,
    "portalId": 12345,
    "appId": 9,
    "occurredAt": 1_795_000_000_000,
    "subscriptionType": "contact.creation",
    "attemptNumber": 0,
    "objectId": 77,
    "changeSource": "CRM",
}
WORKFLOW: dict[str, Any] = {
    "vid": 77,
    "portal-id": 12345,
    "properties": {"email": {"value": ANA, "versions": []}, "company": "Harbor"},
}


def parsed(payload: object) -> tuple[FormSubmitted | ContactTouched, ...]:
    return parse_submission_payloads(payload, received_at=NOW)


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    kept = {**body, **{name.replace("__", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in kept.items() if value is not ...}


def test_a_form_submission_keeps_everything_that_was_entered() -> None:
    (found,) = parsed(FORM)
    assert isinstance(found, FormSubmitted)
    submission = found.submission
    assert (submission.portal_id, submission.form_id, submission.conversion_id) == (
        "12345",
        "form-1",
        "test-123",
    )
    assert submission.fields == {"email": ANA, "message": "Hello"}
    assert submission.submitted_at == NOW


@pytest.mark.parametrize(
    "submitted_at", [1_795_000_000_000, "1795000000000", "2026-11-18T11:06:40Z", "2026-11-18T12:06:40+01:00"]
)
def test_the_time_of_submission_may_be_milliseconds_or_iso(submitted_at: object) -> None:
    (found,) = parsed(changed(FORM, submittedAt=submitted_at))
    assert isinstance(found, FormSubmitted)
    assert found.submission.submitted_at == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)


def test_values_of_other_types_become_text() -> None:
    values = [
        {"name": "employees", "value": 250},
        {"name": "consent", "value": True},
        {"name": "topics", "value": ["a", "b"]},
        {"name": "topics", "value": "c"},
        {"name": "empty", "value": None},
        {"name": "absent"},
    ]
    (found,) = parsed(changed(FORM, fieldValues=values))
    assert isinstance(found, FormSubmitted)
    assert found.submission.fields == {
        "employees": "250",
        "consent": "true",
        "topics": "a;b;c",
        "empty": "",
        "absent": "",
    }


def test_half_a_character_is_replaced_so_that_the_submission_can_be_stored() -> None:
    values = [{"name": "message", "value": "hi \ud83d"}, {"name": "\udc00", "value": "\U0001f600"}]
    (found,) = parsed(changed(FORM, fieldValues=values))
    assert isinstance(found, FormSubmitted)
    assert found.submission.fields == {"message": "hi \ufffd", "\ufffd": "\U0001f600"}
    assert found.submission.model_dump_json()


def test_a_workflows_contact_has_id_address_and_properties() -> None:
    (found,) = parsed(WORKFLOW)
    assert isinstance(found, ContactTouched)
    assert (found.portal_id, found.contact_id, found.address) == ("12345", "77", ANA)
    assert found.properties == {"email": ANA, "company": "Harbor"}


def test_a_workflows_contact_may_have_only_an_address_or_only_an_id() -> None:
    (by_address,) = parsed(changed(WORKFLOW, vid=...))
    assert isinstance(by_address, ContactTouched)
    assert (by_address.contact_id, by_address.address) == ("", ANA)
    (by_id,) = parsed(changed(WORKFLOW, properties={}))
    assert isinstance(by_id, ContactTouched)
    assert (by_id.contact_id, by_id.address) == ("77", "")


def test_the_address_is_also_found_among_the_identities() -> None:
    identities = [{"type": "LEAD_GUID", "value": "x"}, {"type": "EMAIL", "value": ANA}]
    (found,) = parsed(changed(WORKFLOW, properties={}, identity__profiles=[{"identities": identities}]))
    assert isinstance(found, ContactTouched)
    assert found.address == ANA


def test_a_workflows_contact_tells_which_forms_were_submitted_newest_first() -> None:
    rows = [
        {"conversion-id": "old", "form-id": "f", "timestamp": 1_000},
        {"conversion-id": "new", "form-id": "f", "timestamp": 2_000, "page-url": "https://x.example"},
    ]
    (found,) = parsed(changed(WORKFLOW, form__submissions=rows))
    assert isinstance(found, ContactTouched)
    assert [each.conversion_id for each in found.conversions] == ["new", "old"]
    again = changed(WORKFLOW, form__submissions=rows[:1])
    assert parsed(again)[0] != found
    assert isinstance(parsed(again)[0], ContactTouched)


def test_events_about_contacts_are_known_by_all_that_makes_them_unique() -> None:
    (found,) = parsed([EVENT])
    assert found == ContactTouched(
        "12345",
        contact_id="77",
        kind="contact.creation",
        event=("12345", "contact.creation", "77", "100", "1795000000000"),
    )


def test_events_about_other_objects_are_left_out() -> None:
    events = [
        changed(EVENT, subscriptionType="deal.creation"),
        changed(EVENT, subscriptionType="object.creation", objectTypeId="0-2"),
        changed(EVENT, subscriptionType="object.propertyChange", objectTypeId="0-1", objectId="78"),
    ]
    (found,) = parsed(events)
    assert isinstance(found, ContactTouched)
    assert found.contact_id == "78"
    assert parsed([]) == ()


def test_what_the_sandbox_posts_is_understood_in_all_three_forms() -> None:
    world = rig()
    fields = {"email": ANA, "message": "What does a pilot cost?"}
    result = world.sandbox.people.submit_form(
        CONTACT_FORM, fields, webhook_url="https://x.example/a", workflow_url="https://x.example/b"
    )
    requests = result["requests"]
    (form,) = parsed(json.loads(requests["form"]["body"]))
    (polled,) = world.forms.submissions(CONTACT_FORM, NOW - timedelta(days=1))
    assert isinstance(form, FormSubmitted)
    assert form.submission.but(page_url=polled.page_url) == polled
    (workflow,) = parsed(json.loads(requests["workflow"]["body"]))
    assert isinstance(workflow, ContactTouched)
    assert (workflow.address, workflow.portal_id) == (ANA, PORTAL)
    assert workflow.conversions[0].conversion_id == polled.conversion_id
    assert workflow.conversions[0].submitted_at == polled.submitted_at
    event = world.sandbox.people.hubspot_event("contact.creation", "30106", url="https://x.example/c")
    (touched,) = parsed(json.loads(event["body"]))
    assert isinstance(touched, ContactTouched)
    assert touched.contact_id == "30106"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (None, "body"),
        ("canary", "body"),
        (7, "body"),
        ({}, "portal-id"),
        (changed(FORM, portalId=...), "portalId"),
        (changed(FORM, portalId="canary"), "portalId"),
        (changed(FORM, portalId=True), "portalId"),
        (changed(FORM, portalId=-1), "portalId"),
        (changed(FORM, portalId=1.5), "portalId"),
        (changed(FORM, portalId="１２"), "portalId"),
        (changed(FORM, formId=...), "formId"),
        (changed(FORM, formId=["canary"]), "formId"),
        (changed(FORM, formId="x" * 201), "formId"),
        (changed(FORM, formSubmissionId="  "), "formSubmissionId"),
        (changed(FORM, fieldValues=...), "fieldValues"),
        (changed(FORM, fieldValues={"canary": 1}), "fieldValues"),
        (changed(FORM, fieldValues=[{"name": "x"}] * 501), "fieldValues"),
        (changed(FORM, fieldValues=["canary"]), r"fieldValues\[0\]"),
        (changed(FORM, fieldValues=[{"value": "canary"}]), r"fieldValues\[0\].name"),
        (changed(FORM, fieldValues=[{"name": "x", "value": {"canary": 1}}]), r"fieldValues\[0\].value"),
        (changed(FORM, submittedAt="canary"), "submittedAt"),
        (changed(FORM, submittedAt="2026-11-18T11:06:40"), "submittedAt"),
        (changed(FORM, submittedAt=10**18), "submittedAt"),
        (changed(WORKFLOW, properties=["canary"]), "properties"),
        (changed(WORKFLOW, portal__id=...), "portal-id"),
        (changed(WORKFLOW, vid="canary"), "vid"),
        (changed(WORKFLOW, vid=..., properties={}), "vid"),
        (
            changed(WORKFLOW, form__submissions=[{"form-id": "canary"}]),
            r"form-submissions\[0\].conversion-id",
        ),
        (["canary"], r"\[0\]"),
        ([changed(EVENT, objectId="canary")], r"\[0\].objectId"),
        ([changed(EVENT, occurredAt=None)], r"\[0\].occurredAt"),
        ([changed(EVENT, subscriptionType=7)], r"\[0\].subscriptionType"),
        ([EVENT] * 101, "body"),
    ],
)
def test_what_is_wrong_is_named_and_never_shown(payload: object, field: str) -> None:
    with pytest.raises(ValueError, match=rf"^{field} ") as caught:
        parsed(payload)
    assert "canary" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(
    base=st.sampled_from([FORM, WORKFLOW, EVENT]), name=st.integers(0, 8), value=JSON, listed=st.booleans()
)
def test_any_json_is_either_understood_or_refused_with_a_valueerror(
    base: dict[str, Any], name: int, value: Any, listed: bool
) -> None:
    keys = sorted({*base, "form-submissions", "identity-profiles", "submittedAt"})
    body = {**base, keys[name % len(keys)]: value}
    try:
        found = parsed([body] if listed else body)
    except ValueError:
        return
    assert isinstance(found, tuple)
