"""What people do in the vendors' world: submit forms, write mails, and use their mailboxes by hand."""

from __future__ import annotations

from scripts.sandbox import world
from scripts.sandbox.exchange import Json
from scripts.sandbox.people_account import AccountHands
from scripts.sandbox.people_draft import DraftHands
from scripts.sandbox.people_mail import MailHands


class People(MailHands, DraftHands, AccountHands):
    """Actions from outside the product; each is one change of the world."""

    def submit_form(
        self,
        form_id: str,
        fields: dict[str, str],
        *,
        contact: Json | None = None,
        portal: str = world.PORTAL,
        webhook_url: str = "",
        workflow_url: str = "",
    ) -> Json:
        """Submit a HubSpot form.

        Returns `{submission, contact_id, bodies: {form, workflow}}`, and under `requests` the signed requests
        `{uri, body, headers}` to post: `form` (v3) to `webhook_url`, `workflow` (v2) to `workflow_url`.
        """
        with self._sandbox.changing():
            forms = self._sandbox.hubspot.forms(portal)
            secret = self._sandbox.hubspot.portal_details(portal)["webhook_secret"]
            result = forms.submit(form_id, fields, contact=contact)
            result["requests"] = {}
            for name, url, version in (("form", webhook_url, "v3"), ("workflow", workflow_url, "v2")):
                if url and result["bodies"][name] is not None:
                    result["requests"][name] = forms.signed(result["bodies"][name], url, secret, version)
        return result

    def hubspot_event(
        self, subscription_type: str, object_id: str, *, url: str, portal: str = world.PORTAL
    ) -> Json:
        """A signed webhook subscription request `{uri, body, headers}` with one event."""
        with self._sandbox.changing():
            forms = self._sandbox.hubspot.forms(portal)
            secret = self._sandbox.hubspot.portal_details(portal)["webhook_secret"]
            return forms.signed(forms.event_body(subscription_type, object_id), url, secret, "v3")
