"""The daily numbers: each domain event counts once, however often it is delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import ValidationError

from shared.errors import Permanent, Retryable
from shared.jobs.document import Document
from shared.runtime.entry import Message
from shared.runtime.logs import log
from shared.runtime.world import World
from shared.store.database import Changed

REMEMBERED = timedelta(days=31)
"""How long a counted event is known; Pub/Sub delivers for at most seven days, replays of topics for 31."""


class CountedEvent(Document):
    """That an event was counted: created together with the increment, so neither can be without the other."""

    id: str
    tenant: str
    type: str
    at: datetime
    expire_at: datetime

    @property
    def path(self) -> str:
        return f"tenants/{self.tenant}/counted/{self.id}"


def count_once(world: World, message: Message) -> None:
    """Add one to the day's number of this type. Errors: Permanent for a message without id, type or time."""
    try:
        data = {**message.data, "expire_at": world.clock() + REMEMBERED}
        event = CountedEvent.model_validate(
            {k: data.get(k) for k in ("id", "tenant", "type", "at", "expire_at")}
        )
    except ValidationError:
        raise Permanent("a domain event needs id, tenant, type and at") from None
    day = f"tenants/{event.tenant}/stats/{event.at.date().isoformat()}"
    try:
        world.database.commit([event], increments={day: {event.type: 1}})
    except Changed:
        if world.database.get(event.path, CountedEvent) is None:
            raise Retryable("the day's numbers were written by somebody else; send it again") from None
        log("event_known", event_id=event.id, type=event.type)
