"""functions/functions.yaml, read and checked: unknown keys, queues, topics and secrets are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "functions" / "functions.yaml"

Name = Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)+$", description="verb_noun")]
KINDS = ("intake", "stages", "sweeps", "subscribers", "operators")


class Row(BaseModel):
    """A part of the catalogue; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Queue(Row):
    """A Cloud Tasks queue: its rates are quotas, its retries carry crashes only."""

    what: str
    max_dispatches_per_second: float = Field(gt=0, le=500)
    max_concurrent_dispatches: int = Field(gt=0, le=5000)
    max_attempts: int = Field(ge=1, le=100)
    min_backoff_s: float = Field(gt=0)
    max_backoff_s: float = Field(gt=0, le=3600)
    max_doublings: int = Field(ge=0, le=16)

    @property
    def worst_backoff_s(self) -> float:
        """All the pauses between the first attempt and the last: doubling, then linear, then at the cap."""
        pauses: list[float] = []
        for retry in range(self.max_attempts - 1):
            doubled = self.min_backoff_s * 2 ** min(retry, self.max_doublings)
            grown = doubled * (1 + max(0, retry - self.max_doublings))
            pauses.append(min(grown, self.max_backoff_s))
        return sum(pauses)


class Topic(Row):
    """A Pub/Sub topic."""

    what: str


class Secret(Row):
    """A secret; one for each tenant is named `<name>-<tenant>`.

    One for each mailbox is named `<name>-<tenant>-<mailbox id>`, and made when its mailbox is connected.
    """

    what: str
    per_tenant: bool
    per_mailbox: bool = False

    @model_validator(mode="after")
    def _one_owner(self) -> Self:
        if self.per_tenant and self.per_mailbox:
            raise ValueError("a secret is one for each tenant or one for each mailbox, not both")
        return self


class Trigger(Row):
    """What starts a function: HTTP from anywhere, a queue's tasks, a schedule (UTC cron), or a topic."""

    public: bool = False
    methods: tuple[str, ...] = ()
    queue: str | None = None
    deadline_s: int | None = Field(default=None, ge=15, le=1800)
    schedule: str | None = Field(default=None, pattern=r"^\S+ \S+ \S+ \S+ \S+$")
    topic: str | None = None
    filter: str = ""
    ack_deadline_s: int | None = Field(default=None, ge=10, le=600)
    max_delivery_attempts: int | None = Field(default=None, ge=5, le=100)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.public or self.queue or self.schedule or self.topic):
            raise ValueError("a trigger names public, queue, schedule or topic: nothing could start it")
        if (self.queue or self.schedule) and self.deadline_s is None:
            raise ValueError("a queue or schedule needs deadline_s: how long one attempt may take")
        if self.topic and (self.ack_deadline_s is None or self.max_delivery_attempts is None):
            raise ValueError("a topic needs ack_deadline_s and max_delivery_attempts")
        return self


class Cost(Row):
    """What one run may cost in Firestore reads and writes and in Cloud Tasks, on the plain path."""

    reads: int = Field(ge=0)
    writes: int = Field(ge=0)
    tasks: int = Field(ge=0)


class Function(Row):
    """One Cloud Function."""

    what: str
    if_it_fails: str
    trigger: Trigger
    outward: bool = False
    """Whether it has an effect on the world, and so records an intent first."""
    memory_mb: int = Field(ge=128, le=32768)
    timeout_s: int = Field(ge=1, le=3600)
    concurrency: int = Field(ge=1, le=1000)
    min_instances: int = Field(ge=0)
    max_instances: int = Field(ge=1)
    secrets: tuple[str, ...]
    cost: Cost


class Catalogue(Row):
    """The whole file."""

    queues: dict[str, Queue]
    topics: dict[str, Topic]
    secrets: dict[str, Secret]
    functions: dict[Name, Function]

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, function in self.functions.items():
            trigger = function.trigger
            for kind, wanted, known in (
                ("queue", (trigger.queue,), self.queues),
                ("topic", (trigger.topic,), self.topics),
                ("secret", function.secrets, self.secrets),
            ):
                for one in wanted:
                    if one is not None and one not in known:
                        raise ValueError(f"{name}: {kind} {one!r} is not declared; add it under {kind}s")
            if trigger.deadline_s is not None and trigger.deadline_s < function.timeout_s:
                raise ValueError(f"{name}: deadline_s {trigger.deadline_s} is shorter than timeout_s")
        return self

    def routing(self) -> dict[str, dict[str, str | int]]:
        """How each queued function is reached, for the ROUTING setting of every function."""
        routes: dict[str, dict[str, str | int]] = {}
        for name, function in self.functions.items():
            trigger = function.trigger
            if trigger.queue is None or trigger.deadline_s is None:
                continue
            patience_s = trigger.deadline_s + round(self.queues[trigger.queue].worst_backoff_s)
            routes[name] = {
                "queue": trigger.queue,
                "deadline_s": trigger.deadline_s,
                "patience_s": patience_s,
            }
        return routes

    def callers(self, name: str) -> tuple[str, ...]:
        """Which of the three callers (tasks, scheduler, pubsub) may call a private function."""
        trigger = self.functions[name].trigger
        wanted = (("tasks", trigger.queue), ("scheduler", trigger.schedule), ("pubsub", trigger.topic))
        return tuple(caller for caller, has in wanted if has)


def load(path: Path = PATH) -> Catalogue:
    """The catalogue. Errors: ValueError (pydantic) naming the row, the value and the rule."""
    return Catalogue.model_validate(yaml.safe_load(path.read_text()))


def source_of(name: str) -> Path:
    """The file of a function. Errors: FileNotFoundError naming where it is looked for."""
    for kind in KINDS:
        path = ROOT / "functions" / kind / f"{name}.py"
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name} has a row in functions.yaml but no functions/*/{name}.py")
