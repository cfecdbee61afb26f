"""Gmail as a mailbox that is listened to: what came in since a place or a time, and being told of more."""

from __future__ import annotations

import math
from datetime import datetime

from shared.connectors.gmail_answers import (
    ME,
    HistoryPage,
    Listed,
    MessagePage,
    Profile,
    WatchAnswer,
    checked,
    moment,
)
from shared.connectors.gmail_shapes import GmailMessage
from shared.connectors.http import VendorHttp
from shared.connectors.mime import mail_of_payload
from shared.errors import Permanent
from shared.ports.mail_feed import Arrival, Changes, Glimpse, ListedMails, Watch

PAGE = 500
"""Messages that Gmail lists at once, at most."""

GLIMPSED_HEADERS = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Failed-Recipients",
    "Content-Type",
    "Return-Path",
    "List-Id",
    "Precedence",
)


class GmailFeed:
    """What comes into one user's mailbox; `http` carries that user's credentials."""

    def __init__(self, http: VendorHttp) -> None:
        self._http = http

    def address(self) -> str:
        """Whose mailbox the credentials open, in lower case."""
        return self._profile().address.lower()

    def place(self) -> int:
        """The mailbox's present place in its history."""
        return self._profile().place

    def changes(self, since: int, page: str | None = None) -> Changes | None:
        """Messages added after a place, oldest first; None when the mailbox does not know it any more."""
        query: dict[str, str | int] = {
            "startHistoryId": since,
            "historyTypes": "messageAdded",
            "maxResults": PAGE,
        }
        if page is not None:
            query["pageToken"] = page
        reply = self._http.read("changes", "GET", f"{ME}/history", query=query, allowed=(404,))
        if reply.status == 404:
            return None
        history = reply.parsed(HistoryPage)
        arrivals = (
            _arrival(added.message, record.id) for record in history.records for added in record.added
        )
        ordered = sorted(arrivals, key=lambda arrival: arrival.place)
        return Changes(tuple(ordered), newest=history.place, next_page=history.next_page or None)

    def between(self, since: datetime, until: datetime, page: str | None = None) -> ListedMails:
        """Messages that came in from one time to another, both included, newest first."""
        first_s, after_last_s = math.floor(since.timestamp()), math.floor(until.timestamp()) + 1
        query: dict[str, str | int] = {
            "q": f"after:{first_s} before:{after_last_s} -in:drafts -in:sent -in:chats",
            "includeSpamTrash": "true",
            "maxResults": PAGE,
        }
        if page is not None:
            query["pageToken"] = page
        listed = self._http.read("between", "GET", f"{ME}/messages", query=query).parsed(MessagePage)
        return ListedMails(
            tuple(_arrival(message) for message in listed.messages), next_page=listed.next_page or None
        )

    def glimpse(self, message_id: str) -> Glimpse | None:
        """A message's headers and labels; None when it was deleted since."""
        path = f"{ME}/messages/{checked(message_id)}"
        query = [("format", "metadata"), *(("metadataHeaders", name) for name in GLIMPSED_HEADERS)]
        reply = self._http.read("glimpse", "GET", path, query=query, allowed=(404,))
        if reply.status == 404:
            return None
        message = reply.parsed(GmailMessage)
        return Glimpse(mail_of_payload(message, _nothing_apart), labels=frozenset(message.label_ids))

    def watch(self, topic: str) -> Watch:
        """Have changes told to a topic, `projects/…/topics/…`, for seven days from now.

        No label is asked for: an answer that a filter keeps out of the inbox must be heard too.
        """
        # A second call only moves the end, so that it may be repeated.
        body = {"topicName": topic}
        reply = self._http.read("watch", "POST", f"{ME}/watch", body=body, allowed=(404,))
        if reply.status == 404:
            raise Permanent("gmail: watch knows no such topic; create it and let Gmail publish to it")
        answer = reply.parsed(WatchAnswer)
        return Watch(answer.place, expires_at=moment(answer.expires_ms))

    def _profile(self) -> Profile:
        return self._http.read("profile", "GET", f"{ME}/profile").parsed(Profile)


def _arrival(listed: Listed, place: int = 0) -> Arrival:
    return Arrival(listed.id, listed.thread_id, place=place, labels=frozenset(listed.label_ids))


def _nothing_apart(message_id: str, attachment_id: str) -> str:
    """Headers alone bring nothing that is kept apart."""
    return ""
