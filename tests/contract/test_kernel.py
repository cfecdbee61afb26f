"""What the kernel promises, whoever keeps the documents and messages."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from google.api_core.exceptions import AlreadyExists

from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import Simulation
from shared.jobs.announcement import Announcement
from shared.jobs.job import Status
from shared.runtime.clients.publisher import publisher_client
from shared.runtime.publish import publish
from tests import system
from tests.runtime.test_once import merged, one_of_each
from tests.runtime.test_recovery import as_if_nothing_had_happened, settle, start


def test_a_submission_becomes_one_draft(system_on: Simulation) -> None:
    start(system_on)
    settle(system_on)
    as_if_nothing_had_happened(system_on)


def test_twenty_deliveries_become_one_draft(system_on: Simulation) -> None:
    requests = system_on.submit(system.LEAD)["requests"]
    for number in range(20):
        system_on.deliver(requests[("form", "workflow")[number % 2]])
    system_on.sweep("poll_forms")
    settle(system_on)
    one_of_each(system_on)


def test_two_submissions_at_once_are_one_draft(system_on: Simulation) -> None:
    first = system_on.submit(system.LEAD)["requests"]["form"]
    second = system_on.submit(system.lead(message="Does it also cover customs papers?"))["requests"]["form"]
    system_on.deliver(first)
    system_on.deliver(second)
    settle(system_on)
    merged(system_on)


@pytest.mark.parametrize("nth", [1, 4, 8])
def test_lost_tasks_are_found(system_on: Simulation, nth: int) -> None:
    system_on.cloud.faults.add(Fault("drop_enqueue", "CloudTasks", "CreateTask", nth=nth))
    start(system_on)
    settle(system_on)
    as_if_nothing_had_happened(system_on)


def test_the_kill_switch_is_read_in_the_transaction_of_the_intent(system_on: Simulation) -> None:
    system.set_flags(system_on, kill_switch=True)
    start(system_on)
    system_on.run(max_steps=40)
    assert system.job(system_on).status is Status.WAITING
    assert system.effects(system_on)["drafts"] == 0


def test_what_is_published_can_be_pulled(system_on: Simulation) -> None:
    start(system_on)
    settle(system_on)
    job, now = system.job(system_on), system_on.clock.now()
    publisher = publisher_client(system_on.world)
    topic = "projects/local/topics/outreach-events"
    subscriber = subscriber_client(system_on)
    name = "projects/local/subscriptions/contract"
    with contextlib.suppress(AlreadyExists):
        publisher.create_topic(request={"name": topic})
    subscriber.create_subscription(request={"name": name, "topic": topic})
    announcement = Announcement(
        id="a1",
        tenant=job.tenant,
        topic="outreach-events",
        type="drafted",
        job_id=job.id,
        contact_id=job.contact_id,
        trace_id=job.trace_id,
        at=now,
    )
    system_on.world.database.commit([announcement])
    assert publish(system_on.world, [announcement]) == 1
    assert system_on.world.database.get(announcement.path, Announcement) is None
    pulled = subscriber.pull(request={"subscription": name, "max_messages": 1})
    message = pulled.received_messages[0].message
    assert json.loads(message.data)["id"] == "a1"
    assert message.attributes["type"] == "drafted"
    subscriber.delete_subscription(request={"subscription": name})


def subscriber_client(system_on: Simulation) -> Any:
    from google.pubsub_v1 import SubscriberClient
    from google.pubsub_v1.services.subscriber.transports.grpc import SubscriberGrpcTransport

    assert system_on.world.channel is not None
    channel = system_on.world.channel("pubsub")
    return SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
