"""The messages of one mailbox as Gmail keeps them: in threads, under labels, with a history of changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox.gmail_history import Ahead, History
from scripts.sandbox.gmail_parts import Parsed, Reports, parse
from scripts.sandbox.gmail_pushes import Pushes
from scripts.sandbox.gmail_search import Matches, compile_query
from scripts.sandbox.google_errors import invalid, not_found
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

CATEGORIES = tuple(f"CATEGORY_{name}" for name in ("PERSONAL", "SOCIAL", "PROMOTIONS", "UPDATES", "FORUMS"))
SYSTEM_LABELS = (
    *("INBOX", "SENT", "DRAFT", "UNREAD", "STARRED", "IMPORTANT", "SPAM", "TRASH", "CHAT"),
    *CATEGORIES,
)
_FIXED = ("SENT", "DRAFT", "CHAT")
"""What a message is, which no one can change by a label."""

_HIDDEN = {"SPAM", "TRASH"}
_NAMED_PLACE = re.compile(r"(?<![\w-])(?:in|is|label):\"?(spam|trash|anywhere)\b", re.IGNORECASE)


class Messages:
    """What is kept for one address."""

    def __init__(
        self, world: Surroundings, address: str, pushes: Pushes, *, reports: Reports = "parts"
    ) -> None:
        self._world = world
        self._state = world.state
        self._pushes = pushes
        self._reports: Reports = reports
        self._changes = History(world, address)
        self.address = address

    def kind(self, name: str) -> str:
        return f"gmail/{self.address}/{name}"

    # Messages

    def message(self, id_: str) -> Doc:
        doc = self._state.get(self.kind("messages"), id_)
        if doc is None:
            raise not_found()
        return doc

    def messages(
        self,
        query: str = "",
        labels: Iterable[str] = (),
        *,
        hidden: bool = False,
        unshown: bool = False,
    ) -> list[Doc]:
        """Messages that match, newest first; spam and trash only when they are asked for.

        `unshown` is for what went out so recently that no list has it yet.
        """
        matches: Matches = compile_query(query, self._world.now())
        wanted = set(labels)
        named = {place.upper() for place in _NAMED_PLACE.findall(query)}
        unseen: set[str] = set() if hidden or "ANYWHERE" in named else _HIDDEN - named - wanted
        found = [
            doc
            for doc in self._state.all(self.kind("messages"))
            if (unshown or self._is_shown(doc))
            and wanted <= set(doc["labelIds"])
            and not unseen & set(doc["labelIds"])
            and matches(doc)
        ]
        return sorted(found, key=lambda doc: (doc["internal_s"], doc["number"]), reverse=True)

    def thread(self, id_: str, *, unshown: bool = False) -> list[Doc]:
        """A thread's messages, oldest first, drafts included; `unshown` as for `messages`."""
        ids = (self._state.get(self.kind("threads"), id_) or {"ids": []})["ids"]
        docs = [self.message(message_id) for message_id in ids]
        docs = [doc for doc in docs if unshown or self._is_shown(doc)]
        if not docs:
            raise not_found()
        return sorted(docs, key=lambda doc: (doc["internal_s"], doc["number"]))

    def attachment(self, id_: str) -> Doc:
        doc = self._state.get(self.kind("attachments"), id_)
        if doc is None:
            raise not_found("Invalid attachment token")
        return doc

    def parsed(self, raw: bytes) -> Parsed:
        """A mail taken apart, with its attachments kept here."""
        return parse(raw, self._keep_attachment, self._reports)

    def add(
        self,
        raw: bytes,
        labels: list[str],
        thread_id: str = "",
        internal_s: float | None = None,
        parsed: Parsed | None = None,
        shown_from_s: float = 0.0,
    ) -> Doc:
        """Keep a mail under a new id, in a thread or in one of its own; lists have it from a time on."""
        number = self._state.next_number(self.kind("number"))
        id_ = f"19{self._world.digest('message', self.address, number)[:14]}"
        parsed = parsed or self.parsed(raw)
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
            "shown_from_s": shown_from_s,
        }
        doc["historyId"] = self._record("messagesAdded", doc)
        self._state.put(self.kind("messages"), id_, doc)
        self._index(doc["threadId"], add=id_)
        return doc

    def remove(self, id_: str) -> None:
        """Delete a message for good; the history goes on to list it."""
        doc = self.message(id_)
        self._state.delete(self.kind("messages"), id_)
        self._index(doc["threadId"], remove=id_)
        self._record("messagesDeleted", doc)

    def relabel(self, id_: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Doc:
        """Change a message's labels as anyone can. 400 for a label that does not exist, or stays."""
        allowed = {label["id"] for label in self.labels()} - set(_FIXED)
        if unknown := [label for label in [*add, *remove] if label not in allowed]:
            raise invalid(f"Invalid label: {unknown[0]}")
        return self.change_labels(id_, add, remove)

    def change_labels(self, id_: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Doc:
        """Change a message's labels, also those that only Gmail gives."""
        doc = self.message(id_)
        added = [label for label in add if label not in doc["labelIds"]]
        removed = [label for label in remove if label in doc["labelIds"]]
        doc = {**doc, "labelIds": [label for label in doc["labelIds"] if label not in removed] + added}
        if added:
            doc["historyId"] = self._record("labelsAdded", doc, added)
        if removed:
            doc["historyId"] = self._record("labelsRemoved", doc, removed)
        return self._state.put(self.kind("messages"), id_, doc)

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
        return self._changes.id()

    def history(self, start: int, types: Iterable[str] = (), label: str = "") -> list[Doc]:
        """Changes after a history id. 404 when it is too old to be known, or was never given."""
        return self._changes.since(start, types, label)

    def forget_history(self) -> None:
        """Every history id given so far is too old from now on."""
        self._changes.forget()

    def expire_history(self, older_than_s: float) -> None:
        """Changes of that age are forgotten; a start before the last of them is 404."""
        self._changes.expire(older_than_s)

    def skip_history(self, ids: int) -> int:
        """Ids jump ahead without a change."""
        return self._changes.skip(ids)

    def rewind_history(self, to: int | None = None, ahead: Ahead = "not_found") -> int:
        """Ids start again lower, by default at half the newest; gives the newest."""
        return self._changes.rewind(max(1, self.history_id() // 2) if to is None else to, ahead)

    # Within

    def _is_shown(self, doc: Doc) -> bool:
        """Whether threads, lists and searches have a message yet."""
        return bool(doc.get("shown_from_s", 0.0) <= self._world.clock.time_s())

    def _record(self, change: str, doc: Doc, labels: list[str] | None = None) -> int:
        id_ = self._changes.record(change, doc, labels or ())
        self._pushes.changed(self.address, id_, [*doc["labelIds"], *(labels or ())])
        return id_

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
