"""The whole system as real processes with short times: people to submit, points to hold at, processes to kill."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from scripts.catalogue import Catalogue, load
from scripts.stack.child import StackFailed
from scripts.stack.leads import DEMO_FORM, Lead
from scripts.stack.processes import Options, Stack
from scripts.stack.tenant import TENANT
from scripts.stack.visitor import Signed, Visitor
from shared.jobs.dead_letter import DeadLetter
from shared.jobs.document import Document
from shared.jobs.draft import Draft
from shared.jobs.event import Event, event_id
from shared.jobs.job import Job, Kind, Status
from shared.jobs.playbooks import PLAYBOOKS
from shared.runtime.inbox import SOURCE
from shared.store.database import Unreachable, typed

FUNCTIONS, CLOUD, SANDBOX = "functions", "local cloud", "sandbox"
ELSEWHERE = frozenset(
    {"create_contact", "withdraw_draft", "send_draft", "log_send", "log_outcome", "close_task"}
)
STAGES = tuple(stage for stage in PLAYBOOKS[Kind.FOLLOWUP].stages if stage not in ELSEWHERE)
"""Those that the job of a person whom the CRM knows passes through."""

ONE_OF_EACH = {"drafts": 1, "sent": 0, "notes": 1, "tasks": 1}
MOST_S = 90.0
HOLD_MOST_S = 50.0
LOOK_EVERY_S = 0.1
HELD_S = 60.0
"""How long a held call waits at most: longer than all are waited for. It is let go when the faults are cleared."""

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


def quick(catalogue: Catalogue) -> Catalogue:
    """The same functions and queues, with pauses and rates that no test has to wait for."""
    queues = {
        name: queue.model_copy(
            update={"min_backoff_s": 0.2, "max_backoff_s": 2.0, "max_dispatches_per_second": 100}
        )
        for name, queue in catalogue.queues.items()
    }
    return catalogue.model_copy(update={"queues": queues})


def short_times() -> dict[str, str]:
    """Settings of the functions: what takes minutes takes seconds."""
    routing = {name: {**route, "patience_s": 2} for name, route in load().routing().items()}
    return {
        "ROUTING": json.dumps(routing),
        "INTENT_LEASE_S": "2",
        "RETRY_FIRST_S": "3",
    }


@dataclass(frozen=True)
class Submitted:
    """What one person sent, not delivered yet, and the job that it will be."""

    address: str
    job_id: str
    event_id: str
    requests: dict[str, Signed]

    @property
    def form(self) -> Signed:
        return self.requests["form"]


class RealStack:
    """A running stack, and how a test talks about it."""

    def __init__(self, stack: Stack, visitor: Visitor, names: str) -> None:
        self.stack = stack
        self.visitor = visitor
        self._addresses = (f"{names}{number}@harborlogistics.example" for number in count(1))

    # People

    def people(self, number: int) -> list[str]:
        """So many people whom nobody has heard of; the CRM learns of them with what they submit."""
        return [next(self._addresses) for _ in range(number)]

    def submitted(self, address: str, message: str = "Could you show us how it works with SAP?") -> Submitted:
        """A person submits a form; nothing is delivered yet."""
        fields = {"email": address, "firstname": "Ana", "company": "Harbor Logistics", "message": message}
        requests = self.visitor.submitted(Lead(fields, DEMO_FORM))
        known = event_id(SOURCE, json.loads(requests["form"].body)["formSubmissionId"])
        return Submitted(address, f"job-{known}", known, requests)

    def deliver(self, request: Signed) -> int:
        """Post a webhook, once: its status."""
        return self.visitor.post(request).status

    # Faults

    def hold(self, rules: Sequence[dict[str, Any]]) -> None:
        """Calls to the local cloud that wait until the faults are cleared or a process dies."""
        self.stack.ask_cloud("POST", "/faults", {"rules": [{**rule, "delay_s": HELD_S} for rule in rules]})

    def until_held(self) -> None:
        """Wait until every rule holds its call."""

        def all_held() -> bool:
            return all(rule["done"] for rule in self.stack.ask_cloud("GET", "/faults")["faults"])

        self.until(all_held, "every call that is to be held", HOLD_MOST_S, self._under_way)

    def _under_way(self) -> str:
        """Where each job is that is not at rest, and what became of its last run."""
        jobs = [job for job in self.every("jobs", Job) if job.next is not None]
        last = {job.id: job.steps[-1] if job.steps else None for job in jobs}
        return "".join(f"\n{job.id} at {job.stage}, attempts {job.attempts}: {last[job.id]}" for job in jobs)

    def hold_vendors(self, rules: Sequence[dict[str, Any]]) -> None:
        """Requests to vendors that take effect at once and are answered much too late."""
        for rule in rules:
            slow = {"kind": "slow", "times": 1, "delay_s": HELD_S, **rule}
            self.stack.ask_sandbox("POST", "/faults", slow)

    def until_vendors_held(self) -> None:
        def all_held() -> bool:
            return all(rule["fired"] for rule in self.stack.ask_sandbox("GET", "/faults")["faults"])

        self.until(all_held, "every request that is to be held", HOLD_MOST_S)

    def let_go(self) -> None:
        """Nothing is broken any more; what the local cloud holds goes on."""
        self.stack.ask_cloud("DELETE", "/faults")
        with suppress(StackFailed):  # a dead sandbox forgot its faults
            self.stack.ask_sandbox("DELETE", "/faults")

    # Time

    def sweep(self, name: str = "requeue_stuck") -> int | None:
        """Run a scheduled function now: its status, None when nothing answered."""
        with suppress(StackFailed):
            return self.stack.ask_cloud("POST", f"/scheduler/{name}/run")["status"]
        return None

    def rest(self, job_ids: Sequence[str], most_s: float = MOST_S) -> list[Job]:
        """Sweep again and again until these jobs have no next step."""

        def rested() -> bool:
            self.sweep()
            return all(job is not None and job.next is None for job in map(self.job, job_ids))

        self.until(rested, f"{len(job_ids)} jobs to rest", most_s, lambda: self._restless(job_ids))
        return [job for job in map(self.job, job_ids) if job is not None]

    def until(
        self,
        happened: Callable[[], object],
        what: str,
        most_s: float = MOST_S,
        why: Callable[[], object] = lambda: "",
    ) -> None:
        end = time.monotonic() + most_s
        while not happened():
            assert time.monotonic() < end, f"waited {most_s:g} s in vain for {what}: {why()}"
            time.sleep(LOOK_EVERY_S)

    # What is there

    def job(self, job_id: str) -> Job | None:
        with suppress(Unreachable):
            return self.stack.world.database.get(f"tenants/{TENANT}/jobs/{job_id}", Job)
        return None

    def every(self, collection: str, type_: type[Document]) -> list[Any]:
        return list(typed(self.stack.world.database.client.collection_group(collection), type_))

    def drafts_to(self, address: str) -> list[Draft]:
        return [draft for draft in self.every("drafts", Draft) if draft.recipient == address]

    def events_of(self, job_id: str) -> list[Event]:
        return [event for event in self.every("events", Event) if event.job_id == job_id]

    def dead_letters(self) -> list[DeadLetter]:
        return self.every("dead_letters", DeadLetter)

    def made_for(self, address: str) -> dict[str, int]:
        """What the vendors' world holds for a person because of us."""
        row = self.stack.ask_sandbox("GET", "/effects")["by_person"].get(address, {})
        return {kind: row.get(kind, 0) for kind in ONE_OF_EACH}

    def as_if_nothing_had_happened(self, submissions: Sequence[Submitted]) -> None:
        """Every job waits for a person, with one of each, first revision, and nothing dead."""
        wrong: dict[str, object] = {}
        by_person = self.stack.ask_sandbox("GET", "/effects")["by_person"]
        drafts, dead = self.every("drafts", Draft), {letter.job_id for letter in self.dead_letters()}
        for submitted in submissions:
            job = self.job(submitted.job_id)
            assert job is not None
            row = by_person.get(submitted.address, {})
            revisions = [
                (draft.revision, draft.gmail_revision, draft.note_revision)
                for draft in drafts
                if draft.recipient == submitted.address
            ]
            found = (
                job.status,
                job.stage,
                {kind: row.get(kind, 0) for kind in ONE_OF_EACH},
                revisions,
                job.id in dead,
            )
            if found != (Status.WAITING, "await_approval", ONE_OF_EACH, [(1, 1, 1)], False):
                wrong[job.id] = (*found, [(s.stage, s.status, s.error) for s in job.steps])
        assert not wrong, wrong

    def leaks(self) -> list[str]:
        """Log lines of the functions that hold an address or a secret."""
        secrets = [value for name, value in self.stack.secrets.items() if "gmail" not in name]
        lines = [
            line
            for file in (self.stack.data / "logs").glob("*.log")
            if file.stem not in ("local_cloud", "sandbox")
            for line in file.read_text(errors="replace").splitlines()
        ]
        return [line for line in lines if _MAIL.search(line) or any(secret in line for secret in secrets)]

    def _restless(self, job_ids: Sequence[str]) -> list[object]:
        jobs = [(job_id, self.job(job_id)) for job_id in job_ids]
        return [
            (job_id, job and (job.stage, job.status, job.epoch, job.attempts, job.next))
            for job_id, job in jobs
            if job is None or job.next is not None
        ][:5]


@contextmanager
def running(
    data: Path,
    names: str,
    *,
    separate_processes: bool = False,
    settings: dict[str, str] | None = None,
    catalogue: Callable[[Catalogue], Catalogue] = quick,
) -> Iterator[RealStack]:
    """A stack of its own; every process ends with the block. No log line of the functions leaked anything."""
    options = Options(
        data=data,
        paused=True,
        separate_processes=separate_processes,
        settings={**short_times(), **(settings or {})},
    )
    stack = Stack(options)
    stack.catalogue = catalogue(stack.catalogue)
    with stack, Visitor(stack.details()) as visitor:
        made = RealStack(stack, visitor, names)
        yield made
        assert not made.leaks()
