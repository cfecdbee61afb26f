"""A public door: what comes in, what is answered, what a proof is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.jobs.facts import Submission
from shared.ports.documents import ContactTouched


@dataclass(frozen=True)
class Post:
    """One HTTP request at a public door, with its raw body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What a door or a sweep answers: a status and a JSON object."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict[str, object])


class Proof(StrEnum):
    """What a request's signature proves."""

    FORGED = "forged"
    TOUCH_ONLY = "touch only"
    """Authentic, but without a timestamp: it may be a replay, so it can trigger a poll and nothing else."""
    FULL = "full"


class LeadDoor(Protocol):
    """A vendor's webhook: who signed it and what it says."""

    def check(self, post: Post, now: datetime) -> Proof:
        """Judge the signature over the raw body. Errors: Failure when our own secret cannot be read."""
        ...

    def read(self, body: bytes) -> Sequence[Submission | ContactTouched]:
        """What it says. Errors: ValueError that names the field, the rule and the mend."""
        ...
