"""Publishes domain events from the outbox; only functions whose stages announce something carry it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shared.jobs.announcement import Announcement
from shared.runtime.logs import log

if TYPE_CHECKING:
    from shared.runtime.world import World

TIMEOUT_S = 5.0


def publish(world: World, announcements: Iterable[Announcement]) -> int:
    """Publish each and take it out of the outbox; returns how many. What fails stays there for the sweep."""
    return sum(_published(world, announcement) for announcement in announcements)


def _published(world: World, announcement: Announcement) -> bool:
    from google.api_core import exceptions as google_errors

    from shared.runtime.clients.publisher import publisher_client

    client: Any = world.once("publisher", lambda: publisher_client(world))
    data = {
        "id": announcement.id,
        "type": announcement.type,
        "tenant": announcement.tenant,
        "job": announcement.job_id,
        "contact": announcement.contact_id,
        "at": announcement.at.isoformat(),
    }
    message = {
        "data": json.dumps(data).encode(),
        "attributes": {
            "type": announcement.type,
            "tenant": announcement.tenant,
            "trace": announcement.trace_id,
        },
    }
    topic = f"projects/{world.settings.project}/topics/{announcement.topic}"
    try:
        # One try: the outbox makes up for it, and a request is not kept waiting for statistics.
        client.publish(request={"topic": topic, "messages": [message]}, retry=None, timeout=TIMEOUT_S)
        world.database.client.document(announcement.path).delete(timeout=TIMEOUT_S)
    except google_errors.GoogleAPIError as error:
        log(
            "publish_failed",
            "WARNING",
            trace_id=announcement.trace_id,
            project=world.settings.project,
            event_id=announcement.id,
            topic=announcement.topic,
            reason=type(error).__name__,
        )
        return False
    return True
