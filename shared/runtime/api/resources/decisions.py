"""What a person decides about a draft; each decision names the revision that they saw (P3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import Field

from shared.jobs.draft import Approval, DraftState
from shared.operators import decisions
from shared.operators.decisions import Decided
from shared.operators.refusal import Refusal
from shared.operators.replay import queued
from shared.operators.roles import Role
from shared.runtime.api.paging import Moment
from shared.runtime.api.routes import ApiRoute, Asked, Found, Given, Line, Run, Shown, Words
from shared.runtime.queue import task_queue
from shared.store.database import Database

_Decide = Callable[[Database, decisions.Asked, Asked], Decided | Refusal]


class SeenAsked(Given):
    """A decision about the revision that was seen."""

    revision: int = Field(ge=1)


class ReasonedAsked(SeenAsked):
    """The same with its reason, for the audit; no addresses."""

    reason: Line


class ApproveAsked(SeenAsked):
    """Let exactly this revision go out."""

    reason: Line = "seen and approved"


class EditAsked(SeenAsked):
    """A person's words in the place of what was written: the next revision."""

    subject: Line
    body: Words


class SnoozeAsked(SeenAsked):
    """Put the decision off."""

    until: Moment


class SettleAsked(SeenAsked):
    """What became of a held send, with what the person saw in the mailbox."""

    was_sent: bool
    evidence: Line
    message_id: str = Field(default="", max_length=200, pattern=r"^[A-Za-z0-9_-]*$")


class DecidedShown(Shown):
    """The draft as it is now, and the job that goes on because of it; `queued` null where none does."""

    id: str
    state: DraftState
    revision: int
    hash: str
    approval: Approval | None
    snoozed_until: datetime | None
    end_reason: str
    job_id: str
    queued: bool | None


def _deciding(decide: _Decide) -> Run:
    """The route of one decision: asked of the operation, and what goes on is queued."""

    def run(asked: Asked) -> Found | Refusal:
        world = asked.world
        body = asked.body
        assert isinstance(body, SeenAsked)
        wanted = decisions.Asked(
            tenant=asked.tenant,
            draft_id=asked.path["draft_id"],
            revision=body.revision,
            by=asked.by,
            now=asked.now,
            routing=world.settings.routing,
        )
        done = decide(world.database, wanted, asked)
        if isinstance(done, Refusal):
            return done
        put = queued(task_queue(world), done.job, asked.now) if done.job is not None else None
        return Found(_shown(done, put))

    return run


def _shown(done: Decided, put: bool | None) -> DecidedShown:
    draft = done.draft
    return DecidedShown(
        id=draft.id,
        state=draft.state,
        revision=draft.revision,
        hash=draft.hash,
        approval=draft.approval,
        snoozed_until=draft.snoozed_until,
        end_reason=draft.end_reason,
        job_id=draft.job_id,
        queued=put,
    )


def _approve(database: Database, wanted: decisions.Asked, asked: Asked) -> Decided | Refusal:
    return decisions.approve(database, wanted, why=asked.body_as(ApproveAsked).reason)


def _reject(database: Database, wanted: decisions.Asked, asked: Asked) -> Decided | Refusal:
    return decisions.reject(database, wanted, why=asked.body_as(ReasonedAsked).reason)


def _edit(database: Database, wanted: decisions.Asked, asked: Asked) -> Decided | Refusal:
    body = asked.body_as(EditAsked)
    return decisions.edit(database, wanted, subject=body.subject, body=body.body)


def _snooze(database: Database, wanted: decisions.Asked, asked: Asked) -> Decided | Refusal:
    return decisions.snooze(database, wanted, until=asked.body_as(SnoozeAsked).until)


def _force(database: Database, wanted: decisions.Asked, asked: Asked) -> Decided | Refusal:
    return decisions.force(database, wanted, why=asked.body_as(ReasonedAsked).reason)


def _settle(database: Database, wanted: decisions.Asked, asked: Asked) -> Decided | Refusal:
    body = asked.body_as(SettleAsked)
    return decisions.settle(
        database, wanted, was_sent=body.was_sent, evidence=body.evidence, message_id=body.message_id
    )


def _route(
    verb: str,
    says: str,
    decide: _Decide,
    body: type[SeenAsked],
) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/v1/drafts/{{draft_id}}/{verb}",
        Role.APPROVER,
        "drafts",
        says,
        _deciding(decide),
        DecidedShown,
        body=body,
        changes=True,
    )


ROUTES = (
    _route(
        "approve", "Let exactly this revision go out, in the sender's working hours.", _approve, ApproveAsked
    ),
    _route("reject", "End it: it leaves the mailbox.", _reject, ReasonedAsked),
    _route("edit", "Put other words in its place, as the next revision.", _edit, EditAsked),
    _route("snooze", "Put the decision off.", _snooze, SnoozeAsked),
    _route("force", "Have an approved draft sent now; every rule still holds.", _force, ReasonedAsked),
    _route("settle", "Say what became of a held send.", _settle, SettleAsked),
)
