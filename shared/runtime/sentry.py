"""Sentry: bugs, cron monitors and metrics, scrubbed before they leave. Silent without a DSN (P11)."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from shared.pattern import Pattern
from shared.runtime.logs import log, tracing
from shared.runtime.settings import Settings

FLUSH_S = 2.0
HELD_S = 10.0
"""How long metrics are held at most while requests come; then one request hands them all over."""

HELD_MOST = 1000

MEASURED_BY = frozenset({"direction", "failure", "function", "outcome", "stage", "status"})
"""What a metric may be told apart by: nothing that names a person, a job or a mail."""

_WORD = Pattern(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_TRACE = Pattern(r"[0-9a-f]{32}")
_AT = "at"
_KEPT_BY_SENTRY = ("sentry.environment", "sentry.release", "sentry.sdk.name", "sentry.sdk.version")
_started: dict[str, bool] = {}


def start(settings: Settings) -> bool:
    """Start the client once; False when no DSN is set."""
    if not settings.sentry_dsn:
        return False
    if not _started.get(settings.sentry_dsn):
        import sentry_sdk
        from sentry_sdk.integrations.flask import FlaskIntegration

        sentry_sdk.init(
            dsn=settings.sentry_dsn,
            environment=settings.environment,
            release=settings.release or None,
            default_integrations=False,
            integrations=[FlaskIntegration()],
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=scrub,
            before_send_metric=scrub_metric,
        )
        _started[settings.sentry_dsn] = True
    return True


def scrub(event: Any, _hint: Any = None) -> Any:
    """Keep the exception's type and frames and our own tags; drop messages, request, user and variables."""
    for key in ("request", "user", "breadcrumbs", "extra", "logentry", "message", "server_name", "modules"):
        event.pop(key, None)
    for exception in _dicts(event.get("exception"), "values"):
        exception["value"] = ""
        for frame in _dicts(exception.get("stacktrace"), "frames"):
            for key in ("vars", "pre_context", "context_line", "post_context"):
                frame.pop(key, None)
    return event


def scrub_metric(metric: Any, _hint: Any = None) -> Any:
    """Keep what it is told apart by, environment and release; put it back at the time when it was measured."""
    attributes = cast("dict[str, Any]", metric.get("attributes") or {})
    at = attributes.get(_AT)
    if isinstance(at, float):
        metric["timestamp"] = at
    kept = {*MEASURED_BY, *_KEPT_BY_SENTRY}
    metric["attributes"] = {name: value for name, value in attributes.items() if name in kept}
    return metric


def _dicts(holder: Any, key: str) -> list[dict[str, Any]]:
    return list(cast("dict[str, Any]", holder).get(key) or []) if isinstance(holder, dict) else []


def report(settings: Settings, error: Exception, *, trace_id: str = "", **tags: str) -> None:
    """Send one bug with its tags and its trace (else the request's), and wait until it is sent: the instance
    may be frozen afterwards.

    It never raises: a report that fails must not undo what is reported.
    """
    try:
        _send(settings, error, trace_id or tracing.get()[1], tags)
    except Exception as failed:
        log("sentry_failed", "ERROR", reason=type(failed).__name__)


def check_in(settings: Settings, monitor: str, status: str, check_in_id: str | None = None) -> str | None:
    """Tell Sentry's cron monitor of a sweep that it began (`in_progress`) or ended (`ok`, `error`).

    Returns the id that its end must name; None without a DSN or when Sentry cannot be told, which stops nothing.
    """
    try:
        if not start(settings):
            return None
        import sentry_sdk
        from sentry_sdk.crons import capture_checkin

        told = capture_checkin(monitor_slug=monitor, check_in_id=check_in_id, status=status)
        sentry_sdk.flush(timeout=FLUSH_S)
    except Exception as failed:
        log("sentry_failed", "ERROR", reason=type(failed).__name__)
        return None
    return told


def _send(settings: Settings, error: Exception, trace_id: str, tags: Mapping[str, str]) -> None:
    if not start(settings):
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        _join(scope, trace_id)
        for name, value in tags.items():
            scope.set_tag(name, value)
        scope.capture_exception(error)
    sentry_sdk.flush(timeout=FLUSH_S)


def _join(scope: Any, trace_id: str) -> None:
    """Continue the trace that runs through all of a job's tasks, as a `sentry-trace` header would."""
    if _TRACE.fullmatch(trace_id):
        scope.generate_propagation_context({"sentry-trace": f"{trace_id}-{trace_id[:16]}"})


# Metrics

Kind = Literal["count", "gauge", "distribution"]


@dataclass(frozen=True)
class Measure:
    """One value that was measured, at a time in seconds since 1970."""

    kind: Kind
    name: str
    value: float
    unit: str | None
    at_s: float
    trace_id: str
    by: Mapping[str, str]


class _Held:
    """What was measured and not handed over yet. Sentry's package is not even loaded by a first answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.measures: list[Measure] = []
        self.settings: Settings | None = None
        self.since_s = 0.0

    def put(self, settings: Settings, measure: Measure) -> bool:
        """Whether it is time to hand over."""
        with self.lock:
            if self.settings is None:
                atexit.register(hand_over)
            if not self.measures:
                self.since_s = time.monotonic()
            self.settings = settings
            self.measures.append(measure)
            return len(self.measures) >= HELD_MOST or time.monotonic() - self.since_s >= HELD_S

    def take(self) -> tuple[Settings | None, list[Measure]]:
        with self.lock:
            taken, self.measures = self.measures, []
            return self.settings, taken


_held = _Held()


def measure(
    settings: Settings,
    name: str,
    value: float = 1.0,
    *,
    kind: Kind = "count",
    unit: str | None = None,
    trace_id: str = "",
    **by: str,
) -> None:
    """Measure something, where a DSN is set. `by` tells values apart: other names, and what is no word, are dropped.

    It never raises. Values are handed to Sentry together, after `HELD_S` or when the process ends.
    """
    if not settings.sentry_dsn:
        return
    kept = {key: word for key, word in by.items() if key in MEASURED_BY and _WORD.fullmatch(word)}
    one = Measure(kind, name, value, unit, time.time(), trace_id or tracing.get()[1], kept)
    if _held.put(settings, one):
        hand_over()


def measure_run(
    settings: Settings,
    *,
    stage: str,
    outcome: str,
    status: str,
    duration_ms: float,
    trace_id: str,
    failure: str = "",
) -> None:
    """One run of a stage: how it ended (`outcome`, and the kind of `failure`), how long it took, and what
    became of the job (`status`) where it ended or is held."""
    measure(settings, "stage_runs", trace_id=trace_id, stage=stage, outcome=outcome, failure=failure)
    measure(
        settings,
        "stage_duration",
        duration_ms,
        kind="distribution",
        unit="millisecond",
        trace_id=trace_id,
        stage=stage,
        outcome=outcome,
    )
    if status not in ("running", "waiting"):
        measure(settings, "jobs", trace_id=trace_id, stage=stage, status=status)


def measure_tokens(settings: Settings, *, stage: str, tokens_in: int, tokens_out: int, trace_id: str) -> None:
    """What a run asked of a model, in tokens."""
    for direction, tokens in (("in", tokens_in), ("out", tokens_out)):
        measure(settings, "model_tokens", tokens, trace_id=trace_id, stage=stage, direction=direction)


def hand_over() -> None:
    """Give Sentry everything that was measured, and wait until it is sent. It never raises."""
    settings, measures = _held.take()
    if settings is None or not measures:
        return
    try:
        start(settings)
        import sentry_sdk
        from sentry_sdk import metrics

        capture: dict[Kind, Callable[..., None]] = {
            "count": metrics.count,
            "gauge": metrics.gauge,
            "distribution": metrics.distribution,
        }
        for one in measures:
            with sentry_sdk.new_scope() as scope:
                _join(scope, one.trace_id)
                capture[one.kind](one.name, one.value, unit=one.unit, attributes={**one.by, _AT: one.at_s})
        sentry_sdk.flush(timeout=FLUSH_S)
    except Exception as failed:
        log("sentry_failed", "ERROR", reason=type(failed).__name__)
