"""Whether it is alive, whether what it needs answers, and its numbers for a monitor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError

from shared.errors import Failure
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.operators.flags import control_document, show_flags
from shared.operators.roles import Role
from shared.operators.stats import daily_stats
from shared.runtime.api.routes import ApiRoute, Asked, Found, Shown
from shared.runtime.logs import log
from shared.runtime.queue import task_queue
from shared.runtime.wire.secrets import secrets
from shared.runtime.world import World
from shared.store.counting import how_many
from shared.store.database import Unreachable

KEPT = timedelta(seconds=5)
"""How long an answer about readiness stands: anybody may ask, and asking costs."""
State = Literal["up", "down"]


class Alive(Shown):
    """That it answers."""

    status: Literal["alive"] = "alive"


class Ready(Shown):
    """What it needs, each up or down."""

    status: Literal["ready", "not ready"]
    firestore: State
    tasks: State
    secrets: State


@dataclass
class _Looked:
    """The last answer about readiness, and the lock under which one request at a time looks again."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: datetime | None = None
    found: Ready | None = None


def _health(asked: Asked) -> Found:
    return Found(Alive())


def _ready(asked: Asked) -> Found:
    looked = asked.world.once("api readiness", _Looked)
    with looked.lock:
        if looked.found is None or looked.at is None or asked.now - looked.at >= KEPT:
            looked.found, looked.at = _look(asked.world), asked.now
        found = looked.found
    return Found(found, status=200 if found.status == "ready" else 503)


def _look(world: World) -> Ready:
    up = {
        "firestore": _answers("firestore", lambda: world.database.reach(control_document(None))),
        "tasks": _answers("tasks", lambda: task_queue(world).answers()),
        "secrets": _answers("secrets", lambda: secrets(world).reach("address-key")),
    }
    states: dict[str, State] = {name: "up" if is_up else "down" for name, is_up in up.items()}
    return Ready(status="ready" if all(up.values()) else "not ready", **states)


def _answers(name: str, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (Failure, Unreachable, GoogleAPIError, GoogleAuthError) as error:
        log("not_ready", "ERROR", function="serve_api", name=name, error=type(error).__name__)
        return False
    return True


def _metrics(asked: Asked) -> Found:
    """The tenant's numbers as Prometheus reads them; each is read now."""
    world, here = asked.world, f"tenants/{asked.tenant}"
    controls = show_flags(world.database, asked.tenant, ceiling=world.settings.mode_ceiling.value)
    today = daily_stats(world.database, asked.tenant, asked.now.date(), asked.now.date())
    counts = dict(today[0].counts) if isinstance(today, tuple) else {}
    gauges: list[tuple[str, str, dict[str, int]]] = [
        ("whisper_stopped", "Whether everything is stopped.", {"": int(controls.controls.stopped)}),
        ("whisper_may_send", "Whether mails may be sent.", {"": int(controls.may_send)}),
        (
            "whisper_jobs", "Jobs by status.",
            {f'status="{s.value}"': how_many(world.database, f"{here}/jobs", "status", s.value) for s in _OPEN},
        ),
        (
            "whisper_drafts", "Drafts by state.",
            {f'state="{s.value}"': how_many(world.database, f"{here}/drafts", "state", s.value) for s in _WAITING},
        ),
        (
            "whisper_dead_letters_waiting", "Dead letters that nobody replayed.",
            {"": how_many(world.database, f"{here}/dead_letters", "replayed_at", None)},
        ),
        (
            "whisper_events_today", "What happened today (UTC).",
            {f'type="{_label(name)}"': number for name, number in sorted(counts.items())},
        ),
    ]  # fmt: skip
    lines: list[str] = []
    for name, told, values in gauges:
        lines += [f"# HELP {name} {told}", f"# TYPE {name} gauge"]
        lines += [
            f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values.items()
        ]
    return Found(("\n".join(lines) + "\n").encode())


_OPEN = (Status.RUNNING, Status.WAITING, Status.HELD, Status.FAILED)
_WAITING = (DraftState.PENDING, DraftState.APPROVED, DraftState.SENDING, DraftState.HELD)


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


ROUTES = (
    ApiRoute("GET", "/v1/health", None, "health", "Whether it is alive.", _health, Alive),
    ApiRoute("GET", "/v1/ready", None, "health", "Whether what it needs answers; 503 where not.", _ready, Ready),
    ApiRoute(
        "GET", "/metrics", Role.VIEWER, "metrics", "The tenant's numbers, as Prometheus reads them.",
        _metrics, media_types=("text/plain; version=0.0.4; charset=utf-8",),
    ),
)  # fmt: skip
