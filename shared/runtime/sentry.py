"""Sentry: where bugs are reported, scrubbed before they leave. Silent without a DSN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from shared.runtime.logs import log
from shared.runtime.settings import Settings

FLUSH_S = 2.0
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


def _dicts(holder: Any, key: str) -> list[dict[str, Any]]:
    return list(cast("dict[str, Any]", holder).get(key) or []) if isinstance(holder, dict) else []


def report(settings: Settings, error: Exception, **tags: str) -> None:
    """Send one bug with its tags, and wait until it is sent: the instance may be frozen afterwards.

    It never raises: a report that fails must not undo what is reported.
    """
    try:
        _send(settings, error, tags)
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


def _send(settings: Settings, error: Exception, tags: Mapping[str, str]) -> None:
    if not start(settings):
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        for name, value in tags.items():
            scope.set_tag(name, value)
        scope.capture_exception(error)
    sentry_sdk.flush(timeout=FLUSH_S)
