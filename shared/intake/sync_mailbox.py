"""Hear what came into one mailbox since the last run: every inbound mail once, nothing of ours ever (P1).

Gmail's history tells what was added after a place. Where it cannot (the place is too old, or the history was
wound back), the mailbox is read anew by time; what was heard before is known by its event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from shared.errors import Failure, Permanent
from shared.jobs.mail import HeardMail, Mail
from shared.jobs.mailbox import MailboxRecord, MailboxStatus
from shared.jobs.thread import FollowedThread
from shared.policy.addresses import BadAddress, canonical_address
from shared.ports.inbox import MailInbox
from shared.ports.mail_feed import Arrival, Glimpse, MailFeed

BUDGET = 200
"""Messages that one run looks at; the next run goes on where it ended.

What lies at one place of the history, or in one second, is looked at together, even where it is more.
"""

OVERLAP = timedelta(minutes=10)
"""How far behind the last known time a mailbox is read anew: mail servers' clocks differ."""

WINDOW = timedelta(days=1)
"""The stretch of time that is listed at once; one that holds more than a run may look at is made narrower."""

NARROWEST = timedelta(seconds=1)
"""Gmail's search knows no shorter stretch."""

UNSEEN_MOST = 5
"""Messages of one run whose headers cannot be had; with more of them, it is the mailbox that is at fault."""

_OURS = frozenset({"DRAFT", "SENT", "CHAT"})

_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mdaemon"})
"""Who sends bounces, also those that do not say what they are."""


@dataclass(frozen=True)
class Synced:
    """How far a mailbox has been heard now, and what was found on the way, by number."""

    record: MailboxRecord
    looked_at: int = 0
    accepted: int = 0
    known: int = 0
    passed_by: int = 0
    resynced: str = ""
    """Why it was read anew by time, where it was."""
    unfinished: bool = False
    """There is more than one run takes; another one has to go on."""
    failure: Failure | None = None


class _BudgetSpent(Exception):
    pass


def sync_mailbox(
    record: MailboxRecord, *, feed: MailFeed, inbox: MailInbox, now: datetime, budget: int = BUDGET
) -> Synced:
    """Hear the mailbox from where the record stands. What fails leaves the record where all before was heard."""
    run = _Run(record, feed, inbox, now, budget)
    failure: Failure | None = None
    try:
        if run.record.history_id is None or not run.by_history():
            run.by_time()
        run.record = run.record.but(
            status=MailboxStatus.CONNECTED, reason="", synced_through=now, resync_from=None
        )
    except _BudgetSpent:
        run.unfinished = True
        run.record = run.record.but(status=MailboxStatus.CONNECTED, reason="")
    except Permanent as error:
        failure = error
        run.record = run.record.but(status=MailboxStatus.RECONNECT, reason=error.reason)
    except Failure as error:
        failure = error
    return Synced(
        record=run.record.but(updated_at=now),
        looked_at=run.looked_at,
        accepted=run.accepted,
        known=run.known,
        passed_by=run.passed_by,
        resynced=run.resynced,
        unfinished=run.unfinished,
        failure=failure,
    )


class _Run:
    def __init__(
        self, record: MailboxRecord, feed: MailFeed, inbox: MailInbox, now: datetime, budget: int
    ) -> None:
        self.record = record
        self.feed = feed
        self.inbox = inbox
        self.now = now
        self.budget = budget
        self.looked_at = self.accepted = self.known = self.passed_by = self.unseen = 0
        self.resynced = ""
        self.unfinished = False
        self.seen: set[str] = set()

    def by_history(self) -> bool:
        """Everything after the record's place; False when the mailbox cannot tell any more."""
        since = self.record.history_id
        assert since is not None
        page: str | None = None
        place = since
        newest: int | None = None
        while True:
            changes = self.feed.changes(since, page)
            if changes is None:
                return self._anew("Gmail no longer knows the place up to which the mailbox was heard")
            if changes.newest < since:
                return self._anew("Gmail's history was wound back")
            if newest is None:
                # What comes in while pages are read need not be on them, though a later page's place is past it.
                newest = changes.newest
            for arrival in changes.arrivals:
                if arrival.place > place:
                    # All of the places before this one are heard: a run that ends here goes on here.
                    self.record = self.record.but(history_id=place)
                    place = arrival.place
                    self._spend()
                self._take(arrival)
            if changes.next_page is None:
                self.record = self.record.but(history_id=max(newest, place))
                return True
            page = changes.next_page

    def _anew(self, why: str) -> bool:
        self.resynced = why
        since = max(self.record.heard_since, self.record.synced_through - OVERLAP)
        self.record = self.record.but(history_id=None, resync_from=since)
        return False

    def by_time(self) -> None:
        """Everything from the time up to which all is known to have been heard, a stretch of time at once.

        Within a stretch nothing is believed about the order in which Gmail lists it.
        """
        place = self.feed.place()
        since = self.record.resync_from or max(self.record.heard_since, self.record.synced_through - OVERLAP)
        width = WINDOW
        while True:
            until = min(since + width, self.now)
            left = max(0, self.budget - self.looked_at)
            narrowed = width <= NARROWEST
            arrivals = [*islice(self._listed(since, until), None if narrowed else left + 1)]
            if len(arrivals) > left:
                if self.looked_at:
                    raise _BudgetSpent
                if not narrowed:
                    width = max(width / 2, NARROWEST)
                    continue
            for arrival in reversed(arrivals):
                self._take(arrival)
            self.record = self.record.but(resync_from=until)
            if until >= self.now:
                break
            since, width = until, min(width * 2, WINDOW)
        # Read before the list was: what came in meanwhile is told by the history from there on.
        self.record = self.record.but(history_id=place)

    def _listed(self, since: datetime, until: datetime) -> Iterator[Arrival]:
        page: str | None = None
        while True:
            listed = self.feed.between(since, until, page)
            yield from listed.arrivals
            if listed.next_page is None:
                return
            page = listed.next_page

    def _spend(self) -> None:
        if self.looked_at >= self.budget:
            raise _BudgetSpent

    def _take(self, arrival: Arrival) -> None:
        """Hear one message, once in this run."""
        if arrival.message_id in self.seen or arrival.labels & _OURS:
            return
        self.seen.add(arrival.message_id)
        self.looked_at += 1
        try:
            glimpse = self.feed.glimpse(arrival.message_id)
        except Failure:
            # Is it this message or the mailbox? A mailbox that answers nothing is tried again as a whole, and so
            # is one that answers to hardly anything.
            self.feed.place()
            self.unseen += 1
            if self.unseen > UNSEEN_MOST:
                raise
            # A job has its tries and its dead letter; the messages beside this one need not wait for it.
            followed = self._followed(arrival.thread_id)
            self._accept(_unseen(arrival, self.record, followed), followed)
            return
        if glimpse is None:
            self.passed_by += 1
            return
        if glimpse.labels & _OURS:
            return
        followed = self._followed(arrival.thread_id)
        from_known = followed is None and self._from_known(glimpse.mail)
        if self._concerns_us(glimpse.mail, followed, from_known):
            mail = heard(glimpse, arrival, self.record, followed).but(from_known=from_known)
            self._accept(mail, followed)
        else:
            self.passed_by += 1

    def _followed(self, thread_id: str) -> FollowedThread | None:
        return self.inbox.follows(self.record.address, thread_id)

    def _from_known(self, mail: Mail) -> bool:
        address = address_of(mail)
        return address is not None and not self.inbox.is_ours(address) and self.inbox.knows(address)

    def _concerns_us(self, mail: Mail, followed: FollowedThread | None, from_known: bool) -> bool:
        """A thread with a draft of ours, a person we know, or a machine's report about one of our mails."""
        received_at = mail.received_at
        if received_at is not None and received_at < self.record.heard_since - OVERLAP:
            # It came in before we listened, and was moved into this mailbox since.
            return False
        address = address_of(mail)
        if address is not None and self.inbox.is_ours(address):
            return False
        if followed is not None or is_report(mail):
            return True
        return from_known and self._first_to_hear(mail)

    def _first_to_hear(self, mail: Mail) -> bool:
        """Whether no other mailbox of ours that the mail names before this one hears it too."""
        for named in (*mail.to, *mail.cc):
            address = named.address.lower()
            if address == self.record.address:
                return True
            if self.inbox.is_ours(address) and self.inbox.hears(address, mail.received_at or self.now):
                return False
        return True

    def _accept(self, mail: HeardMail, followed: FollowedThread | None) -> None:
        accepted = self.inbox.hear(mail, followed)
        if accepted.duplicate:
            self.known += 1
        else:
            self.accepted += 1


def address_of(mail: Mail) -> str | None:
    """The one address in its From, canonical; None when there is none."""
    try:
        return canonical_address(mail.sender.address)
    except BadAddress:
        return None


def is_report(mail: Mail) -> bool:
    """Whether a machine reports on a mail of ours: a bounce, or a complaint handed on by a provider."""
    said = mail.header("content-type").lower()
    daemon = mail.sender.address.partition("@")[0].lower() in _DAEMONS
    return daemon or "multipart/report" in said or bool(mail.header("x-failed-recipients"))


def heard(
    glimpse: Glimpse, arrival: Arrival, record: MailboxRecord, followed: FollowedThread | None
) -> HeardMail:
    """The mail as a job keeps it: no word of it, only where it lies and who it says it is from."""
    mail = glimpse.mail
    return HeardMail(
        message_id=arrival.message_id,
        thread_id=arrival.thread_id,
        mailbox=record.address,
        sender=address_of(mail) or "",
        name=mail.sender.name,
        received_at=mail.received_at,
        in_spam="SPAM" in glimpse.labels,
        follows=followed.contact_id if followed else None,
    )


def _unseen(arrival: Arrival, record: MailboxRecord, followed: FollowedThread | None) -> HeardMail:
    return HeardMail(
        message_id=arrival.message_id,
        thread_id=arrival.thread_id,
        mailbox=record.address,
        in_spam="SPAM" in arrival.labels,
        follows=followed.contact_id if followed else None,
    )
