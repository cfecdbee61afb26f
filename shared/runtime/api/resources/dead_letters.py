"""Dead letters: the list, one with its frames, and one, some or all replayed, or a word of what that would do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.jobs.dead_letter import DeadLetter
from shared.operators.dead_letters import (
    Fate,
    find_dead_letter,
    find_dead_letters,
    list_dead_letters,
    preview,
    replay_dead_letters,
)
from shared.operators.refusal import Missing, Refusal
from shared.operators.replay import BY_HAND
from shared.operators.roles import Role
from shared.runtime.api.paging import Listed, Paged, listed
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Line, Shown
from shared.runtime.queue import task_queue

_MOST = 100
LetterId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]


class LettersAsked(Paged):
    """Which dead letters."""

    waiting: bool = Field(default=True, description="Only those that were not replayed yet.")


class LetterRow(Shown):
    """One dead letter; `frames` is where the code was."""

    id: str
    job_id: str
    stage: str
    epoch: int
    kind: str
    reason: str
    attempts: int
    frames: tuple[str, ...]
    requeues: int
    requeue_at: datetime | None
    created_at: datetime
    replayed_at: datetime | None


class ReplayAsked(Given):
    """Which are replayed: those named, or all that wait (the newest hundred at a time)."""

    ids: tuple[LetterId, ...] = Field(default=(), max_length=_MOST)
    all: bool = False
    dry_run: bool = False
    reason: Line = BY_HAND

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.all == bool(self.ids):
            raise ValueError("name ids, or say all, and not both")
        return self


class OneReplayAsked(Given):
    """Whether to replay it, or only to say what that would do."""

    dry_run: bool = False
    reason: Line = BY_HAND


class LetterReplayed(Shown):
    """What became, or would become, of one dead letter."""

    id: str
    job_id: str
    stage: str
    fate: Fate
    queued: bool


class Replayed(Shown):
    """What became of each."""

    dry_run: bool
    items: tuple[LetterReplayed, ...]
    missing: tuple[str, ...] = Field(description="Ids that there are no dead letters of.")
    unreadable: tuple[str, ...]
    more: bool = Field(description="Whether more wait: ask again.")


def _list(asked: Asked) -> Found:
    query = asked.query_as(LettersAsked)
    page = list_dead_letters(
        asked.world.database, asked.tenant, waiting_only=query.waiting, limit=query.limit, after=query.after
    )
    return listed(page, LetterRow)


def _show(asked: Asked) -> Found | Refusal:
    letter = _letter(asked)
    return letter if isinstance(letter, Refusal) else Found(LetterRow.model_validate(letter))


def _replay_one(asked: Asked) -> Found | Refusal:
    letter = _letter(asked)
    if isinstance(letter, Refusal):
        return letter
    body = asked.body_as(OneReplayAsked)
    return _replayed(asked, [letter], dry_run=body.dry_run, why=body.reason)


def _replay(asked: Asked) -> Found | Refusal:
    body = asked.body_as(ReplayAsked)
    database = asked.world.database
    if body.all:
        page = list_dead_letters(database, asked.tenant, limit=_MOST)
        return _replayed(
            asked, list(page.items), dry_run=body.dry_run, why=body.reason, unreadable=page.unreadable,
            more=page.next is not None,
        )  # fmt: skip
    wanted = find_dead_letters(database, asked.tenant, body.ids)
    return _replayed(
        asked, list(wanted.letters), dry_run=body.dry_run, why=body.reason, missing=wanted.missing,
        unreadable=wanted.unreadable,
    )  # fmt: skip


def _replayed(
    asked: Asked,
    letters: list[DeadLetter],
    *,
    dry_run: bool,
    why: str,
    missing: tuple[str, ...] = (),
    unreadable: tuple[str, ...] = (),
    more: bool = False,
) -> Found | Refusal:
    world = asked.world
    routing = world.settings.routing
    if dry_run:
        done = preview(world.database, routing, letters)
    else:
        made = replay_dead_letters(
            world.database, task_queue(world), routing, letters, by=asked.by, now=asked.now, why=why
        )
        if isinstance(made, Refusal):
            return made
        done = made
    items = tuple(
        LetterReplayed(
            id=one.letter.id,
            job_id=one.letter.job_id,
            stage=one.letter.stage,
            fate=one.fate,
            queued=one.queued,
        )
        for one in done
    )
    return Found(Replayed(dry_run=dry_run, items=items, missing=missing, unreadable=unreadable, more=more))


def _letter(asked: Asked) -> DeadLetter | Refusal:
    found = find_dead_letter(asked.world.database, asked.tenant, asked.path["letter_id"])
    return found or Missing("there is no such dead letter", "list the dead letters to see which there are")


ROUTES = (
    ApiRoute(
        "GET", "/v1/dead-letters", Role.VIEWER, "dead-letters", "The newest dead letters.", _list,
        Listed[LetterRow], LettersAsked,
    ),
    ApiRoute(
        "GET", "/v1/dead-letters/{letter_id}", Role.VIEWER, "dead-letters", "One dead letter.", _show,
        LetterRow,
    ),
    ApiRoute(
        "POST", "/v1/dead-letters/{letter_id}/replay", Role.APPROVER, "dead-letters",
        "Start the job of one dead letter again, or say what that would do.", _replay_one, Replayed,
        body=OneReplayAsked, changes=True,
    ),
    ApiRoute(
        "POST", "/v1/dead-letters/replay", Role.APPROVER, "dead-letters",
        "Start the jobs of some or all dead letters again, or say what that would do.", _replay, Replayed,
        body=ReplayAsked, changes=True,
    ),
)  # fmt: skip
