"""kill -9 of the real process: what was acknowledged is there afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from google.api_core import exceptions

from scripts.local_cloud.http_client import Answer
from scripts.local_cloud.in_process import (
    firestore_client,
    publisher_client,
    secrets_client,
    subscriber_client,
    tasks_client,
)
from tests.local_cloud.functions_under_test import ServedFunction, wait_until

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "projects/local/locations/us-central1/queues/q"
TOPIC = "projects/local/topics/events"
SUBSCRIPTION = "projects/local/subscriptions/listener"
SPEC = {
    "queues": [{"name": "q", "min_backoff_s": 0.05}],
    "topics": ["events"],
    "subscriptions": [{"name": "listener", "topic": "events"}],
    "secrets": {"key": "value"},
}


class Process:
    """The local cloud as a process of its own on one file."""

    def __init__(self, data: Path, spec: Path) -> None:
        self._command = [
            sys.executable,
            "-m",
            "scripts.local_cloud",
            "--data",
            str(data),
            "--spec",
            str(spec),
        ]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.endpoints = json.loads(self._process.stdout.readline())
        self.channel = grpc.insecure_channel(self.endpoints["grpc"])

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.kill()
        self.start()

    def terminate(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        code = self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self.channel.close()
        return code


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(SPEC))
    process = Process(tmp_path / "cloud.db", spec)
    yield process
    process.kill()


def until_it_dies(act: Callable[[int], Any], process: Process, *, after: int) -> list[int]:
    """Act again and again while the process is killed at some moment; the numbers that were acknowledged."""
    acknowledged: list[int] = []
    failed = threading.Event()

    def loop() -> None:
        number = 0
        while True:
            try:
                act(number)
            except exceptions.GoogleAPICallError:
                failed.set()
                return
            acknowledged.append(number)
            number += 1

    thread = threading.Thread(target=loop)
    thread.start()
    wait_until(lambda: len(acknowledged) >= after, f"{after} acknowledged")
    process.kill()
    thread.join(10)
    assert failed.is_set()
    return acknowledged


def test_every_acknowledged_task_is_there_after_the_kill(process: Process) -> None:
    client = tasks_client(process.channel)
    client.pause_queue(name=QUEUE)

    def create(number: int) -> None:
        task = {"name": f"{QUEUE}/tasks/t{number}", "http_request": {"url": "http://127.0.0.1:1"}}
        client.create_task(parent=QUEUE, task=task, retry=None, timeout=2)

    acknowledged = until_it_dies(create, process, after=40)
    process.start()
    kept = {task.name.rsplit("/", 1)[1] for task in tasks_client(process.channel).list_tasks(parent=QUEUE)}
    assert {f"t{number}" for number in acknowledged} <= kept


def test_every_acknowledged_message_and_document_is_there_after_the_kill(process: Process) -> None:
    publisher = publisher_client(process.channel)
    documents = firestore_client(process.channel, "local")

    def publish_and_write(number: int) -> None:
        data = str(number).encode()
        publisher.publish(topic=TOPIC, messages=[{"data": data}], retry=None, timeout=2)
        documents.document(f"jobs/{number}").create({"n": number}, retry=None, timeout=2)

    acknowledged = until_it_dies(publish_and_write, process, after=30)
    process.start()
    pulled = subscriber_client(process.channel).pull(subscription=SUBSCRIPTION, max_messages=1000)
    assert {str(number).encode() for number in acknowledged} <= {
        received.message.data for received in pulled.received_messages
    }
    found = {document.id for document in firestore_client(process.channel, "local").collection("jobs").get()}
    assert {str(number) for number in acknowledged} <= found


def test_a_task_that_ran_at_the_kill_is_delivered_again_and_a_finished_one_is_not(process: Process) -> None:
    hold = threading.Event()

    def answer(received: Any) -> Answer:
        if received.target == "/slow" and received.header("X-CloudTasks-TaskRetryCount") == "0":
            hold.wait(10)
        return Answer(200, [], b"")

    function = ServedFunction(answer)
    client = tasks_client(process.channel)
    for name in ("fast", "slow"):
        task = {"name": f"{QUEUE}/tasks/{name}", "http_request": {"url": f"{function.url}/{name}"}}
        client.create_task(parent=QUEUE, task=task)
    function.wait_for(2)
    wait_until(lambda: len(list(client.list_tasks(parent=QUEUE))) == 1, "the fast task was done")
    process.restart()
    received = function.wait_for(3)
    assert [(one.target, one.header("X-CloudTasks-TaskRetryCount")) for one in received[2:]] == [
        ("/slow", "1")
    ]
    client = tasks_client(process.channel)
    wait_until(lambda: not list(client.list_tasks(parent=QUEUE)), "the slow task was done")
    for name in ("fast", "slow"):
        again = {"name": f"{QUEUE}/tasks/{name}", "http_request": {"url": function.url}}
        with pytest.raises(exceptions.AlreadyExists):
            client.create_task(parent=QUEUE, task=again)
    hold.set()
    function.stop()


def test_an_acknowledged_message_does_not_come_back_and_a_leased_one_does(process: Process) -> None:
    messages = [{"data": b"done"}, {"data": b"leased"}]
    publisher_client(process.channel).publish(topic=TOPIC, messages=messages)
    subscriber = subscriber_client(process.channel)
    done, _leased = subscriber.pull(subscription=SUBSCRIPTION, max_messages=2).received_messages
    subscriber.acknowledge(subscription=SUBSCRIPTION, ack_ids=[done.ack_id])
    process.restart()
    subscriber = subscriber_client(process.channel)
    [again] = subscriber.pull(subscription=SUBSCRIPTION, max_messages=2).received_messages
    assert again.message.data == b"leased"
    subscriber.acknowledge(subscription=SUBSCRIPTION, ack_ids=[again.ack_id])


def test_a_message_id_is_never_given_twice(process: Process) -> None:
    given: list[str] = []
    for _ in range(2):
        publisher, subscriber = publisher_client(process.channel), subscriber_client(process.channel)
        given += publisher.publish(topic=TOPIC, messages=[{"data": b"x"}], retry=None).message_ids
        [message] = subscriber.pull(subscription=SUBSCRIPTION, max_messages=1).received_messages
        subscriber.acknowledge(subscription=SUBSCRIPTION, ack_ids=[message.ack_id])
        process.restart()
    assert len(set(given)) == 2


def test_secrets_and_the_signing_key_survive(process: Process) -> None:
    certificates = httpx.get(f"{process.endpoints['admin']}/oidc/certs").json()
    process.restart()
    assert httpx.get(f"{process.endpoints['admin']}/oidc/certs").json().keys() == certificates.keys()
    version = "projects/local/secrets/key/versions/latest"
    answer = secrets_client(process.channel).access_secret_version(name=version)
    assert (answer.payload.data, answer.name[-1]) == (b"value", "1")


def test_asked_to_stop_it_ends_in_peace(process: Process) -> None:
    started_s = time.monotonic()
    assert process.terminate() == 0
    assert time.monotonic() - started_s < 8
