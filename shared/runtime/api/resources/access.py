"""Who comes in: keys for programs, and people who sign in at Google."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.jobs.api_key import ApiKey
from shared.jobs.person import Person
from shared.operators.api_keys import (
    LONGEST_DAYS,
    create_api_key,
    find_api_key,
    is_narrowed,
    list_api_keys,
    revoke_api_key,
)
from shared.operators.people import admit_person, find_operator, list_people, remove_person
from shared.operators.refusal import Forbidden, Refusal
from shared.operators.roles import Role
from shared.runtime.api.paging import Listed, Paged, listed
from shared.runtime.api.routes import GONE, Address, ApiRoute, Asked, Found, Given, Line, Shown
from shared.runtime.wire.secrets import address_key_of


class KeyRow(Shown):
    """A key without the key itself, which is kept nowhere."""

    id: str
    name: str
    role: Role
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str


class KeyMade(KeyRow):
    """A new key. `secret` is what its holder sends; it is shown this once, and null in a repeated answer.

    Who never saw it revokes the key, and asks for another under another Idempotency-Key.
    """

    secret: str | None


class KeyAsked(Given):
    """A key for a program."""

    name: Line
    role: Role = Role.VIEWER
    scopes: tuple[Line, ...] = Field(
        default=(), max_length=30, description="`drafts`, `drafts:read`, ...; empty: all resources."
    )
    valid_days: int = Field(default=90, ge=1, le=LONGEST_DAYS)


class ReasonAsked(Given):
    """Why, for the audit; no addresses."""

    reason: Line


class PersonRow(Shown):
    """A person by the keyed hash of their address."""

    id: str
    name: str
    role: Role
    added_by: str
    added_at: datetime
    removed_at: datetime | None


class PersonAsked(Given):
    """A person to let in, or whose role changes."""

    address: Address
    name: Line
    role: Role = Role.VIEWER


def _keys(asked: Asked) -> Found:
    query = asked.query_as(Paged)
    page = list_api_keys(asked.world.database, asked.tenant, limit=query.limit, after=query.after)
    return listed(page, KeyRow)


def _make_key(asked: Asked) -> Found | Refusal:
    body = asked.body_as(KeyAsked)
    if asked.made:
        known = find_api_key(asked.world.database, asked.tenant, asked.made)
        return _made(known, None) if known is not None else GONE
    done = create_api_key(
        asked.world.database,
        asked.tenant,
        name=body.name,
        role=body.role,
        scopes=body.scopes,
        valid_days=body.valid_days,
        within=asked.scopes,
        by=asked.by,
        now=asked.now,
        under=asked.record,
    )
    return done if isinstance(done, Refusal) else _made(done.key, done.secret)


def _made(key: ApiKey, secret: str | None) -> Found:
    row = KeyRow.model_validate(key)
    return Found(KeyMade(**row.model_dump(), secret=secret))


def _revoke_key(asked: Asked) -> Found | Refusal:
    done = revoke_api_key(
        asked.world.database,
        asked.tenant,
        asked.path["key_id"],
        by=asked.by,
        why=asked.body_as(ReasonAsked).reason,
        now=asked.now,
    )
    return _key(done)


def _people(asked: Asked) -> Found:
    query = asked.query_as(Paged)
    page = list_people(asked.world.database, asked.tenant, limit=query.limit, after=query.after)
    return listed(page, PersonRow)


def _admit(asked: Asked) -> Found | Refusal:
    if is_narrowed(asked.scopes):
        return Forbidden("a person reaches more than your key", "use a key without scopes, or sign in")
    if asked.made:
        return _person(find_operator(asked.world.database, asked.tenant, asked.made) or GONE)
    body = asked.body_as(PersonAsked)
    key = address_key_of(asked.world, body.address)
    return _person(
        admit_person(
            asked.world.database,
            asked.tenant,
            key,
            name=body.name,
            role=body.role,
            by=asked.by,
            now=asked.now,
            under=asked.record,
        )
    )


def _remove_person(asked: Asked) -> Found | Refusal:
    done = remove_person(
        asked.world.database,
        asked.tenant,
        asked.path["person_id"],
        by=asked.by,
        why=asked.body_as(ReasonAsked).reason,
        now=asked.now,
    )
    return _person(done)


def _key(done: ApiKey | Refusal) -> Found | Refusal:
    return done if isinstance(done, Refusal) else Found(KeyRow.model_validate(done))


def _person(done: Person | Refusal) -> Found | Refusal:
    return done if isinstance(done, Refusal) else Found(PersonRow.model_validate(done))


ROUTES = (
    ApiRoute("GET", "/v1/api-keys", Role.ADMIN, "api-keys", "The keys, newest first.", _keys, Listed[KeyRow], Paged),
    ApiRoute(
        "POST", "/v1/api-keys", Role.ADMIN, "api-keys", "Make a key; it is shown once.", _make_key, KeyMade,
        body=KeyAsked, changes=True, shown_once=("secret",), status=201,
    ),
    ApiRoute(
        "POST", "/v1/api-keys/{key_id}/revoke", Role.ADMIN, "api-keys", "Let nobody in by a key any more.",
        _revoke_key, KeyRow, body=ReasonAsked, changes=True,
    ),
    ApiRoute(
        "GET", "/v1/operators", Role.ADMIN, "operators", "Who may sign in at Google.", _people,
        Listed[PersonRow], Paged,
    ),
    ApiRoute(
        "POST", "/v1/operators", Role.ADMIN, "operators", "Let a person in, or change their role.", _admit,
        PersonRow, body=PersonAsked, changes=True,
    ),
    ApiRoute(
        "POST", "/v1/operators/{person_id}/remove", Role.ADMIN, "operators", "Let a person in no longer.",
        _remove_person, PersonRow, body=ReasonAsked, changes=True,
    ),
)  # fmt: skip
