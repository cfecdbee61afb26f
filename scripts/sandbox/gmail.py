"""Gmail's API over the mailboxes of one domain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox import gmail_shapes as shapes
from scripts.sandbox import google_errors as errors
from scripts.sandbox.exchange import Answer, Json, Request, as_list, as_object, json_answer
from scripts.sandbox.gmail_mailbox import Mailbox
from scripts.sandbox.gmail_parts import Reports
from scripts.sandbox.gmail_pushes import Pushes
from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.google_oauth import GoogleOauth
from scripts.sandbox.routes import Routes
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

_SCOPE = "https://www.googleapis.com/auth/gmail."
_FULL = {"https://mail.google.com/", f"{_SCOPE}modify"}
_READ = {*_FULL, f"{_SCOPE}readonly"}
_COMPOSE = {*_FULL, f"{_SCOPE}compose"}
_METADATA = {*_READ, f"{_SCOPE}metadata"}


class Gmail:
    """Every mailbox, each behind the access tokens that were given out for it."""

    name = "gmail"

    def __init__(self, world: Surroundings, oauth: GoogleOauth) -> None:
        self._world = world
        self._oauth = oauth
        self.pushes = Pushes(world)
        self.sending = Sending()
        self.reports: Reports = "parts"
        self._routes = Routes()
        base = "/gmail/v1/users/{user}"
        for method, path, answerer, scopes in (
            ("GET", "/profile", self._profile, {*_METADATA, *_COMPOSE}),
            ("POST", "/watch", self._watch, _METADATA),
            ("POST", "/stop", self._stop, _METADATA),
            ("GET", "/history", self._history, _METADATA),
            ("GET", "/labels", self._list_labels, {*_METADATA, f"{_SCOPE}labels"}),
            ("POST", "/labels", self._create_label, {*_FULL, f"{_SCOPE}labels"}),
            ("GET", "/labels/{id_}", self._get_label, {*_METADATA, f"{_SCOPE}labels"}),
            ("GET", "/threads", self._list_threads, _METADATA),
            ("GET", "/threads/{id_}", self._get_thread, _METADATA),
            ("POST", "/threads/{id_}/modify", self._modify_thread, _FULL),
            ("POST", "/threads/{id_}/trash", self._trash_thread, _FULL),
            ("GET", "/messages", self._list_messages, _METADATA),
            ("POST", "/messages/send", self._send_message, {*_COMPOSE, f"{_SCOPE}send"}),
            ("GET", "/messages/{id_}", self._get_message, _METADATA),
            ("POST", "/messages/{id_}/modify", self._modify_message, _FULL),
            ("POST", "/messages/{id_}/trash", self._trash_message, _FULL),
            ("POST", "/messages/{id_}/untrash", self._untrash_message, _FULL),
            ("DELETE", "/messages/{id_}", self._delete_message, {"https://mail.google.com/"}),
            ("GET", "/messages/{id_}/attachments/{attachment}", self._get_attachment, _READ),
            ("GET", "/drafts", self._list_drafts, {*_READ, *_COMPOSE}),
            ("POST", "/drafts", self._create_draft, _COMPOSE),
            ("POST", "/drafts/send", self._send_draft, _COMPOSE),
            ("GET", "/drafts/{id_}", self._get_draft, {*_READ, *_COMPOSE}),
            ("PUT", "/drafts/{id_}", self._update_draft, _COMPOSE),
            ("DELETE", "/drafts/{id_}", self._delete_draft, _COMPOSE),
        ):
            self._routes.add(method, base + path, self._guarded(answerer, scopes))

    def mailbox(self, address: str, *, keeps_custom_headers: bool | None = None) -> Mailbox:
        """The mailbox of an address; whether a send keeps X- headers is a setting of the whole sandbox."""
        sending = self.sending
        if keeps_custom_headers is not None:
            sending = replace(sending, keeps_custom_headers=keeps_custom_headers)
        return Mailbox(self._world, address, self.pushes, reports=self.reports, sending=sending)

    def deliver(self, message: Doc) -> None:
        """Carry a sent mail to those of its recipients whose mailboxes are here, too.

        What somebody sends to themselves is one mail, which came in when it went out.
        """
        here = set(self._oauth.mailboxes()) - set(mime.addresses(message["from"]))
        for address in mime.addresses(f"{message['to']}, {message['cc']}"):
            if address in here:
                self.mailbox(address).arrive(message["raw"].encode("latin-1"), ["INBOX", "UNREAD"])

    def send_scheduled(self) -> None:
        """Send what people scheduled for a time that has come."""
        for row in self._world.state.all("gmail/scheduled"):
            if row["due_s"] <= self._world.clock.time_s():
                sent = self.mailbox(row["address"]).send_scheduled(row)
                if sent is not None:
                    self.deliver(sent)

    def answer(self, request: Request) -> Answer:
        call = self._routes.find(request)
        if call is None:
            raise errors.not_found("Not Found")
        return call()

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        return errors.limited(kind, retry_after_s)

    def _guarded(self, answerer: Callable[..., Answer], scopes: set[str]) -> Callable[..., Answer]:
        def guarded(request: Request, user: str, **names: str) -> Answer:
            owner = self._oauth.check(request, scopes)
            if user.lower() not in ("me", owner):
                raise errors.forbidden(f"Delegation denied for {owner}")
            return answerer(request, self.mailbox(owner), **names)

        return guarded

    # The mailbox as a whole

    def _profile(self, request: Request, box: Mailbox) -> Answer:
        docs = box.messages(hidden=True)
        return json_answer(
            {
                "emailAddress": box.address,
                "messagesTotal": len(docs),
                "threadsTotal": len({doc["threadId"] for doc in docs}),
                "historyId": str(box.history_id()),
            }
        )

    def _watch(self, request: Request, box: Mailbox) -> Answer:
        body = errors.json_body(request)
        topic = str(body.get("topicName") or "")
        if not re.fullmatch(r"projects/[^/]+/topics/[^/]+", topic):
            raise errors.invalid("Invalid topicName does not match projects/*/topics/*")
        behavior = str(body.get("labelFilterBehavior") or body.get("labelFilterAction") or "INCLUDE").upper()
        labels = [str(label) for label in as_list(body.get("labelIds"))]
        newest = box.history_id()
        expiration_s = self.pushes.watch(box.address, topic, labels, behavior, newest)
        return json_answer({"historyId": str(newest), "expiration": str(int(expiration_s * 1000))})

    def _stop(self, request: Request, box: Mailbox) -> Answer:
        self.pushes.stop(box.address)
        return Answer(204)

    def _history(self, request: Request, box: Mailbox) -> Answer:
        start = request.one("startHistoryId")
        if not start.isdigit():
            raise errors.invalid("Missing or invalid startHistoryId")
        rows = box.history(int(start), shapes.history_types(request), request.one("labelId"))
        page, after = shapes.history_page(request, rows)
        answer: Json = {"historyId": str(box.history_id())}
        if page:
            answer["history"] = [shapes.shown_history(row) for row in page]
        return json_answer(answer | after)

    # Labels

    def _list_labels(self, request: Request, box: Mailbox) -> Answer:
        return json_answer({"labels": box.labels()})

    def _get_label(self, request: Request, box: Mailbox, id_: str) -> Answer:
        for label in box.labels():
            if label["id"] == id_:
                docs = box.messages(labels=[id_], hidden=True)
                unread = [doc for doc in docs if "UNREAD" in doc["labelIds"]]
                counts = {
                    "messagesTotal": len(docs),
                    "messagesUnread": len(unread),
                    "threadsTotal": len({doc["threadId"] for doc in docs}),
                    "threadsUnread": len({doc["threadId"] for doc in unread}),
                }
                return json_answer(label | counts)
        raise errors.not_found()

    def _create_label(self, request: Request, box: Mailbox) -> Answer:
        name = str(errors.json_body(request).get("name") or "")
        if not name:
            raise errors.invalid("Label name is required")
        return json_answer(box.create_label(name))

    # Threads and messages

    def _list_threads(self, request: Request, box: Mailbox) -> Answer:
        docs = self._found(request, box)
        newest = {doc["threadId"]: doc for doc in reversed(docs)}
        threads = sorted(newest.values(), key=lambda doc: (doc["internal_s"], doc["number"]), reverse=True)
        page, after = shapes.page(request, threads)
        answer: Json = {"resultSizeEstimate": len(threads)}
        if page:
            answer["threads"] = [
                {
                    "id": doc["threadId"],
                    "snippet": mime.snippet(doc["text"]),
                    "historyId": str(max(each["historyId"] for each in box.thread(doc["threadId"]))),
                }
                for doc in page
            ]
        return json_answer(answer | after)

    def _get_thread(self, request: Request, box: Mailbox, id_: str) -> Answer:
        if request.one("format", "full") not in ("full", "metadata", "minimal"):
            raise errors.invalid("Invalid value for format")
        return json_answer(shapes.shown_thread(request, box.thread(id_), id_))

    def _modify_thread(self, request: Request, box: Mailbox, id_: str) -> Answer:
        body = errors.json_body(request)
        docs = [
            box.relabel(doc["id"], body.get("addLabelIds") or [], body.get("removeLabelIds") or [])
            for doc in box.thread(id_)
        ]
        return json_answer({"id": id_, "messages": [shapes.shown(doc, "minimal", []) for doc in docs]})

    def _trash_thread(self, request: Request, box: Mailbox, id_: str) -> Answer:
        docs = [box.relabel(doc["id"], ["TRASH"], ["INBOX"]) for doc in box.thread(id_)]
        return json_answer({"id": id_, "messages": [shapes.shown(doc, "minimal", []) for doc in docs]})

    def _list_messages(self, request: Request, box: Mailbox) -> Answer:
        docs = self._found(request, box)
        page, after = shapes.page(request, docs)
        answer: Json = {"resultSizeEstimate": len(docs)}
        if page:
            answer["messages"] = [{"id": doc["id"], "threadId": doc["threadId"]} for doc in page]
        return json_answer(answer | after)

    def _get_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        format_ = shapes.format_of(request)
        return json_answer(shapes.shown(box.message(id_), format_, request.repeated("metadataHeaders")))

    def _modify_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        body = errors.json_body(request)
        doc = box.relabel(id_, body.get("addLabelIds") or [], body.get("removeLabelIds") or [])
        return json_answer(shapes.shown(doc, "minimal", []))

    def _trash_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        return json_answer(shapes.shown(box.relabel(id_, ["TRASH"], ["INBOX"]), "minimal", []))

    def _untrash_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        return json_answer(shapes.shown(box.relabel(id_, [], ["TRASH"]), "minimal", []))

    def _delete_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        box.remove(id_)
        return Answer(204)

    def _get_attachment(self, request: Request, box: Mailbox, id_: str, attachment: str) -> Answer:
        box.message(id_)
        return json_answer(box.attachment(attachment))

    def _send_message(self, request: Request, box: Mailbox) -> Answer:
        message = errors.json_body(request)
        sent = box.send(shapes.raw_of(message), str(message.get("threadId") or ""))
        self.deliver(sent)
        return json_answer(shapes.brief(sent))

    # Drafts

    def _list_drafts(self, request: Request, box: Mailbox) -> Answer:
        found = {doc["id"] for doc in self._found(request, box)}
        drafts = [draft for draft in reversed(box.drafts()) if draft["messageId"] in found]
        page, after = shapes.page(request, drafts)
        answer: Json = {"resultSizeEstimate": len(drafts)}
        if page:
            answer["drafts"] = [
                {
                    "id": draft["id"],
                    "message": {
                        "id": draft["messageId"],
                        "threadId": box.message(draft["messageId"])["threadId"],
                    },
                }
                for draft in page
            ]
        return json_answer(answer | after)

    def _create_draft(self, request: Request, box: Mailbox) -> Answer:
        message = shapes.message_of(errors.json_body(request))
        draft = box.create_draft(shapes.raw_of(message), str(message.get("threadId") or ""))
        return json_answer(self._shown_draft(box, draft, "brief"))

    def _get_draft(self, request: Request, box: Mailbox, id_: str) -> Answer:
        return json_answer(self._shown_draft(box, box.draft(id_), shapes.format_of(request)))

    def _update_draft(self, request: Request, box: Mailbox, id_: str) -> Answer:
        box.draft(id_)
        message = shapes.message_of(errors.json_body(request))
        draft = box.update_draft(id_, shapes.raw_of(message), str(message.get("threadId") or ""))
        return json_answer(self._shown_draft(box, draft, "brief"))

    def _delete_draft(self, request: Request, box: Mailbox, id_: str) -> Answer:
        box.delete_draft(id_)
        return Answer(204)

    def _send_draft(self, request: Request, box: Mailbox) -> Answer:
        body = errors.json_body(request)
        id_ = str(body.get("id") or "")
        if not id_:
            raise errors.invalid("Missing draft id")
        message = as_object(body.get("message"))
        raw = shapes.raw_of(message) if message.get("raw") else None
        sent = box.send_draft(id_, raw, str(message.get("threadId") or ""))
        self.deliver(sent)
        return json_answer(shapes.brief(sent))

    # Shapes

    def _found(self, request: Request, box: Mailbox) -> list[Doc]:
        hidden = request.one("includeSpamTrash") == "true"
        return box.messages(request.one("q"), request.repeated("labelIds"), hidden=hidden)

    def _shown_draft(self, box: Mailbox, draft: Doc, format_: str) -> Json:
        doc = box.message(draft["messageId"])
        message = shapes.brief(doc) if format_ == "brief" else shapes.shown(doc, format_, [])
        return {"id": draft["id"], "message": message}
