"""Deleting what we made in HubSpot, and a contact for good (P12)."""

from __future__ import annotations

from shared.connectors.http import VendorHttp
from shared.connectors.hubspot import VERSION
from shared.connectors.hubspot_engagements import Engagements
from shared.connectors.hubspot_shapes import hubspot_id


class HubSpotErasure:
    """Deletions in one portal. Each may be made twice: what is gone stays gone."""

    def __init__(self, http: VendorHttp) -> None:
        self._http = http
        self._engagements = Engagements(http, VERSION)

    def find(self, type_: str, contact_id: str, marker: str) -> str | None:
        """The id of the contact's record of a type that carries our marker. Errors: Retryable, Permanent."""
        return self._engagements.find(type_, contact_id, marker)

    def delete(self, type_: str, id_: str) -> bool:
        """Delete a note, task or record of a mail; False when it is gone already. Errors: Retryable, Permanent.

        HubSpot lets people restore it for 90 days.
        """
        path = f"/crm/objects/{VERSION}/{type_}/{hubspot_id(id_)}"
        there = self._http.read(f"look_at_{type_}", "GET", path, allowed=(404,)).status != 404
        if there:
            self._http.read(f"delete_{type_}", "DELETE", path, allowed=(404,))
        return there

    def erase_contact(self, contact_id: str) -> bool:
        """HubSpot's own GDPR delete: the contact with all that hangs on it, for good; False when it is gone."""
        path = f"/crm/objects/{VERSION}/contacts/gdpr-delete"
        body = {"objectId": hubspot_id(contact_id)}
        return self._http.read("erase_contact", "POST", path, body=body, allowed=(404,)).status != 404
