"""What goes wrong at random, call by call: deaths, answers that are lost or come late, refusals, garbage."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

import grpc

from scripts.local_cloud.faults import Fault
from scripts.local_cloud.grpc_door import RpcError
from scripts.sandbox.faults import Faults, Rule
from scripts.stack.simulation import Simulation
from shared.connectors.http import VendorHttp
from tests.faults.every_call import WITHIN_THE_LEASE, Break, EveryCall

BY_VENDORS = (
    "429", "429_retry_after", "403_rate", "500", "503", "timeout", "drop_before", "lost_answer", "half", "garbage",
)  # fmt: skip
"""What vendors answer when they answer badly; whether it took effect nevertheless is chance for most of them."""

_MAYBE_APPLIED = ("500", "503", "timeout", "half", "garbage")
_LATE_S = (2.0, 40.0, 130.0, 400.0)
"""How late a request takes effect that was given up: before its lease is over, and after it."""

CAN_BE_ABORTED = "Firestore/Commit"
"""Nothing was applied, for somebody else wrote at the same time; Google's client tries a transaction anew."""


_SLEEP = time.sleep


THE_SEND, THE_SEND_MORE = "/drafts/send", 5
"""The one call that everything is about breaks so much more often than another one."""


class Weather(EveryCall):
    """Calls break by chance, as often as `share` says; `met` counts what befell them."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(simulation)
        self.dice = random.Random(0)
        self.share = 0.0
        self.met: Counter[str] = Counter()
        self._simulation = simulation
        self._acts: dict[int, Callable[[], object]] = {}
        self._inside = False
        simulation.sandbox.faults = _Chance(self)

    def begin(self, seed: int, share: float) -> None:
        """From now on these dice decide; nobody really sleeps."""
        self.dice, self.share = random.Random(f"weather {seed}"), share
        random.seed(seed)  # the pauses of Google's own clients
        clock = self._simulation.clock
        time.sleep = clock.advance
        for made in self._simulation.world.made.values():
            if isinstance(made, VendorHttp):
                vars(made).update(_sleep=clock.advance, _jitter=self.dice.uniform)

    def calm(self) -> None:
        """Nothing breaks any more, and what was under way arrives."""
        self.share = 0.0
        self._acts.clear()
        self._simulation.cloud.faults.clear()
        self._simulation.sandbox.faults.clear()
        self.arrive_late()
        self.count()

    def end(self) -> None:
        """The process sleeps again when it is asked to."""
        time.sleep = _SLEEP

    def meanwhile(self, calls: int, act: Callable[[], object]) -> None:
        """Have something happen while one of the next requests to a vendor is on its way."""
        self._acts[len(self.made) + calls] = act

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What the test itself looks up or changes is no call of the product."""
        before, self._inside = self._inside, True
        try:
            yield
        finally:
            self._inside = before

    def passed(self, name: str, proceed: Callable[[], Any], lost: Exception) -> Any:
        if self._inside:
            return proceed()
        self._happen(name)
        if self.dice.random() >= self.share * (THE_SEND_MORE if name.endswith(THE_SEND) else 1):
            return super().passed(name, proceed, lost)
        how = self.dice.choice(tuple(Break))
        if name == "CloudTasks/CreateTask" and self.dice.random() < 0.5:
            self.met["lost enqueue"] += 1
            self._simulation.cloud.faults.add(Fault("drop_enqueue", "CloudTasks", "CreateTask"))
            return super().passed(name, proceed, lost)
        self.met[how.value] += 1
        if how is Break.REFUSED and name == CAN_BE_ABORTED and self.dice.random() < 0.5:
            self.met["aborted"] += 1
            lost = RpcError(grpc.StatusCode.ABORTED, "broken on purpose")
        self._broken[len(self.made) + 1] = how
        try:
            return super().passed(name, proceed, lost)
        finally:
            if how is Break.LATE and not WITHIN_THE_LEASE.match(name):
                _, apply = self._late.pop()
                self._late.append((self._clock.time_s() + self.dice.choice(_LATE_S), apply))

    def vendor(self, method: str) -> Rule | None:
        """How a vendor answers badly now, where it does."""
        if self._inside or self.dice.random() >= self.share:
            return None
        kind = self.dice.choice(BY_VENDORS)
        applied = None
        if kind in _MAYBE_APPLIED:
            applied = self.dice.random() < 0.5
        self.met.update(("vendor", f"vendor: {kind}"))
        return Rule(0, kind, method=method, applied=applied)

    def _happen(self, name: str) -> None:
        """What was to happen meanwhile: before a request to a vendor, or before a task or message is made."""
        if name.startswith("Firestore/"):
            return
        due = [nth for nth in self._acts if nth <= len(self.made)]
        for nth in due:
            act = self._acts.pop(nth, None)
            if act is None:  # it happened while an earlier one of these did
                continue
            self.met["meanwhile"] += 1
            Context().run(act)  # another process does it


class _Chance(Faults):
    """The sandbox's faults, and those that the weather brings."""

    def __init__(self, weather: Weather) -> None:
        super().__init__()
        self._weather = weather

    def match(self, vendor: str, method: str, url: str) -> Rule | None:
        return super().match(vendor, method, url) or self._weather.vendor(method)
