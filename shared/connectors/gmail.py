"""Gmail as a sender's mailbox: threads and mails, our drafts in it, and what went out."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from shared.connectors.gmail_answers import (
    ME,
    DraftPage,
    Listed,
    ListedDraft,
    MessagePage,
    RawMessage,
    Sized,
    ThreadOutline,
    checked,
    moment,
)
from shared.connectors.gmail_shapes import (
    Attachment,
    DraftAnswer,
    GmailMessage,
    Thread,
    as_message,
)
from shared.connectors.http import Oversized, VendorHttp
from shared.connectors.mail_address import addresses_in, plain_address
from shared.connectors.mime import mail_of_payload, read_mail
from shared.errors import Retryable, Unclear
from shared.jobs.mail import Mail
from shared.ports.mailbox import DraftInMailbox, FiledDraft, MailThread, SentMail, SentReceipt

BASE_URL = "https://gmail.googleapis.com"
SCOPES = (
    "https://www.googleapis.com/auth/gmail.compose",
    "https://www.googleapis.com/auth/gmail.readonly",
)
MARKER_HEADER = "X-Whisper-Draft"
RAW_MOST_BYTES = 3 * 1024 * 1024
"""Larger mails are read part by part, without what is attached."""

TOO_LARGE = "It is too large to be read: only its headers were."

_SENT_HEADERS = ("To", "Cc", "Bcc", "Subject", "Message-ID", MARKER_HEADER)
_UNKNOWN_REFUSALS = tuple(set(range(400, 500)) - {400, 401, 403, 429})
"""What Gmail's documents name no reason for proves nothing of a mail that was to be sent."""
_SEARCHED = 25
_SEARCH_PAGES_MOST = 4
_DRAFTS = 500
_DRAFT_PAGES_MOST = 20

Shape = TypeVar("Shape", bound=BaseModel)


class GmailMailbox:
    """One user's mailbox; `http` carries that user's credentials."""

    def __init__(self, http: VendorHttp) -> None:
        self._http = http

    # Threads and mails

    def newest_thread_with(self, address: str) -> MailThread | None:
        """The thread with the latest message from or to the address, or None when there is none.

        Our own drafts do not count as messages here. Errors: Permanent for an address that is not plain.
        """
        wanted = plain_address(address)
        looked_at: set[str] = set()
        search = f'{{from:"{wanted}" to:"{wanted}"}} -in:drafts'
        for found in self._found("newest_thread_with", search):
            if found.thread_id in looked_at:
                continue
            looked_at.add(found.thread_id)
            mails = self._thread("newest_thread_with", checked(found.thread_id))
            # The search takes "ann@example.com" for "ann@example.com.au" too.
            if mails and any(_is_with(mail, wanted.lower()) for mail in mails):
                return self._in_order("newest_thread_with", found.thread_id, mails)
        return None

    def thread(self, thread_id: str) -> MailThread | None:
        """One thread, or None when it was deleted."""
        mails = self._thread("thread", checked(thread_id))
        return self._in_order("thread", thread_id, mails) if mails else None

    def mail(self, message_id: str) -> Mail | None:
        """One mail, whole but for what is attached; None when it was deleted.

        One that is too large even so comes with its headers alone, and says so in its `defects`.
        """
        path = f"{ME}/messages/{checked(message_id)}"
        about = self._get("mail", path, Sized, format="minimal")
        if about is None:
            return None
        received_at = moment(about.internal_ms)
        if about.size <= RAW_MOST_BYTES:
            whole = self._get("mail", path, RawMessage, format="raw")
            if whole is None:
                return None
            return read_mail(whole.raw, id=about.id, thread_id=about.thread_id, received_at=received_at)
        message, headers_only = self._in_parts("mail", message_id)
        if message is None:
            return None
        try:
            read = mail_of_payload(message, self._fetching("mail"))
        except Oversized:
            headers_only = True
            read = mail_of_payload(message, _nothing)
        defects = (*read.defects, TOO_LARGE) if headers_only else read.defects
        return read.but(size=about.size, received_at=received_at, defects=defects)

    def sent_mails(self, address: str, since: datetime) -> tuple[SentMail, ...]:
        """Mails that went out to the address at or after a time, oldest first.

        Errors: Permanent for an address that is not plain; Retryable when there are too many to be looked at.
        """
        wanted = plain_address(address)
        search = (
            f'in:sent {{to:"{wanted}" cc:"{wanted}" bcc:"{wanted}"}} after:{math.floor(since.timestamp())}'
        )
        sent: list[SentMail] = []
        # Not to have seen them all is no proof that ours is not among them.
        for found in self._found("sent_mails", search, else_raise=True):
            mail = self._sent_mail(found.id)
            if mail and mail.sent_at >= since and wanted.lower() in mail.recipients:
                sent.append(mail)
        return tuple(sorted(sent, key=lambda mail: mail.sent_at))

    def sent_in(self, thread_id: str, since: datetime) -> tuple[SentMail, ...]:
        """Mails in a thread that went out at or after a time by Gmail's clock, oldest first; no search."""
        query = [("format", "metadata"), *(("metadataHeaders", name) for name in _SENT_HEADERS)]
        path = f"{ME}/threads/{checked(thread_id)}"
        reply = self._http.read("sent_in", "GET", path, query=query, allowed=(404,))
        messages = () if reply.status == 404 else reply.parsed(Thread).messages
        # One without a time is evidence, too: to leave it out could have its draft sent again.
        sent = [
            _as_sent(each)
            for each in messages
            if "SENT" in each.label_ids and (not each.internal_date or moment(each.internal_date) >= since)
        ]
        return tuple(sorted(sent, key=lambda mail: mail.sent_at))

    def head(self, thread_id: str) -> str | None:
        """The newest message of a thread that is no draft; None when there is none, or no such thread."""
        outline = self._get("head", f"{ME}/threads/{checked(thread_id)}", ThreadOutline, format="minimal")
        mails = [each for each in (outline.messages if outline else ()) if "DRAFT" not in each.label_ids]
        # Of two at the same millisecond the last one, as in `thread`.
        return sorted(mails, key=lambda each: each.internal_ms)[-1].id if mails else None

    # Drafts

    def find_draft(self, marker: str) -> FiledDraft | None:
        """The draft that carries our marker in its X-Whisper-Draft header; every draft is looked at."""
        for listed in self._drafts("find_draft"):
            draft = self._get("find_draft", f"{ME}/drafts/{listed.id}", DraftAnswer, format="metadata")
            if draft and draft.message.payload.header(MARKER_HEADER).strip() == marker:
                return _filed(draft)
        return None

    def draft(self, draft_id: str) -> DraftInMailbox | None:
        """A draft as it lies in the mailbox now; None when it was sent or deleted, or lies in the trash."""
        found = self._get("draft", f"{ME}/drafts/{checked(draft_id)}", DraftAnswer, format="full")
        if found is None or {"TRASH", "SENT"} & set(found.message.label_ids):
            return None
        return DraftInMailbox(
            id=found.id,
            message_id=found.message.id,
            thread_id=found.message.thread_id,
            mail=mail_of_payload(found.message, self._fetching("draft", "")),
            marker=found.message.payload.header(MARKER_HEADER).strip(),
        )

    def create_draft(self, raw: bytes, thread_id: str | None) -> FiledDraft:
        """File exactly these bytes as a draft, in the thread when one is given."""
        reply = self._http.write("create_draft", "POST", f"{ME}/drafts", body=_draft_body(raw, thread_id))
        return _filed(reply.parsed(DraftAnswer))

    def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> FiledDraft | None:
        """Replace a draft's bytes; None when the draft is gone."""
        path = f"{ME}/drafts/{checked(draft_id)}"
        body = _draft_body(raw, thread_id)
        reply = self._http.write("update_draft", "PUT", path, body=body, allowed=(404,))
        return None if reply.status == 404 else _filed(reply.parsed(DraftAnswer))

    def listed_drafts(self) -> Mapping[str, str]:
        """Every draft in the mailbox: its id, and the id of its message, which each change of it renews.

        Errors: Retryable when there are too many to be looked at.
        """
        return {listed.id: listed.message.id for listed in self._drafts("listed_drafts")}

    def delete_draft(self, draft_id: str) -> bool:
        """Delete a draft for good; False when it is gone already."""
        path = f"{ME}/drafts/{checked(draft_id)}"
        return self._http.write("delete_draft", "DELETE", path, allowed=(404,)).status != 404

    def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> SentReceipt | None:
        """Send a draft with exactly these bytes: one POST, which Gmail may apply each time it comes (P2).

        None for a 404: the draft, or the thread, is gone, and whether it was sent only evidence can tell.
        """
        body: dict[str, object] = {"id": checked(draft_id), **_draft_body(raw, thread_id)}
        reply = self._http.write(
            "send_draft", "POST", f"{ME}/drafts/send", body=body, allowed=_UNKNOWN_REFUSALS
        )
        if reply.status == 404:
            return None
        if reply.status in _UNKNOWN_REFUSALS:
            raise Unclear(f"gmail: send_draft answered {reply.status}")
        sent = reply.parsed(Listed)
        return SentReceipt(message_id=sent.id, thread_id=sent.thread_id)

    # Asking

    def _get(self, operation: str, path: str, shape: type[Shape], **query: str) -> Shape | None:
        """One thing, or None when it was deleted."""
        reply = self._http.read(operation, "GET", path, query=query, allowed=(404,))
        return None if reply.status == 404 else reply.parsed(shape)

    def _found(self, operation: str, search: str, *, else_raise: bool = False) -> Iterator[Listed]:
        """The messages found, newest first, as far as is looked; `else_raise` when there are more than that."""
        query: dict[str, str | int] = {"q": search, "maxResults": _SEARCHED}
        for _ in range(_SEARCH_PAGES_MOST):
            page = self._http.read(operation, "GET", f"{ME}/messages", query=query).parsed(MessagePage)
            yield from page.messages
            if not page.next_page:
                return
            query["pageToken"] = page.next_page
        if else_raise:
            raise Retryable(f"gmail: {operation} finds more mails than can be looked at")

    def _drafts(self, operation: str) -> Iterator[ListedDraft]:
        query: dict[str, str | int] = {"maxResults": _DRAFTS}
        for _ in range(_DRAFT_PAGES_MOST):
            page = self._http.read(operation, "GET", f"{ME}/drafts", query=query).parsed(DraftPage)
            yield from page.drafts
            if not page.next_page:
                return
            query["pageToken"] = page.next_page
        # Not to have seen them all is no proof that ours is not among them.
        raise Retryable(f"gmail: {operation} has more drafts than can be looked at; delete old drafts")

    def _thread(self, operation: str, thread_id: str) -> tuple[GmailMessage, ...]:
        """A thread's mails, none when it was deleted; of mails that are too large only their headers."""
        path = f"{ME}/threads/{thread_id}"
        try:
            thread = self._get(operation, path, Thread, format="full")
        except Oversized:
            outline = self._get(operation, path, ThreadOutline, format="minimal")
            ids = [listed.id for listed in outline.messages] if outline else []
            mails = (self._in_parts(operation, id_)[0] for id_ in ids)
            return tuple(mail for mail in mails if mail is not None)
        return thread.messages if thread else ()

    def _in_parts(self, operation: str, message_id: str) -> tuple[GmailMessage | None, bool]:
        """A message as a tree of its parts, and whether it is too large for more than its headers."""
        path = f"{ME}/messages/{checked(message_id)}"
        try:
            return self._get(operation, path, GmailMessage, format="full"), False
        except Oversized:
            return self._get(operation, path, GmailMessage, format="metadata"), True

    def _in_order(self, operation: str, thread_id: str, mails: Iterable[GmailMessage]) -> MailThread:
        fetch = self._fetching(operation, "")
        ordered = sorted(mails, key=lambda mail: mail.internal_date)
        return MailThread(thread_id, tuple(as_message(mail, fetch) for mail in ordered))

    def _fetching(self, operation: str, instead: str | None = None) -> Callable[[str, str], str]:
        """Gets parts that Gmail keeps apart; `instead` stands for one that is too large.

        Errors: Oversized when nothing stands for it.
        """

        def fetch(message_id: str, attachment_id: str) -> str:
            path = f"{ME}/messages/{checked(message_id)}/attachments/{checked(attachment_id, longest=2000)}"
            try:
                return self._http.read(operation, "GET", path).parsed(Attachment).data
            except Oversized:
                if instead is None:
                    raise
                return instead

        return fetch

    def _sent_mail(self, message_id: str) -> SentMail | None:
        """What is to be known of a mail that went out; None when it was deleted, or did not go out yet."""
        query = [("format", "metadata"), *(("metadataHeaders", name) for name in _SENT_HEADERS)]
        path = f"{ME}/messages/{message_id}"
        reply = self._http.read("sent_mails", "GET", path, query=query, allowed=(404,))
        message = None if reply.status == 404 else reply.parsed(GmailMessage)
        return _as_sent(message) if message is not None and "SENT" in message.label_ids else None


def _is_with(mail: GmailMessage, address: str) -> bool:
    if "DRAFT" in mail.label_ids:
        return False
    header = mail.payload.header
    return address in addresses_in(header("from"), header("to"), header("cc"), header("bcc"))


def _as_sent(message: GmailMessage) -> SentMail:
    header = message.payload.header
    return SentMail(
        message_id=message.id,
        thread_id=message.thread_id,
        sent_at=moment(message.internal_date),
        subject=mail_of_payload(message, _nothing).subject,
        recipients=addresses_in(header("to"), header("cc"), header("bcc")),
        marker=header(MARKER_HEADER).strip(),
        message_id_header=header("message-id").strip(),
    )


def _draft_body(raw: bytes, thread_id: str | None) -> dict[str, object]:
    message = {"raw": base64.urlsafe_b64encode(raw).decode("ascii")}
    if thread_id is not None:
        message["threadId"] = checked(thread_id)
    return {"message": message}


def _filed(draft: DraftAnswer) -> FiledDraft:
    return FiledDraft(id=draft.id, message_id=draft.message.id, thread_id=draft.message.thread_id)


def _nothing(message_id: str, attachment_id: str) -> str:
    """Where only headers are read, parts that are kept apart are not fetched."""
    return ""
