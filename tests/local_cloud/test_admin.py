from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import httpx
import pytest
from google.api_core import exceptions
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.counts import WORK_HEADER
from scripts.local_cloud.in_process import firestore_client, tasks_client
from tests.local_cloud.functions_under_test import ServedFunction, wait_until

QUEUE = "projects/local/locations/us-central1/queues/q"


class Served:
    """A served cloud, its admin interface and one function."""

    def __init__(self) -> None:
        self.cloud = LocalCloud(None)
        endpoints = self.cloud.serve()
        self.channel = grpc.insecure_channel(endpoints.grpc)
        self.function = ServedFunction()
        self.admin = httpx.Client(base_url=endpoints.admin)
        self.ask(
            "POST",
            "/provision",
            {
                "queues": [{"name": "q", "min_backoff_s": 0.05}],
                "schedules": [{"name": "sweep", "cron": "0 0 1 1 *", "url": f"{self.function.url}/sweep"}],
            },
        )

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.admin.request(method, path, json=body)


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.admin.close()
    served.channel.close()
    served.function.stop()
    served.cloud.stop()


def test_health_and_schedules_are_shown_and_a_schedule_can_be_run(served: Served) -> None:
    assert served.ask("GET", "/health").json()["status"] == "ok"
    assert served.ask("POST", "/scheduler/sweep/run").json() == {"status": 200}
    assert served.function.received[0].target == "/sweep"
    [job] = served.ask("GET", "/scheduler").json()["jobs"]
    assert (job["name"], job["last_status"]) == ("sweep", 200)
    assert served.ask("POST", "/scheduler/none/run").status_code == 404


def test_tasks_and_counts_are_shown(served: Served) -> None:
    client = tasks_client(served.channel)
    client.pause_queue(name=QUEUE)
    client.create_task(parent=QUEUE, task={"http_request": {"url": served.function.url, "body": b"x"}})
    [task] = served.ask("GET", "/tasks?queue=q").json()[QUEUE]
    assert task["httpRequest"]["url"] == served.function.url
    assert served.ask("GET", "/tasks?queue=other").json() == {}
    assert served.ask("GET", "/counts").json()["total"]["tasks"] == 1
    served.ask("POST", "/counts/reset")
    assert served.ask("GET", "/counts").json()["total"]["tasks"] == 0


def test_the_shapes_of_queries_are_shown(served: Served) -> None:
    client = firestore_client(served.channel, "local")
    list(
        client.collection("jobs")
        .where(filter=FieldFilter("status", "==", "running"))
        .order_by("due")
        .stream()
    )
    assert len(served.ask("GET", "/query_shapes").json()["query_shapes"]) == 1


def test_a_fault_breaks_the_call_it_names_until_the_faults_are_cleared(served: Served) -> None:
    client = tasks_client(served.channel)
    rule = {"service": "CloudTasks", "method": "GetQueue", "mode": "refuse", "code": "ABORTED", "times": 0}
    assert served.ask("POST", "/faults", rule).status_code == 200
    with pytest.raises(exceptions.Aborted):
        client.get_queue(name=QUEUE)
    served.ask("DELETE", "/faults")
    assert client.get_queue(name=QUEUE).name == QUEUE


def test_a_fault_holds_the_call_of_one_stage_until_the_faults_are_cleared(served: Served) -> None:
    client = tasks_client(served.channel)
    rule = {"mode": "refuse", "work": "job-1/gate_draft", "delay_s": 60, "code": "ABORTED"}
    served.ask("POST", "/faults", {**rule, "service": "CloudTasks"})
    assert client.get_queue(name=QUEUE, metadata=[(WORK_HEADER, "job-2/gate_draft")]).name == QUEUE
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(client.get_queue, name=QUEUE, metadata=[(WORK_HEADER, "job-1/gate_draft")])
        wait_until(lambda: bool(served.ask("GET", "/faults").json()["faults"][0]["done"]), "the held call")
        assert not held.done()
        served.ask("DELETE", "/faults")
        with pytest.raises(exceptions.Aborted):
            held.result(30)


def test_a_reset_empties_the_queues(served: Served) -> None:
    client = tasks_client(served.channel)
    client.pause_queue(name=QUEUE)
    client.create_task(parent=QUEUE, task={"http_request": {"url": served.function.url}})
    served.ask("POST", "/reset")
    assert list(client.list_tasks(parent=QUEUE)) == []
    client.resume_queue(name=QUEUE)
    client.create_task(parent=QUEUE, task={"http_request": {"url": f"{served.function.url}/after"}})
    wait_until(lambda: bool(served.function.received), "the task after the reset")
    assert [received.target for received in served.function.received] == ["/after"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/faults", {"mode": "explode"}, 400),
        ("POST", "/faults", {"mode": "refuse", "metod": "x"}, 400),
        ("POST", "/faults", {"mode": "refuse", "code": "NOPE"}, 400),
        ("POST", "/provision", {"queues": [{"nam": "q"}]}, 400),
        ("POST", "/oidc/token", {"email": "a@b"}, 400),
        ("GET", "/nothing", None, 404),
        ("POST", "/health", {}, 405),
    ],
)
def test_what_cannot_be_understood_is_refused(
    served: Served, method: str, path: str, body: object, status: int
) -> None:
    answer = served.ask(method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_name_that_points_here_from_elsewhere_is_refused(served: Served) -> None:
    answer = served.admin.post("/oidc/token", json={}, headers={"Host": "evil.example"})
    assert answer.status_code == 403
