"""One JSON line an event, with fields from an allow-list: no secret, address or body can be in a log."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from shared.pattern import Pattern

Severity = Literal["DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT"]

# fmt: off
ALLOWED = frozenset(
    {
        "accepted", "agent", "attempt", "attempts", "begun", "bytes", "caller", "carried", "conversion",
        "count", "days", "dead_letters", "deleted", "detail", "document", "draft", "drafts", "due", "duplicates",
        "duration_ms", "entries", "environment", "epoch", "error", "event_id", "failed", "fell_back", "field", "form",
        "forms", "frames", "function", "job", "jobs", "kind", "known", "left_alone", "letter", "looked_at",
        "mailbox", "mailboxes", "mode", "model", "name", "outcome", "passed_by", "portal", "priority",
        "published", "publishes", "queue", "reason", "reasons", "refused", "renewed", "replayed",
        "requeued", "resynced", "revision", "rewritten", "rule", "rules", "seen", "sent", "source", "stage",
        "status", "task", "tenant", "tokens_in", "tokens_out", "topic", "trace_id", "type", "unfinished",
        "via", "work",
    }
)
# fmt: on
"""What a log line may say; everything else is withheld, by name."""

tracing: ContextVar[tuple[str, str]] = ContextVar("tracing", default=("", ""))
"""Project and trace of the request that is answered: what names no trace of its own is of this one."""

_ADDRESS = Pattern(r"(?<![^\s@<>\"'])[^\s@<>\"']+@[^\s@<>\"']+")
"""It begins where a word begins: a long text without a space costs no more than a short one."""
_LONGEST = 400


def log(
    event: str, severity: Severity = "INFO", *, trace_id: str = "", project: str = "", **fields: object
) -> None:
    """Write one event. A field that is not allowed is named under `withheld`; its value is dropped."""
    line: dict[str, object] = {
        "severity": severity,
        "event": event,
        "message": event,
        "time": datetime.now(UTC).isoformat(),
    }
    if not trace_id:
        project, trace_id = tracing.get()
    if trace_id:
        line["trace_id"] = trace_id
        line["logging.googleapis.com/trace"] = f"projects/{project}/traces/{trace_id}"
    withheld: list[str] = []
    for name, value in fields.items():
        if name in ALLOWED:
            line[name] = _plain(value)
        else:
            withheld.append(name)
    if withheld:
        line["withheld"] = sorted(withheld)
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def traced(project: str, trace_id: str) -> Generator[None, None, None]:
    """What is logged or reported inside is of this trace, unless it names another."""
    before = tracing.set((project, trace_id))
    try:
        yield
    finally:
        tracing.reset(before)


def scrub(text: str) -> str:
    """A text without anything that looks like an address, cut to a line's length."""
    sound = text.encode("utf-8", "replace").decode()  # half a character could not be written
    return _ADDRESS.sub("[address]", sound)[:_LONGEST]


def _plain(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        items: list[object] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        return [_plain(item) for item in items[:50]]
    return scrub(str(value))


def quieten() -> None:
    """Keep libraries silent below warnings: their lines hold URLs, and URLs hold addresses."""
    for name in (
        "httpx",
        "httpx2",
        "httpcore",
        "openai",
        "werkzeug",
        "google",
        "urllib3",
        "grpc",
        "botocore",
    ):
        logger = logging.getLogger(name)
        if logger.level != logging.ERROR:  # to set a level empties what every logger of the process remembers
            logger.setLevel(logging.ERROR)
