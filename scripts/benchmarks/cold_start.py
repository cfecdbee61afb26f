"""How long each function, as packaged, takes from its process's start to its first answer, beside a hello-world."""

from __future__ import annotations

import base64
import json
import platform
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from scripts.catalogue import ROOT
from scripts.packaging.distributions import ALWAYS, RUNTIME, Pins
from scripts.packaging.environments import Environments, alone, compiled, deployed_python, unpacked
from scripts.packaging.package import MAIN, REQUIREMENTS, packages
from scripts.sandbox.world import NEWSLETTER_FORM
from scripts.stack.deployment import ACCOUNTS
from scripts.stack.leads import Lead
from scripts.stack.processes import Stack
from scripts.stack.visitor import Visitor
from shared.operators.api_keys import PREFIX
from shared.policy.letter import ONE_CLICK
from shared.runtime.mailboxes import PUSH_TOPIC
from shared.runtime.settings import read_settings
from shared.runtime.wire.opt_out import FUNCTION as OPT_OUT
from shared.runtime.wire.opt_out import opt_out_url
from shared.runtime.world import World

HELLO = "hello_world"
API = "serve_api"
LONGEST_S = 60.0
MOST = 2.8
"""Times hello-world that a function with Firestore and Cloud Tasks is to stay within."""
FULL = " with work"
"""What a sweep's whole first run is called, beside its first answer with nothing to do."""
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_HELLO_SOURCE = 'def hello_world(request):\n    return "hello"\n'


@dataclass(frozen=True)
class FirstRequest:
    """A request that a function really answers, and the statuses that mean so."""

    body: bytes
    headers: Mapping[str, str]
    statuses: tuple[int, ...]
    method: str = "POST"
    path: str = ""


@dataclass(frozen=True)
class Unpacked:
    """A function as it is deployed: its files alone, an environment with its own requirements, and its size."""

    folder: Path
    environment: Path
    zip_bytes: int
    distributions: int


def measure(stack: Stack, rounds: int, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """Medians over interleaved rounds: one start of each in turn, so that load hits all alike.

    Everything starts from its zip with nothing but its own requirements. Errors: NotInstalled, RuntimeError.
    """
    names = [name for name in stack.catalogue.functions if not only or name in only]
    with tempfile.TemporaryDirectory() as scratch:
        deployed = _unpacked(Path(scratch), names)
        starts = {name: (name, one, _sweeps(stack, name)) for name, one in deployed.items()}
        starts |= {f"{name}{FULL}": (name, one, False) for name, one, idle in starts.values() if idle}
        took: dict[str, list[float]] = {label: [] for label in starts}
        # The first start is the disk's business: the files are read for the first time.
        for number in range(rounds + 1):
            for label, (name, one, idle) in starts.items():
                with nothing_to_do(stack) if idle else nullcontext():
                    took_ms = _start(stack, name, one)
                if number:
                    took[label].append(took_ms)
    medians = {label: statistics.median(times) for label, times in took.items()}
    return {
        "rounds": rounds,
        "python": RUNTIME if RUNTIME in deployed_python() else platform.python_version(),
        "hello_world_ms": round(medians[HELLO]),
        "functions": {
            name: {
                "ms": round(medians[name]),
                "ratio": round(medians[name] / medians[HELLO], 2),
                "with_work_ratio": round(medians[f"{name}{FULL}"] / medians[HELLO], 2)
                if f"{name}{FULL}" in medians
                else None,
                "most": most_of(stack, name),
                "zip_kb": round(deployed[name].zip_bytes / 1000),
                "distributions": deployed[name].distributions,
            }
            for name in names
        },
    }


def _sweeps(stack: Stack, name: str) -> bool:
    return name != HELLO and stack.catalogue.functions[name].trigger.schedule is not None


@contextmanager
def nothing_to_do(stack: Stack) -> Iterator[None]:
    """No tenant is there, so that a sweep reads the database and is done: what it takes to be awake.

    A first run with work also waits for vendors and secrets, which no hello-world does.
    """
    client = World(read_settings(stack.environ)).firestore
    tenants = {each.reference: each.to_dict() or {} for each in client.collection("tenants").stream()}
    for reference in tenants:
        reference.delete()
    try:
        yield
    finally:
        for reference, settings in tenants.items():
            reference.set(settings)


def most_of(stack: Stack, name: str) -> float | None:
    """The ratio that a function is to stay within; None for those that call the model."""
    return None if "openai-api-key" in stack.catalogue.functions[name].secrets else MOST


def _unpacked(scratch: Path, names: list[str]) -> dict[str, Unpacked]:
    environments = Environments(scratch / "environments")
    pins = Pins(ROOT / REQUIREMENTS)
    hello = scratch / HELLO
    hello.mkdir()
    (hello / MAIN).write_text(_HELLO_SOURCE)
    needed = sorted(pins.needed([ALWAYS]))
    (hello / REQUIREMENTS).write_text("".join(f"{pins.line(one)}\n" for one in needed))
    found = {HELLO: Unpacked(hello, environments.of(hello / REQUIREMENTS), 0, len(needed))}
    for name, package in packages(names, pins).items():
        archive = scratch / package.file
        archive.write_bytes(package.archive)
        folder = unpacked(archive, scratch / name)
        environment = environments.of(folder / REQUIREMENTS)
        found[name] = Unpacked(folder, environment, len(package.archive), len(package.distributions))
    for one in found.values():
        compiled(one.folder, one.environment)
    return found


def _start(stack: Stack, name: str, one: Unpacked) -> float:
    """Milliseconds from the start of functions-framework to the first answer. Errors: RuntimeError."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    request = first_request(stack, name)
    settings = {**stack.environ, "K_SERVICE": "local", "FUNCTION_NAME": name, "THREADS": "4"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [
            one.environment / "bin" / "functions-framework",
            *("--target", name, "--source", MAIN, "--host", "127.0.0.1", "--port", str(port)),
        ],
        cwd=one.folder,
        env=alone(one.environment, **settings),
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
                url = f"http://127.0.0.1:{port}/{request.path}"
                answer = client.request(
                    request.method, url, content=request.body, headers=dict(request.headers)
                )
                return answer.status_code
            except httpx.ConnectError:
                time.sleep(0.005)
    raise RuntimeError(f"no answer on port {port}; the process ended with {process.poll()}")


def first_request(stack: Stack, name: str) -> FirstRequest:
    """A stage is asked for a job that is not there, a sweep runs, a webhook refuses a form that is not allowed,
    a page a link that nobody made, a stranger presses the button to unsubscribe, an unknown key asks the API.

    Each reaches the database, so that what a cold function loads is loaded.
    """
    if name == HELLO:
        return FirstRequest(b"", {}, (200,))
    trigger = stack.catalogue.functions[name].trigger
    if name == OPT_OUT:
        link = opt_out_url(stack.world, "default")("contact-that-is-not-there")
        return FirstRequest(urlencode([ONE_CLICK]).encode(), _FORM, (200,), path=f"?{urlsplit(link).query}")
    if name == API:
        unknown = {"authorization": f"Bearer {PREFIX}{'0' * 43}"}
        return FirstRequest(b"", unknown, (401,), "GET", "v1/jobs")
    if trigger.public and "POST" not in trigger.methods:
        return FirstRequest(b"", {}, (400,), "GET", f"?start=default.{'0' * 43}")
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
        event: dict[str, str] = (
            {"emailAddress": "nobody@elsewhere.example", "historyId": "1"}
            if trigger.topic == PUSH_TOPIC
            else {
                "id": f"bench-{time.time_ns()}",
                "type": "drafted",
                "tenant": "default",
                "job": "j",
                "at": at,
            }
        )
        data = base64.b64encode(json.dumps(event).encode()).decode()
        body = {"message": {"data": data, "messageId": str(time.time_ns()), "attributes": {}}}
    elif trigger.schedule:
        body = {}
    return FirstRequest(json.dumps(body).encode(), headers, (200,))
