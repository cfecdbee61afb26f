"""Until when the run at work may have an effect: after that another run may look whether it happened."""

from __future__ import annotations

from contextvars import ContextVar

effects_until_s: ContextVar[float | None] = ContextVar("effects_until_s", default=None)
"""Seconds since the epoch at which the intent's lease ends; None where no intent is needed."""
