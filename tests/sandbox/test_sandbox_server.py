"""The sandbox over real sockets and as a process: connections that break, and state that survives kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.sandbox.sandbox import Sandbox
from scripts.sandbox.world import CONTACT_FORM
from scripts.sandbox.world_mail import ISABEL
from tests.sandbox.world import encoded, mail

ROOT = Path(__file__).parents[2]
ANA = "ana.ruiz@harborlogistics.example"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    made.serve()
    yield made
    made.stop()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    token = sandbox.access_token(ISABEL)
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=sandbox.serve(), headers=headers, timeout=5.0) as made:
        yield made


def _drafts(client: httpx.Client) -> int:
    return client.get("/gmail/gmail/v1/users/me/drafts").json()["resultSizeEstimate"]


def _create(client: httpx.Client) -> httpx.Response:
    body = {"message": {"raw": encoded(mail(To=ANA, Subject="Hello"))}}
    return client.post("/gmail/gmail/v1/users/me/drafts", json=body)


@pytest.mark.parametrize(
    ("kind", "error", "created"),
    [
        ("drop_before", httpx.RemoteProtocolError, 0),
        ("lost_answer", httpx.RemoteProtocolError, 1),
        ("half", httpx.RemoteProtocolError, 1),
        ("timeout", httpx.ReadTimeout, 0),
    ],
)
def test_a_fault_breaks_the_connection_for_real(
    client: httpx.Client, kind: str, error: type[Exception], created: int
) -> None:
    rule = {"vendor": "gmail", "method": "POST", "kind": kind}
    assert client.post("/_admin/faults", json=rule).status_code == 200
    with pytest.raises(error):
        client.post(
            "/gmail/gmail/v1/users/me/drafts",
            json={"message": {"raw": encoded(mail(To=ANA, Subject="Hello"))}},
            timeout=httpx.Timeout(5.0, read=0.2 if kind == "timeout" else 5.0),
        )
    assert client.delete("/_admin/faults").status_code == 204
    assert _drafts(client) == created
    assert _create(client).status_code == 200


def test_many_at_once_each_get_their_own_draft(client: httpx.Client) -> None:
    with ThreadPoolExecutor(20) as pool:
        drafts = list(pool.map(lambda _: _create(client).json()["id"], range(60)))
    assert len(set(drafts)) == 60
    assert _drafts(client) == 60


def test_of_many_sends_of_one_draft_one_goes_out(client: httpx.Client) -> None:
    draft = _create(client).json()["id"]
    with ThreadPoolExecutor(10) as pool:
        url = "/gmail/gmail/v1/users/me/drafts/send"
        statuses = list(pool.map(lambda _: client.post(url, json={"id": draft}).status_code, range(10)))
    assert sorted(statuses) == [200, *[404] * 9]
    assert client.get("/_admin/effects").json()["by_person"][ANA]["sent"] == 1


def test_the_admin_doors_do_what_the_methods_do(client: httpx.Client, sandbox: Sandbox) -> None:
    submitted = client.post(
        "/_admin/hubspot/submit",
        json={
            "formId": CONTACT_FORM,
            "fields": [{"name": "email", "value": "zed@x.example"}, {"name": "message", "value": "hi"}],
            "webhook_url": "http://127.0.0.1:1/hook",
        },
    ).json()
    assert submitted["requests"]["form"]["headers"]["x-hubspot-signature-v3"]
    before = client.get("/_admin/clock").json()["time_s"]
    assert client.post("/_admin/clock", json={"offset_s": 86_400}).json()["time_s"] > before + 86_000
    assert client.post("/_admin/openai/script", json={"answers": [{"content": "x"}]}).status_code == 200
    assert len(sandbox.openai.scripted()["answers"]) == 1
    threads = client.get("/gmail/gmail/v1/users/me/threads", params={"q": f"from:{ANA}"}).json()["threads"]
    reply = client.post(
        "/_admin/gmail/reply", json={"mailbox": ISABEL, "thread_id": threads[0]["id"], "text": "Yes\n"}
    ).json()
    assert reply["threadId"] == threads[0]["id"]
    rows = client.get("/_admin/requests", params={"vendor": "gmail"}).json()["requests"]
    assert [row["path"] for row in rows] == ["/gmail/v1/users/me/threads"]
    assert {each["email"] for each in client.get("/_admin/world").json()["owners"]} >= {ISABEL}
    assert client.post("/_admin/faults", json={"kind": "gremlins"}).status_code == 400
    assert client.get("/_admin/nothing").status_code == 404
    assert client.get("/nobody/here").status_code == 404


@contextmanager
def _process(data: Path, stop: signal.Signals) -> Iterator[tuple[dict[str, Any], int]]:
    """The sandbox as a process that ends by this signal; what it printed, and its id."""
    command = [sys.executable, "-m", "scripts.sandbox", "--data", str(data), "--seed", "7"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline()), process.pid
    finally:
        os.kill(process.pid, stop)
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def _hubspot(ready: dict[str, Any]) -> httpx.Client:
    key = ready["credentials"]["hubspot_service_key"]
    return httpx.Client(
        base_url=ready["urls"]["hubspot"], headers={"authorization": f"Bearer {key}"}, timeout=5.0
    )


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    data = tmp_path / "sandbox.db"
    with _process(data, signal.SIGKILL) as (first, _), _hubspot(first) as client:
        body = {"properties": {"email": "kept@x.example"}, "associations": []}
        created = client.post("/crm/objects/2026-09/contacts", json=body)
        assert created.status_code == 201
    with _process(data, signal.SIGTERM) as (second, _), _hubspot(second) as client:
        path = "/crm/objects/2026-09/contacts/kept@x.example?idProperty=email"
        assert client.get(path).json()["id"] == created.json()["id"]
        assert second["credentials"] == {
            **first["credentials"],
            "google_service_account": {
                **first["credentials"]["google_service_account"],
                "token_uri": second["urls"]["google-oauth"] + "/token",
            },
        }
        rows = httpx.get(f"{second['base_url']}/_admin/requests").json()["requests"]
        assert [row["method"] for row in rows] == ["POST", "GET"]
        entries = httpx.get(f"{second['base_url']}/_admin/effects").json()["entries"]
        assert [entry["person"] for entry in entries] == ["kept@x.example"]


def test_broken_mail_survives_a_restart_as_it_came(tmp_path: Path) -> None:
    from tests.mail import broken
    from tests.sandbox.world import outside

    makers = (broken.nul_bytes, broken.lone_surrogates, broken.random_bytes, broken.raw_eight_bit_headers)
    world = outside(data=tmp_path / "sandbox.db")
    arrived = {world.sandbox.people.deliver_raw(ISABEL, maker())["id"]: maker() for maker in makers}
    world.sandbox.stop()
    again = outside(data=tmp_path / "sandbox.db")
    kept = {id_: again.sandbox.gmail.mailbox(ISABEL).message(id_) for id_ in arrived}
    assert {id_: doc["raw"].encode("latin-1") for id_, doc in kept.items()} == arrived
    again.sandbox.stop()


def test_the_same_seed_and_clock_make_the_same_world() -> None:
    from tests.sandbox.world import outside

    first, second, other = outside(seed=3), outside(seed=3), outside(seed=4)
    names = ("mailboxes", "contacts", "owners", "forms")

    def shown(world: Any) -> dict[str, Any]:
        status, _, body = world.sandbox.handle("GET", "/_admin/world")
        assert status == 200
        return {name: json.loads(body)[name] for name in names}

    assert shown(first) == shown(second)
    mails = [
        [doc["raw"] for doc in each.sandbox.gmail.mailbox(ISABEL).messages()]
        for each in (first, second, other)
    ]
    assert mails[0] == mails[1] != mails[2]
