"""Forms of a portal: what was submitted, and what HubSpot then tells the world."""

from __future__ import annotations

import json
import uuid
from typing import Any

from scripts.sandbox import hubspot_signing as signing
from scripts.sandbox.exchange import Json
from scripts.sandbox.hubspot_errors import invalid, not_found
from scripts.sandbox.hubspot_records import Records
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

_PAGE_MOST = 50


class Forms:
    """The forms of one portal."""

    def __init__(self, world: Surroundings, records: Records) -> None:
        self._world = world
        self._state = world.state
        self._records = records
        self._kind = f"hubspot/{records.portal}/forms"

    def define(self, guid: str, name: str) -> None:
        self._state.put(self._kind, guid, {"guid": guid, "name": name})

    def listed(self) -> list[Doc]:
        return self._state.all(self._kind)

    def submit(
        self, guid: str, fields: dict[str, str], *, contact: Json | None = None, page_url: str = ""
    ) -> Json:
        """Submit a form: the submission is kept and the contact created or updated, as HubSpot does.

        `contact` has further properties for the contact. Returns the submission, the contact's id (empty
        where no address was given) and the bodies of the webhooks that follow.
        """
        form = self._form(guid)
        now_s = self._world.clock.time_s()
        number = self._state.next_number(f"{self._kind}/submitted")
        submission: Doc = {
            "conversionId": str(uuid.UUID(self._world.digest("submission", guid, number)[:32])),
            "submittedAt": int(now_s * 1000),
            "values": [
                {"name": name, "value": value, "objectTypeId": "0-1"} for name, value in fields.items()
            ],
            "pageUrl": page_url or f"https://www.{self._domain()}/contact",
        }
        self._state.append(f"{self._kind}/{guid}/submissions", {"submission": submission})
        contact_id = self._contact_of(fields, contact or {})
        bodies = {
            "form": self.form_body(guid, submission),
            "workflow": self.workflow_body(guid, submission, contact_id) if contact_id else None,
        }
        return {"submission": submission, "form": form["name"], "contact_id": contact_id, "bodies": bodies}

    def page(self, guid: str, limit_text: str, after: str) -> Json:
        """One page of submissions, newest first."""
        self._form(guid)
        if limit_text and not (limit_text.isdigit() and 1 <= int(limit_text) <= _PAGE_MOST):
            raise invalid(f"limit must be between 1 and {_PAGE_MOST}")
        limit = int(limit_text or 20)
        rows = [row["submission"] for row in reversed(self._state.all(f"{self._kind}/{guid}/submissions"))]
        if after:
            places = [place for place, row in enumerate(rows) if row["conversionId"] == after]
            if not places:
                raise invalid("after is not a valid paging token")
            rows = rows[places[0] + 1 :]
        answer: Json = {"results": rows[:limit]}
        if len(rows) > limit:
            answer["paging"] = {"next": {"after": rows[limit - 1]["conversionId"]}}
        return answer

    def form_body(self, guid: str, submission: Json) -> Json:
        """The submission as a signed webhook posts it."""
        return {
            "portalId": self._records.portal,
            "formId": guid,
            "formSubmissionId": submission["conversionId"],
            "submittedAt": submission["submittedAt"],
            "fieldValues": [{"name": each["name"], "value": each["value"]} for each in submission["values"]],
        }

    def workflow_body(self, guid: str, submission: Json, contact_id: str) -> Json:
        """The contact as a workflow's "Send a webhook" posts it, with its form submissions."""
        contact = self._records.get("contacts", contact_id)
        modified_ms = int(contact["updated_s"] * 1000)
        return {
            "vid": int(contact_id),
            "canonical-vid": int(contact_id),
            "portal-id": int(self._records.portal),
            "is-contact": True,
            "properties": {
                name: {
                    "value": value,
                    "versions": [{"value": value, "source-type": "FORM", "timestamp": modified_ms}],
                }
                for name, value in contact["properties"].items()
            },
            "form-submissions": [
                {
                    "conversion-id": submission["conversionId"],
                    "timestamp": submission["submittedAt"],
                    "form-id": guid,
                    "portal-id": int(self._records.portal),
                    "page-url": submission["pageUrl"],
                    "title": self._form(guid)["name"],
                    "form-type": "HUBSPOT",
                }
            ],
            "identity-profiles": [
                {
                    "vid": int(contact_id),
                    "identities": [{"type": "EMAIL", "value": contact["properties"].get("email", "")}],
                }
            ],
        }

    def event_body(self, subscription_type: str, object_id: str, **details: Any) -> list[Json]:
        """A webhook subscription's array with one event, such as `contact.creation`."""
        number = self._state.next_number(f"hubspot/{self._records.portal}/events")
        return [
            {
                "eventId": number,
                "subscriptionId": 4_001,
                "portalId": int(self._records.portal),
                "appId": 77_001,
                "occurredAt": int(self._world.clock.time_s() * 1000),
                "subscriptionType": subscription_type,
                "attemptNumber": 0,
                "objectId": int(object_id),
                "changeSource": "FORM",
                **details,
            }
        ]

    def signed(self, body: Any, uri: str, secret: str, version: str) -> Json:
        """A body as the bytes to post (as text) with the headers of signature `v2` or `v3`."""
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        if version == "v2":
            headers = signing.headers_v2(secret, uri, text.encode())
        else:
            timestamp_ms = int(self._world.clock.time_s() * 1000)
            headers = signing.headers_v3(secret, uri, text.encode(), timestamp_ms)
        return {"uri": uri, "body": text, "headers": headers}

    def _contact_of(self, fields: dict[str, str], further: Json) -> str:
        address = fields.get("email", "").strip()
        if not address:
            return ""
        known = set(self._records.properties("contacts"))
        values = {name: value for name, value in {**fields, **further}.items() if name in known}
        existing = self._records.find("contacts", address, "email")
        if existing is None:
            return self._records.create("contacts", values, [], seeding=True)["id"]
        values.pop("email")
        return self._records.update("contacts", existing["id"], values)["id"]

    def _form(self, guid: str) -> Doc:
        form = self._state.get(self._kind, guid)
        if form is None:
            raise not_found("Form not found")
        return form

    def _domain(self) -> str:
        portal = self._state.get("hubspot/portals", self._records.portal) or {}
        return str(portal.get("domain", "example.com"))
