"""A person with a unique canary in every store, and everything that is searched for it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from scripts.sandbox import world as vendors
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.erasure import Erasure, ErasureState
from shared.jobs.event import KEPT, Event, EventStatus
from shared.jobs.stored_answer import StoredAnswer
from shared.operators.erasure import begin_erasure
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role
from shared.runtime.erasures import go_on
from shared.runtime.wire.secrets import address_key_of
from shared.store.database import Changed, Unreachable
from tests import system

WORD = "quokkavale"
"""Stands in the person's address, name and words, and nowhere else in the world."""

PERSON = f"mira.{WORD}@harborlogistics.example"
OTHER = system.ANA
ADMIN = Operator("operator:ann", Role.ADMIN)


class Planted:
    """A simulation in which Mira asked, was answered by hand, answered, asked again, and failed in every other way."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self.key = address_key_of(self.simulation.world, PERSON)
        simulation = self.simulation
        simulation.sweep("renew_watch")
        records = simulation.sandbox.hubspot.records(vendors.PORTAL)
        with simulation.sandbox.changing():
            made = records.create(
                "contacts", {"email": PERSON, "firstname": "Mira", "lastname": WORD}, [], seeding=True
            )
        self.crm_id = str(made["id"])
        self.submitted = simulation.submit(self._form(f"Could you show us {WORD} with SAP?"))["requests"][
            "form"
        ]
        simulation.deliver(self.submitted)
        simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
        simulation.run()
        draft = next(each for each in system.drafts(simulation) if each.contact_id == self.key)
        sent = simulation.sandbox.people.send_draft(draft.sender, draft.gmail_draft_id or "")
        simulation.sweep("watch_drafts")
        simulation.run()
        writer = f"Mira {WORD} <{PERSON}>"
        simulation.sandbox.people.reply(
            draft.sender,
            sent["threadId"],
            text=f"Thanks. Does {WORD} work with Business One?\n",
            sender=writer,
        )
        simulation.run()
        simulation.sweep("sync_mailboxes")
        simulation.run()
        self._plant()

    def _form(self, message: str) -> dict[str, str]:
        return {
            "email": PERSON, "firstname": "Mira", "lastname": WORD, "company": "Harbor Logistics", "message": message,
        }  # fmt: skip

    def _plant(self) -> None:
        """What a run does not leave by itself: refused events, a dead letter, a kept answer, words elsewhere."""
        now, database = self.simulation.clock.now(), self.simulation.world.database
        jobs = [job for job in system.jobs(self.simulation) if job.contact_id == self.key]
        other = next(job for job in system.jobs(self.simulation) if job.contact_id != self.key)
        refused: list[dict[str, object]] = [
            {"fields": {"email": PERSON, "message": WORD}},
            {"body": json.dumps({"email": PERSON, "text": WORD})},
            {"address": PERSON, "portal_id": "1"},
        ]
        events = [
            Event(
                id=f"refused-{number}",
                tenant=TENANT,
                source="hubspot_form",
                via="webhook",
                status=EventStatus.REFUSED,
                reason="unknown form",
                payload=payload,
                received_at=now,
                expire_at=now + KEPT,
            )
            for number, payload in enumerate(refused)
        ]
        letter = DeadLetter(
            id=f"{jobs[0].id}-1",
            tenant=TENANT,
            job_id=jobs[0].id,
            stage="read_thread",
            epoch=1,
            kind="permanent",
            reason=f"about {WORD}",
            attempts=1,
            created_at=now,
        )
        answer = StoredAnswer(
            id="answer-1",
            tenant=TENANT,
            request="r",
            lease_until=now,
            status=200,
            body=json.dumps({"id": jobs[0].draft_id, "subject": WORD}),
            expire_at=now + timedelta(days=1),
        )
        mention = other.but(notes=(*other.notes, f"her colleague {PERSON} asked too"))
        database.commit([*events, letter, answer, mention])

    # Erase

    def begin(self, *, crm: bool = False) -> Erasure:
        begun = begin_erasure(
            self.simulation.world.database,
            TENANT,
            self.key,
            by=ADMIN,
            why="asked for it",
            crm=crm,
            now=self.simulation.clock.now(),
        )
        assert not isinstance(begun, Refusal), begun
        return begun

    def erase(self, *, crm: bool = False) -> Erasure:
        return go_on(self.simulation.world, self.begin(crm=crm))

    def finish(self) -> None:
        """What the sweep does until nothing is left to do."""
        for _ in range(6):
            self.simulation.clock.advance(600)
            self.simulation.sweep("resume_erasures")
            self.simulation.run(until=self.simulation.clock.now())
            erasure = self.erasure()
            if erasure is not None and erasure.state is ErasureState.DONE:
                return

    def erasure(self) -> Erasure | None:
        return self.simulation.world.database.get(f"tenants/{TENANT}/erasures/{self.key}", Erasure)

    # Look

    def documents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every document of the database, at every depth."""
        yield from _below(self.simulation.world.database.client)

    def places(self, word: str = WORD) -> list[str]:
        """Where the canary stands: documents, queues, our drafts in mailboxes, our records in the CRM."""
        found = [path for path, data in self.documents() if word in repr(data) or word in path]
        found += [f"task {task}" for task in self.tasks() if word in task]
        found += [f"gmail draft {text[:60]}" for text in self.gmail_drafts() if word in text]
        found += [f"crm {text[:60]}" for text in self.crm_records() if word in text]
        return sorted(found)

    def tasks(self) -> list[str]:
        engine = self.simulation.cloud.tasks
        full = 2
        queues = [str(queue.name) for queue in engine.queues()]
        return [str(task.http_request.body) for name in queues for task in engine.tasks(name, full)]

    def gmail_drafts(self) -> list[str]:
        gmail = self.simulation.sandbox.gmail
        boxes = [gmail.mailbox(address) for address in (vendors.ISABEL, vendors.MARCUS)]
        return [repr(box.message(draft["messageId"])) for box in boxes for draft in box.drafts()]

    def crm_records(self) -> list[str]:
        """Notes, tasks and records of mails that are not archived, and whom they are about."""
        records = self.simulation.sandbox.hubspot.records(vendors.PORTAL)
        return [
            json.dumps([type_, records.people(type_, doc["id"]), doc])
            for type_ in ("notes", "tasks", "emails")
            for doc in records.all(type_)
        ]

    def of_the_other(self) -> dict[str, Any]:
        """What is kept of Ana, but for the one sentence about Mira."""
        other = address_key_of(self.simulation.world, OTHER)
        kept = {path: data for path, data in self.documents() if other in repr((path, data))}
        for data in kept.values():
            data.pop("notes", None)
        return kept


def until_done(act: Callable[[], object]) -> None:
    """Somebody who sees that it was not answered tries once more."""
    for _ in range(3):
        try:
            act()
            return
        except (Changed, Unreachable):
            continue


def _below(parent: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for collection in parent.collections():
        for reference in collection.list_documents():
            snapshot = reference.get()
            if snapshot.exists:
                yield reference.path, snapshot.to_dict() or {}
            yield from _below(reference)
