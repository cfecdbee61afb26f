"""A mailbox as it is listened to: its changes, its mails, its watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.jobs.mail import Mail


@dataclass(frozen=True)
class Arrival:
    """A message that the mailbox says it has; `place` is where its history tells of it, 0 in a list by time."""

    message_id: str
    thread_id: str
    place: int = 0
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Changes:
    """A page of what came in, oldest first; `newest` is the mailbox's present place in its history."""

    arrivals: tuple[Arrival, ...]
    newest: int
    next_page: str | None = None


@dataclass(frozen=True)
class ListedMails:
    """A page of the messages of a stretch of time, newest first."""

    arrivals: tuple[Arrival, ...]
    next_page: str | None = None


@dataclass(frozen=True)
class Glimpse:
    """A message's headers and labels, without its words."""

    mail: Mail
    labels: frozenset[str]


@dataclass(frozen=True)
class Watch:
    """Gmail's promise to tell us of changes, until a time."""

    place: int
    expires_at: datetime


class MailFeed(Protocol):
    """What comes into one mailbox. Errors: Retryable, and Permanent when the mailbox does not let us in."""

    def place(self) -> int:
        """The mailbox's present place in its history."""
        ...

    def changes(self, since: int, page: str | None = None) -> Changes | None:
        """Messages added after a place; None when the mailbox does not know that place any more."""
        ...

    def between(self, since: datetime, until: datetime, page: str | None = None) -> ListedMails:
        """Messages that came in from one time to another, spam included; own drafts and sent mail are not."""
        ...

    def glimpse(self, message_id: str) -> Glimpse | None:
        """A message's headers and labels; None when it was deleted since."""
        ...

    def watch(self, topic: str) -> Watch:
        """Have changes told to a topic from now on, or go on having them told."""
        ...
