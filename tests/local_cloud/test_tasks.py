from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2

from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.http_client import Answer
from scripts.local_cloud.http_door import Received
from scripts.local_cloud.in_process import tasks_client
from scripts.local_cloud.spec import CloudSpec, QueueSpec
from tests.local_cloud.functions_under_test import CalledFunction, ServedFunction, wait_until

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOCATION = "projects/local/locations/us-central1"
FULL = tasks_v2.Task.View.FULL


def queue_path(name: str) -> str:
    return f"{LOCATION}/queues/{name}"


class Virtual:
    """A cloud on a virtual clock, one function and the real client."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.function = CalledFunction(self.clock)
        self.cloud = LocalCloud(None, clock=self.clock, http=self.function)
        self.client = tasks_client(self.cloud.channel())

    def queue(self, name: str = "q", **limits: Any) -> str:
        self.cloud.provision(CloudSpec(queues=[QueueSpec(name, **limits)]))
        return queue_path(name)

    def task(self, queue: str, *, name: str = "", at: datetime | None = None, **http: Any) -> tasks_v2.Task:
        task: dict[str, Any] = {"http_request": {"url": "http://function/stage", **http}}
        if name:
            task["name"] = f"{queue}/tasks/{name}"
        if at:
            task["schedule_time"] = at
        return self.client.create_task(parent=queue, task=task)


@pytest.fixture
def virtual() -> Iterator[Virtual]:
    world = Virtual()
    yield world
    world.cloud.stop()


def test_a_task_arrives_with_its_body_and_the_headers_of_cloud_tasks(virtual: Virtual) -> None:
    queue = virtual.queue()
    headers = {"X-My": "1", "X-CloudTasks-QueueName": "forged", "Host": "elsewhere"}
    virtual.task(queue, name="t-1", body=b'{"job": 1}', headers=headers)
    virtual.cloud.run_due()
    [request] = virtual.function.requests
    assert (request.method, request.url, request.body) == ("POST", "http://function/stage", b'{"job": 1}')
    assert request.timeout_s == 600
    assert request.headers["X-CloudTasks-QueueName"] == "q"
    assert request.headers["X-CloudTasks-TaskName"] == "t-1"
    assert request.headers["X-CloudTasks-TaskRetryCount"] == "0"
    assert request.headers["X-CloudTasks-TaskExecutionCount"] == "0"
    assert request.headers["X-CloudTasks-TaskETA"] == f"{START.timestamp():.6f}"
    assert request.headers["X-My"] == "1"
    assert request.headers["Content-Type"] == "application/octet-stream"
    assert "Host" not in request.headers
    assert "X-CloudTasks-TaskPreviousResponse" not in request.headers


def test_retries_count_every_failure_and_executions_only_answers_below_500(virtual: Virtual) -> None:
    queue = virtual.queue()
    virtual.function.statuses = [500, 404, None]
    virtual.task(queue)
    virtual.cloud.run_due()
    seen = [
        (
            request.headers["X-CloudTasks-TaskRetryCount"],
            request.headers["X-CloudTasks-TaskExecutionCount"],
            request.headers.get("X-CloudTasks-TaskPreviousResponse"),
        )
        for request in virtual.function.requests
    ]
    assert seen == [("0", "0", None), ("1", "0", "500"), ("2", "1", "404"), ("3", "1", None)]


def test_backoff_doubles_and_then_grows_linearly_up_to_its_maximum(virtual: Virtual) -> None:
    queue = virtual.queue(min_backoff_s=10, max_backoff_s=300, max_doublings=3)
    virtual.function.statuses = [500] * 9
    virtual.task(queue)
    virtual.cloud.run_due()
    assert virtual.function.gaps_s() == [10, 20, 40, 80, 160, 240, 300, 300, 300]


def test_a_task_is_gone_after_its_attempts_and_its_name_stays_taken_for_a_day(virtual: Virtual) -> None:
    queue = virtual.queue(max_attempts=3)
    virtual.function.statuses = [500] * 10
    virtual.task(queue, name="once")
    virtual.cloud.run_due()
    assert len(virtual.function.requests) == 3
    with pytest.raises(exceptions.NotFound):
        virtual.client.get_task(name=f"{queue}/tasks/once")
    virtual.clock.advance(86_000)
    with pytest.raises(exceptions.AlreadyExists):
        virtual.task(queue, name="once")
    virtual.clock.advance(500)
    virtual.task(queue, name="once")


def test_with_a_retry_duration_both_limits_must_be_reached(virtual: Virtual) -> None:
    queue = virtual.queue(max_attempts=2, max_retry_duration_s=25, min_backoff_s=10, max_backoff_s=10)
    virtual.function.statuses = [500] * 10
    virtual.task(queue)
    virtual.cloud.run_due()
    assert virtual.function.gaps_s() == [10, 10, 10]


@pytest.mark.parametrize("how", ["queued", "executed", "deleted", "purged"])
def test_a_name_is_taken_once(virtual: Virtual, how: str) -> None:
    queue = virtual.queue()
    later = START + timedelta(minutes=5)
    task = virtual.task(queue, name="n", at=None if how == "executed" else later)
    if how == "executed":
        virtual.cloud.run_due()
    elif how == "deleted":
        virtual.client.delete_task(name=task.name)
    elif how == "purged":
        virtual.client.purge_queue(name=queue)
    with pytest.raises(exceptions.AlreadyExists):
        virtual.task(queue, name="n")


def test_a_scheduled_task_waits_for_its_time(virtual: Virtual) -> None:
    queue = virtual.queue()
    virtual.task(queue, at=START + timedelta(hours=48))
    assert virtual.cloud.run_due(START + timedelta(hours=47)).steps == 0
    assert virtual.clock.now() == START + timedelta(hours=47)
    virtual.cloud.run_due()
    assert virtual.function.called_at_s == [(START + timedelta(hours=48)).timestamp()]


def test_the_rate_is_kept_after_the_burst(virtual: Virtual) -> None:
    queue = virtual.queue(max_dispatches_per_second=5)
    for _ in range(6):
        virtual.task(queue)
    virtual.cloud.run_due()
    assert virtual.function.gaps_s() == [0.2] * 5


def test_a_paused_queue_holds_its_tasks_unless_one_is_run_by_hand(virtual: Virtual) -> None:
    queue = virtual.queue()
    assert virtual.client.pause_queue(name=queue).state == tasks_v2.Queue.State.PAUSED
    first, _ = virtual.task(queue, body=b"1"), virtual.task(queue, body=b"2")
    virtual.cloud.run_due()
    assert virtual.function.requests == []
    virtual.client.run_task(name=first.name)
    virtual.cloud.run_due()
    assert [request.body for request in virtual.function.requests] == [b"1"]
    virtual.client.resume_queue(name=queue)
    virtual.cloud.run_due()
    assert [request.body for request in virtual.function.requests] == [b"1", b"2"]


def test_purging_leaves_nothing_to_run(virtual: Virtual) -> None:
    queue = virtual.queue()
    virtual.task(queue)
    virtual.client.purge_queue(name=queue)
    assert list(virtual.client.list_tasks(parent=queue)) == []
    virtual.cloud.run_due()
    assert virtual.function.requests == []


def test_what_google_refuses_is_refused(virtual: Virtual) -> None:
    queue = virtual.queue()
    with pytest.raises(exceptions.InvalidArgument, match="too large"):
        virtual.task(queue, body=b"x" * 102_400)
    virtual.task(queue, body=b"x" * 100_000)
    with pytest.raises(exceptions.InvalidArgument, match="30 days"):
        virtual.task(queue, at=START + timedelta(days=30, seconds=5))
    with pytest.raises(exceptions.InvalidArgument, match="formatted"):
        virtual.task(queue, name="not good!")
    with pytest.raises(exceptions.InvalidArgument, match="only allowed"):
        virtual.task(queue, body=b"x", http_method="GET")
    hasty = {"http_request": {"url": "http://f"}, "dispatch_deadline": timedelta(seconds=5)}
    with pytest.raises(exceptions.InvalidArgument, match="15s, 30m"):
        virtual.client.create_task(parent=queue, task=hasty)
    with pytest.raises(exceptions.NotFound):
        virtual.task(queue_path("none"))


def test_the_basic_view_hides_the_body_and_the_full_view_shows_it(virtual: Virtual) -> None:
    queue = virtual.queue()
    task = virtual.task(queue, body=b"secret", at=START + timedelta(minutes=1))
    assert task.http_request.body == b""
    assert virtual.client.get_task(name=task.name).http_request.body == b""
    full = virtual.client.get_task(request={"name": task.name, "response_view": FULL})
    assert full.http_request.body == b"secret"


def test_a_task_can_be_seen_while_it_runs_and_while_it_backs_off(virtual: Virtual) -> None:
    queue = virtual.queue(min_backoff_s=60)
    task = virtual.task(queue)
    while_running: list[int] = []
    answer = virtual.function

    def look_and_fail(request: Any) -> Any:
        while_running.append(virtual.client.get_task(name=task.name).dispatch_count)
        return answer(request)

    virtual.cloud.http = look_and_fail
    answer.statuses = [500]
    virtual.cloud.run_due(START + timedelta(seconds=1))
    backing_off = virtual.client.get_task(name=task.name)
    assert while_running == [1]
    assert (backing_off.dispatch_count, backing_off.response_count) == (1, 1)
    assert backing_off.schedule_time.timestamp() == START.timestamp() + 60


def test_updating_a_queue_changes_what_the_mask_names_and_nothing_else(virtual: Virtual) -> None:
    queue = virtual.queue(max_dispatches_per_second=7, max_attempts=4)
    limits = {"max_dispatches_per_second": 9, "max_concurrent_dispatches": 3}
    virtual.client.update_queue(
        queue={"name": queue, "rate_limits": limits},
        update_mask={"paths": ["rate_limits.max_dispatches_per_second"]},
    )
    kept = virtual.client.get_queue(name=queue)
    assert kept.rate_limits.max_dispatches_per_second == 9
    assert kept.rate_limits.max_concurrent_dispatches == 1000
    assert kept.retry_config.max_attempts == 4


def test_queues_are_listed_in_pages_and_deleted(virtual: Virtual) -> None:
    for name in "abc":
        virtual.client.create_queue(parent=LOCATION, queue={"name": queue_path(name)})
    with pytest.raises(exceptions.AlreadyExists):
        virtual.client.create_queue(parent=LOCATION, queue={"name": queue_path("a")})
    listed = virtual.client.list_queues(request={"parent": LOCATION, "page_size": 2})
    assert [queue.name for queue in listed] == [queue_path(name) for name in "abc"]
    virtual.client.delete_queue(name=queue_path("b"))
    with pytest.raises(exceptions.NotFound):
        virtual.client.get_queue(name=queue_path("b"))


def test_a_choice_decides_which_of_the_due_tasks_goes_first(virtual: Virtual) -> None:
    queue = virtual.queue()
    for body in (b"1", b"2", b"3"):
        virtual.task(queue, body=body)
    virtual.cloud.run_due(choose=lambda due: due[-1])
    assert [request.body for request in virtual.function.requests] == [b"3", b"2", b"1"]


def test_creating_tasks_is_counted_for_the_work_that_asked(virtual: Virtual) -> None:
    queue = virtual.queue()
    task = {"http_request": {"url": "http://f"}}
    virtual.client.create_task(parent=queue, task=task, metadata=[("x-whisper-work", "job-1/plan")])
    virtual.task(queue)
    assert virtual.cloud.counts.total()["tasks"] == 2
    assert virtual.cloud.counts.by_work()["job-1/plan"]["tasks"] == 1


@pytest.fixture
def served() -> Iterator[tuple[LocalCloud, tasks_v2.CloudTasksClient]]:
    cloud = LocalCloud(None)
    channel = grpc.insecure_channel(cloud.serve().grpc)
    yield cloud, tasks_client(channel)
    channel.close()
    cloud.stop()


def test_over_the_wire_tasks_run_within_their_queues_concurrency(
    served: tuple[LocalCloud, tasks_v2.CloudTasksClient],
) -> None:
    cloud, client = served
    lock = threading.Lock()
    running, most = 0, 0

    def answer(_: Received) -> Answer:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.03)
        with lock:
            running -= 1
        return Answer(200, [], b"")

    function = ServedFunction(answer)
    cloud.provision(CloudSpec(queues=[QueueSpec("two", max_concurrent_dispatches=2)]))
    for _ in range(8):
        client.create_task(
            parent=queue_path("two"), task={"http_request": {"url": function.url, "body": b"x"}}
        )
    function.wait_for(8)
    function.stop()
    assert most == 2


def test_over_the_wire_a_failed_task_comes_again_and_a_dead_address_is_a_failure(
    served: tuple[LocalCloud, tasks_v2.CloudTasksClient],
) -> None:
    cloud, client = served
    answers = iter([503, 200])
    function = ServedFunction(lambda _: Answer(next(answers), [], b""))
    cloud.provision(CloudSpec(queues=[QueueSpec("q", min_backoff_s=0.05, max_attempts=3)]))
    client.create_task(parent=queue_path("q"), task={"http_request": {"url": function.url}})
    assert [r.header("X-CloudTasks-TaskRetryCount") for r in function.wait_for(2)] == ["0", "1"]
    function.stop()
    client.create_task(parent=queue_path("q"), task={"http_request": {"url": function.url}})
    wait_until(lambda: not list(client.list_tasks(parent=queue_path("q"))), "the task used up its attempts")


def test_a_long_queue_does_not_hold_up_a_short_one(virtual: Virtual) -> None:
    long, short = virtual.queue("long"), virtual.queue("short")
    for _ in range(30):
        virtual.task(long, body=b"long")
    virtual.task(short, body=b"short")
    started = virtual.cloud.tasks.due(virtual.clock.time_s(), limit=4)
    assert [due.label.split("/")[-3] for due in started] == ["long", "short", "long", "long"]
