"""A draft before the gate: everything that its rules may look at, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.jobs.draft import Draft
from shared.jobs.facts import Violation
from shared.jobs.job import Job
from shared.jobs.rules import Rules
from shared.policy.letter import reply_subject
from shared.policy.limits import Limits


@dataclass(frozen=True)
class Case:
    """One revision of a draft with what it is judged by. `body` is cut where no mail is that long."""

    draft: Draft
    job: Job
    rules: Rules
    now: datetime
    limits: Limits

    @property
    def body(self) -> str:
        return self.draft.body[: self.limits.body_max_chars]

    @property
    def answers_thread(self) -> bool:
        """Whether the subject is the thread's own, which we may not word as we like."""
        return self.job.thread is not None and self.draft.subject == reply_subject(self.job.thread.subject)

    @property
    def own_words(self) -> str:
        """What we wrote: the body, and the subject where it is ours."""
        if self.answers_thread:
            return self.body
        return f"{self.draft.subject[: self.limits.body_max_chars]}\n\n{self.body}"


class Rule(Protocol):
    """One rule of the gate: it yields a violation for each breach it finds."""

    def __call__(self, case: Case) -> Iterator[Violation]: ...
