"""What people do with mail: they write, answer, sort, throw away; and what befalls their mailboxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox import mails
from scripts.sandbox.gmail_history import Ahead
from scripts.sandbox.state import Doc

if TYPE_CHECKING:
    from scripts.sandbox.gmail_mailbox import Mailbox
    from scripts.sandbox.sandbox import Sandbox

AUTO_REPLY = {"Auto-Submitted": "auto-replied", "Precedence": "auto_reply", "X-Autoreply": "yes"}
ARRIVES = ("INBOX", "UNREAD")


class Hands:
    """Someone who changes the world directly."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def _box(self, mailbox: str) -> Mailbox:
        return self._sandbox.gmail.mailbox(mailbox)


class MailHands(Hands):
    """What comes into a mailbox, and what its owner does with it."""

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
        """Someone writes a new mail to a mailbox; `labels` are those that Gmail gives it on arrival."""
        with self._sandbox.changing():
            raw = self._letter(mailbox, sender, subject, text, html=html, headers=headers)
            return self._box(mailbox).arrive(raw, labels or [*ARRIVES])

    def reply(
        self,
        mailbox: str,
        thread_id: str,
        *,
        text: str,
        sender: str = "",
        subject: str = "",
        html: str = "",
        headers: Mapping[str, str] | None = None,
        labels: list[str] | None = None,
    ) -> Doc:
        """Someone answers the last mail of a thread; by default the other person in it."""
        with self._sandbox.changing():
            last = self._last(mailbox, thread_id)
            others = [*mime.addresses(last["from"]), *mime.addresses(last["to"])]
            sender = sender or next(address for address in others if address != mailbox)
            answered = (
                last["subject"] if last["subject"].lower().startswith("re:") else f"Re: {last['subject']}"
            )
            raw = self._letter(
                *(mailbox, sender, subject or answered, text),
                html=html,
                headers=headers,
                in_reply_to=last["message_id"],
                references=mime.header(last["payload"], "References"),
            )
            return self._box(mailbox).arrive(raw, labels or [*ARRIVES])

    def auto_reply(self, mailbox: str, thread_id: str, *, text: str = "") -> Doc:
        """The other person's mailbox answers by itself."""
        return self.reply(mailbox, thread_id, text=text or "I am out of the office.\n", headers=AUTO_REPLY)

    def bounce(self, mailbox: str, message_id: str, *, status: str = "5.1.1") -> Doc:
        """A sent mail, named by its Gmail id, comes back."""
        with self._sandbox.changing():
            box = self._box(mailbox)
            sent = box.message(message_id)
            raw = mails.bounce(
                to=mailbox,
                failed=mime.addresses(sent["to"])[0],
                original_id=sent["message_id"],
                subject=sent["subject"],
                date=self._sandbox.surroundings.now(),
                status=status,
            )
            return box.add(raw, [*ARRIVES], sent["threadId"])

    def deliver_raw(self, mailbox: str, raw: bytes, *, labels: list[str] | None = None) -> Doc:
        """A mail comes in exactly as given, whatever it is."""
        with self._sandbox.changing():
            return self._box(mailbox).arrive(raw, labels or [*ARRIVES])

    # What the owner does

    def relabel(
        self, mailbox: str, message_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> Doc:
        """The owner changes a message's labels."""
        with self._sandbox.changing():
            return self._box(mailbox).relabel(message_id, add, remove)

    def archive(self, mailbox: str, message_id: str) -> Doc:
        return self.relabel(mailbox, message_id, remove=["INBOX"])

    def mark_read(self, mailbox: str, message_id: str) -> Doc:
        return self.relabel(mailbox, message_id, remove=["UNREAD"])

    def mark_spam(self, mailbox: str, message_id: str) -> Doc:
        return self.relabel(mailbox, message_id, add=["SPAM"], remove=["INBOX"])

    def not_spam(self, mailbox: str, message_id: str) -> Doc:
        """The owner finds a mail among the spam and moves it to the inbox."""
        return self.relabel(mailbox, message_id, add=["INBOX"], remove=["SPAM"])

    def trash(self, mailbox: str, message_id: str) -> Doc:
        return self.relabel(mailbox, message_id, add=["TRASH"], remove=["INBOX"])

    def delete_message(self, mailbox: str, message_id: str) -> None:
        """The owner deletes a message for good; the history goes on to list it."""
        with self._sandbox.changing():
            self._box(mailbox).remove(message_id)

    def add_filter(
        self, mailbox: str, query: str, *, add: Iterable[str] = (), remove: Iterable[str] = ("INBOX",)
    ) -> None:
        """From now on, mail that a search finds skips the inbox, or loses and gets other labels."""
        with self._sandbox.changing():
            self._box(mailbox).add_filter(query, add=add, remove=remove)

    # What befalls a mailbox

    def forget_history(self, mailbox: str) -> None:
        """Every history id that was ever given is too old from now on."""
        with self._sandbox.changing():
            self._box(mailbox).forget_history()

    def expire_history(self, mailbox: str, older_than_s: float) -> None:
        """Changes of that age are forgotten."""
        with self._sandbox.changing():
            self._box(mailbox).expire_history(older_than_s)

    def skip_history(self, mailbox: str, ids: int) -> int:
        """History ids jump ahead without a change; gives the newest."""
        with self._sandbox.changing():
            return self._box(mailbox).skip_history(ids)

    def rewind_history(self, mailbox: str, to: int | None = None, *, ahead: Ahead = "not_found") -> int:
        """The mailbox is restored: history ids start again lower, by default at half; gives the newest.

        `ahead` is what a start id from before answers until ids have caught up with it: `not_found`, or
        `empty` for no changes and the smaller newest id. Both are seen.
        """
        with self._sandbox.changing():
            return self._box(mailbox).rewind_history(to, ahead)

    # Within

    def _last(self, mailbox: str, thread_id: str) -> Doc:
        docs = self._box(mailbox).thread(thread_id)
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
