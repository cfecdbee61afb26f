"""How long each function takes from the start of its process to its first answer, beside a hello-world."""

from __future__ import annotations

import base64
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.catalogue import ROOT, source_of
from scripts.sandbox.world import NEWSLETTER_FORM
from scripts.stack.deployment import ACCOUNTS
from scripts.stack.leads import Lead
from scripts.stack.processes import Stack
from scripts.stack.visitor import Visitor

HELLO = "hello_world"
LONGEST_S = 60.0
_HELLO_SOURCE = 'def hello_world(request):\n    return "hello"\n'


@dataclass(frozen=True)
class FirstRequest:
    """A request that a function really answers, and the statuses that mean so."""

    body: bytes
    headers: Mapping[str, str]
    statuses: tuple[int, ...]


def measure(stack: Stack, rounds: int, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """Medians over interleaved rounds: one start of each in turn, so that load hits all alike."""
    names = [HELLO, *(name for name in stack.catalogue.functions if not only or name in only)]
    took: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "main.py"
        hello.write_text(_HELLO_SOURCE)
        for _ in range(rounds):
            for name in names:
                took[name].append(_start(stack, name, hello if name == HELLO else source_of(name)))
    medians = {name: statistics.median(times) for name, times in took.items()}
    return {
        "rounds": rounds,
        "hello_world_ms": round(medians[HELLO]),
        "functions": {
            name: {"ms": round(median), "ratio": round(median / medians[HELLO], 2)}
            for name, median in medians.items()
            if name != HELLO
        },
    }


def _start(stack: Stack, name: str, source: Path) -> float:
    """Milliseconds from the start of functions-framework to the first answer. Errors: RuntimeError."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    request = first_request(stack, name)
    command = [str(Path(sys.executable).with_name("functions-framework")), "--target", name]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--source", str(source), "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **stack.environ, "K_SERVICE": "local", "PYTHONPATH": str(ROOT), "THREADS": "4"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = _first_answer(process, port, request)
        took_ms = (time.perf_counter() - began) * 1000
    finally:
        process.terminate()
        process.wait()
    if status not in request.statuses:
        raise RuntimeError(f"{name} answered {status}, not {request.statuses}: it was not really called")
    return took_ms


def _first_answer(process: subprocess.Popen[bytes], port: int, request: FirstRequest) -> int:
    until = time.monotonic() + LONGEST_S
    with httpx.Client(trust_env=False, timeout=LONGEST_S) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                url = f"http://127.0.0.1:{port}/"
                return client.post(url, content=request.body, headers=dict(request.headers)).status_code
            except httpx.ConnectError:
                time.sleep(0.005)
    raise RuntimeError(f"no answer on port {port}; the process ended with {process.poll()}")


def first_request(stack: Stack, name: str) -> FirstRequest:
    """A stage is asked for a job that is not there, a sweep runs, the door refuses a form that is not allowed.

    Each reaches the database, so that what a cold function loads is loaded.
    """
    if name == HELLO:
        return FirstRequest(b"", {}, (200,))
    trigger = stack.catalogue.functions[name].trigger
    if trigger.public:
        with Visitor(stack.details()) as visitor:
            lead = Lead({"email": "cold@harborlogistics.example"}, NEWSLETTER_FORM)
            signed = visitor.submitted(lead)["form"]
        return FirstRequest(signed.body, signed.headers, (403,))
    caller = stack.catalogue.callers(name)[0]
    claims = {"email": ACCOUNTS[caller], "audience": stack.places.url_of(name)}
    token = str(stack.ask_cloud("POST", "/oidc/token", claims)["token"])
    # As the front end forwards it: verified, and without the signature.
    stripped = f"{token.rpartition('.')[0]}.SIGNATURE_REMOVED_BY_GOOGLE"
    headers = {"authorization": f"Bearer {stripped}", "content-type": "application/json"}
    body: dict[str, Any] = {"tenant": "default", "job": "job-that-is-not-there", "stage": name, "epoch": 1}
    if trigger.topic:
        at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        event = {
            "id": f"bench-{time.time_ns()}",
            "type": "drafted",
            "tenant": "default",
            "job": "j",
            "at": at,
        }
        data = base64.b64encode(json.dumps(event).encode()).decode()
        body = {"message": {"data": data, "messageId": str(time.time_ns()), "attributes": {}}}
    elif trigger.schedule:
        body = {}
    return FirstRequest(json.dumps(body).encode(), headers, (200,))
