"""Gmail's pushes on their way into Pub/Sub: in a simulation, and between real processes."""

from __future__ import annotations

import base64
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.due import HttpRequest
from scripts.local_cloud.spec import CloudSpec, SubscriptionSpec
from scripts.sandbox.gmail_pushes import PushChaos
from scripts.sandbox.mail_publisher import MailPublisher
from scripts.sandbox.world_mail import ISABEL
from scripts.stack.ports import is_free, reserve
from scripts.stack.simulation import HOST, Simulation

ROOT = Path(__file__).parents[2]
ANA = "ana.ruiz@harborlogistics.example"
TOPIC = "projects/local/topics/ears"
SUBSCRIPTION = "projects/local/subscriptions/ears"


def _spec(endpoint: str = "") -> CloudSpec:
    return CloudSpec(
        topics=["ears"], subscriptions=[SubscriptionSpec(name="ears", topic="ears", endpoint=endpoint)]
    )


def _pulled(cloud: LocalCloud) -> list[dict[str, Any]]:
    """The notices that wait in the subscription, acknowledged."""
    taken = cloud.pubsub.take(SUBSCRIPTION, 100)
    cloud.pubsub.acknowledge(SUBSCRIPTION, [ack_id for ack_id, _, _ in taken])
    return [json.loads(message.data) for _, message, _ in taken]


@contextmanager
def _simulated(endpoint: str = "", **options: Any) -> Iterator[Simulation]:
    simulation = Simulation(**options)
    try:
        simulation.cloud.provision(_spec(endpoint))
        _watch(simulation, TOPIC)
        yield simulation
    finally:
        simulation.close()


def _watch(simulation: Simulation, topic: str) -> None:
    token = simulation.sandbox.access_token(ISABEL)
    status, _, body = simulation.sandbox.handle(
        "POST",
        "/gmail/gmail/v1/users/me/watch",
        headers={"authorization": f"Bearer {token}"},
        body=json.dumps({"topicName": topic}).encode(),
    )
    assert status == 200, body


def _write(simulation: Simulation) -> int:
    simulation.sandbox.people.write(ISABEL, sender=ANA, subject="New", text="new\n")
    return simulation.sandbox.gmail.mailbox(ISABEL).history_id()


def test_a_simulation_publishes_what_gmail_tells_to_the_topic_of_the_watch() -> None:
    with _simulated() as simulation:
        assert len(_pulled(simulation.cloud)) == 1, "the test of the topic"
        newest = _write(simulation)
        assert _pulled(simulation.cloud) == [{"emailAddress": ISABEL, "historyId": newest}]


def test_a_push_reaches_its_endpoint_in_the_shape_of_pub_sub() -> None:
    seen: list[HttpRequest] = []
    with _simulated(f"{HOST}/nobody", on_request=seen.append) as simulation:
        simulation.run(max_steps=1)
        newest = _write(simulation)
        simulation.run(max_steps=1)
        body = json.loads(seen[-1].body)
        notice = json.loads(base64.b64decode(body["message"]["data"]))
        assert notice == {"emailAddress": ISABEL, "historyId": newest}
        assert body["subscription"] == SUBSCRIPTION
        assert "attributes" not in body["message"]


def test_a_watch_on_a_topic_that_is_not_there_drops_its_pushes_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with _simulated() as simulation, caplog.at_level(logging.WARNING):
        _pulled(simulation.cloud)
        _watch(simulation, "projects/local/topics/nowhere")
        _write(simulation)
        simulation.run()
        assert _pulled(simulation.cloud) == []
    assert "there is no topic projects/local/topics/nowhere" in caplog.text


def test_a_run_waits_for_pushes_that_are_late_but_not_beyond_its_end() -> None:
    with _simulated() as simulation:
        _pulled(simulation.cloud)
        simulation.sandbox.gmail.pushes.chaos = PushChaos(seed=3, delay_s=3_600.0)
        newest = _write(simulation)
        due_s = simulation.sandbox.push_due_s()
        assert due_s is not None
        start_s = simulation.clock.time_s()
        assert due_s > start_s + 60
        ran = simulation.run(until=simulation.clock.now() + timedelta(seconds=30))
        assert ran.quiet
        assert _pulled(simulation.cloud) == []
        assert simulation.clock.time_s() == pytest.approx(start_s + 30)
        assert simulation.run().quiet
        assert [notice["historyId"] for notice in _pulled(simulation.cloud)] == [newest]
        assert simulation.clock.time_s() == pytest.approx(due_s)


def test_scheduled_mail_goes_out_in_a_run_that_reaches_its_time() -> None:
    with _simulated() as simulation:
        box = simulation.sandbox.gmail.mailbox(ISABEL)
        with simulation.sandbox.changing():
            draft = box.create_draft(b"To: ana.ruiz@harborlogistics.example\nSubject: Later\n\nLater\n", "")
        at = simulation.clock.now() + timedelta(hours=5)
        simulation.sandbox.people.schedule_draft(ISABEL, draft["id"], at.timestamp())
        simulation.run()
        assert box.messages("in:sent subject:Later") == []
        simulation.run(until=at + timedelta(minutes=1))
        (sent,) = box.messages("in:sent subject:Later")
        assert sent["internal_s"] == pytest.approx(at.timestamp())


# Between processes


def _eventually(found: Callable[[], Any], timeout_s: float = 15.0) -> Any:
    until_s = time.monotonic() + timeout_s
    while time.monotonic() < until_s:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not come")


@contextmanager
def _served(port: int = 0) -> Iterator[tuple[LocalCloud, str]]:
    cloud = LocalCloud(None)
    cloud.provision(_spec())
    try:
        yield cloud, cloud.serve(grpc_port=port).grpc
    finally:
        cloud.stop()


def test_the_publisher_drops_what_has_no_topic_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with _served() as (cloud, address), caplog.at_level(logging.WARNING):
        publisher = MailPublisher(address)
        publisher.start()
        try:
            publisher("projects/local/topics/nowhere", {"emailAddress": "a@b.example", "historyId": 1})
            publisher("no topic at all", {"emailAddress": "a@b.example", "historyId": 2})
            publisher(TOPIC, {"emailAddress": "a@b.example", "historyId": 3})
            assert _eventually(lambda: _pulled(cloud)) == [{"emailAddress": "a@b.example", "historyId": 3}]
        finally:
            publisher.stop()
    assert "there is no topic projects/local/topics/nowhere" in caplog.text


def test_the_publisher_waits_for_a_cloud_that_is_not_there_yet(tmp_path: Path) -> None:
    port = reserve(["google"], tmp_path / "ports.json")["google"]
    assert is_free(port)
    publisher = MailPublisher(f"127.0.0.1:{port}")
    publisher.start()
    try:
        publisher(TOPIC, {"emailAddress": "a@b.example", "historyId": 7})
        with _served(port) as (cloud, _):
            assert _eventually(lambda: _pulled(cloud)) == [{"emailAddress": "a@b.example", "historyId": 7}]
    finally:
        publisher.stop()


def test_the_sandbox_as_a_process_publishes_late_pushes_without_a_request() -> None:
    with _served() as (cloud, address):
        command = [sys.executable, "-m", "scripts.sandbox", "--pubsub", address]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            client = httpx.Client(base_url=ready["base_url"], timeout=10.0, trust_env=False)
            chaos = {"seed": 1, "delay_s": 0.5}
            assert client.post("/_admin/gmail/push_chaos", json=chaos).json()["delay_s"] == 0.5
            token = client.post("/_admin/google/token", json={"mailbox": ISABEL}).json()["access_token"]
            watch = client.post(
                "/gmail/gmail/v1/users/me/watch",
                json={"topicName": TOPIC},
                headers={"authorization": f"Bearer {token}"},
            ).json()
            notice = {"emailAddress": ISABEL, "historyId": int(watch["historyId"])}
            assert _eventually(lambda: _pulled(cloud)) == [notice]
        finally:
            process.terminate()
            process.wait(timeout=10)
            if process.stdout:
                process.stdout.close()
