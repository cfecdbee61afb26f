"""What an operator is told when something is not done: a value, with the rule and the mend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why nothing was changed, and what to do instead."""

    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.reason}; {self.mend}"


class Forbidden(Refusal):
    """The operator's role is not enough."""


class Missing(Refusal):
    """What it is about is not there."""


class Clash(Refusal):
    """Somebody else changed it first, or it stands where this can no longer be done."""
