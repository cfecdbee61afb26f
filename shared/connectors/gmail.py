"""Gmail as a sender's mailbox: the newest thread with a person, and our drafts in it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from shared.connectors.gmail_shapes import (
    Attachment,
    DraftAnswer,
    DraftList,
    GmailMessage,
    MessageList,
    Thread,
    as_message,
)
from shared.connectors.http import VendorHttp
from shared.connectors.mail_address import addresses_in, plain_address
from shared.errors import Permanent, Retryable
from shared.ports import FiledDraft, MailThread

BASE_URL = "https://gmail.googleapis.com"
SCOPES = (
    "https://www.googleapis.com/auth/gmail.compose",
    "https://www.googleapis.com/auth/gmail.readonly",
)
MARKER_HEADER = "X-Whisper-Draft"

_ME = "/gmail/v1/users/me"
_SEARCHED = 25
_SEARCH_PAGES_MOST = 4
_DRAFTS = 500
_DRAFT_PAGES_MOST = 20


class GmailMailbox:
    """One user's mailbox; `http` carries that user's credentials."""

    def __init__(self, http: VendorHttp) -> None:
        self._http = http

    def newest_thread_with(self, address: str) -> MailThread | None:
        """The thread with the latest message from or to the address, or None when there is none.

        Our own drafts do not count as messages here. Errors: Permanent for an address that is not plain.
        """
        wanted = plain_address(address)
        looked_at: set[str] = set()
        for thread_id in self._threads_found(f'{{from:"{wanted}" to:"{wanted}"}} -in:drafts'):
            if thread_id in looked_at:
                continue
            looked_at.add(thread_id)
            thread = self._thread(thread_id)
            # The search takes "ann@example.com" for "ann@example.com.au" too.
            if thread and any(_is_with(mail, wanted.lower()) for mail in thread.messages):
                mails = sorted(thread.messages, key=lambda mail: mail.internal_date)
                return MailThread(thread.id, tuple(as_message(mail, self._attachment) for mail in mails))
        return None

    def find_draft(self, marker: str) -> FiledDraft | None:
        """The draft that carries our marker in its X-Whisper-Draft header; every draft is looked at."""
        for draft_id in self._draft_ids():
            draft = self._draft(draft_id)
            if draft and draft.message.payload.header(MARKER_HEADER).strip() == marker:
                return _filed(draft)
        return None

    def create_draft(self, raw: bytes, thread_id: str | None) -> FiledDraft:
        """File exactly these bytes as a draft, in the thread when one is given."""
        reply = self._http.write("create_draft", "POST", f"{_ME}/drafts", body=_draft_body(raw, thread_id))
        return _filed(reply.parsed(DraftAnswer))

    def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> FiledDraft | None:
        """Replace a draft's bytes; None when the draft is gone."""
        path = f"{_ME}/drafts/{_checked(draft_id)}"
        body = _draft_body(raw, thread_id)
        reply = self._http.write("update_draft", "PUT", path, body=body, allowed=(404,))
        return None if reply.status == 404 else _filed(reply.parsed(DraftAnswer))

    def _threads_found(self, search: str) -> Iterator[str]:
        """Ids of the threads of the messages found, those with the newest messages first."""
        query: dict[str, str | int] = {"q": search, "maxResults": _SEARCHED}
        for _ in range(_SEARCH_PAGES_MOST):
            reply = self._http.read("newest_thread_with", "GET", f"{_ME}/messages", query=query)
            page = reply.parsed(MessageList)
            yield from (_checked(listed.thread_id) for listed in page.messages)
            if not page.next_page:
                return
            query["pageToken"] = page.next_page

    def _thread(self, thread_id: str) -> Thread | None:
        """A thread, or None when it was deleted since it was listed."""
        path = f"{_ME}/threads/{thread_id}"
        reply = self._http.read("newest_thread_with", "GET", path, query={"format": "full"}, allowed=(404,))
        return None if reply.status == 404 else reply.parsed(Thread)

    def _attachment(self, message_id: str, attachment_id: str) -> str:
        path = f"{_ME}/messages/{_checked(message_id)}/attachments/{_checked(attachment_id, longest=2000)}"
        return self._http.read("newest_thread_with", "GET", path).parsed(Attachment).data

    def _draft_ids(self) -> Iterator[str]:
        query: dict[str, str | int] = {"maxResults": _DRAFTS}
        for _ in range(_DRAFT_PAGES_MOST):
            page = self._http.read("find_draft", "GET", f"{_ME}/drafts", query=query).parsed(DraftList)
            yield from (_checked(listed.id) for listed in page.drafts)
            if not page.next_page:
                return
            query["pageToken"] = page.next_page
        # Not to have seen them all is no proof that ours is not among them.
        raise Retryable("gmail: find_draft has more drafts than can be looked at; delete old drafts")

    def _draft(self, draft_id: str) -> DraftAnswer | None:
        """A draft's headers, or None when it was sent or deleted since it was listed."""
        path = f"{_ME}/drafts/{draft_id}"
        reply = self._http.read("find_draft", "GET", path, query={"format": "metadata"}, allowed=(404,))
        return None if reply.status == 404 else reply.parsed(DraftAnswer)


def _is_with(mail: GmailMessage, address: str) -> bool:
    if "DRAFT" in mail.label_ids:
        return False
    header = mail.payload.header
    return address in addresses_in(header("from"), header("to"), header("cc"), header("bcc"))


def _draft_body(raw: bytes, thread_id: str | None) -> dict[str, object]:
    message = {"raw": base64.urlsafe_b64encode(raw).decode("ascii")}
    if thread_id is not None:
        message["threadId"] = _checked(thread_id)
    return {"message": message}


def _filed(draft: DraftAnswer) -> FiledDraft:
    return FiledDraft(id=draft.id, message_id=draft.message.id, thread_id=draft.message.thread_id)


def _checked(id_: str, longest: int = 200) -> str:
    """An id, fit for a path."""
    if len(id_) > longest or not re.fullmatch(r"[A-Za-z0-9_-]+", id_):
        raise Permanent("gmail: an id that is not letters, digits, dashes and underscores is not used")
    return id_
