"""The same change asked for twice under one Idempotency-Key is made once, and answered alike for a day.

The key is written down before the work begins, so that a second request that comes meanwhile finds it and waits.
Where a process dies in between, who repeats the request after a minute has it worked on again: what an operation
decides is written against the version that it read, so a decision is not made twice. What is new each time,
like an API key, may be: then the list shows both.

What was refused is judged anew: somebody else may have been in the way for a moment only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs.stored_answer import StoredAnswer
from shared.pattern import Pattern
from shared.runtime.api.answer import JSON, Answer, Problem
from shared.store.database import Changed, Database, Unreachable

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
_LARGEST_KEPT = 512 * 1024
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
    work: Callable[[], Answer],
    *,
    kept: Callable[[Answer], Answer],
    now: datetime,
) -> Answer:
    """The answer of `work`, done once; `kept` leaves out of it what may not be kept.

    After an answer that refuses, and after what `work` raises, the same request may be asked again at once. Errors:
    Problem 409 while the first request is worked on, 422 for another request under the same key; what `work` raises.
    """
    mine = _taken(database, asked, now)
    if isinstance(mine, Answer):
        return mine
    try:
        answer = work()
    except BaseException:
        _release(database, mine, now)
        raise
    if answer.status >= 400:
        # It was not done, or not all of it: who then tries again must not be told the same for a day.
        _release(database, mine, now)
        return answer
    stored = kept(answer)
    text = stored.body.decode() if len(stored.body) <= _LARGEST_KEPT else "{}"
    try:
        done = mine.but(status=stored.status, body=text, etag=stored.more.get("ETag", ""))
        database.commit([done])
    except (Changed, Unreachable):
        # The change is made; a repetition within the lease is told to wait, and later meets the changed document.
        pass
    return answer


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
            database.commit([fresh if known is None else fresh.read_at(known.version)])
        except Changed:
            continue
        mine = database.get(asked.path, StoredAnswer)
        if mine is not None and mine.lease_until == fresh.lease_until and mine.status is None:
            return mine
    raise _at_work(fresh, now)


def _repeated(known: StoredAnswer) -> Answer:
    status = known.status or 200
    headers = {"Idempotency-Replayed": "true", **({"ETag": known.etag} if known.etag else {})}
    return Answer(status, known.body.encode(), JSON, headers)


def _release(database: Database, mine: StoredAnswer, now: datetime) -> None:
    try:
        database.commit([mine.but(lease_until=now)])
    except (Changed, Unreachable):
        # The lease ends by itself.
        return


def _at_work(known: StoredAnswer, now: datetime) -> Problem:
    wait_s = max(1, int((known.lease_until - now).total_seconds()) + 1)
    return Problem(
        409,
        f"a request with this Idempotency-Key is being worked on; ask again in {min(wait_s, 5)} s",
        headers={"Retry-After": str(min(wait_s, 5))},
    )
