"""Gmail's API over the mailboxes of one domain."""

from __future__ import annotations

import re
from collections.abc import Callable

from scripts.sandbox import gmail_mime as mime
from scripts.sandbox import google_errors as errors
from scripts.sandbox.exchange import Answer, Json, Request, as_object, json_answer
from scripts.sandbox.gmail_mailbox import Mailbox
from scripts.sandbox.google_oauth import GoogleOauth
from scripts.sandbox.routes import Routes
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

_SCOPE = "https://www.googleapis.com/auth/gmail."
_FULL = {"https://mail.google.com/", f"{_SCOPE}modify"}
_READ = {*_FULL, f"{_SCOPE}readonly"}
_COMPOSE = {*_FULL, f"{_SCOPE}compose"}
_METADATA = {*_READ, f"{_SCOPE}metadata"}
_WATCH_S = 7 * 24 * 3600


class Gmail:
    """Every mailbox, each behind the access tokens that were given out for it."""

    name = "gmail"

    def __init__(self, world: Surroundings, oauth: GoogleOauth) -> None:
        self._world = world
        self._oauth = oauth
        self.keeps_custom_headers = True
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
            ("GET", "/messages/{id_}/attachments/{attachment}", self._get_attachment, _READ),
            ("GET", "/drafts", self._list_drafts, {*_READ, *_COMPOSE}),
            ("POST", "/drafts", self._create_draft, _COMPOSE),
            ("POST", "/drafts/send", self._send_draft, _COMPOSE),
            ("GET", "/drafts/{id_}", self._get_draft, {*_READ, *_COMPOSE}),
            ("PUT", "/drafts/{id_}", self._update_draft, _COMPOSE),
            ("DELETE", "/drafts/{id_}", self._delete_draft, _COMPOSE),
        ):
            self._routes.add(method, base + path, self._guarded(answerer, scopes))

    def mailbox(self, address: str) -> Mailbox:
        return Mailbox(self._world, address, keeps_custom_headers=self.keeps_custom_headers)

    def deliver(self, message: Doc) -> None:
        """Carry a sent mail to those of its recipients whose mailboxes are here, too."""
        for address in mime.addresses(f"{message['to']}, {message['cc']}"):
            if address in self._oauth.mailboxes():
                self.mailbox(address).arrive(message["raw"].encode("latin-1"), ["INBOX", "UNREAD"])

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
        expiration_s = self._world.clock.time_s() + _WATCH_S
        behavior = str(body.get("labelFilterBehavior") or body.get("labelFilterAction") or "INCLUDE").upper()
        self._world.state.put(
            "gmail/watches",
            box.address,
            {
                "topic": topic,
                "labelIds": body.get("labelIds") or [],
                "behavior": behavior,
                "expiration_s": expiration_s,
            },
        )
        return json_answer({"historyId": str(box.history_id()), "expiration": str(int(expiration_s * 1000))})

    def _stop(self, request: Request, box: Mailbox) -> Answer:
        self._world.state.delete("gmail/watches", box.address)
        return Answer(204)

    def _history(self, request: Request, box: Mailbox) -> Answer:
        start = request.one("startHistoryId")
        if not start.isdigit():
            raise errors.invalid("Missing or invalid startHistoryId")
        types = request.repeated("historyTypes")
        label = request.one("labelId")
        rows = [
            row
            for row in box.history(int(start))
            if (not types or _history_type(row) in types)
            and (not label or label in row["message"]["labelIds"])
        ]
        page, after = _page(request, rows)
        answer: Json = {"historyId": str(box.history_id())}
        if page:
            answer["history"] = [_shown_history(row) for row in page]
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
        page, after = _page(request, threads)
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
        return json_answer(self._shown_thread(request, box.thread(id_), id_))

    def _modify_thread(self, request: Request, box: Mailbox, id_: str) -> Answer:
        body = errors.json_body(request)
        docs = [
            box.relabel(doc["id"], body.get("addLabelIds") or [], body.get("removeLabelIds") or [])
            for doc in box.thread(id_)
        ]
        return json_answer({"id": id_, "messages": [_shown(doc, "minimal", []) for doc in docs]})

    def _trash_thread(self, request: Request, box: Mailbox, id_: str) -> Answer:
        docs = [box.relabel(doc["id"], ["TRASH"], ["INBOX"]) for doc in box.thread(id_)]
        return json_answer({"id": id_, "messages": [_shown(doc, "minimal", []) for doc in docs]})

    def _list_messages(self, request: Request, box: Mailbox) -> Answer:
        docs = self._found(request, box)
        page, after = _page(request, docs)
        answer: Json = {"resultSizeEstimate": len(docs)}
        if page:
            answer["messages"] = [{"id": doc["id"], "threadId": doc["threadId"]} for doc in page]
        return json_answer(answer | after)

    def _get_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        format_ = _format(request)
        return json_answer(_shown(box.message(id_), format_, request.repeated("metadataHeaders")))

    def _modify_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        body = errors.json_body(request)
        doc = box.relabel(id_, body.get("addLabelIds") or [], body.get("removeLabelIds") or [])
        return json_answer(_shown(doc, "minimal", []))

    def _trash_message(self, request: Request, box: Mailbox, id_: str) -> Answer:
        return json_answer(_shown(box.relabel(id_, ["TRASH"], ["INBOX"]), "minimal", []))

    def _get_attachment(self, request: Request, box: Mailbox, id_: str, attachment: str) -> Answer:
        box.message(id_)
        return json_answer(box.attachment(attachment))

    def _send_message(self, request: Request, box: Mailbox) -> Answer:
        message = errors.json_body(request)
        sent = box.send(_raw(message), str(message.get("threadId") or ""))
        self.deliver(sent)
        return json_answer(_brief(sent))

    # Drafts

    def _list_drafts(self, request: Request, box: Mailbox) -> Answer:
        found = {doc["id"] for doc in self._found(request, box)}
        drafts = [draft for draft in reversed(box.drafts()) if draft["messageId"] in found]
        page, after = _page(request, drafts)
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
        message = _message(errors.json_body(request))
        draft = box.create_draft(_raw(message), str(message.get("threadId") or ""))
        return json_answer(self._shown_draft(box, draft, "brief"))

    def _get_draft(self, request: Request, box: Mailbox, id_: str) -> Answer:
        return json_answer(self._shown_draft(box, box.draft(id_), _format(request)))

    def _update_draft(self, request: Request, box: Mailbox, id_: str) -> Answer:
        box.draft(id_)
        message = _message(errors.json_body(request))
        draft = box.update_draft(id_, _raw(message), str(message.get("threadId") or ""))
        return json_answer(self._shown_draft(box, draft, "brief"))

    def _delete_draft(self, request: Request, box: Mailbox, id_: str) -> Answer:
        box.delete_draft(id_)
        return Answer(204)

    def _send_draft(self, request: Request, box: Mailbox) -> Answer:
        body = errors.json_body(request)
        id_ = str(body.get("id") or "")
        if not id_:
            raise errors.invalid("Missing draft id")
        box.draft(id_)
        message = as_object(body.get("message"))
        if message.get("raw"):
            box.update_draft(id_, _raw(message), str(message.get("threadId") or ""))
        sent = box.send_draft(id_)
        self.deliver(sent)
        return json_answer(_brief(sent))

    # Shapes

    def _found(self, request: Request, box: Mailbox) -> list[Doc]:
        hidden = request.one("includeSpamTrash") == "true"
        return box.messages(request.one("q"), request.repeated("labelIds"), hidden=hidden)

    def _shown_thread(self, request: Request, docs: list[Doc], id_: str) -> Json:
        format_, names = request.one("format", "full"), request.repeated("metadataHeaders")
        return {
            "id": id_,
            "historyId": str(max(doc["historyId"] for doc in docs)),
            "messages": [_shown(doc, format_, names) for doc in docs],
        }

    def _shown_draft(self, box: Mailbox, draft: Doc, format_: str) -> Json:
        doc = box.message(draft["messageId"])
        message = _brief(doc) if format_ == "brief" else _shown(doc, format_, [])
        return {"id": draft["id"], "message": message}


def _brief(doc: Doc) -> Json:
    return {"id": doc["id"], "threadId": doc["threadId"], "labelIds": doc["labelIds"]}


def _shown(doc: Doc, format_: str, metadata_headers: list[str]) -> Json:
    shown: Json = {
        **_brief(doc),
        "snippet": mime.snippet(doc["text"]),
        "historyId": str(doc["historyId"]),
        "internalDate": str(int(doc["internal_s"] * 1000)),
        "sizeEstimate": len(doc["raw"]),
    }
    if format_ == "raw":
        shown["raw"] = mime.encode_raw(doc["raw"].encode("latin-1"))
    elif format_ == "full":
        shown["payload"] = doc["payload"]
    elif format_ == "metadata":
        wanted = {name.lower() for name in metadata_headers}
        headers = [each for each in doc["payload"]["headers"] if not wanted or each["name"].lower() in wanted]
        shown["payload"] = {"mimeType": doc["payload"]["mimeType"], "headers": headers}
    return shown


def _shown_history(row: Doc) -> Json:
    message = row["message"]
    change: Json = {"message": message}
    if row["labelIds"]:
        change["labelIds"] = row["labelIds"]
    bare = {"id": message["id"], "threadId": message["threadId"]}
    return {"id": str(row["id"]), "messages": [bare], row["change"]: [change]}


def _history_type(row: Doc) -> str:
    plural = str(row["change"])
    return {"messagesAdded": "messageAdded", "messagesDeleted": "messageDeleted"}.get(
        plural, plural.replace("labels", "label")
    )


def _format(request: Request) -> str:
    format_ = request.one("format", "full")
    if format_ not in ("full", "metadata", "minimal", "raw"):
        raise errors.invalid("Invalid value for format")
    return format_


def _page(request: Request, rows: list[Doc]) -> tuple[list[Doc], Json]:
    """One page of results and the token of the next."""
    most, start = request.one("maxResults", "100"), request.one("pageToken", "0")
    if not most.isdigit() or not 1 <= int(most) <= 500:
        raise errors.invalid("Invalid value for maxResults")
    if not start.isdigit():
        raise errors.invalid("Invalid pageToken")
    end = int(start) + int(most)
    return rows[int(start) : end], ({"nextPageToken": str(end)} if end < len(rows) else {})


def _message(body: Json) -> Json:
    message = body.get("message")
    if not isinstance(message, dict):
        raise errors.invalid("Missing draft message")
    return as_object(message)


def _raw(message: Json) -> bytes:
    raw = message.get("raw")
    if not isinstance(raw, str) or not raw:
        raise errors.invalid(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
        )
    try:
        return mime.decode_raw(raw)
    except ValueError:
        raise errors.invalid("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed") from None
