"""A sender's mailbox with state: what we file in it, what its owner does with that, and what comes in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from threading import Lock

from shared.connectors.mime import read_mail
from shared.errors import Retryable
from shared.jobs.mail import HeardMail, Mail
from shared.jobs.thread import FollowedThread
from shared.policy.letter import DRAFT_HEADER
from shared.ports.inbox import Accepted
from shared.ports.mail_feed import Arrival, Changes, Glimpse, ListedMails, Watch
from shared.ports.mailbox import DraftInMailbox, FiledDraft, MailThread, SentMail, SentReceipt
from tests.builders import NOW
from tests.trouble import Trouble

WATCHED = timedelta(days=7)
_OURS = frozenset({"DRAFT", "SENT", "CHAT"})


@dataclass
class FakeMailbox:
    """A mailbox in memory; `drafts` are the bytes and the thread of each draft, by its Gmail id.

    `newest` is the thread that a search by address finds; `made` counts the drafts ever created here. `taken`
    is every mail that it was asked to send and took, with the draft it was. With `sends_twice` a draft that was
    sent is sent once more when it is asked for again; without it, it is gone.
    """

    newest: MailThread | None = None
    drafts: dict[str, tuple[bytes, str | None]] = field(default_factory=dict[str, tuple[bytes, str | None]])
    threads: dict[str, MailThread] = field(default_factory=dict[str, MailThread])
    mails: dict[str, Mail] = field(default_factory=dict[str, Mail])
    sent: list[SentMail] = field(default_factory=list[SentMail])
    trouble: Trouble = field(default_factory=Trouble)
    made: int = 0
    saved: dict[str, int] = field(default_factory=dict[str, int])
    """How often each draft was changed: each change gives its message another id."""
    taken: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    sends_twice: bool = False
    keeps_marker: bool = True
    replaces_message_id: bool = True
    now: Callable[[], datetime] = lambda: NOW
    """The mailbox's own clock, which dates what it sends."""
    _gone: dict[str, str] = field(default_factory=dict[str, str])
    _sending: Lock = field(default_factory=Lock)

    # The port

    def newest_thread_with(self, address: str) -> MailThread | None:
        self.trouble.before("newest_thread_with")
        return self.newest

    def thread(self, thread_id: str) -> MailThread | None:
        self.trouble.before("thread")
        return self.threads.get(thread_id)

    def mail(self, message_id: str) -> Mail | None:
        self.trouble.before("mail")
        return self.mails.get(message_id)

    def find_draft(self, marker: str) -> FiledDraft | None:
        self.trouble.before("find_draft")
        found = (id_ for id_, (raw, _) in self.drafts.items() if _marker(raw) == marker)
        return next((self._filed(id_) for id_ in found), None)

    def create_draft(self, raw: bytes, thread_id: str | None) -> FiledDraft:
        self.trouble.before("create_draft")
        self.made += 1
        self.drafts[f"r{self.made}"] = (raw, thread_id)
        self.trouble.after("create_draft")
        return self._filed(f"r{self.made}")

    def update_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> FiledDraft | None:
        self.trouble.before("update_draft")
        if draft_id not in self.drafts:
            return None
        self._save(draft_id, raw, thread_id)
        self.trouble.after("update_draft")
        return self._filed(draft_id)

    def draft(self, draft_id: str) -> DraftInMailbox | None:
        self.trouble.before("draft")
        if draft_id not in self.drafts:
            return None
        raw, filed = self.drafts[draft_id][0], self._filed(draft_id)
        return DraftInMailbox(
            filed.id,
            filed.message_id,
            filed.thread_id,
            read_mail(raw, id=filed.message_id, thread_id=filed.thread_id),
            _marker(raw),
        )

    def listed_drafts(self) -> Mapping[str, str]:
        self.trouble.before("listed_drafts")
        return {id_: self._filed(id_).message_id for id_ in self.drafts}

    def delete_draft(self, draft_id: str) -> bool:
        self.trouble.before("delete_draft")
        gone = self.drafts.pop(draft_id, None)
        self.trouble.after("delete_draft")
        return gone is not None

    def sent_mails(self, address: str, since: datetime) -> tuple[SentMail, ...]:
        self.trouble.before("sent_mails")
        found = (mail for mail in self.sent if address in mail.recipients and mail.sent_at >= since)
        return tuple(sorted(found, key=lambda mail: mail.sent_at))

    def send_draft(self, draft_id: str, raw: bytes, thread_id: str | None) -> SentReceipt | None:
        self.trouble.before("send_draft")
        with self._sending:
            if draft_id in self.drafts:
                self._gone[draft_id] = self._filed(draft_id).thread_id
                del self.drafts[draft_id]
            elif not self.sends_twice or draft_id not in self._gone:
                return None
            self.taken.append((draft_id, raw))
            went = self._went(f"sent-{len(self.taken)}", self._gone[draft_id], raw, self.now())
        self.trouble.after("send_draft")
        return SentReceipt(went.message_id, went.thread_id)

    def head(self, thread_id: str) -> str | None:
        self.trouble.before("head")
        thread = self.threads.get(thread_id)
        mails = [(each.sent_at, each.id) for each in thread.messages if not each.is_draft] if thread else []
        mails += [(each.sent_at, each.message_id) for each in self.sent if each.thread_id == thread_id]
        return max(mails, key=lambda each: each[0])[1] if mails else None

    def sent_in(self, thread_id: str, since: datetime) -> tuple[SentMail, ...]:
        self.trouble.before("sent_in")
        found = (mail for mail in self.sent if mail.thread_id == thread_id and mail.sent_at >= since)
        return tuple(sorted(found, key=lambda mail: mail.sent_at))

    # What its owner does in Gmail's own window

    def edit(self, draft_id: str, raw: bytes) -> None:
        """The owner changes a draft: the same draft, another message."""
        self._save(draft_id, raw, self.drafts[draft_id][1])

    def send(self, draft_id: str, at: datetime) -> SentMail:
        """The owner presses Send; Gmail keeps our mark."""
        there, raw = self._filed(draft_id), self.drafts.pop(draft_id)[0]
        return self._went(f"{there.message_id}-sent", there.thread_id, raw, at)

    def _went(self, message_id: str, thread_id: str, raw: bytes, at: datetime) -> SentMail:
        mail = read_mail(raw)
        given = str(message_from_bytes(raw, policy=policy.default)["Message-ID"] or "")
        went = SentMail(
            message_id=message_id,
            thread_id=thread_id,
            sent_at=at,
            subject=mail.subject,
            recipients=tuple(each.address for each in (*mail.to, *mail.cc)),
            marker=_marker(raw) if self.keeps_marker else "",
            message_id_header=given
            if given and not self.replaces_message_id
            else f"<{message_id}@mail.example>",
        )
        self.sent.append(went)
        return went

    def _save(self, draft_id: str, raw: bytes, thread_id: str | None) -> None:
        self.saved[draft_id] = self.saved.get(draft_id, 0) + 1
        self.drafts[draft_id] = (raw, thread_id)

    def _filed(self, id_: str) -> FiledDraft:
        change = f"-{self.saved[id_]}" if id_ in self.saved else ""
        return FiledDraft(
            id=id_, message_id=f"{id_}-message{change}", thread_id=self.drafts[id_][1] or f"{id_}-thread"
        )


def _marker(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=policy.default)[DRAFT_HEADER] or "")


@dataclass
class Kept:
    """A message as the fake mailbox keeps it: at a place of its history, with its labels."""

    arrival: Arrival
    mail: Mail
    deleted: bool = False


@dataclass
class FakeFeed:
    """What comes into a mailbox: a history with places, and lists by time.

    Its history tells nothing after a place below `forgotten`. Pages hold `page_size` messages; what arrives
    between two pages is on neither, while the later one's place is past it: `between_pages` lets that happen.
    """

    now: datetime
    at: int = 1000
    page_size: int = 3
    kept: list[Kept] = field(default_factory=list[Kept])
    forgotten: int = 0
    breaks_at: set[int] = field(default_factory=set[int])
    """The numbers of the calls, counted from 1 over all of them, that fail before anything happens."""
    between_pages: Callable[[], None] = lambda: None
    shuffled: bool = False
    """Lists by time come in an order that says nothing."""
    names_labels: bool = True
    """Whether the history says which labels a message has."""
    trouble: Trouble = field(default_factory=Trouble)

    # What the world does

    def arrive(
        self, mail: Mail, *, labels: Iterable[str] = ("INBOX", "UNREAD"), same_place: bool = False
    ) -> Mail:
        """A message comes in, or is put there; its `id` and `thread_id` are the mail's."""
        self.at += 0 if same_place else 7
        arrival = Arrival(mail.id, mail.thread_id, place=self.at, labels=frozenset(labels))
        self.kept.append(Kept(arrival, mail))
        return mail

    def rewind(self, to: int) -> None:
        """The mailbox is restored: places begin again lower, and its history knows none of its messages."""
        self.at = to
        for each in self.kept:
            each.arrival = Arrival(each.arrival.message_id, each.arrival.thread_id, 0, each.arrival.labels)

    def forget(self) -> None:
        """Every place until now is too old."""
        self.forgotten = self.at + 1
        self.at += 1

    def delete(self, message_id: str) -> None:
        """Somebody deletes a message for good; the history goes on to list it."""
        next(each for each in self.kept if each.arrival.message_id == message_id).deleted = True

    # The port

    def place(self) -> int:
        self._called("place")
        return self.at

    def changes(self, since: int, page: str | None = None) -> Changes | None:
        self._called("changes")
        if since < self.forgotten:
            return None
        upto, offset = (self.at, 0) if page is None else [int(part) for part in page.split("/")]
        if page is not None:
            self.between_pages()
        told = sorted(
            (self._told(each) for each in self.kept if since < each.arrival.place <= upto),
            key=lambda arrival: arrival.place,
        )
        end = offset + self.page_size
        following = f"{upto}/{end}" if end < len(told) else None
        return Changes(tuple(told[offset:end]), newest=self.at, next_page=following)

    def between(self, since: datetime, until: datetime, page: str | None = None) -> ListedMails:
        self._called("between")
        first_s, end_s = math.floor(since.timestamp()), math.floor(until.timestamp()) + 1
        found = [
            each
            for each in self.kept
            if not each.deleted
            and not each.arrival.labels & _OURS
            and each.mail.received_at is not None
            and first_s <= each.mail.received_at.timestamp() < end_s
        ]
        if self.shuffled:
            found.sort(key=lambda each: each.arrival.message_id[::-1])
        else:
            found.sort(key=lambda each: each.mail.received_at or self.now, reverse=True)
        offset = int(page or 0)
        end = offset + self.page_size
        arrivals = (Arrival(each.arrival.message_id, each.arrival.thread_id) for each in found[offset:end])
        return ListedMails(tuple(arrivals), next_page=str(end) if end < len(found) else None)

    def glimpse(self, message_id: str) -> Glimpse | None:
        self._called("glimpse")
        if f"glimpse {message_id}" in self.trouble.fails:
            raise self.trouble.fails[f"glimpse {message_id}"]
        found = next((each for each in self.kept if each.arrival.message_id == message_id), None)
        if found is None or found.deleted:
            return None
        return Glimpse(found.mail, found.arrival.labels)

    def watch(self, topic: str) -> Watch:
        self._called("watch")
        return Watch(self.at, self.now + WATCHED)

    def _told(self, each: Kept) -> Arrival:
        here = each.arrival
        return here if self.names_labels else Arrival(here.message_id, here.thread_id, here.place)

    def _called(self, call: str) -> None:
        self.trouble.before(call)
        if len(self.trouble.asked) in self.breaks_at:
            raise Retryable(f"gmail: {call} answered 503")


@dataclass
class FakeMailInbox:
    """Where mails become jobs; `told` is every call, `heard` each message once."""

    ours: frozenset[str] = frozenset()
    known: set[str] = field(default_factory=set[str])
    deaf: set[str] = field(default_factory=set[str])
    threads: dict[str, FollowedThread] = field(default_factory=dict[str, FollowedThread])
    heard: dict[str, HeardMail] = field(default_factory=dict[str, HeardMail])
    told: list[str] = field(default_factory=list[str])
    trouble: Trouble = field(default_factory=Trouble)

    def is_ours(self, address: str) -> bool:
        return address.lower() in self.ours

    def follows(self, mailbox: str, thread_id: str) -> FollowedThread | None:
        self.trouble.before("follows")
        return self.threads.get(thread_id)

    def knows(self, address: str) -> bool:
        self.trouble.before("knows")
        return address in self.known

    def hears(self, address: str, at: datetime) -> bool:
        return address.lower() not in self.deaf

    def hear(self, mail: HeardMail, followed: FollowedThread | None) -> Accepted:
        self.trouble.before(f"hear {mail.message_id}")
        self.told.append(mail.message_id)
        duplicate = mail.message_id in self.heard
        self.heard.setdefault(mail.message_id, mail)
        return Accepted(f"e-{mail.message_id}", f"job-{mail.message_id}", duplicate)
