"""The four kinds of failure.

    Failure
    ├── Retryable   nothing happened yet: try again later
    ├── Permanent   it will never work: fail the job, write a dead letter
    └── Unclear     it may have happened: look for evidence before anything else

Every other exception is a bug, the fourth kind. A refusal (not allowed, suppressed, over quota) is a value
and never an exception. No connector returns None or an empty list for a failure: they mean that the other side
said so. A reason is logged, so it is made of our own words, status codes and ids: never of
vendor text, addresses or bodies.
"""

from __future__ import annotations


class Failure(Exception):
    """What connectors and stores raise when they cannot do their work."""

    kind = "failure"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Retryable(Failure):
    """Nothing happened; the same call may work later. `retry_after_s` is the other side's own wish."""

    kind = "retryable"

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Permanent(Failure):
    """The call will never work as it stands; the reason says what to mend."""

    kind = "permanent"


class Unclear(Failure):
    """The call may or may not have taken effect; only evidence from the other side can tell."""

    kind = "unclear"
