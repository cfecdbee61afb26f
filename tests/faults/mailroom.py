"""Two mailboxes in which people write, sort and throw away, and what has to be heard of it in the end.

The whole of intake runs as it is deployed; the stages' queue is paused, so that a job stays as it was begun.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from scripts.sandbox import mails
from scripts.sandbox import world as vendors
from scripts.sandbox.state import Doc
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.contact import Contact
from shared.jobs.job import Job, Kind
from shared.jobs.mail import HeardMail
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.thread import FollowedThread, followed_id
from shared.runtime.clients.tasks import tasks_client
from shared.runtime.wire.secrets import address_key_of
from tests import system

ISABEL, MARCUS = vendors.ISABEL, vendors.MARCUS
KNOWN = ("ana.ruiz@harborlogistics.example", "leo.marsh@peppercorn.example")
COLLEAGUE = "office@harborlogistics.example"
STRANGER = "someone@elsewhere.example"
FIRST_PLACE = 2_000_000
"""Real history ids are large: a mailbox that was restored cannot catch up with them unseen."""

STAGES = "projects/local/locations/us-central1/queues/stages"
SYNC = "sync_mailboxes"


@dataclass(frozen=True)
class Came:
    """One message that came in, and whether it is to be heard."""

    mailbox: str
    message_id: str
    what: str
    concerns_us: bool


class _Refusing(httpx.BaseTransport):
    """Answers 400 `left` times to what `path` (a regular expression) finds, and notes the messages that it kept back.

    Such a message is heard without a look at it, whoever wrote it: the stage that reads it decides.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.path = ""
        self.left = 0
        self.kept_back: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.left and re.search(self.path, request.url.path):
            self.left -= 1
            self.kept_back.add(request.url.path.rpartition("/")[2])
            return httpx.Response(400, json={"error": {"code": 400, "message": "no"}}, request=request)
        return self._inner.handle_request(request)


class Died(BaseException):
    """The process is gone: nothing of the product sees it."""


class Mailroom:
    """A simulation with contacts and followed threads; `came` is what arrived, `journal` all that was done."""

    def __init__(self, *, budget: int = 200) -> None:
        self.simulation = Simulation(settings={"SYNC_BUDGET": str(budget)})
        self.sandbox = self.simulation.sandbox
        self.people = self.sandbox.people
        self.came: list[Came] = []
        self.deleted: set[tuple[str, str]] = set()
        self.journal: list[str] = []
        self.counted: Counter[str] = Counter()
        assert self.simulation.world.http is not None
        self._refusing = _Refusing(self.simulation.world.http)
        self.simulation.world.http = self._refusing
        for mailbox in (ISABEL, MARCUS):
            self.people.skip_history(mailbox, FIRST_PLACE)
        tasks_client(self.simulation.world).pause_queue(name=STAGES)
        self._contacts()
        self.simulation.sweep("renew_watch")
        self.simulation.run()
        self.threads: list[tuple[str, str]] = [
            self._followed(ISABEL, KNOWN[0]),
            self._followed(MARCUS, KNOWN[1]),
        ]
        self.simulation.clock.advance(1)

    def close(self) -> None:
        self.simulation.close()

    @property
    def now(self) -> datetime:
        return self.simulation.clock.now()

    def note(self, what: str) -> None:
        self.journal.append(f"{self.now:%d %H:%M:%S} {what}")
        self.counted[what.partition(":")[0]] += 1

    # What comes in

    def answer(self, thread: int, *, sender: str, labels: list[str] | None = None) -> None:
        """Somebody answers in a followed thread."""
        mailbox, thread_id = self.threads[thread]
        doc = self.people.reply(mailbox, thread_id, text="Thanks.\n", sender=sender, labels=labels)
        self._came(mailbox, doc, f"an answer: by {sender} {labels or ''}", concerns_us=True)

    def letter(self, mailbox: str, *, sender: str, labels: list[str] | None = None) -> None:
        """Somebody writes a new mail."""
        doc = self.people.write(mailbox, sender=sender, subject="A question", text="Hello.\n", labels=labels)
        known = sender in KNOWN
        self._came(mailbox, doc, f"a letter: by {sender} {labels or ''}", concerns_us=known)

    def letter_to_both(self, sender: str) -> None:
        """One mail to both mailboxes is one mail: the first that it names hears it."""
        raw = self._raw(sender, f"Isabel <{ISABEL}>, {MARCUS}", "To both of you")
        for mailbox in (MARCUS, ISABEL):
            doc = self.people.deliver_raw(mailbox, raw)
            mine = sender in KNOWN and mailbox == ISABEL
            self._came(mailbox, doc, f"a letter to both: by {sender}", concerns_us=mine)

    def bounce(self, thread: int) -> None:
        """A machine reports that a mail of ours could not be delivered."""
        mailbox, thread_id = self.threads[thread]
        sent = next(doc for doc in self.thread(mailbox, thread_id) if "SENT" in doc["labelIds"])
        self._came(mailbox, self.people.bounce(mailbox, sent["id"]), "a report", concerns_us=True)

    # What is ours

    def own_mail(self, mailbox: str, to: str) -> None:
        """The owner writes; a copy to a colleague comes in there."""
        self.note(f"own mail: to {to}")
        with self.sandbox.changing():
            sent = self.sandbox.gmail.mailbox(mailbox).send(self._raw(mailbox, to, "From us"), "")
            self.sandbox.gmail.deliver(sent)

    def own_draft(self, thread: int, then: str) -> None:
        """A draft in a followed thread is made, and edited, sent or thrown away."""
        mailbox, thread_id = self.threads[thread]
        self.note(f"own draft: {then}")
        last = self.thread(mailbox, thread_id)[-1]
        with self.sandbox.changing():
            raw = self._raw(mailbox, KNOWN[thread % 2], last["subject"], answers=last["message_id"])
            draft = self.sandbox.gmail.mailbox(mailbox).create_draft(raw, thread_id)
        if then == "edited":
            self.people.edit_draft(mailbox, draft["id"], "Other words.\n")
        elif then == "sent":
            self.people.send_draft(mailbox, draft["id"])
        elif then == "deleted":
            self.people.delete_draft(mailbox, draft["id"])

    def sorted(self, came: Came, how: str) -> None:
        """The owner sorts a mail that came in, or deletes it for good."""
        if (came.mailbox, came.message_id) in self.deleted:
            return
        self.note(f"sorted: {how}")
        if how == "delete_message":
            self.deleted.add((came.mailbox, came.message_id))
        getattr(self.people, how)(came.mailbox, came.message_id)

    def thread(self, mailbox: str, thread_id: str) -> list[Doc]:
        return self.sandbox.gmail.mailbox(mailbox).thread(thread_id)

    # Time

    def wait(self, seconds: float) -> None:
        self.note(f"wait: {seconds:g} s")
        self.simulation.run(until=self.now + timedelta(seconds=seconds))

    def sweep(self, name: str = SYNC) -> None:
        self.note(f"sweep: {name}")
        self.simulation.sweep(name)

    def two_sweeps_at_once(self, nth: int) -> None:
        """A second sweep begins and ends while the first one waits for its nth answer from Gmail."""
        self.note(f"two sweeps at once: {nth}")

        def meanwhile() -> None:
            self.simulation.sweep(SYNC)

        self._at_request(nth, meanwhile)
        self.simulation.sweep(SYNC)
        self.simulation.on_vendor_request = None

    def dies_at(self, nth: int) -> None:
        """The process that hears dies at its nth request to Gmail from now on."""
        self.note(f"death: at request {nth}")

        def dies() -> None:
            raise Died

        self._at_request(nth, dies)

    def refuses(self, what: str, times: int) -> None:
        """Gmail refuses so many requests from now on whose paths a regular expression finds."""
        self.note(f"refusal: of {what}, {times} times")
        self._refusing.path, self._refusing.left = what, times

    def _at_request(self, nth: int, act: Callable[[], None]) -> None:
        seen = [0]

        def watch(_method: str, path: str) -> None:
            seen[0] += "/gmail/" in path or path.startswith("/gmail")
            if seen[0] == nth:
                self.simulation.on_vendor_request = None
                act()

        self.simulation.on_vendor_request = watch

    # The end

    def quiet(self) -> datetime:
        """Nothing is broken any more: all that is on its way arrives, then one sweep. Gives when that was."""
        simulation = self.simulation
        simulation.on_vendor_request = None
        self._refusing.left = 0
        simulation.cloud.faults.clear()
        self.sandbox.faults.clear()
        simulation.run()
        simulation.clock.advance(60)
        swept_at = self.now
        simulation.sweep(SYNC)
        simulation.run()
        return swept_at

    def wrong(self, swept_at: datetime) -> list[str]:
        """What is not as it must be; empty when all is well."""
        heard: Counter[tuple[str, str]] = Counter()
        jobs = {job.id: job for job in system.every(self.simulation, "jobs", Job)}
        found: list[str] = []
        for event in system.events(self.simulation):
            mail = HeardMail.model_validate(event.payload)
            heard[mail.mailbox, mail.message_id] += 1
            job = jobs.pop(event.job_id or "", None)
            if job is None or job.kind is not Kind.REPLY or job.mails != (mail,) or job.next is None:
                found.append(f"event {event.id} has no sound job")
        found += [f"job {job_id} has no event" for job_id in jobs]
        for came in self.came:
            times = heard.pop((came.mailbox, came.message_id), 0)
            gone = (came.mailbox, came.message_id) in self.deleted
            most = came.concerns_us or came.message_id in self._refusing.kept_back
            if times > most or (not times and came.concerns_us and not gone):
                found.append(f"{came.what} was heard {times} times ({came.message_id})")
        found += [
            f"{mailbox}'s {message_id} was heard, and is nothing that came in"
            for mailbox, message_id in heard
            if message_id not in self._refusing.kept_back
        ]
        for mailbox in (ISABEL, MARCUS):
            found += self._wrong_record(mailbox, swept_at)
        return found

    def _wrong_record(self, mailbox: str, swept_at: datetime) -> list[str]:
        path = f"tenants/{TENANT}/mailboxes/{mailbox_id(mailbox)}"
        record = self.simulation.world.database.get(path, MailboxRecord)
        if record is None:
            return [f"{mailbox} has no record"]
        newest = self.sandbox.gmail.mailbox(mailbox).history_id()
        sound = (
            record.status is MailboxStatus.CONNECTED
            and record.synced_through >= swept_at
            and record.history_id == newest
            and record.resync_from is None
        )
        return [] if sound else [f"{mailbox}'s record is {record!r}, its newest place {newest}"]

    # Within

    def _came(self, mailbox: str, doc: Doc, what: str, *, concerns_us: bool) -> None:
        self.note(what)
        self.came.append(Came(mailbox, doc["id"], what, concerns_us))

    def _raw(self, sender: str, to: str, subject: str, *, answers: str = "") -> bytes:
        number = self.sandbox.state.next_number("mailroom/letters")
        return mails.letter(
            sender=sender,
            to=to,
            subject=subject,
            text="Words.\n",
            date=self.now,
            message_id=f"<{number}@mailroom.example>",
            in_reply_to=answers,
        )

    def _contacts(self) -> None:
        world = self.simulation.world
        contacts = [
            Contact(
                id=address_key_of(world, address),
                tenant=TENANT,
                address=address,
                created_at=self.now,
                updated_at=self.now,
            )
            for address in KNOWN
        ]
        world.database.commit(contacts)

    def _followed(self, mailbox: str, contact: str) -> tuple[str, str]:
        """A thread that begins with a mail of ours, and is followed."""
        with self.sandbox.changing():
            sent = self.sandbox.gmail.mailbox(mailbox).send(self._raw(mailbox, contact, "Your question"), "")
        world = self.simulation.world
        thread = FollowedThread(
            id=followed_id(mailbox, sent["threadId"]),
            tenant=TENANT,
            mailbox=mailbox,
            thread_id=sent["threadId"],
            contact_id=address_key_of(world, contact),
            draft_id="draft-1",
            followed_at=self.now,
        )
        world.database.commit([thread])
        return mailbox, sent["threadId"]
