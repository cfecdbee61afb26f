"""Publishes domain events; only functions whose stages announce something carry it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shared.errors import Retryable
from shared.jobs.job import Announcement, Job

if TYPE_CHECKING:
    from shared.runtime.world import World


def publish(world: World, job: Job, announcement: Announcement) -> None:
    """Publish one domain event under its own id. Errors: Retryable when Pub/Sub cannot be reached."""
    from google.api_core import exceptions as google_errors

    from shared.runtime.clients.publisher import publisher_client

    client: Any = world.once("publisher", lambda: publisher_client(world))
    data = {
        "id": announcement.id,
        "type": announcement.type,
        "tenant": job.tenant,
        "job": job.id,
        "contact": job.contact_id,
        "at": announcement.at.isoformat(),
    }
    message = {
        "data": json.dumps(data).encode(),
        "attributes": {"type": announcement.type, "tenant": job.tenant, "trace": job.trace_id},
    }
    topic = f"projects/{world.settings.project}/topics/{announcement.topic}"
    try:
        client.publish(request={"topic": topic, "messages": [message]}, timeout=5.0)
    except google_errors.GoogleAPICallError as error:
        raise Retryable(f"Pub/Sub took no message ({type(error).__name__})") from error
