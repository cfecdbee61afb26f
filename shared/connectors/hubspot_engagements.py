"""Notes, tasks and records of mails at a HubSpot contact, found again by the marker that they carry (P6)."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

from shared.connectors.http import VendorHttp
from shared.connectors.hubspot_shapes import AssociatedBatch, Batch, Record, hubspot_id
from shared.errors import Permanent, Retryable

NOTES = "notes"
TASKS = "tasks"
MAILS = "emails"
LONGEST_TEXT = 65_536

_READ_FOR_MARKER = {
    NOTES: ["hs_note_body"],
    TASKS: ["hs_task_body", "hs_task_subject"],
    MAILS: ["hs_email_text", "hs_email_html"],
}
_TO_CONTACT = {NOTES: 202, TASKS: 204, MAILS: 198}
_TO_COMPANY = {NOTES: 190, TASKS: 192, MAILS: 186}
_REDACTED = "The content of this email has been redacted"
"""How HubSpot begins the text of a mail that it does not show to a key without the scope for it."""
_BATCH_MOST = 100
_PAGES_MOST = 200


class Engagements:
    """Notes, tasks and records of mails of one portal."""

    def __init__(self, http: VendorHttp, version: str) -> None:
        self._http = http
        self._version = version

    def find(self, type_: str, contact_id: str, marker: str) -> str | None:
        """The oldest of the contact's records of a type that carries the marker, read from its associations.

        Search is not asked: its index lags. Errors: Retryable when not all of them could be read, Permanent
        when our key may not see the words of some mail.
        """
        pattern = re.compile(rf"(?<![\w-]){re.escape(marker)}(?![\w-])")
        ids = sorted(self._associated(type_, contact_id), key=int)
        unseen = False
        for start in range(0, len(ids), _BATCH_MOST):
            records = self._records(type_, ids[start : start + _BATCH_MOST])
            found = [
                record.id
                for record in records
                if any(pattern.search(html.unescape(value or "")) for value in record.properties.values())
            ]
            if found:
                return min(found, key=int)
            unseen = unseen or (type_ == MAILS and any(_unseen(record) for record in records))
        if unseen:
            # One of those may be ours: that it is not found is no proof that it is not there.
            raise Permanent(
                f"hubspot: find_{type_} is not shown the words of some mails; "
                "give the service key the scope sales-email-read"
            )
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

    def complete_task(self, task_id: str) -> bool:
        path = f"/crm/objects/{self._version}/tasks/{hubspot_id(task_id)}"
        # A task that is completed twice is completed, so that this write may be repeated.
        done = {"properties": {"hs_task_status": "COMPLETED"}}
        return self._http.read("complete_task", "PATCH", path, body=done, allowed=(404,)).status != 404

    def create_mail(
        self,
        contact_id: str,
        company_id: str | None,
        *,
        subject: str,
        body: str,
        sent_at: datetime,
        addresses: tuple[str, str],
        owner_id: str | None,
    ) -> str:
        """`addresses` are those of sender and recipient; HubSpot shows who wrote to whom from the headers."""
        sender, recipient = addresses
        headers = {"from": {"email": sender}, "to": [{"email": recipient}], "cc": [], "bcc": []}
        properties = {
            "hs_timestamp": _moment(sent_at),
            "hs_email_direction": "EMAIL",
            "hs_email_status": "SENT",
            "hs_email_subject": subject,
            # Unlike the bodies of notes and tasks, this one is plain text.
            "hs_email_text": _fitting(body),
            "hs_email_headers": json.dumps(headers, separators=(",", ":"), ensure_ascii=False),
        }
        if owner_id is not None:
            properties["hubspot_owner_id"] = owner_id
        return self._create(MAILS, "create_mail", contact_id, company_id, properties)

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


def _unseen(mail: Record) -> bool:
    """Whether HubSpot hides a mail's words; one that has none looks the same."""
    words = [mail.properties.get(name) or "" for name in _READ_FOR_MARKER[MAILS]]
    return not any(words) or any(each.startswith(_REDACTED) for each in words)


def _association(id_: str, type_id: int) -> dict[str, object]:
    return {
        "to": {"id": hubspot_id(id_)},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _rich_text(text: str) -> str:
    """Plain text as HubSpot shows it: its bodies are HTML, and what a person wrote must not become markup."""
    return _fitting(html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>"))


def _fitting(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Permanent(f"hubspot: a text of more than {LONGEST_TEXT} characters does not fit its record")
    return text
