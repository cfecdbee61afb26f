"""Notes and tasks at a HubSpot contact, found again by the marker that they carry (P6)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from shared.connectors.http import VendorHttp
from shared.connectors.hubspot_shapes import AssociatedBatch, Batch, Record, hubspot_id
from shared.errors import Permanent, Retryable

NOTES = "notes"
TASKS = "tasks"
LONGEST_TEXT = 65_536

_READ_FOR_MARKER = {NOTES: ["hs_note_body"], TASKS: ["hs_task_body", "hs_task_subject"]}
_TO_CONTACT = {NOTES: 202, TASKS: 204}
_TO_COMPANY = {NOTES: 190, TASKS: 192}
_BATCH_MOST = 100
_PAGES_MOST = 200


class Engagements:
    """Notes and tasks of one portal."""

    def __init__(self, http: VendorHttp, version: str) -> None:
        self._http = http
        self._version = version

    def find(self, type_: str, contact_id: str, marker: str) -> str | None:
        """The oldest of the contact's notes or tasks that carries the marker, read from its associations.

        Search is not asked: its index lags. Errors: Retryable when not all of them could be read.
        """
        pattern = re.compile(rf"(?<![\w-]){re.escape(marker)}(?![\w-])")
        ids = sorted(self._associated(type_, contact_id), key=int)
        for start in range(0, len(ids), _BATCH_MOST):
            found = [
                record.id
                for record in self._records(type_, ids[start : start + _BATCH_MOST])
                if any(pattern.search(html.unescape(value or "")) for value in record.properties.values())
            ]
            if found:
                return min(found, key=int)
        return None

    def create_note(self, contact_id: str, company_id: str | None, body: str, at: datetime) -> str:
        properties = {"hs_timestamp": _moment(at), "hs_note_body": _rich_text(body)}
        return self._create(NOTES, "create_note", contact_id, company_id, properties)

    def update_note(self, note_id: str, body: str) -> bool:
        path = f"/crm/objects/{self._version}/notes/{hubspot_id(note_id)}"
        # Replacing a text twice gives the same text, so that this write may be repeated.
        text = {"properties": {"hs_note_body": _rich_text(body)}}
        return self._http.read("update_note", "PATCH", path, body=text, allowed=(404,)).status != 404

    def create_task(
        self, contact_id: str, *, subject: str, body: str, due: datetime, owner_id: str | None
    ) -> str:
        properties = {
            "hs_timestamp": _moment(due),
            "hs_task_subject": subject,
            "hs_task_body": _rich_text(body),
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": "HIGH",
            "hs_task_type": "TODO",
        }
        if owner_id is not None:
            properties["hubspot_owner_id"] = owner_id
        return self._create(TASKS, "create_task", contact_id, None, properties)

    def _create(
        self, type_: str, operation: str, contact_id: str, company_id: str | None, properties: dict[str, str]
    ) -> str:
        associations = [_association(contact_id, _TO_CONTACT[type_])]
        if company_id is not None:
            associations.append(_association(company_id, _TO_COMPANY[type_]))
        body = {"properties": properties, "associations": associations}
        reply = self._http.write(operation, "POST", f"/crm/objects/{self._version}/{type_}", body=body)
        return reply.parsed(Record).id

    def _associated(self, type_: str, contact_id: str) -> set[str]:
        path = f"/crm/associations/{self._version}/contacts/{type_}/batch/read"
        ids: set[str] = set()
        after: str | None = None
        for _ in range(_PAGES_MOST):
            each = {"id": hubspot_id(contact_id)} if after is None else {"id": contact_id, "after": after}
            reply = self._http.read(f"find_{type_}", "POST", path, body={"inputs": [each]})
            page = reply.parsed(AssociatedBatch)
            ids.update(page.ids(f"hubspot: find_{type_}"))
            after = page.after
            if after is None:
                return ids
        raise Retryable(f"hubspot: find_{type_} has more pages than can be read")

    def _records(self, type_: str, ids: list[str]) -> tuple[Record, ...]:
        body = {
            "inputs": [{"id": id_} for id_ in ids],
            "properties": _READ_FOR_MARKER[type_],
            "propertiesWithHistory": [],
        }
        path = f"/crm/objects/{self._version}/{type_}/batch/read"
        who = f"find_{type_}"
        return self._http.read(who, "POST", path, body=body).parsed(Batch).records(f"hubspot: {who}")


def _association(id_: str, type_id: int) -> dict[str, object]:
    return {
        "to": {"id": hubspot_id(id_)},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _rich_text(text: str) -> str:
    """Plain text as HubSpot shows it: its bodies are HTML, and what a person wrote must not become markup."""
    body = html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>")
    if len(body) > LONGEST_TEXT:
        raise Permanent(f"hubspot: a text of more than {LONGEST_TEXT} characters does not fit a note or task")
    return body
