"""What people and operators do while mails are answered and sent: each deed as it is done from outside the product.

What cannot be done at this moment (nothing lies there, somebody was first, the process died) is done in vain: a deed
says whether it was done, and never fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from scripts.local_cloud.due import HttpRequest
from scripts.sandbox import world as vendors
from scripts.sandbox.exchange import Refused
from scripts.sandbox.state import Doc
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import FLAGS, TENANT
from shared.errors import Failure
from shared.jobs.draft import Draft, DraftState
from shared.jobs.event import event_id
from shared.jobs.quota import COUNTED, periods
from shared.jobs.rules import SuppressionReason
from shared.operators import decisions
from shared.operators.decisions import Decided
from shared.operators.roles import Operator, Role
from shared.operators.suppressions import Suppressed, add_suppression
from shared.runtime.clients.tasks import tasks_client
from shared.runtime.inbox import SOURCE
from shared.runtime.settle import settle
from shared.runtime.wire.secrets import address_key_of
from shared.store.database import Unreachable
from tests import system
from tests.faults.every_call import Died
from tests.faults.sending import asked
from tests.faults.weather import Weather

ANA, NORA = system.ANA, system.NEW_LEAD["email"]
MAILBOXES = (vendors.ISABEL, vendors.MARCUS)
CONTROLS = ("control/flags", f"tenants/{TENANT}/control/flags")
GUARDRAIL = f"tenants/{TENANT}/guardrails/by-hand"
QUEUES = "projects/local/locations/us-central1/queues"
SWEEPS = ("requeue_stuck", "watch_drafts", "sync_mailboxes", "expire_drafts", "watch_controls", "poll_forms")
PRESSED = b"List-Unsubscribe=One-Click"

ADMIN = Operator("tester", Role.ADMIN)
WORDS = "Hi,\n\nthanks for your message. Shall we talk about your delivery notes this week?\n"
ANSWERS = {
    "question": "Thanks for coming back to me. Does it work with SAP Business One? We need it by January.\n",
    "stop": "Please stop writing to me.\n",
    "away": "I am out of the office until 26 November 2026.\n",
}

LOST = (Failure, Unreachable, Died, OSError)
"""Why a decision may end without an answer."""


class Doings:
    """Everything that may be done to one simulation; `journal` is what was done, `done` how often."""

    def __init__(self, simulation: Simulation, weather: Weather) -> None:
        self.simulation = simulation
        self.weather = weather
        self.journal: list[str] = []
        self.done: Counter[str] = Counter()
        self.undelivered: list[tuple[str, Any]] = []
        """Submissions that HubSpot still has to deliver: what will be the event's id, and the body."""
        self.acknowledged: set[str] = set()
        self.delivered: list[HttpRequest] = []
        self.sent_by_hand: set[str] = set()
        """Gmail's ids of the drafts that people sent."""
        self._seen: dict[str, Draft] = {}
        self._letters = 0

    def note(self, what: str) -> bool:
        self.journal.append(f"{self.simulation.clock.now():%d %H:%M:%S} {what}")
        self.done[what.partition(":")[0]] += 1
        return True

    # People write

    def submits(self, fields: dict[str, str], *, times: int = 1) -> bool:
        """A form is submitted; HubSpot delivers it now, so many times, or with 0 later."""
        self._letters += 1
        words = (
            fields | {"message": f"{fields['message']} ({self._letters})"} if self._letters > 1 else fields
        )
        with self.weather.aside():
            submitted = self.simulation.submit(words)
        id_ = event_id(SOURCE, submitted["submission"]["conversionId"])
        self.undelivered.append((id_, submitted["bodies"]["form"]))
        self.note(f"form: {fields['firstname']}, delivered {times} times")
        for _ in range(times):
            self.deliver()
        return True

    def deliver(self) -> bool:
        """HubSpot delivers the oldest submission that was not taken."""
        if not self.undelivered:
            return False
        id_, body = self.undelivered[0]
        status: object = "none"
        with suppress(Died, OSError):
            status = self.simulation.deliver(self._signed(body)).status_code
        taken = status in (200, 202)
        if not taken:
            self.note(f"not taken: HubSpot's delivery, {status}")
        elif (id_, body) in self.undelivered:
            self.undelivered.remove((id_, body))
            self.acknowledged.add(id_)
        return taken

    def _signed(self, body: object) -> Doc:
        """Each delivery has a signature of its own time."""
        url, sandbox = self.simulation.places.url_of("receive_hubspot"), self.simulation.sandbox
        with self.weather.aside(), sandbox.changing():
            secret = sandbox.hubspot.portal_details(vendors.PORTAL)["webhook_secret"]
            return sandbox.hubspot.forms(vendors.PORTAL).signed(body, url, secret, "v3")

    def answers(self, which: int, kind: str) -> bool:
        """Somebody, or a machine, answers in one of the threads that we wrote in."""
        threads = self._threads()
        if not threads:
            return False
        mailbox, sent = threads[which % len(threads)]
        people = self.simulation.sandbox.people
        self.note(f"mail: {kind}")
        with self.weather.aside():
            if kind == "bounce":
                people.bounce(mailbox, sent["id"])
            elif kind == "away":
                people.auto_reply(mailbox, sent["threadId"], text=ANSWERS[kind])
            else:
                people.reply(mailbox, sent["threadId"], text=ANSWERS[kind], sender=sent["to"])
        return True

    def writes(self, sender: str) -> bool:
        """Somebody writes a mail of their own accord."""
        self.note("mail: a letter")
        with self.weather.aside():
            people = self.simulation.sandbox.people
            people.write(vendors.ISABEL, sender=sender, subject="A question", text=ANSWERS["question"])
        return True

    def presses(self, which: int, *, only_looks: bool = False) -> bool:
        """Somebody presses the button to unsubscribe, or has the page shown."""
        drafts = [draft for draft in self.drafts() if draft.opt_out_url]
        if not drafts:
            return False
        url = urlsplit(drafts[which % len(drafts)].opt_out_url)
        self.note("one click: looked at" if only_looks else "one click: pressed")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        method, body = ("GET", b"") if only_looks else ("POST", PRESSED)
        place = f"{url.path.lstrip('/')}?{url.query}"
        with self._outcome("one click"):
            answer = self.simulation.call(place, method=method, headers=headers, body=body)
            return bool(answer.status_code == 200)
        return False

    # The owner of the mailbox

    def handles(self, which: int, how: str) -> bool:
        """A draft of ours is sent, rewritten, readdressed or thrown away in Gmail."""
        drafts = [draft for draft in self.drafts() if draft.gmail_draft_id and draft.is_open]
        if not drafts:
            return False
        draft = drafts[which % len(drafts)]
        people, id_ = self.simulation.sandbox.people, draft.gmail_draft_id or ""
        with self.weather.aside():
            lying = [each["id"] for each in self.simulation.sandbox.gmail.mailbox(draft.sender).drafts()]
            if id_ not in lying:
                return False
            try:
                if how == "sent":
                    people.send_draft(draft.sender, id_)
                    self.sent_by_hand.add(id_)
                elif how == "rewritten":
                    people.edit_draft(draft.sender, id_, WORDS)
                elif how == "readdressed":
                    people.edit_draft(draft.sender, id_, to="mei.tan@harborlogistics.example")
                else:
                    people.delete_draft(draft.sender, id_)
            except Refused:
                return False
        return self.note(f"by hand: {how} while {draft.state}")

    # Operators

    def sees(self) -> bool:
        """An operator looks at all drafts, and may decide about what was seen much later."""
        self._seen = {draft.id: draft for draft in self.drafts()}
        return True

    def decides(self, which: int, what: str, *, seen: bool = False) -> bool:
        """An operator decides about a draft as it is, or as it was last seen."""
        fits = _FITS[what]
        drafts = [draft for draft in self.drafts() if draft.state in fits]
        if not drafts:
            return False
        draft = drafts[which % len(drafts)]
        draft = self._seen.get(draft.id, draft) if seen else draft
        decision, words = self._decision(what, draft)
        with self._outcome(f"decided: {what}"):
            answer = decision(self.simulation.world.database, asked(self.simulation, draft), **words)
            if isinstance(answer, Decided):
                self.note(f"decided: {what} of revision {draft.revision}")
                if answer.job is not None:
                    settle(self.simulation.world, answer.job)
                return True
            self.note(f"turned down: {what}: {answer}")
        return False

    def _decision(self, what: str, draft: Draft) -> tuple[Callable[..., Any], dict[str, Any]]:
        now = self.simulation.clock.now()
        match what:
            case "approve":
                return decisions.approve, {}
            case "reject":
                return decisions.reject, {"why": "not now"}
            case "edit":
                return decisions.edit, {"subject": draft.subject, "body": WORDS}
            case "snooze":
                return decisions.snooze, {"until": now + timedelta(hours=5)}
            case "force":
                return decisions.force, {"why": "they asked for it today"}
            case _:
                return decisions.settle, {"was_sent": self._went_out(draft), "evidence": "looked in Gmail"}

    def suppresses(self, address: str) -> bool:
        """An operator stops all mail to a person."""
        world = self.simulation.world
        with self._outcome("suppressed"):
            answer = add_suppression(
                world.database,
                TENANT,
                address_key_of(world, address),
                reason=SuppressionReason.MANUAL,
                by=ADMIN,
                why="they called",
                now=world.clock(),
                routing=world.settings.routing,
            )
            if isinstance(answer, Suppressed):
                self.note("suppressed")
                if answer.withdraws is not None:
                    settle(world, answer.withdraws)
                return True
        return False

    # By hand in Firestore's console

    def flips(self, document: int, **fields: object) -> bool:
        """Fields of a control document are set by hand."""
        with self.weather.aside():
            client = self.simulation.world.database.client
            client.document(CONTROLS[document]).update(fields)
        return self.note(f"flipped: {('everybody', 'tenant')[document]} {fields}")

    def limits(self, mailbox: str, *, left: int) -> bool:
        """A mailbox may send so many more mails today."""
        zone = "Europe/Madrid"
        with self.weather.aside():
            database = self.simulation.world.database
            tenant = (database.raw_many([f"tenants/{TENANT}"])[0] or {}).get("time_zone", zone)
            day, _ = periods(TENANT, tenant, mailbox, self.simulation.world.clock())
            found = database.raw_many([day.path])[0] or {}
            limit = sum(found.get(name, 0) for name in COUNTED) + left
            database.client.document(day.path).set({"limit": limit}, merge=True)
        return self.note(f"limited: {limit} a day")

    def guards(self, *, active: bool) -> bool:
        """A guardrail that nobody passes is switched on or off."""
        value = {"type": "EMPLOYEE_RANGE", "value": {"min": 100_000}, "active": active}
        with self.weather.aside():
            self.simulation.world.database.client.document(GUARDRAIL).set(value)
        return self.note(f"guardrail: {'on' if active else 'off'}")

    def pauses(self, queue: str, *, resumes: bool = False) -> bool:
        """A queue of Cloud Tasks is paused, and what is in it is late."""
        with self.weather.aside():
            client = tasks_client(self.simulation.world)
            (client.resume_queue if resumes else client.pause_queue)(name=f"{QUEUES}/{queue}")
        return self.note(f"queue: {queue} {'resumed' if resumes else 'paused'}")

    def permits(self) -> bool:
        """Everybody lets mail out, and no queue is paused."""
        with self.weather.aside():
            client = self.simulation.world.database.client
            for path in CONTROLS:
                client.document(path).set({**FLAGS, "mode": "SEND_ALLOWED"})
            if client.document(GUARDRAIL).get().exists:
                client.document(GUARDRAIL).update({"active": False})
        for queue in ("stages", "outward", "sends", "polls"):
            self.pauses(queue, resumes=True)
        return True

    # Cloud Tasks and Scheduler

    def sweeps(self, name: str) -> bool:
        self.note(f"sweep: {name}")
        return self.simulation.sweep(name) == 200

    def redelivers(self, which: int) -> bool:
        """Something that was delivered before is delivered again, however long ago that was."""
        if not self.delivered:
            return False
        request = self.delivered[which % len(self.delivered)]
        self.note(f"again: {urlsplit(request.url).path}")
        with self._outcome("again"):
            return self.simulation.redeliver(request).status == 200
        return False

    # What is to be seen

    def drafts(self) -> list[Draft]:
        with self.weather.aside():
            return sorted(system.drafts(self.simulation), key=lambda draft: (draft.created_at, draft.id))

    def _went_out(self, draft: Draft) -> bool:
        """What a person sees in Gmail who looks for it."""
        with self.weather.aside(), self.simulation.sandbox.changing():
            entries = self.simulation.sandbox.effects.entries("mail_sent")
        return any(each["draft_id"] == draft.gmail_draft_id for each in entries)

    def _threads(self) -> list[tuple[str, Doc]]:
        """What went out to one of our people, by mailbox."""
        found: list[tuple[str, Doc]] = []
        with self.weather.aside(), self.simulation.sandbox.changing():
            for entry in self.simulation.sandbox.effects.entries("mail_sent"):
                box = self.simulation.sandbox.gmail.mailbox(entry["mailbox"])
                try:
                    found.append((entry["mailbox"], box.message(entry["message_id"])))
                except Refused:
                    continue
        return found

    @contextmanager
    def _outcome(self, what: str) -> Iterator[None]:
        """Whoever asked has no answer, where a call broke: it may have been done nevertheless."""
        try:
            yield
        except LOST as lost:
            self.note(f"{what}: no answer, {type(lost).__name__}")


_FITS: dict[str, frozenset[DraftState]] = {
    "approve": frozenset({DraftState.PENDING}),
    "reject": frozenset({DraftState.PENDING, DraftState.APPROVED}),
    "edit": frozenset({DraftState.PENDING, DraftState.APPROVED}),
    "snooze": frozenset({DraftState.PENDING}),
    "force": frozenset({DraftState.APPROVED}),
    "settle": frozenset({DraftState.HELD, DraftState.SENDING}),
}
