"""One mailbox as Gmail keeps it: messages in threads, drafts, labels and the history of changes."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from typing import Any

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox.gmail_search import Matches, compile_query
from scripts.sandbox.google_errors import invalid, not_found
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

SYSTEM_LABELS = ("INBOX", "SENT", "DRAFT", "UNREAD", "STARRED", "IMPORTANT", "SPAM", "TRASH")
_HIDDEN = {"SPAM", "TRASH"}


class Mailbox:
    """The mail of one address."""

    def __init__(self, world: Surroundings, address: str, *, keeps_custom_headers: bool = True) -> None:
        self._world = world
        self._state = world.state
        self._keeps_custom_headers = keeps_custom_headers
        self.address = address

    def kind(self, name: str) -> str:
        return f"gmail/{self.address}/{name}"

    # Messages

    def message(self, id_: str) -> Doc:
        doc = self._state.get(self.kind("messages"), id_)
        if doc is None:
            raise not_found()
        return doc

    def messages(self, query: str = "", labels: Iterable[str] = (), *, hidden: bool = False) -> list[Doc]:
        """Messages that match, newest first; spam and trash only when asked for."""
        matches: Matches = compile_query(query, self._world.now())
        wanted = set(labels)
        shown_places = {place for place in _HIDDEN if f"in:{place.lower()}" in query.lower()}
        found = [
            doc
            for doc in self._state.all(self.kind("messages"))
            if wanted <= set(doc["labelIds"])
            and (hidden or not (_HIDDEN - shown_places) & set(doc["labelIds"]))
            and matches(doc)
        ]
        return sorted(found, key=lambda doc: (doc["internal_s"], doc["number"]), reverse=True)

    def thread(self, id_: str) -> list[Doc]:
        """A thread's messages, oldest first, drafts included."""
        ids = (self._state.get(self.kind("threads"), id_) or {"ids": []})["ids"]
        if not ids:
            raise not_found()
        docs = [self.message(message_id) for message_id in ids]
        return sorted(docs, key=lambda doc: (doc["internal_s"], doc["number"]))

    def attachment(self, id_: str) -> Doc:
        doc = self._state.get(self.kind("attachments"), id_)
        if doc is None:
            raise not_found("Invalid attachment token")
        return doc

    def add(self, raw: bytes, labels: list[str], thread_id: str = "", internal_s: float | None = None) -> Doc:
        """Keep a mail under a new id, in a thread or in one of its own."""
        number = self._state.next_number(self.kind("number"))
        id_ = self._id("message", number)
        parsed = mime.parse(raw, self._keep_attachment)
        doc: Doc = {
            "id": id_,
            "number": number,
            "threadId": thread_id or id_,
            "labelIds": labels,
            "raw": raw.decode("latin-1"),
            "internal_s": self._world.clock.time_s() if internal_s is None else internal_s,
            "payload": parsed.payload,
            "text": parsed.text,
            "attachments": parsed.attachments,
            "from": parsed.header("From"),
            "to": parsed.header("To"),
            "cc": parsed.header("Cc"),
            "bcc": parsed.header("Bcc"),
            "subject": parsed.header("Subject"),
            "message_id": parsed.header("Message-ID"),
            "historyId": 0,
        }
        doc["historyId"] = self._record("messagesAdded", doc)
        self._state.put(self.kind("messages"), id_, doc)
        self._index(doc["threadId"], add=id_)
        return doc

    def remove(self, id_: str) -> None:
        doc = self.message(id_)
        self._state.delete(self.kind("messages"), id_)
        self._index(doc["threadId"], remove=id_)
        self._record("messagesDeleted", doc)

    def relabel(self, id_: str, add: list[str], remove: list[str]) -> Doc:
        """Change a message's labels. 400 for a label that does not exist."""
        known = {label["id"] for label in self.labels()}
        if unknown := [label for label in [*add, *remove] if label not in known]:
            raise invalid(f"Invalid label: {unknown[0]}")
        doc = self.message(id_)
        added = [label for label in add if label not in doc["labelIds"]]
        removed = [label for label in remove if label in doc["labelIds"]]
        doc = {**doc, "labelIds": [label for label in doc["labelIds"] if label not in removed] + added}
        if added:
            doc["historyId"] = self._record("labelsAdded", doc, added)
        if removed:
            doc["historyId"] = self._record("labelsRemoved", doc, removed)
        return self._state.put(self.kind("messages"), id_, doc)

    def arrive(self, raw: bytes, labels: list[str], internal_s: float | None = None) -> Doc:
        """A mail comes in from outside; it joins the thread that its headers refer to."""
        payload = mime.parse(raw, lambda _: "").payload
        wanted = set(
            mime.message_ids(mime.header(payload, "In-Reply-To"), mime.header(payload, "References"))
        )
        subject = mime.thread_subject(mime.header(payload, "Subject"))
        for doc in self.messages(hidden=True):
            if doc["message_id"] in wanted and mime.thread_subject(doc["subject"]) == subject:
                return self.add(raw, labels, doc["threadId"], internal_s)
        return self.add(raw, labels, "", internal_s)

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
        alone = len(self.thread(before["threadId"])) == 1 and thread_id in ("", before["threadId"])
        joined = before["threadId"] if alone else self._joined_thread(raw, thread_id)
        self.remove(before["id"])
        message = self.add(raw, ["DRAFT"], joined)
        self._note("draft_updated", message, draft_id=id_)
        return self._state.put(self.kind("drafts"), id_, {"id": id_, "messageId": message["id"]})

    def delete_draft(self, id_: str) -> None:
        message = self.message(self.draft(id_)["messageId"])
        self._note("draft_deleted", message, draft_id=id_)
        self._state.delete(self.kind("drafts"), id_)
        self.remove(message["id"])

    def send_draft(self, id_: str) -> Doc:
        """Send a draft: it is consumed, and the mail that went out has a new id and a new Message-ID."""
        message = self.message(self.draft(id_)["messageId"])
        raw = self._checked_outgoing(message["raw"].encode("latin-1"))
        self._state.delete(self.kind("drafts"), id_)
        thread_id = message["threadId"]
        self.remove(message["id"])
        return self._sent(raw, thread_id, draft_id=id_)

    def send(self, raw: bytes, thread_id: str) -> Doc:
        """Send a mail that was never a draft."""
        raw = self._checked_outgoing(self._completed(raw))
        return self._sent(raw, self._joined_thread(raw, thread_id), draft_id="")

    # Labels

    def labels(self) -> list[Doc]:
        system = [{"id": name, "name": name, "type": "system"} for name in SYSTEM_LABELS]
        return [*system, *self._state.all(self.kind("labels"))]

    def create_label(self, name: str) -> Doc:
        if any(label["name"].lower() == name.lower() for label in self.labels()):
            raise invalid("Label name exists or conflicts", "aborted")
        id_ = f"Label_{self._state.next_number(self.kind('label number'))}"
        return self._state.put(self.kind("labels"), id_, {"id": id_, "name": name, "type": "user"})

    # History

    def history_id(self) -> int:
        return self._state.number(self.kind("history number"))

    def history(self, start: int) -> list[Doc]:
        """Changes after a history id. 404 when it is too old to be known, or was never given."""
        oldest = (self._state.get(self.kind("history oldest"), "id") or {"id": 0})["id"]
        if start < oldest or start > self.history_id():
            raise not_found()
        return [row for row in self._state.all(self.kind("history")) if row["id"] > start]

    def forget_history(self) -> None:
        """Every history id given so far is too old from now on."""
        self._state.put(self.kind("history oldest"), "id", {"id": self.history_id() + 1})
        self._state.clear(self.kind("history"))
        self._state.put("_numbers", self.kind("history number"), {"value": self.history_id() + 1})

    # Within

    def _sent(self, raw: bytes, thread_id: str, draft_id: str) -> Doc:
        number = self._state.next_number(self.kind("sent number"))
        token = self._world.digest("message id", self.address, number)
        changes = {"Message-ID": f"<CA+{token[:40]}@mail.gmail.com>"}
        sender = mime.header(mime.parse(raw, lambda _: "").payload, "From")
        if mime.addresses(sender) != [self.address]:
            changes["From"] = self.address
        raw = mime.set_headers(raw, changes)
        if not self._keeps_custom_headers:
            raw = mime.drop_custom_headers(raw)
        message = self.add(raw, ["SENT"], thread_id)
        self._note("mail_sent", message, draft_id=draft_id)
        return message

    def _checked_outgoing(self, raw: bytes) -> bytes:
        payload = mime.parse(raw, lambda _: "").payload
        recipients = [mime.header(payload, name) for name in ("To", "Cc", "Bcc")]
        if not any(recipients):
            raise invalid("Recipient address required")
        if any(value and not mime.addresses(value) for value in recipients):
            raise invalid("Invalid To header")
        return raw

    def _completed(self, raw: bytes) -> bytes:
        """Gmail adds the headers that a draft lacks, and leaves a complete one as it is."""
        payload = mime.parse(raw, lambda _: "").payload
        number = self._state.next_number(self.kind("upload number"))
        token = self._world.digest("upload", self.address, number)[:40]
        defaults = {
            "From": self.address,
            "Date": format_datetime(self._world.now()),
            "Message-ID": f"<CA{token}@mail.gmail.com>",
            "MIME-Version": "1.0",
        }
        missing = {name: value for name, value in defaults.items() if not mime.header(payload, name)}
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
        docs = self.thread(thread_id)
        payload = mime.parse(raw, lambda _: "").payload
        named = set(mime.message_ids(mime.header(payload, "In-Reply-To"), mime.header(payload, "References")))
        subject = mime.thread_subject(mime.header(payload, "Subject"))
        refers = bool(named & {doc["message_id"] for doc in docs})
        same_subject = subject in {mime.thread_subject(doc["subject"]) for doc in docs}
        return thread_id if refers and same_subject else ""

    def _record(self, change: str, doc: Doc, labels: list[str] | None = None) -> int:
        step = 1 + int(self._world.digest("history", self.history_id())[:2], 16) % 7
        id_ = self.history_id() + step
        self._state.put("_numbers", self.kind("history number"), {"value": id_})
        message = {"id": doc["id"], "threadId": doc["threadId"], "labelIds": doc["labelIds"]}
        entry: dict[str, Any] = {"id": id_, "change": change, "message": message, "labelIds": labels}
        self._state.put(self.kind("history"), f"{id_:012d}", entry)
        watch = self._state.get("gmail/watches", self.address)
        if watch and watch["expiration_s"] > self._world.clock.time_s() and _watched(watch, doc["labelIds"]):
            self._state.append(
                "gmail/pushes", {"topic": watch["topic"], "emailAddress": self.address, "historyId": id_}
            )
        return id_

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

    def _index(self, thread_id: str, *, add: str = "", remove: str = "") -> None:
        ids = (self._state.get(self.kind("threads"), thread_id) or {"ids": []})["ids"]
        ids = [id_ for id_ in [*ids, add] if id_ and id_ != remove]
        if ids:
            self._state.put(self.kind("threads"), thread_id, {"ids": ids})
        else:
            self._state.delete(self.kind("threads"), thread_id)

    def _keep_attachment(self, data: bytes) -> str:
        number = self._state.next_number(self.kind("attachment number"))
        id_ = f"ANGjdJ{self._world.digest('attachment', self.address, number)}"
        self._state.put(self.kind("attachments"), id_, {"size": len(data), "data": mime.encode_raw(data)})
        return id_

    def _id(self, what: str, number: int) -> str:
        return f"19{self._world.digest(what, self.address, number)[:14]}"


def _watched(watch: Doc, labels: list[str]) -> bool:
    wanted = set(watch["labelIds"])
    if not wanted:
        return True
    return bool(wanted & set(labels)) != (watch["behavior"] == "EXCLUDE")
