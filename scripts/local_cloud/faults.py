"""Rules that break chosen calls to the local cloud: refused, delayed, answered but lost, held at a point."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import grpc

from scripts.local_cloud.counts import work_of
from scripts.local_cloud.grpc_door import Call, RpcError

Mode = Literal["refuse", "lost_answer", "delay", "drop_enqueue"]
MODES = ("refuse", "lost_answer", "delay", "drop_enqueue")

Drop = Callable[[Any], Any]
"""Answers a request as if it had been done, without doing it."""

Hold = Callable[[float, threading.Event], None]
"""Waits so many seconds, or until the event."""


@dataclass
class Fault:
    """Which calls break and how.

    `service` is a full name or its last word (`CloudTasks`), `*` any. The `nth` call breaks (and those
    after it, up to `times`), or with `every` each n-th. `times` 0 means without end. `work` names whose
    calls: `<job>/<stage>`, or `/<stage>` for that of every job. `code` is a gRPC status name.

    `delay_s` holds the call first: before it is done, or with `lost_answer` after it was done. What is held
    goes on at once when the faults are cleared.
    """

    mode: Mode
    service: str = "*"
    method: str = "*"
    work: str = ""
    nth: int = 1
    every: int = 0
    times: int = 1
    code: str = "UNAVAILABLE"
    delay_s: float = 0.0
    seen: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} is not known; one of {', '.join(MODES)}")
        if self.code not in grpc.StatusCode.__members__:
            raise ValueError(f"code {self.code!r} is not a gRPC status name such as UNAVAILABLE")
        if self.nth < 1 or self.every < 0 or self.times < 0:
            raise ValueError("nth is at least 1, every and times at least 0")

    def strikes(self, service: str, method: str, work: str) -> bool:
        """Count this call, and say whether it breaks."""
        named = self.service in ("*", service, service.rsplit(".", 1)[-1])
        if not named or self.method not in ("*", method) or not work.endswith(self.work):
            return False
        self.seen += 1
        if self.times and self.done >= self.times:
            return False
        struck = self.seen % self.every == 0 if self.every else self.seen >= self.nth
        self.done += struck
        return struck


class Faults:
    """The interceptor of a `GrpcDoor`; without rules it costs one look at an empty list."""

    def __init__(self, drops: Mapping[tuple[str, str], Drop], hold: Hold) -> None:
        self._drops = drops
        self._hold = hold
        self._lock = threading.Lock()
        self._cleared = threading.Event()
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        """Forget every rule, and let go on what one of them holds."""
        with self._lock:
            self._rules.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def rules(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def intercept(
        self, service: str, method: str, request: Any, call: Call, proceed: Callable[[], Any]
    ) -> Any:
        if not self._rules:
            return proceed()
        work = work_of(call.metadata)
        with self._lock:
            struck = [rule for rule in self._rules if rule.strikes(service, method, work)]
            cleared = self._cleared
        if not struck:
            return proceed()
        fault = struck[0]
        if fault.mode == "lost_answer":
            proceed()
        if fault.delay_s:
            self._hold(fault.delay_s, cleared)
        if fault.mode == "delay":
            return proceed()
        if fault.mode == "drop_enqueue" and (service, method) in self._drops:
            return self._drops[(service, method)](request)
        code = grpc.StatusCode[fault.code]
        raise RpcError(code, f"injected fault: {fault.mode} {service}/{method}")


def fault_of(row: Mapping[str, Any]) -> Fault:
    """A rule from JSON. Errors: ValueError for an unknown key or value."""
    unknown = set(row) - {"mode", "service", "method", "work", "nth", "every", "times", "code", "delay_s"}
    if unknown or "mode" not in row:
        raise ValueError(f"a fault has a mode and no {', '.join(sorted(unknown)) or 'less'}")
    return Fault(**row)
