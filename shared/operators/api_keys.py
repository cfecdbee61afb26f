"""Keys for programs: made, listed and revoked; the key itself is shown once and kept nowhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.jobs.api_key import PREFIX, ApiKey, api_key_id, api_key_path
from shared.jobs.audit import API_KEY_CHANGED, AuditEntry
from shared.jobs.stored_answer import StoredAnswer, having_made
from shared.operators.audit import refused_words
from shared.operators.refusal import Clash, Forbidden, Missing, Refusal
from shared.operators.roles import Operator, Role, refuses
from shared.pattern import Pattern
from shared.store.database import Changed, Database
from shared.store.newest import Page, Place, newest

GLOBAL = "global"
"""The scope of what concerns every tenant; a key has it only where it is named."""
LONGEST_DAYS = 366
_NAME = Pattern(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}")
_SCOPE = Pattern(r"[a-z][a-z-]{0,30}(:read)?")
_KEY = Pattern(PREFIX + r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Made:
    """A new key; `secret` is what its holder sends, and is shown to nobody again."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True)
class KeyHolder:
    """Who came in by a key."""

    operator: Operator
    tenant: str
    scopes: tuple[str, ...]
    key_id: str


def create_api_key(
    database: Database,
    tenant: str,
    *,
    name: str,
    role: Role,
    scopes: tuple[str, ...] = (),
    valid_days: int,
    within: tuple[str, ...] | None,
    by: Operator,
    now: datetime,
    under: StoredAnswer | None = None,
) -> Made | Refusal:
    """Make a key of 256 random bits, which reaches no more than its maker. Errors: Unreachable.

    `within` are the maker's own scopes; None for who has rights on the database itself. `under` is the record of the
    request: it says from the same commit on that the key was made.
    """
    denied = refuses(by, Role.ADMIN) or _unfit(name, scopes, valid_days)
    if denied is not None:
        return denied
    if within is not None and not _covers(within, scopes):
        return Forbidden(
            "a key reaches no more than the key that makes it",
            f"name only scopes that you have; one with {GLOBAL} is made by `whisper api-key create`",
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        id=api_key_id(secret),
        tenant=tenant,
        name=name,
        role=role.value,
        scopes=tuple(sorted(set(scopes))),
        created_by=by.name,
        created_at=now,
        expires_at=now + timedelta(days=valid_days),
    )
    audit = _audit(key, "none", f"{role}, {', '.join(key.scopes) or 'every scope'}", by, "made", now)
    try:
        database.commit([key, audit, *having_made(under, key.id)])
    except Changed:
        return Clash("the key could not be written at this moment", "ask for it again")
    return Made(key, secret)


def find_api_key(database: Database, tenant: str, key_id: str) -> ApiKey | None:
    """One of the tenant's keys, revoked and expired ones too. Errors: Unreachable."""
    key = database.get(api_key_path(key_id), ApiKey)
    return key if key is not None and key.tenant == tenant else None


def list_api_keys(
    database: Database, tenant: str, *, limit: int = 20, after: Place | None = None
) -> Page[ApiKey]:
    """The tenant's keys, newest first, revoked and expired ones too. Errors: Unreachable."""
    equal: dict[str, str | None] = {"tenant": tenant}
    return newest(database, "api_keys", ApiKey, by="created_at", equal=equal, limit=limit, after=after)


def revoke_api_key(
    database: Database, tenant: str, key_id: str, *, by: Operator, why: str, now: datetime
) -> ApiKey | Refusal:
    """Let nobody in by this key any more, from the next request on. Errors: Unreachable."""
    denied = refuses(by, Role.ADMIN) or refused_words("the reason", why)
    if denied is not None:
        return denied
    key = find_api_key(database, tenant, key_id)
    if key is None:
        return Missing("there is no such key", "list the keys to see which there are")
    if key.revoked_at is not None:
        return Clash(f"key {key.name} was revoked already", "nothing has to be done")
    revoked = key.but(revoked_at=now, revoked_by=by.name)
    try:
        database.commit([revoked, _audit(key, key.role, "revoked", by, why, now)])
    except Changed:
        return Clash("somebody else changed the key at this moment", "look at it, and try again")
    return revoked


def holder_of(database: Database, secret: str, *, now: datetime) -> KeyHolder | None:
    """Who comes in by this key now; None for one that is unknown, expired, revoked or no key at all.

    What looks like a key is always hashed and looked up once, whatever comes of it. Errors: Unreachable.
    """
    if not looks_like_key(secret):
        return None
    key = database.get(api_key_path(api_key_id(secret)), ApiKey)
    if key is None or not key.is_valid(now) or key.role not in set(Role):
        return None
    operator = Operator(f"key:{key.name}:{key.id[:8]}", Role(key.role))
    return KeyHolder(operator, key.tenant, key.scopes, key.id)


def looks_like_key(secret: str) -> bool:
    """Whether a text has the form of a key."""
    return _KEY.fullmatch(secret) is not None


def reaches(scopes: tuple[str, ...], resource: str, *, reads: bool) -> bool:
    """Whether scopes lead to a resource; none named lead to all but what is global."""
    if resource == GLOBAL:
        return GLOBAL in scopes
    named = [scope for scope in scopes if scope != GLOBAL]
    return not named or resource in named or (reads and f"{resource}:read" in named)


def is_narrowed(scopes: tuple[str, ...]) -> bool:
    """Whether scopes leave anything out of what belongs to the tenant."""
    return any(scope != GLOBAL for scope in scopes)


def _covers(within: tuple[str, ...], scopes: tuple[str, ...]) -> bool:
    if is_narrowed(within) and not is_narrowed(scopes):
        return False
    return all(
        reaches(within, scope.removesuffix(":read"), reads=scope.endswith(":read")) for scope in scopes
    )


def _unfit(name: str, scopes: tuple[str, ...], valid_days: int) -> Refusal | None:
    if not _NAME.fullmatch(name):
        return Refusal(
            "the name is not 1 to 63 letters, digits, spaces, dots, dashes and underscores",
            "name it after the program that holds it",
        )
    wrong = [scope for scope in scopes if not _SCOPE.fullmatch(scope)]
    if wrong:
        return Refusal(f"{wrong[0][:40]!r} is no scope", "use a resource, like drafts, or drafts:read")
    if not 1 <= valid_days <= LONGEST_DAYS:
        return Refusal(f"{valid_days} days", f"a key is valid for 1 to {LONGEST_DAYS} days")
    return None


def _audit(key: ApiKey, before: str, after: str, by: Operator, why: str, now: datetime) -> AuditEntry:
    return AuditEntry.of(
        tenant=key.tenant,
        kind=API_KEY_CHANGED,
        subject=f"key-{key.id[:16]}",
        actor=by.name,
        reason=why,
        before=before,
        after=after,
        at=now,
    )
