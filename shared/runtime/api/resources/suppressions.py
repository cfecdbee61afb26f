"""Who is never mailed. An address is only ever in a body: what stands in a URL is in request logs."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.refusal import Refusal
from shared.operators.replay import queued
from shared.operators.roles import Role
from shared.operators.suppressions import add_suppression, check_suppression, remove_suppression
from shared.runtime.api.routes import Address, ApiRoute, Asked, Found, Given, Line, Shown
from shared.runtime.queue import task_queue
from shared.runtime.wire.secrets import address_key_of


class PersonAsked(Given):
    """A person, by their address."""

    address: Address


class SuppressAsked(PersonAsked):
    """Who is never mailed again, and why: opt-outs and complaints never end, the others after a year."""

    kind: SuppressionReason = SuppressionReason.MANUAL
    reason: Line = Field(description="Why, for the audit; no addresses.")


class UnsuppressAsked(PersonAsked):
    """Who may be mailed again; `force` ends an opt-out or a complaint, on the person's own word only."""

    reason: Line = Field(description="Why, for the audit; no addresses.")
    force: bool = False


class SuppressionShown(Shown):
    """What is kept about a person, also when it has ended."""

    contact_id: str
    suppressed: bool
    kind: SuppressionReason | None = None
    actor: str = ""
    created_at: datetime | None = None
    expire_at: datetime | None = None


def _check(asked: Asked) -> Found:
    key = address_key_of(asked.world, asked.body_as(PersonAsked).address)
    standing = check_suppression(asked.world.database, asked.tenant, key, now=asked.now)
    return _shown(key, standing.entry, suppressed=standing.suppressed)


def _add(asked: Asked) -> Found | Refusal:
    body, world = asked.body_as(SuppressAsked), asked.world
    key = address_key_of(world, body.address)
    done = add_suppression(
        world.database,
        asked.tenant,
        key,
        reason=body.kind,
        by=asked.by,
        why=body.reason,
        now=asked.now,
        routing=world.settings.routing,
    )
    if isinstance(done, Refusal):
        return done
    if done.withdraws is not None:
        queued(task_queue(world), done.withdraws, asked.now)
    return _shown(key, done.entry, suppressed=True)


def _remove(asked: Asked) -> Found | Refusal:
    body, world = asked.body_as(UnsuppressAsked), asked.world
    key = address_key_of(world, body.address)
    if asked.made:
        # Done before its answer was lost: what the person said since holds.
        standing = check_suppression(world.database, asked.tenant, key, now=asked.now)
        return _shown(key, standing.entry, suppressed=standing.suppressed)
    done = remove_suppression(
        world.database,
        asked.tenant,
        key,
        by=asked.by,
        why=body.reason,
        force=body.force,
        now=asked.now,
        under=asked.record,
    )
    return done if isinstance(done, Refusal) else _shown(key, done, suppressed=False)


def _shown(key: str, entry: Suppression | None, *, suppressed: bool) -> Found:
    if entry is None:
        return Found(SuppressionShown(contact_id=key, suppressed=suppressed))
    value = SuppressionShown(
        contact_id=key,
        suppressed=suppressed,
        kind=entry.reason,
        actor=entry.actor,
        created_at=entry.created_at,
        expire_at=entry.expire_at,
    )
    return Found(value)


ROUTES = (
    ApiRoute(
        "POST", "/v1/suppressions/check", Role.VIEWER, "suppressions", "Whether a person is suppressed.",
        _check, SuppressionShown, body=PersonAsked,
    ),
    ApiRoute(
        "POST", "/v1/suppressions", Role.APPROVER, "suppressions", "Never mail a person again.", _add,
        SuppressionShown, body=SuppressAsked, changes=True,
    ),
    ApiRoute(
        "POST", "/v1/suppressions/remove", Role.ADMIN, "suppressions", "Let a person be mailed again.",
        _remove, SuppressionShown, body=UnsuppressAsked, changes=True,
    ),
)  # fmt: skip
