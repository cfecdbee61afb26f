from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.due import HttpRequest, HttpResponse
from scripts.local_cloud.faults import Fault
from scripts.local_cloud.in_process import (
    firestore_client,
    publisher_client,
    secrets_client,
    subscriber_client,
    tasks_client,
)
from scripts.local_cloud.spec import CloudSpec, QueueSpec, ScheduleSpec, SubscriptionSpec
from tests.local_cloud.functions_under_test import CalledFunction

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUEUE = "projects/local/locations/us-central1/queues/q"
SPEC = CloudSpec(
    queues=[QueueSpec("q", min_backoff_s=1)],
    topics=["events"],
    subscriptions=[SubscriptionSpec("listener", "events", endpoint="http://function/push")],
    schedules=[ScheduleSpec("sweep", "* * * * *", "http://function/sweep")],
    secrets={"key": "value"},
)
TASK = {"http_request": {"url": "http://function/task"}}


@pytest.fixture
def cloud() -> Any:
    clock = VirtualClock(START)
    cloud = LocalCloud(None, clock=clock, http=CalledFunction(clock))
    cloud.provision(SPEC)
    yield cloud
    cloud.stop()


def test_all_four_real_clients_work_without_a_socket(cloud: LocalCloud) -> None:
    channel = cloud.channel()
    client = firestore_client(channel, "local")
    client.document("jobs/1").set({"stage": "plan", "at": firestore.SERVER_TIMESTAMP})
    assert client.document("jobs/1").get().to_dict() == {"stage": "plan", "at": START}
    planned = client.collection("jobs").where(filter=FieldFilter("stage", "==", "plan"))
    assert [found.id for found in planned.stream()] == ["1"]
    assert tasks_client(channel).create_task(parent=QUEUE, task=TASK).name.startswith(QUEUE)
    topic = "projects/local/topics/events"
    assert publisher_client(channel).publish(topic=topic, messages=[{"data": b"x"}]).message_ids
    version = "projects/local/secrets/key/versions/latest"
    assert secrets_client(channel).access_secret_version(name=version).payload.data == b"value"


def test_a_firestore_transaction_runs_in_process(cloud: LocalCloud) -> None:
    client = firestore_client(cloud.channel(), "local")
    document = client.document("quotas/day")
    document.set({"used": 1})

    @firestore.transactional
    def add_one(transaction: firestore.Transaction) -> None:
        used = document.get(transaction=transaction).get("used")
        transaction.update(document, {"used": used + 1})

    add_one(client.transaction())
    assert document.get().get("used") == 2


def test_refusals_become_the_exceptions_of_the_clients(cloud: LocalCloud) -> None:
    channel = cloud.channel()
    with pytest.raises(exceptions.NotFound, match="Queue does not exist") as caught:
        tasks_client(channel).get_queue(name=QUEUE + "-none")
    assert caught.value.grpc_status_code is grpc.StatusCode.NOT_FOUND
    client = firestore_client(channel, "local")
    client.document("jobs/1").create({})
    with pytest.raises(exceptions.AlreadyExists):
        client.document("jobs/1").create({})


def test_a_stream_from_the_client_is_refused_as_unimplemented(cloud: LocalCloud) -> None:
    request = {"subscription": "projects/local/subscriptions/listener", "stream_ack_deadline_seconds": 10}
    with pytest.raises(exceptions.MethodNotImplemented):
        subscriber_client(cloud.channel()).streaming_pull(requests=iter([request]))


def test_metadata_reaches_the_engines_and_interceptors_see_every_call(cloud: LocalCloud) -> None:
    class Interceptor(grpc.UnaryUnaryClientInterceptor):
        def __init__(self) -> None:
            self.methods: list[str] = []

        def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
            self.methods.append(client_call_details.method)
            return continuation(client_call_details, request)

    seen = Interceptor()
    client = tasks_client(grpc.intercept_channel(cloud.channel(), seen))
    client.create_task(parent=QUEUE, task=TASK, metadata=[("x-whisper-work", "job-7/plan")])
    with pytest.raises(exceptions.NotFound):
        client.get_queue(name=QUEUE + "-none")
    service = "/google.cloud.tasks.v2.CloudTasks"
    assert seen.methods == [f"{service}/CreateTask", f"{service}/GetQueue"]
    assert cloud.counts.by_work()["job-7/plan"]["tasks"] == 1


def test_what_a_client_changes_afterwards_is_not_changed_in_the_cloud(cloud: LocalCloud) -> None:
    client = tasks_client(cloud.channel())
    queue = client.get_queue(name=QUEUE)
    queue.rate_limits.max_dispatches_per_second = 1
    assert client.get_queue(name=QUEUE).rate_limits.max_dispatches_per_second == 500


def test_the_clock_jumps_from_one_due_thing_to_the_next_and_stops_when_only_cron_is_left(
    cloud: LocalCloud,
) -> None:
    client = tasks_client(cloud.channel())
    client.create_task(parent=QUEUE, task={**TASK, "schedule_time": START + timedelta(seconds=150)})
    ran = cloud.run_due()
    function: Any = cloud.http
    calls = [
        (request.url.rsplit("/", 1)[1], at_s - START.timestamp())
        for request, at_s in zip(function.requests, function.called_at_s, strict=True)
    ]
    assert calls == [("sweep", 60), ("sweep", 120), ("task", 150)]
    assert (ran.steps, ran.quiet) == (3, True)


def test_a_run_that_never_gets_quiet_stops_after_its_steps(cloud: LocalCloud) -> None:
    channel = cloud.channel()

    def again(_: HttpRequest) -> HttpResponse:
        tasks_client(channel).create_task(parent=QUEUE, task=TASK)
        return HttpResponse(200)

    cloud.http = again
    again(HttpRequest("POST", "", {}))
    ran = cloud.run_due(max_steps=20)
    assert (ran.steps, ran.quiet) == (20, False)


def simulated_order(seed: int) -> list[tuple[str, float]]:
    clock = VirtualClock(START)
    function = CalledFunction(clock, statuses=[500, None, 500, 200, 500])
    cloud = LocalCloud(None, clock=clock, http=function)
    cloud.provision(SPEC)
    for number in range(6):
        task = {"http_request": {"url": f"http://function/{number}"}}
        tasks_client(cloud.channel()).create_task(parent=QUEUE, task=task)
    publisher_client(cloud.channel()).publish(
        topic="projects/local/topics/events", messages=[{"data": b"x"}, {"data": b"y"}]
    )
    cloud.run_due(START + timedelta(minutes=2), choose=random.Random(seed).choice)
    cloud.stop()
    return [
        (f"{request.url} {request.headers.get('X-CloudTasks-TaskName')}", at_s)
        for request, at_s in zip(function.requests, function.called_at_s, strict=True)
    ]


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    assert simulated_order(1) == simulated_order(1)
    assert len({tuple(simulated_order(seed)) for seed in range(5)}) > 1


def test_a_refused_call_does_nothing_and_a_lost_answer_did_everything(cloud: LocalCloud) -> None:
    client = tasks_client(cloud.channel())
    named = {**TASK, "name": f"{QUEUE}/tasks/n"}
    cloud.faults.add(Fault("refuse", "CloudTasks", "CreateTask", code="RESOURCE_EXHAUSTED"))
    with pytest.raises(exceptions.ResourceExhausted):
        client.create_task(parent=QUEUE, task=named)
    assert list(client.list_tasks(parent=QUEUE)) == []
    cloud.faults.add(Fault("lost_answer", "CloudTasks", "CreateTask", code="DEADLINE_EXCEEDED"))
    with pytest.raises(exceptions.DeadlineExceeded):
        client.create_task(parent=QUEUE, task=named)
    with pytest.raises(exceptions.AlreadyExists):
        client.create_task(parent=QUEUE, task=named)


def test_a_dropped_enqueue_is_answered_as_success_and_never_runs(cloud: LocalCloud) -> None:
    channel = cloud.channel()
    cloud.faults.add(Fault("drop_enqueue", "CloudTasks", "CreateTask", nth=2))
    for body in (b"1", b"2", b"3"):
        task = {"http_request": {"url": "http://function/task", "body": body}}
        assert tasks_client(channel).create_task(parent=QUEUE, task=task).name
    cloud.faults.add(Fault("drop_enqueue", "Publisher", "Publish"))
    topic = "projects/local/topics/events"
    assert publisher_client(channel).publish(topic=topic, messages=[{"data": b"x"}]).message_ids
    cloud.run_due()
    function: Any = cloud.http
    assert [request.body for request in function.requests] == [b"1", b"3"]


def test_a_delay_takes_virtual_time_and_every_nth_call_breaks(cloud: LocalCloud) -> None:
    client = tasks_client(cloud.channel())
    cloud.faults.add(Fault("delay", "CloudTasks", "GetQueue", delay_s=30))
    client.get_queue(name=QUEUE)
    assert cloud.clock.time_s() == START.timestamp() + 30
    cloud.faults.clear()
    cloud.faults.add(Fault("refuse", "*", "GetQueue", every=3, times=2, code="INTERNAL"))
    failed: list[int] = []
    for number in range(1, 13):
        try:
            client.get_queue(name=QUEUE, retry=None)
        except exceptions.InternalServerError:
            failed.append(number)
    assert failed == [3, 6]


def test_a_reset_forgets_the_data_and_keeps_what_was_provisioned(cloud: LocalCloud) -> None:
    channel = cloud.channel()
    client = firestore_client(channel, "local")
    client.document("jobs/1").set({})
    task = tasks_client(channel).create_task(parent=QUEUE, task={**TASK, "name": f"{QUEUE}/tasks/n"})
    topic = "projects/local/topics/events"
    publisher_client(channel).publish(topic=topic, messages=[{"data": b"x"}])
    cloud.reset()
    assert cloud.run_due().steps == 0
    assert cloud.counts.total()["writes"] == 0
    assert not client.document("jobs/1").get().exists
    tasks_client(channel).create_task(parent=QUEUE, task={**TASK, "name": task.name})
