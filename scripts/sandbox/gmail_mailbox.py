"""One mailbox as its owner has it: mail comes in, drafts are written, and mail goes out."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from typing import Any

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox.gmail_messages import Messages
from scripts.sandbox.gmail_parts import Reports, headers_of
from scripts.sandbox.gmail_pushes import Pushes
from scripts.sandbox.gmail_search import compile_query
from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.google_errors import invalid, not_found
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

SCHEDULED = "SCHEDULED"


class Mailbox(Messages):
    """The mail of one address."""

    def __init__(
        self,
        world: Surroundings,
        address: str,
        pushes: Pushes,
        *,
        reports: Reports = "parts",
        sending: Sending | None = None,
    ) -> None:
        super().__init__(world, address, pushes, reports=reports)
        self._sending = sending or Sending()

    # What comes in

    def arrive(self, raw: bytes, labels: list[str], internal_s: float | None = None) -> Doc:
        """A mail comes in from outside; it joins the thread that its headers refer to."""
        parsed = self.parsed(raw)
        wanted = set(mime.message_ids(parsed.header("In-Reply-To"), parsed.header("References")))
        subject = mime.thread_subject(parsed.header("Subject"))
        thread_id = ""
        for doc in self.messages(hidden=True, unshown=True) if wanted else ():
            if doc["message_id"] in wanted and mime.thread_subject(doc["subject"]) == subject:
                thread_id = doc["threadId"]
                break
        probe: Doc = {
            "subject": parsed.header("Subject"),
            "text": parsed.text,
            "attachments": parsed.attachments,
            "from": parsed.header("From"),
            "to": parsed.header("To"),
            "cc": parsed.header("Cc"),
            "bcc": parsed.header("Bcc"),
            "message_id": parsed.header("Message-ID"),
            "labelIds": labels,
            "internal_s": self._world.clock.time_s(),
        }
        return self.add(raw, self._filtered(probe), thread_id, internal_s, parsed)

    def add_filter(self, query: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Mail that a search finds gets and loses these labels when it comes in."""
        known = {label["id"] for label in self.labels()}
        if unknown := [label for label in [*add, *remove] if label not in known]:
            raise invalid(f"Invalid label: {unknown[0]}")
        row: Doc = {"query": query, "add": list(add), "remove": list(remove)}
        self._state.append(self.kind("filters"), row)

    def _filtered(self, probe: Doc) -> list[str]:
        labels = list(probe["labelIds"])
        if "SPAM" in labels:
            return labels
        for row in self._state.all(self.kind("filters")):
            if compile_query(row["query"], self._world.now())(probe):
                labels = [label for label in labels if label not in row["remove"]]
                labels += [label for label in row["add"] if label not in labels]
        return labels

    # Drafts

    def drafts(self) -> list[Doc]:
        return self._state.all(self.kind("drafts"))

    def draft(self, id_: str) -> Doc:
        doc = self._state.get(self.kind("drafts"), id_)
        if doc is None:
            raise not_found()
        return doc

    def create_draft(self, raw: bytes, thread_id: str) -> Doc:
        raw = self._completed(raw)
        message = self.add(raw, ["DRAFT"], self._joined_thread(raw, thread_id))
        number = self._state.next_number(self.kind("draft number"))
        id_ = f"r{int(self._world.digest('draft', self.address, number)[:15], 16)}"
        draft = self._state.put(self.kind("drafts"), id_, {"id": id_, "messageId": message["id"]})
        self._note("draft_created", message, draft_id=id_)
        return draft

    def update_draft(self, id_: str, raw: bytes, thread_id: str) -> Doc:
        """Replace a draft's mail: the draft keeps its id, its message gets a new one."""
        before = self.message(self.draft(id_)["messageId"])
        raw = self._completed(raw)
        joined = self._thread_of_draft(before, raw, thread_id)
        self.remove(before["id"])
        message = self.add(raw, ["DRAFT"], joined)
        self._note("draft_updated", message, draft_id=id_)
        return self._state.put(self.kind("drafts"), id_, {"id": id_, "messageId": message["id"]})

    def delete_draft(self, id_: str) -> None:
        message = self.message(self.draft(id_)["messageId"])
        self._note("draft_deleted", message, draft_id=id_)
        self._state.delete(self.kind("drafts"), id_)
        self.remove(message["id"])

    def send_draft(self, id_: str, raw: bytes | None = None, thread_id: str = "") -> Doc:
        """Send a draft, or other bytes in its stead; the draft is consumed.

        The mail that went out has a new id and a new Message-ID.
        """
        draft = self._state.get(self.kind("drafts"), id_)
        if draft is None:
            sent = self.message(self._just_sent(id_)["messageId"])
            again = self._completed(sent["raw"].encode("latin-1") if raw is None else raw)
            self._check_outgoing(headers_of(again))
            return self._sent(again, sent["threadId"], draft_id=id_)
        before = self.message(draft["messageId"])
        if raw is None:
            self._check_outgoing(before["payload"]["headers"])
            self._state.delete(self.kind("drafts"), id_)
            return self._sent_as(before, id_)
        self._check_outgoing(headers_of(raw))
        raw = self._completed(raw)
        joined = self._thread_of_draft(before, raw, thread_id)
        self._state.delete(self.kind("drafts"), id_)
        self.remove(before["id"])
        return self._sent(raw, joined, draft_id=id_)

    def send(self, raw: bytes, thread_id: str) -> Doc:
        """Send a mail that was never a draft."""
        raw = self._completed(raw)
        self._check_outgoing(headers_of(raw))
        return self._sent(raw, self._joined_thread(raw, thread_id), draft_id="")

    # Mail that a person leaves to be sent later; the API knows it by its label alone

    def schedule_draft(self, id_: str, at_s: float) -> Doc:
        """A draft is to be sent at a time: it is no draft any more, its message waits."""
        message = self.message(self.draft(id_)["messageId"])
        self._check_outgoing(message["payload"]["headers"])
        self._state.delete(self.kind("drafts"), id_)
        message = self.change_labels(message["id"], [SCHEDULED], ["DRAFT"])
        row: Doc = {"address": self.address, "messageId": message["id"], "draftId": id_, "due_s": at_s}
        self._state.put("gmail/scheduled", message["id"], row)
        return message

    def send_scheduled(self, row: Doc) -> Doc | None:
        """Send what was scheduled; None when its message was deleted or thrown away since."""
        self._state.delete("gmail/scheduled", row["messageId"])
        message = self._state.get(self.kind("messages"), row["messageId"])
        if message is None or "TRASH" in message["labelIds"]:
            return None
        return self._sent_as(message, row["draftId"])

    # Within

    def _sent_as(self, message: Doc, draft_id: str) -> Doc:
        thread_id = message["threadId"]
        self.remove(message["id"])
        return self._sent(message["raw"].encode("latin-1"), thread_id, draft_id=draft_id)

    def _just_sent(self, id_: str) -> Doc:
        """A draft that was sent a moment ago, where that can be done again; 404 for any other."""
        row = self._state.get(self.kind("sent drafts"), id_)
        seconds = self._sending.repeats_within_s if self._sending.repeats == "double" else -1.0
        if row is None or self._world.clock.time_s() - row["at_s"] > seconds:
            raise not_found()
        return row

    def _sent(self, raw: bytes, thread_id: str, draft_id: str) -> Doc:
        now_s = self._world.clock.time_s()
        number = self._state.next_number(self.kind("sent number"))
        token = self._world.digest("message id", self.address, number)
        changes: dict[str, str] = {}
        if not self._sending.keeps_message_id:
            changes["Message-ID"] = f"<CA+{token[:40]}@mail.gmail.com>"
        headers = headers_of(raw)
        if mime.addresses(_header(headers, "From")) != [self.address]:
            changes["From"] = self.address
        raw = mime.set_headers(raw, changes)
        if not self._sending.keeps_custom_headers:
            raw = mime.drop_custom_headers(raw)
        everybody = mime.addresses(", ".join(_header(headers, name) for name in ("To", "Cc", "Bcc")))
        to_oneself = ["INBOX", "UNREAD"] if self.address in everybody else []
        after_s = self._sending.shown_after_s
        shown_from_s = now_s + after_s if after_s else 0.0
        message = self.add(raw, ["SENT", *to_oneself], thread_id, shown_from_s=shown_from_s)
        if draft_id:
            row: Doc = {"id": draft_id, "messageId": message["id"], "at_s": now_s}
            self._state.put(self.kind("sent drafts"), draft_id, row)
        self._note("mail_sent", message, draft_id=draft_id)
        return message

    def _thread_of_draft(self, before: Doc, raw: bytes, thread_id: str) -> str:
        """The thread of a draft whose mail is replaced: one of its own stays its own."""
        alone = len(self.thread(before["threadId"], unshown=True)) == 1 and thread_id in (
            "",
            before["threadId"],
        )
        return before["threadId"] if alone else self._joined_thread(raw, thread_id)

    def _check_outgoing(self, headers: list[dict[str, str]]) -> None:
        recipients = [_header(headers, name) for name in ("To", "Cc", "Bcc")]
        if not any(recipients):
            raise invalid("Recipient address required")
        if any(value and not mime.addresses(value) for value in recipients):
            raise invalid("Invalid To header")

    def _completed(self, raw: bytes) -> bytes:
        """Gmail adds the headers that a draft lacks, and leaves a complete one as it is."""
        headers = headers_of(raw)
        number = self._state.next_number(self.kind("upload number"))
        token = self._world.digest("upload", self.address, number)[:40]
        defaults = {
            "From": self.address,
            "Date": format_datetime(self._world.now()),
            "Message-ID": f"<CA{token}@mail.gmail.com>",
            "MIME-Version": "1.0",
        }
        missing = {name: value for name, value in defaults.items() if not _header(headers, name)}
        return mime.set_headers(raw, missing) if missing else raw

    def _joined_thread(self, raw: bytes, thread_id: str) -> str:
        """The thread that a mail of ours joins, or an empty string for one of its own.

        Gmail wants three things together: the thread's id, References or In-Reply-To of a message in it, and
        the same subject.
        """
        if not thread_id:
            return ""
        if not all(digit in "0123456789abcdef" for digit in thread_id) or len(thread_id) > 16:
            raise invalid("Invalid thread_id value")
        docs = self.thread(thread_id, unshown=True)
        headers = headers_of(raw)
        named = set(mime.message_ids(_header(headers, "In-Reply-To"), _header(headers, "References")))
        subject = mime.thread_subject(_header(headers, "Subject"))
        refers = bool(named & {doc["message_id"] for doc in docs})
        same_subject = subject in {mime.thread_subject(doc["subject"]) for doc in docs}
        return thread_id if refers and same_subject else ""

    def _note(self, kind: str, message: Doc, **details: Any) -> None:
        own = {
            each["name"]: each["value"]
            for each in message["payload"]["headers"]
            if each["name"].lower().startswith("x-")
        }
        for person in mime.addresses(message["to"]) or [""]:
            self._world.effects.note(
                kind,
                person,
                self._world.clock.time_s(),
                mailbox=self.address,
                message_id=message["id"],
                thread_id=message["threadId"],
                subject=message["subject"],
                headers=own,
                **details,
            )


def _header(headers: list[dict[str, str]], name: str) -> str:
    return mime.header({"headers": headers}, name)
