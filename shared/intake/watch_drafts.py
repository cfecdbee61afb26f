"""See what people did with our drafts in Gmail, and have everything else learn of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.errors import Failure
from shared.jobs.draft import Draft
from shared.policy.by_hand import (
    Attached,
    Deed,
    Deleted,
    Readdressed,
    Resaved,
    Rewritten,
    deed,
    sent_in_thread,
    sent_since,
)
from shared.ports.mailbox import Mailbox, SentMail


class HandledDrafts(Protocol):
    """Where the consequences of what a person did are written down, all of them or none."""

    def take(self, draft: Draft, found: Deed, now: datetime) -> bool:
        """False when the draft's job is under way or somebody else wrote first: the next run looks again."""
        ...


@dataclass
class Watched:
    """What one run saw, by number of drafts."""

    drafts: int = 0
    sent: int = 0
    rewritten: int = 0
    deleted: int = 0
    left_alone: int = 0
    failed: int = 0


def watch_drafts(
    drafts: Sequence[Draft],
    *,
    mailbox: Mailbox,
    handled: HandledDrafts,
    now: datetime,
    failed: Callable[[Failure], None],
    watched: Watched,
) -> None:
    """Compare the open drafts of one mailbox with what lies in it. A draft that fails is looked at next time.

    Errors: Failure when the mailbox itself cannot be read.
    """
    listed = mailbox.listed_drafts()
    for draft in drafts:
        watched.drafts += 1
        id_ = draft.gmail_draft_id
        if id_ is None or listed.get(id_) == draft.gmail_message_id:
            continue
        try:
            there = mailbox.draft(id_)
            sent = went_out(draft, mailbox) if there is None else ()
            found = deed(draft, there, sent)
            if found is not None:
                _count(watched, found, taken=handled.take(draft, found, now))
        except Failure as error:
            watched.failed += 1
            failed(error)


def went_out(draft: Draft, mailbox: Mailbox) -> tuple[SentMail, ...]:
    """What may be the mail that the draft became: sent in its thread, or to its person."""
    thread = mailbox.thread(draft.gmail_thread_id) if draft.gmail_thread_id is not None else None
    in_thread = sent_in_thread(draft, thread)
    return in_thread or mailbox.sent_mails(draft.recipient, sent_since(draft))


def _count(watched: Watched, found: Deed, *, taken: bool) -> None:
    if not taken or isinstance(found, Resaved):
        watched.left_alone += 1
    elif isinstance(found, Rewritten | Readdressed | Attached):
        watched.rewritten += 1
    elif isinstance(found, Deleted):
        watched.deleted += 1
    else:
        watched.sent += 1
