"""What receive_hubspot answers, and what it leaves behind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from scripts.local_cloud.faults import Fault
from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from shared.jobs.event import EventStatus
from shared.runtime.entry import MAX_BODY_BYTES
from tests import system


def payload(**changes: Any) -> dict[str, Any]:
    """A form submission in the documented shape (c)."""
    fields = changes.pop("fields", system.LEAD)
    return {
        "portalId": int(vendors_world.PORTAL),
        "formId": vendors_world.DEMO_FORM,
        "formSubmissionId": "11111111-2222-3333-4444-555555555555",
        "fieldValues": [{"name": name, "value": value} for name, value in fields.items()],
        **changes,
    }


def post(
    simulation: Simulation,
    body: Any,
    *,
    secret: str = "",
    at: timedelta = timedelta(0),
    version: str = "v3",
    headers: dict[str, str] | None = None,
) -> Any:
    """Sign a body as HubSpot does and deliver it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = simulation.places.url_of("receive_hubspot")
    key = secret or simulation.secrets["hubspot-client-secret"]
    if version == "v2":
        signature = hashlib.sha256(key.encode() + b"POST" + url.encode() + raw).hexdigest()
        signed = {"X-HubSpot-Signature": signature, "X-HubSpot-Signature-Version": "v2"}
    else:
        stamp = str(int((simulation.clock.now() + at).timestamp() * 1000))
        digest = hmac.new(
            key.encode(), b"POST" + url.encode() + raw + stamp.encode(), hashlib.sha256
        ).digest()
        signed = {
            "X-HubSpot-Signature-v3": base64.b64encode(digest).decode(),
            "X-HubSpot-Request-Timestamp": stamp,
        }
    return simulation.call("receive_hubspot", headers=signed | (headers or {}), body=raw)


def nothing_written(simulation: Simulation) -> bool:
    return not system.events(simulation) and not system.jobs(simulation)


def test_a_signed_submission_is_accepted_and_a_duplicate_gets_the_same_answer(simulation: Simulation) -> None:
    first, second = post(simulation, payload()), post(simulation, payload())
    assert first.status_code == second.status_code == 202
    assert first.json == second.json
    assert set(first.json) == {"status", "submission_id", "job_id"}
    assert first.json["submission_id"] == "11111111-2222-3333-4444-555555555555"
    assert system.job(simulation).id == first.json["job_id"]


@pytest.mark.parametrize("off_s", [-300, 300])
def test_a_timestamp_of_300_seconds_is_still_good(simulation: Simulation, off_s: int) -> None:
    assert post(simulation, payload(), at=timedelta(seconds=off_s)).status_code == 202


@pytest.mark.parametrize("off_s", [-301, 301])
def test_a_timestamp_of_301_seconds_is_stale(simulation: Simulation, off_s: int) -> None:
    assert post(simulation, payload(), at=timedelta(seconds=off_s)).status_code == 401
    assert nothing_written(simulation)


def test_a_forged_signature_writes_nothing(simulation: Simulation) -> None:
    assert post(simulation, payload(), secret="not the secret").status_code == 401
    assert nothing_written(simulation)
    assert simulation.cloud.counts.total()["writes"] == 0


def test_no_signature_writes_nothing(simulation: Simulation) -> None:
    answer = simulation.call("receive_hubspot", body=json.dumps(payload()).encode())
    assert answer.status_code == 401
    assert nothing_written(simulation)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[" * 10_000,
        b'{"portalId": 1, "portalId": 2}',
        b'{"portalId": NaN}',
        b'"text"',
        b"\xff\xfe",
    ],
)
def test_what_is_malformed_is_400_and_kept_as_refused(simulation: Simulation, body: bytes) -> None:
    answer = post(simulation, body)
    assert answer.status_code == 400
    assert answer.json["error"]
    (event,) = system.events(simulation)
    assert event.status is EventStatus.REFUSED
    assert event.reason == answer.json["error"]
    assert not system.jobs(simulation)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b.example;evil@x.example",
        "a@b.example, evil@x.example",
        "a@b.example\r\nBcc: evil@x.example",
        "Ann <a@b.example>",
        "a@b.example\x00",
        "a@" + "b" * 300 + ".example",
    ],
)
def test_a_bad_address_is_400_and_kept_as_refused(simulation: Simulation, address: str) -> None:
    answer = post(simulation, payload(fields=system.lead(email=address)))
    assert answer.status_code == 400
    (event,) = system.events(simulation)
    assert event.status is EventStatus.REFUSED
    assert not system.jobs(simulation)


def test_no_address_at_all_is_400(simulation: Simulation) -> None:
    fields = {name: value for name, value in system.LEAD.items() if name != "email"}
    assert post(simulation, payload(fields=fields)).status_code == 400


@pytest.mark.parametrize(
    "change", [{"formId": vendors_world.NEWSLETTER_FORM}, {"formId": "unknown"}, {"portalId": 999}]
)
def test_a_form_or_portal_that_is_not_allowed_is_403_and_kept(
    simulation: Simulation, change: dict[str, Any]
) -> None:
    answer = post(simulation, payload(**change))
    assert answer.status_code == 403
    (event,) = system.events(simulation)
    assert event.status is EventStatus.REFUSED
    assert not system.jobs(simulation)


def test_a_refused_submission_is_accepted_once_its_form_is_allowed(simulation: Simulation) -> None:
    assert post(simulation, payload(formId="0f0f0f0f-1111-2222-3333-444444444444")).status_code == 403
    tenant = simulation.world.database.client.document("tenants/default")
    forms = tenant.get().to_dict()["forms"]
    tenant.update({"forms": {**forms, "0f0f0f0f-1111-2222-3333-444444444444": {"name": "New form"}}})
    answer = post(simulation, payload(formId="0f0f0f0f-1111-2222-3333-444444444444"))
    assert answer.status_code == 202
    (event,) = system.events(simulation)
    assert event.status is EventStatus.ACCEPTED


def test_a_body_over_the_cap_is_413_before_anything_is_read(simulation: Simulation) -> None:
    assert post(simulation, b"x" * (MAX_BODY_BYTES + 1)).status_code == 413
    assert nothing_written(simulation)
    assert post(simulation, b"x" * MAX_BODY_BYTES).status_code == 400


def test_fields_too_large_for_a_document_are_refused_and_visible(simulation: Simulation) -> None:
    answer = post(simulation, payload(fields=system.lead(message="x" * 300_000)))
    assert answer.status_code == 400
    (event,) = system.events(simulation)
    assert event.status is EventStatus.REFUSED


def test_our_own_secret_unreadable_is_503(simulation: Simulation) -> None:
    simulation.cloud.faults.add(Fault("refuse", "SecretManagerService", "AccessSecretVersion", times=0))
    assert post(simulation, payload()).status_code == 503
    assert nothing_written(simulation)


def test_the_secret_before_the_newest_is_accepted_during_rotation(simulation: Simulation) -> None:
    old = simulation.secrets["hubspot-client-secret"]
    add_version(simulation, "hubspot-client-secret", b"a new secret of the app")
    assert post(simulation, payload(), secret=old).status_code == 202
    assert post(simulation, payload(), secret="a new secret of the app").status_code == 202


def test_a_v2_signature_triggers_a_poll_and_nothing_else(simulation: Simulation) -> None:
    answer = post(simulation, payload(), version="v2")
    assert answer.status_code == 202
    assert answer.json == {"status": "polling", "submission_id": None, "job_id": None}
    assert nothing_written(simulation)


def test_an_event_that_only_names_a_contact_polls_the_tenants_forms(simulation: Simulation) -> None:
    simulation.submit(system.LEAD)
    event = {
        "eventId": 1,
        "subscriptionId": 2,
        "portalId": int(vendors_world.PORTAL),
        "appId": 3,
        "occurredAt": int(simulation.clock.time_s() * 1000),
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": 101,
    }
    assert post(simulation, [event, event]).status_code == 202
    simulation.run()
    assert len(system.drafts(simulation)) == 1


def test_events_about_nothing_we_follow_are_acknowledged(simulation: Simulation) -> None:
    assert post(simulation, b"[]").status_code == 202
    assert nothing_written(simulation)


def test_a_get_is_not_a_webhook(simulation: Simulation) -> None:
    answer = simulation.call("receive_hubspot", method="GET")
    assert answer.status_code == 401
    assert nothing_written(simulation)


def add_version(simulation: Simulation, name: str, value: bytes) -> None:
    """A newer version of a secret, as an operator adds it."""
    from shared.runtime.clients.secrets import secrets_client

    client = secrets_client(simulation.world)
    client.add_secret_version(parent=f"projects/local/secrets/{name}", payload={"data": value})


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"portalId": 999}, 403, "belongs to no tenant"),
        ({"fields": system.lead(email="nobody")}, 400, "not one mail address"),
    ],
)
def test_a_touch_that_cannot_be_used_is_kept_as_refused_once(
    simulation: Simulation, change: dict[str, Any], status: int, said: str
) -> None:
    for _ in range(2):
        assert post(simulation, payload(**change), version="v2").status_code == status
    (event,) = system.events(simulation)
    assert event.status is EventStatus.REFUSED
    assert said in event.reason
    assert not system.jobs(simulation)
