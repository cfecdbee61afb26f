"""Twenty at once decide about one draft while it may be sent: one decision wins, and nothing unseen goes out (P3)."""

from __future__ import annotations

import itertools
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from scripts.stack.tenant import TENANT
from shared.jobs import audit
from shared.jobs.audit import AuditEntry, AuditHead
from shared.jobs.document import Document
from shared.jobs.draft import Draft, DraftState
from shared.jobs.job import Job
from shared.jobs.rules import SuppressionReason
from shared.operators import decisions
from shared.operators.decisions import Decided
from shared.operators.suppressions import Suppressed, suppress
from shared.runtime.claiming import StoredClaims
from shared.runtime.publish import publish
from shared.runtime.stage_run import Run, StageRun
from shared.runtime.wire.mailbox import mailbox, single_send
from shared.runtime.wire.store import contacts, drafts
from shared.stages.send_draft import send_draft
from shared.store.audit_chain import chained
from shared.store.database import Database, encode
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.send_path import Commits
from tests.faults.sending import ReadyToSend, asked
from tests.runtime.test_recovery import settle

Record = Callable[[str, object], None]
PEOPLE = 20
ROUNDS, MANY_ROUNDS = 10, 500
LOOKS, DELIVERIES = 3, 20
"""So often somebody who was too late looks again and decides about what lies there now, and a send is asked for."""

WORDS = "Hi Ana,\n\nthank you {}much for your message. Shall we talk about your delivery notes this week?\n"
DEEDS = (
    *["approve"] * 12, *["edit"] * 8, *["reject"] * 3, *["snooze"] * 4, *["force"] * 6, *["send"] * 12,
    "opt out", "form", "form",
)  # fmt: skip

pytestmark = pytest.mark.timeout(900)


class Told:
    """What was committed of the draft: the bytes of each revision, each approval, and how each revision ended."""

    def __init__(self, ready: ReadyToSend) -> None:
        self.broken: list[str] = []
        self.raw: dict[int, bytes] = {ready.draft.revision: ready.draft.raw}
        self.approvals: Counter[int] = Counter()
        self.over: Counter[int] = Counter()
        self.claimed: list[int] = []
        self._writes: list[tuple[int, Any]] = []
        self._path = ready.draft.path
        self._state = (ready.draft.state.value, ready.draft.revision, ready.draft.fence)
        Commits(ready.simulation, self._seen)

    def _seen(self, path: str, write: Any, at: Any) -> None:
        if path == self._path:
            self._writes.append((at.ToNanoseconds(), write.update.fields))

    def read(self) -> list[str]:
        """What is wrong in the order in which it was committed."""
        for _, fields in sorted(self._writes, key=lambda each: each[0]):
            self._next(fields)
        self.broken += [
            f"P3: revision {n} was approved {k} times" for n, k in self.approvals.items() if k > 1
        ]
        self.broken += [f"P3: {k} decisions ended revision {n}" for n, k in self.over.items() if k > 1]
        return self.broken

    def _next(self, fields: Any) -> None:
        before, revision_before, fence_before = self._state
        state, revision = fields["state"].string_value, fields["revision"].integer_value
        fence, raw = fields["fence"].integer_value, fields["raw"].bytes_value
        self._state = (state, revision, fence)
        if self.raw.setdefault(revision, raw) != raw:
            self.broken.append(f"P3: revision {revision} has two texts")
        if (before, state) == ("PENDING", "APPROVED"):
            self.approvals[revision] += 1
            given = fields["approval"].map_value.fields
            if given["revision"].integer_value != revision:
                self.broken.append("P3: an approval names another revision")
        if revision != revision_before or (state != before and state in ("REJECTED", "EXPIRED")):
            self.over[revision_before] += 1
        if fence != fence_before:
            self.claimed.append(revision)


class Crowd:
    """Twenty people and machines, each on a thread of its own, who saw the same draft."""

    def __init__(self, ready: ReadyToSend, seed: int) -> None:
        self.ready = ready
        self.dice = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._owner, self._path = ready.draft.job_id, ready.draft.path
        self._lock = threading.Lock()
        self._form = ready.simulation.submit(system.lead(message="Does it also cover customs papers?"))

    def race(self) -> None:
        seen = self.ready.draft
        chosen = [self.dice.choice(DEEDS) for _ in range(PEOPLE - 1)]
        works = [self._person(number, deed, seen) for number, deed in enumerate(["approve", *chosen])]
        start = threading.Barrier(len(works))

        def run(work: Callable[[], str]) -> str:
            start.wait(60)
            return work()

        with ThreadPoolExecutor(len(works)) as pool:
            self.done.update(pool.map(run, works))

    def _person(self, number: int, deed: str, seen: Draft) -> Callable[[], str]:
        do: dict[str, Callable[[Draft], bool]] = {
            "approve": lambda draft: self._decided(draft, decisions.approve),
            "edit": lambda draft: self._decided(
                draft, decisions.edit, subject=draft.subject, body=WORDS.format("very " * number)
            ),
            "reject": lambda draft: self._decided(draft, decisions.reject, why="not now"),
            "snooze": lambda draft: self._decided(
                draft, decisions.snooze, until=self.ready.simulation.clock.now() + timedelta(hours=1)
            ),
            "force": lambda draft: self._decided(draft, decisions.force, why="they wait for it"),
            "send": lambda _draft: self._sent(),
            "opt out": lambda _draft: self._opted_out(),
            "form": lambda _draft: self._submitted(),
        }

        def work() -> str:
            draft = seen
            for _ in range(DELIVERIES if deed == "send" else LOOKS):
                if do[deed](draft):
                    return deed
                draft = self._now()
            return f"{deed} in vain"

        return work

    def _now(self) -> Draft:
        found = self.ready.simulation.world.database.get(self._path, Draft)
        assert found is not None
        return found

    def _decided(self, draft: Draft, decision: Callable[..., Any], **words: Any) -> bool:
        answer = decision(self.ready.simulation.world.database, asked(self.ready.simulation, draft), **words)
        return isinstance(answer, Decided)

    def _sent(self) -> bool:
        """A delivery of the send's task, early or late: the stage runs as it is deployed."""
        world = self.ready.simulation.world
        job = world.database.get(f"tenants/{TENANT}/jobs/{self._owner}", Job)
        if job is None or job.next is None or job.next.stage != "send_draft":
            return False
        run = StageRun(world, "send_draft", _send_draft, outward=True, publish=publish)
        return run(TENANT, job.id, job.next.epoch).outcome not in ("stale", "retrying")

    def _opted_out(self) -> bool:
        world, now = self.ready.simulation.world, self.ready.simulation.clock.now()
        answer = suppress(
            *(world.database, TENANT, self._now().contact_id),
            reason=SuppressionReason.OPT_OUT,
            actor="the person",
            why="they pressed the button",
            now=now,
            routing=world.settings.routing,
        )
        return isinstance(answer, Suppressed)

    def _submitted(self) -> bool:
        """They submit another form: its job revises the open draft later."""
        with self._lock:
            return self.ready.simulation.deliver(self._form["requests"]["form"]).status_code == 202


def _send_draft(job: Job, run: Run) -> Any:
    return send_draft(
        job,
        drafts=drafts(run),
        contacts=contacts(run),
        claims=StoredClaims(run),
        mailbox=mailbox(run),
        single_send=single_send(run),
        recheck=timedelta(seconds=run.world.settings.paused_recheck_s),
        now=run.now,
    )


@pytest.fixture(scope="module")
def ready() -> Iterator[ReadyToSend]:
    """Filed and judged, and sent as soon as somebody approves it."""
    made = ReadyToSend(approve=False)
    made.simulation.world.database.client.document("tenants/default").update({"send_jitter_min": 0})
    yield made
    made.simulation.close()


def raced(ready: ReadyToSend, seed: int) -> tuple[dict[str, int], str, str]:
    """One round, to its end: who did what, where the draft ended, and what is wrong."""
    sys.setswitchinterval(0.00005)
    told, crowd = Told(ready), Crowd(ready, seed)
    path = ready.draft.path
    crowd.race()
    sys.setswitchinterval(0.005)
    for _ in range(4):
        ready.simulation.sweep("requeue_stuck")
        ready.go(minutes=40)
        draft = ready.simulation.world.database.get(path, Draft)
        assert draft is not None
        if draft.state is DraftState.PENDING:
            answer = decisions.approve(ready.simulation.world.database, asked(ready.simulation, draft))
            crowd.done["approved afterwards"] += isinstance(answer, Decided)
    settle(ready.simulation, hours=3)
    broken = told.read() + ready.witness.violations()
    broken += _mails(ready, told, path) + _story(ready, path)
    draft = ready.simulation.world.database.get(path, Draft)
    assert draft is not None
    if crowd.done.total() < PEOPLE or not {deed for deed in crowd.done if not deed.endswith("in vain")}:
        broken.append("P1: nobody's decision was taken")
    return dict(crowd.done), draft.state.value, "; ".join(broken)


def _mails(ready: ReadyToSend, told: Told, path: str) -> list[str]:
    """What went out, against the bytes of the revision that was claimed."""
    draft = ready.simulation.world.database.get(path, Draft)
    assert draft is not None
    broken: list[str] = []
    went_out = [
        each
        for each in ready.simulation.sandbox.effects.entries("mail_sent")
        if each["draft_id"] == draft.gmail_draft_id
    ]
    if len(went_out) > 1:
        broken.append(f"P2: {len(went_out)} mails")
    for each in went_out:
        with ready.simulation.sandbox.changing():
            message = ready.simulation.sandbox.gmail.mailbox(each["mailbox"]).message(each["message_id"])
        revision = told.claimed[-1] if told.claimed else 0
        if not told.approvals[revision]:
            broken.append(f"P3: revision {revision} went out, which nobody approved")
            continue
        wanted = message_from_bytes(told.raw[revision], policy=policy.default)
        body = wanted.get_body(("plain",))
        assert body is not None
        if message["text"].split() != body.get_content().split() or message["subject"] != wanted["Subject"]:
            broken.append(f"P3: what went out is not revision {revision}, which was approved")
    return broken


def _story(ready: ReadyToSend, path: str) -> list[str]:
    """The audit's entries of one draft follow from one another."""
    draft_id = path.rpartition("/")[2]
    written = [
        each for each in system.every(ready.simulation, "audit", AuditEntry) if each.draft_id == draft_id
    ]
    written.sort(key=lambda each: each.number)
    entries = [
        each
        for earlier, each in zip([None, *written], written, strict=False)
        if earlier is None or not _tells_its_approval(earlier, each)
    ]
    broken: list[str] = []
    for before, after in itertools.pairwise(entries):
        if after.before != before.after:
            broken.append(
                f"the audit says {before.kind} ended in {before.after}, and {after.kind} began at {after.before}"
            )
    draft = ready.simulation.world.database.get(path, Draft)
    assert draft is not None
    if entries and entries[-1].after != f"{draft.state} {draft.revision}":
        broken.append(f"the audit ends at {entries[-1].after}, the draft is {draft.state} {draft.revision}")
    return broken


def _tells_its_approval(earlier: AuditEntry, entry: AuditEntry) -> bool:
    """The move that `earlier` tells of ended an approval too; one that ended for itself is a move of its own."""
    same = (earlier.before, earlier.after) == (entry.before, entry.after)
    return entry.kind == audit.APPROVAL_VOIDED and same


def races(ready: ReadyToSend, seeds: range, record: Record) -> None:
    done: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in seeds:
        deeds, end, broken = in_a_copy(lambda seed=seed: raced(ready, seed))
        done.update(deeds)
        ends[end] += 1
        if broken:
            wrong.append(f"seed {seed}: {broken}")
    record(f"races of {PEOPLE} decisions", f"{len(seeds)}: {dict(ends)}")
    print(f"{len(seeds)} races of {PEOPLE}: {dict(ends)}; {dict(sorted(done.items()))}")
    assert wrong == []


def test_one_decision_wins_and_nothing_unseen_is_sent(
    ready: ReadyToSend, record_testsuite_property: Record
) -> None:
    races(ready, range(ROUNDS), record_testsuite_property)


class Unconditional(Database):
    """Writes whatever was written since it read."""

    def commit(self, documents: Iterable[Document], **words: Any) -> None:
        audited = chained(list(documents), lambda paths: self.get_many(paths, AuditHead))
        batch = self.client.batch()
        for document in audited:
            batch.set(self.client.document(document.path), encode(document))
        batch.commit()


def test_the_races_show_a_store_that_writes_without_a_condition(ready: ReadyToSend) -> None:
    def without(seed: int) -> str:
        world = ready.simulation.world
        vars(world)["database"] = Unconditional(world.firestore)
        return raced(ready, seed)[2]

    for seed in range(ROUNDS):
        broken = in_a_copy(lambda seed=seed: without(seed))
        if "P3" in broken and "the audit" in broken:
            print(f"caught with seed {seed}: {broken}")
            return
    raise AssertionError(f"{ROUNDS} races, and none showed it")


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_one_decision_wins_time_and_again(ready: ReadyToSend, record_testsuite_property: Record) -> None:
    races(ready, range(ROUNDS, ROUNDS + MANY_ROUNDS), record_testsuite_property)
