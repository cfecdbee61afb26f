"""The same change asked for twice under one Idempotency-Key is made once, and answered alike for a day.

The key is written down before the work begins, so that a second request that comes meanwhile finds it and waits.
Where a process dies in between, who repeats the request after a minute has it worked on again: what an operation
decides is written against the version that it read, so a decision is not made twice. What creates something under a
new id writes that id into the record in the same commit, so a repetition finds what there is and makes no second.

What was refused is judged anew: somebody else may have been in the way for a moment only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.jobs.stored_answer import StoredAnswer
from shared.pattern import Pattern
from shared.runtime.api.answer import JSON, Answer, Problem
from shared.store.database import Changed, Database, Unreachable

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
_LARGEST_KEPT = 512 * 1024
_REPLAYED = {"Idempotency-Replayed": "true"}
_KEY = Pattern(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True)
class Repeatable:
    """A request under a key: of whom, and what it asks (a hash)."""

    tenant: str
    who: str
    key: str
    request: str

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.who}\0{self.key}".encode()).hexdigest()

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/idempotency/{self.id}"


def read_key(header: str | None) -> str | None:
    """The key that a request came with. Errors: Problem 400."""
    if header is None:
        return None
    if not _KEY.fullmatch(header):
        raise Problem(400, "Idempotency-Key is not 1 to 128 visible ASCII characters; a UUID is a good one")
    return header


def request_hash(method: str, path: str, query: str, body: bytes, if_match: str) -> str:
    """What makes two requests the same one."""
    told = "\0".join((method, path, query, if_match)).encode() + b"\0" + body
    return hashlib.sha256(told).hexdigest()


def once(
    database: Database,
    asked: Repeatable,
    work: Callable[[StoredAnswer], Answer],
    *,
    kept: Callable[[Answer], Answer],
    now: datetime,
) -> Answer:
    """The answer of `work`, done once; `kept` leaves out of it what may not be kept.

    `work` is given the record of the request, to be written along with what it creates, with the id as `made`; where
    one that died had come so far, `made` is set already.
    After an answer that refuses, and after what `work` raises, the same request may be asked again at once. Errors:
    Problem 409 while the first request is worked on, 422 for another request under the same key; what `work` raises.
    """
    mine = _taken(database, asked, now)
    if isinstance(mine, Answer):
        return mine
    try:
        answer = work(mine)
    except BaseException:
        _write(database, mine, lease_until=now)
        raise
    if answer.status >= 400:
        # It was not done, or not all of it: who then tries again must not be told the same for a day.
        _write(database, mine, lease_until=now)
        return answer
    stored = kept(answer)
    text = stored.body.decode() if len(stored.body) <= _LARGEST_KEPT else "{}"
    # Where this fails the change is made all the same: a repetition within the lease is told to wait, and later
    # meets the changed document.
    _write(database, mine, status=stored.status, body=text, etag=stored.more.get("ETag", ""))
    return replace(answer, more={**answer.more, **_REPLAYED}) if mine.made else answer


def _taken(database: Database, asked: Repeatable, now: datetime) -> StoredAnswer | Answer:
    """The record that says we are at work, or the answer that there is already."""
    fresh = StoredAnswer(
        id=asked.id,
        tenant=asked.tenant,
        request=asked.request,
        lease_until=now + LEASE,
        expire_at=now + KEPT,
    )
    for _ in range(2):
        known = database.get(asked.path, StoredAnswer)
        if known is not None and known.expire_at > now:
            if known.request != asked.request:
                raise Problem(
                    422, "this Idempotency-Key was used for another request; take a new one for each change"
                )
            if known.status is not None:
                return _repeated(known)
            if known.lease_until > now:
                raise _at_work(known, now)
        try:
            database.commit([_following(fresh, known, now)])
        except Changed:
            continue
        mine = database.get(asked.path, StoredAnswer)
        if mine is not None and mine.lease_until == fresh.lease_until and mine.status is None:
            return mine
    raise _at_work(fresh, now)


def _repeated(known: StoredAnswer) -> Answer:
    status = known.status or 200
    headers = {**_REPLAYED, **({"ETag": known.etag} if known.etag else {})}
    return Answer(status, known.body.encode(), JSON, headers)


def _following(fresh: StoredAnswer, known: StoredAnswer | None, now: datetime) -> StoredAnswer:
    """The new record in the place of one whose work was given up or is forgotten."""
    if known is None:
        return fresh
    made = known.made if known.expire_at > now else ""
    return fresh.but(made=made).read_at(known.version)


def _write(database: Database, mine: StoredAnswer, **fields: object) -> None:
    """Set fields of our record, which the work may have written meanwhile; what fails ends with the lease."""
    known: StoredAnswer | None = mine
    try:
        for _ in range(2):
            if known is None or known.lease_until != mine.lease_until or known.status is not None:
                return
            try:
                database.commit([known.but(**fields)])
                return
            except Changed:
                known = database.get(mine.path, StoredAnswer)
    except Unreachable:
        return


def _at_work(known: StoredAnswer, now: datetime) -> Problem:
    wait_s = max(1, int((known.lease_until - now).total_seconds()) + 1)
    return Problem(
        409,
        f"a request with this Idempotency-Key is being worked on; ask again in {min(wait_s, 5)} s",
        headers={"Retry-After": str(min(wait_s, 5))},
    )
