"""What the owner of a mailbox does with a draft in Gmail's own window."""

from __future__ import annotations

import html as markup

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox import mails
from scripts.sandbox.people_mail import Hands
from scripts.sandbox.state import Doc


class DraftHands(Hands):
    """Drafts edited, sent, scheduled and thrown away by hand."""

    def edit_draft(
        self,
        mailbox: str,
        draft_id: str,
        text: str | None = None,
        *,
        to: str | None = None,
        cc: str | None = None,
        subject: str | None = None,
        keeps_custom_headers: bool = False,
        html: bool = True,
    ) -> Doc:
        """A person changes a draft: same draft id, new message id.

        What is None stays as it is. Gmail's window writes an HTML alternative beside the text, which
        `html=False` leaves out as its plain text mode does, and drops headers that it does not know.
        """
        with self._sandbox.changing():
            box = self._box(mailbox)
            message = box.message(box.draft(draft_id)["messageId"])
            kept = {
                each["name"]: each["value"]
                for each in message["payload"]["headers"]
                if keeps_custom_headers and each["name"].lower().startswith("x-")
            }
            copied = message["cc"] if cc is None else cc
            words = message["text"] if text is None else text
            raw = mails.letter(
                sender=message["from"],
                to=message["to"] if to is None else to,
                subject=message["subject"] if subject is None else subject,
                text=words,
                html=_as_html(words) if html else "",
                date=self._sandbox.surroundings.now(),
                message_id=message["message_id"],
                in_reply_to=mime.header(message["payload"], "In-Reply-To"),
                references=mime.header(message["payload"], "References"),
                headers={**({"Cc": copied} if copied else {}), **kept},
                crlf=True,
            )
            return box.update_draft(draft_id, raw, message["threadId"])

    def send_draft(self, mailbox: str, draft_id: str, *, keeps_custom_headers: bool | None = None) -> Doc:
        """A person presses Send in Gmail."""
        with self._sandbox.changing():
            gmail = self._sandbox.gmail
            sent = gmail.mailbox(mailbox, keeps_custom_headers=keeps_custom_headers).send_draft(draft_id)
            gmail.deliver(sent)
            return sent

    def schedule_draft(self, mailbox: str, draft_id: str, at_s: float) -> Doc:
        """A person schedules a draft: it is no draft any more, and is sent at that time."""
        with self._sandbox.changing():
            return self._box(mailbox).schedule_draft(draft_id, at_s)

    def delete_draft(self, mailbox: str, draft_id: str) -> None:
        """A person throws a draft away in Gmail, for good."""
        with self._sandbox.changing():
            self._box(mailbox).delete_draft(draft_id)

    def trash_draft(self, mailbox: str, draft_id: str) -> Doc:
        """A person moves a draft's message to the trash: no list of drafts shows it, its id still does."""
        with self._sandbox.changing():
            box = self._box(mailbox)
            return box.relabel(box.draft(draft_id)["messageId"], ["TRASH"])


def _as_html(text: str) -> str:
    """A text as Gmail's window writes it."""
    lines = [f"<div>{markup.escape(line)}</div>" if line else "<div><br></div>" for line in text.splitlines()]
    return f'<div dir="ltr">{"".join(lines)}</div>\n'
