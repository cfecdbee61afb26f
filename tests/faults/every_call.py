"""The one seam that every call to Google and to vendors passes, so that a test can count them and break any one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

import grpc
import httpx

from scripts.local_cloud.grpc_door import Call, RpcError
from scripts.stack.simulation import Simulation


class Break(StrEnum):
    """What becomes of the call that is broken, and of who makes it."""

    CRASH_BEFORE = "crash before"
    REFUSED = "refused"
    LOST_ANSWER = "lost answer"
    LATE = "applied late"
    CRASH_AFTER = "crash after"


LATE_S = 60.0
WITHIN_THE_LEASE = re.compile(r"POST (/hubspot/|/gmail/.*/drafts$)")
"""Creates that arrive late, but within the lease of their intent: one that is applied after a rerun has looked for it
in vain can double (P6 does not cover it). Everything else, and a send above all, arrives as late as it likes."""


class Died(BaseException):
    """The process is gone: nothing of the product sees it."""


class EveryCall:
    """Counts the calls of a simulation from now on, and breaks the nth in one way."""

    def __init__(self, simulation: Simulation) -> None:
        self.made: list[str] = []
        """Each call that was counted, by name."""
        self._broken: dict[int, Break] = {}
        self._meanwhile: tuple[int, Callable[[], object]] | None = None
        self._late: list[tuple[float, Callable[[], object]]] = []
        self._clock = simulation.clock
        self._door = simulation.cloud.door
        self._inner = self._door.interceptor
        self._door.interceptor = self._intercept
        assert simulation.world.http is not None
        simulation.world.http = _Seam(simulation.world.http, self)

    def count(self) -> None:
        self.made, self._broken = [], {}

    def break_one(self, nth: int, how: Break) -> None:
        """Break the nth call from now on, counted from 1."""
        self.break_several({nth: how})

    def break_several(self, broken: Mapping[int, Break]) -> None:
        """Break each of these calls, counted from 1 from now on."""
        self.made, self._broken = [], dict(broken)

    def interrupt(self, nth: int, meanwhile: Callable[[], object]) -> None:
        """Have something else happen just before the nth call from now on."""
        self.made, self._broken = [], {}
        self._meanwhile = (nth, meanwhile)

    def arrive_late(self, *, until_s: float = math.inf) -> None:
        """What was under way longer than its caller waited takes effect now."""
        due = [apply for at_s, apply in self._late if at_s <= until_s]
        self._late = [(at_s, apply) for at_s, apply in self._late if at_s > until_s]
        for apply in due:
            with suppress(RpcError, httpx.TransportError):  # nobody waits for the answer any more
                apply()

    def passed(self, name: str, proceed: Callable[[], Any], lost: Exception) -> Any:
        """One call: done, or broken as it was asked for. `lost` is what the caller sees of one without answer."""
        self.arrive_late(until_s=self._clock.time_s())
        self.made.append(name)
        if self._meanwhile is not None and len(self.made) == self._meanwhile[0]:
            _, meanwhile = self._meanwhile
            self._meanwhile = None
            meanwhile()
        how = self._broken.get(len(self.made))
        if how is None:
            return proceed()
        if how is Break.CRASH_BEFORE:
            raise Died
        if how is Break.LATE:
            late_s = LATE_S if WITHIN_THE_LEASE.match(name) else math.inf
            self._late.append((self._clock.time_s() + late_s, proceed))
        if how in (Break.LOST_ANSWER, Break.CRASH_AFTER):
            proceed()
        if how is Break.CRASH_AFTER:
            raise Died
        raise lost

    def _intercept(
        self, service: str, method: str, request: Any, call: Call, proceed: Callable[[], Any]
    ) -> Any:
        def inner() -> Any:
            if self._inner is None:
                return proceed()
            return self._inner(service, method, request, call, proceed)

        # Google's own clients try UNKNOWN again less often than anything else.
        lost = RpcError(grpc.StatusCode.UNKNOWN, "broken on purpose")
        return self.passed(f"{service.rsplit('.', 1)[-1]}/{method}", inner, lost)


class _Seam(httpx.BaseTransport):
    def __init__(self, inner: httpx.BaseTransport, calls: EveryCall) -> None:
        self._inner = inner
        self._calls = calls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._calls.passed(
            f"{request.method} {request.url.path}",
            lambda: self._inner.handle_request(request),
            httpx.ReadTimeout("broken on purpose", request=request),
        )
