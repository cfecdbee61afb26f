"""What leads use, counted on the simulated system: every read, write, task, message, call, log byte and token."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from scripts.local_cloud.due import HttpRequest
from scripts.sandbox.hubspot_signing import headers_v3
from scripts.stack.leads import Lead
from scripts.stack.simulation import Simulation
from scripts.stack.varied_leads import varied_leads
from shared.jobs.job import Job, Status
from shared.store.database import typed

MODEL = "sandbox-model"


@dataclass
class Usage:
    """Counts of one stretch of work."""

    counted: Counter[str] = field(default_factory=Counter[str])
    """reads, writes, deletes, tasks, publishes."""
    calls: Counter[str] = field(default_factory=Counter[str])
    """Calls of each function."""
    log_bytes: int = 0
    log_lines: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class Measured:
    """`leads` together, and each scheduled function run once: with nothing to do, and right after the leads."""

    number: int
    leads: Usage
    statuses: dict[str, int]
    """Where the jobs of the leads came to."""
    sweeps: dict[str, Usage]
    sweeps_after: dict[str, Usage]


def measure(number: int, *, model: bool) -> Measured:
    """So many varied leads, odd and refused ones among them, each until it waits or ended."""
    idle = _Counting(model=model)
    try:
        sweeps = idle.sweeps()
    finally:
        idle.close()
    busy = _Counting(model=model)
    try:
        leads, statuses = busy.leads(number)
        return Measured(number, leads, statuses, sweeps, busy.sweeps())
    finally:
        busy.close()


class _Counting(Simulation):
    """A simulated system that counts calls too."""

    def __init__(self, *, model: bool) -> None:
        self.called: Counter[str] = Counter()
        super().__init__(settings={"MODEL": MODEL} if model else {}, on_request=self._seen)

    def _seen(self, request: HttpRequest) -> None:
        self.called[request.url.rsplit("/", 1)[-1]] += 1

    def leads(self, number: int) -> tuple[Usage, dict[str, int]]:
        """So many leads, one after the other, and where their jobs came to."""
        with self._used() as usage:
            for varied in varied_leads(number):
                answer = self.deliver(self._signed(varied.lead))
                self.called["receive_hubspot"] += 1
                if answer.status_code != varied.expected:
                    raise RuntimeError(
                        f"receive_hubspot answered {answer.status_code}, not {varied.expected} ({varied.oddity})"
                    )
                self.run()
        jobs = list(typed(self.world.database.client.collection_group("jobs"), Job))
        usage.input_tokens = sum(job.usage.input_tokens for job in jobs)
        usage.output_tokens = sum(job.usage.output_tokens for job in jobs)
        statuses = Counter(job.status.value for job in jobs)
        if not statuses[Status.WAITING.value]:
            raise RuntimeError("no lead came to a draft: nothing was measured")
        return usage, dict(sorted(statuses.items()))

    def sweeps(self) -> dict[str, Usage]:
        """The second run of two of each: the first may find what was left to do."""
        found: dict[str, Usage] = {}
        for name, row in self.catalogue.functions.items():
            if row.trigger.schedule:
                for _ in range(2):
                    with self._used() as usage:
                        self.sweep(name)
                        self.run()
                    found[name] = usage
        return found

    @contextmanager
    def _used(self) -> Iterator[Usage]:
        """What is used in the block; what the functions log is counted, and not shown."""
        usage, logs = Usage(), _Logs()
        before, called = Counter(self.cloud.counts.total()), Counter(self.called)
        with redirect_stdout(logs):
            yield usage
        usage.counted = Counter(self.cloud.counts.total()) - before
        usage.calls = self.called - called
        usage.log_bytes, usage.log_lines = logs.bytes, logs.lines

    def _signed(self, lead: Lead) -> dict[str, Any]:
        if lead.payload is None:
            signed: dict[str, Any] = self.submit(dict(lead.fields), form=lead.form)["requests"]["form"]
            return signed
        url = self.places.url_of("receive_hubspot")
        secret = self.secrets["hubspot-client-secret"]
        now_ms = round(self.clock.now().timestamp() * 1000)
        return {"headers": headers_v3(secret, url, lead.payload, now_ms), "body": lead.payload}


class _Logs(io.TextIOBase):
    """Counts what the functions log, and keeps none of it."""

    def __init__(self) -> None:
        self.bytes = 0
        self.lines = 0

    def write(self, text: str) -> int:
        self.bytes += len(text.encode())
        self.lines += text.count("\n")
        return len(text)
