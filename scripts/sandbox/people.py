"""What people do in the vendors' world: write mails, answer, submit forms, and handle drafts by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox import mails, world
from scripts.sandbox.exchange import Json
from scripts.sandbox.state import Doc

if TYPE_CHECKING:
    from scripts.sandbox.sandbox import Sandbox

AUTO_REPLY = {"Auto-Submitted": "auto-replied", "Precedence": "auto_reply", "X-Autoreply": "yes"}


class People:
    """Actions from outside the product; each is one change of the world."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

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

    def write(
        self,
        mailbox: str,
        *,
        sender: str,
        subject: str,
        text: str,
        html: str = "",
        headers: Mapping[str, str] | None = None,
        labels: list[str] | None = None,
    ) -> Doc:
        """Someone writes a new mail to a mailbox."""
        with self._sandbox.changing():
            raw = self._letter(mailbox, sender, subject, text, html=html, headers=headers)
            return self._sandbox.gmail.mailbox(mailbox).arrive(raw, labels or ["INBOX", "UNREAD"])

    def reply(
        self,
        mailbox: str,
        thread_id: str,
        *,
        text: str,
        sender: str = "",
        html: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Doc:
        """Someone answers the last mail of a thread; by default the other person in it."""
        with self._sandbox.changing():
            last = self._last(mailbox, thread_id)
            others = [*mime.addresses(last["from"]), *mime.addresses(last["to"])]
            sender = sender or next(address for address in others if address != mailbox)
            subject = (
                last["subject"] if last["subject"].lower().startswith("re:") else f"Re: {last['subject']}"
            )
            references = mime.header(last["payload"], "References")
            raw = self._letter(
                *(mailbox, sender, subject, text),
                html=html,
                headers=headers,
                in_reply_to=last["message_id"],
                references=references,
            )
            return self._sandbox.gmail.mailbox(mailbox).arrive(raw, ["INBOX", "UNREAD"])

    def auto_reply(self, mailbox: str, thread_id: str, *, text: str = "") -> Doc:
        """The other person's mailbox answers by itself."""
        return self.reply(mailbox, thread_id, text=text or "I am out of the office.\n", headers=AUTO_REPLY)

    def bounce(self, mailbox: str, message_id: str, *, status: str = "5.1.1") -> Doc:
        """A sent mail, named by its Gmail id, comes back."""
        with self._sandbox.changing():
            box = self._sandbox.gmail.mailbox(mailbox)
            sent = box.message(message_id)
            raw = mails.bounce(
                to=mailbox,
                failed=mime.addresses(sent["to"])[0],
                original_id=sent["message_id"],
                subject=sent["subject"],
                date=self._sandbox.surroundings.now(),
                status=status,
            )
            return box.add(raw, ["INBOX", "UNREAD"], sent["threadId"])

    def deliver_raw(self, mailbox: str, raw: bytes) -> Doc:
        """A mail comes in exactly as given."""
        with self._sandbox.changing():
            return self._sandbox.gmail.mailbox(mailbox).arrive(raw, ["INBOX", "UNREAD"])

    def edit_draft(
        self, mailbox: str, draft_id: str, text: str, *, keeps_custom_headers: bool = False
    ) -> Doc:
        """A person rewrites a draft in Gmail: same draft id, new message id."""
        with self._sandbox.changing():
            box = self._sandbox.gmail.mailbox(mailbox)
            message = box.message(box.draft(draft_id)["messageId"])
            kept = {
                each["name"]: each["value"]
                for each in message["payload"]["headers"]
                if keeps_custom_headers and each["name"].lower().startswith("x-")
            }
            raw = mails.letter(
                sender=message["from"],
                to=message["to"],
                subject=message["subject"],
                text=text,
                date=self._sandbox.surroundings.now(),
                message_id=message["message_id"],
                in_reply_to=mime.header(message["payload"], "In-Reply-To"),
                references=mime.header(message["payload"], "References"),
                headers=kept,
            )
            return box.update_draft(draft_id, raw, message["threadId"])

    def send_draft(self, mailbox: str, draft_id: str) -> Doc:
        """A person presses Send in Gmail."""
        with self._sandbox.changing():
            sent = self._sandbox.gmail.mailbox(mailbox).send_draft(draft_id)
            self._sandbox.gmail.deliver(sent)
            return sent

    def delete_draft(self, mailbox: str, draft_id: str) -> None:
        """A person throws a draft away in Gmail."""
        with self._sandbox.changing():
            self._sandbox.gmail.mailbox(mailbox).delete_draft(draft_id)

    def _last(self, mailbox: str, thread_id: str) -> Doc:
        docs = self._sandbox.gmail.mailbox(mailbox).thread(thread_id)
        return next(doc for doc in reversed(docs) if "DRAFT" not in doc["labelIds"])

    def _letter(self, mailbox: str, sender: str, subject: str, text: str, **further: Any) -> bytes:
        number = self._sandbox.state.next_number("people/letters")
        token = self._sandbox.surroundings.digest("letter by hand", number)[:24]
        return mails.letter(
            sender=sender,
            to=mailbox,
            subject=subject,
            text=text,
            date=self._sandbox.surroundings.now(),
            message_id=f"<{token}@mail.example>",
            **further,
        )
