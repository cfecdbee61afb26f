"""The whole system on this machine: local cloud, sandbox and functions, on one directory of data."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import httpx

from scripts.catalogue import ROOT, Catalogue, load, source_of
from scripts.stack import tenant
from scripts.stack.child import Child, StackFailed
from scripts.stack.deployment import Places, environment, spec
from scripts.stack.live import Live
from scripts.stack.ports import reserve
from shared.runtime.settings import Settings, read_settings
from shared.runtime.world import World

DATA = ROOT / ".local"
RUN_FILE = "run.json"
CRM_LAG_S = 3.0
"""The sandbox's search is two seconds behind; nobody waits two minutes at a terminal."""

_KEPT_DATA = ("cloud.sqlite", "sandbox.sqlite", "secrets.json", "ports.json", "spec.json", RUN_FILE)
_CLOUD, _SANDBOX, _FUNCTIONS = "local cloud", "sandbox", "functions"


@dataclass(frozen=True)
class Options:
    """How a stack is started. `settings` are environment variables of the functions that differ."""

    data: Path = DATA
    fresh: bool = False
    cloud_only: bool = False
    separate_processes: bool = False
    paused: bool = False
    """Whether schedules only run when they are told to."""
    live: Live | None = None
    settings: Mapping[str, str] = field(default_factory=dict[str, str])


class Stack:
    """Runs while its `with` block does; everything it started ends with it, however it ends."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.catalogue: Catalogue = load()
        self.data = self.options.data
        self.children: dict[str, Child] = {}
        self.secrets: dict[str, str] = {}
        self.environ: dict[str, str] = {}
        self.admin_url = ""
        self.sandbox_admin_url = ""
        self.places = Places("", "", "", "", {})
        self._lock: IO[str] | None = None
        self._expected: set[str] = set()
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        self.run_file.unlink(missing_ok=True)
        try:
            if self.options.fresh:
                self._forget()
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def run_file(self) -> Path:
        return self.data / RUN_FILE

    @cached_property
    def world(self) -> World:
        """The clients of a function, for those who look on."""
        return World(read_settings(self.environ))

    def details(self) -> dict[str, Any]:
        """What run.json holds: endpoints, settings, and secrets that are local only."""
        live = self.options.live
        sandbox = {**self.places.vendors, "admin": self.sandbox_admin_url}
        kept = self.secrets
        if live is not None:
            sandbox = {name: url for name, url in sandbox.items() if name not in live.names}
            kept = {name: value for name, value in kept.items() if name not in live.secrets}
        local = not self.options.cloud_only
        return {
            "env": {**self.environ, "LOCAL_CLOUD_ADMIN_URL": self.admin_url},
            "functions": {name: self.places.url_of(name) for name in self.catalogue.functions if local},
            "sandbox": sandbox if local else {},
            "secrets": kept,
        }

    def check(self) -> None:
        """Errors: StackFailed when a process ended that should run."""
        for name, child in self.children.items():
            if name not in self._expected and child.has_ended():
                raise StackFailed(child.last_words())

    def counts(self) -> dict[str, dict[str, int]]:
        """Reads, writes, deletes, tasks and publishes so far, by `<job>/<stage>` or `/<function>`."""
        return cast("dict[str, dict[str, int]]", self.ask_cloud("GET", "/counts")["by_work"])

    def ask_cloud(self, method: str, path: str, body: Any = None) -> Any:
        """The local cloud's own interface. Errors: StackFailed."""
        return _ask(method, self.admin_url + path, body)

    def ask_sandbox(self, method: str, path: str, body: Any = None) -> Any:
        """The sandbox's own interface. Errors: StackFailed."""
        return _ask(method, self.sandbox_admin_url + path, body)

    def kill(self, name: str) -> None:
        """End one process as kill -9 does; `start_again` brings it back."""
        self._expected.add(name)
        self.children[name].kill()

    def start_again(self, name: str) -> None:
        """Start a killed process on the same port and data."""
        child = self.children[name]
        child.start()
        child.wait_ready()
        if name == _CLOUD:
            self._provision()
        self._expected.discard(name)

    # Starting

    def _start(self) -> None:
        names = ["google", "front_end", "admin"]
        if not self.options.cloud_only:
            names += ["sandbox", "functions"]
        if self.options.separate_processes:
            names += self.catalogue.functions
        ports = reserve(names, self.data / "ports.json")
        self.places = self._places(ports)
        self.admin_url = f"http://127.0.0.1:{ports['admin']}"
        self.environ = self._environment()
        (self.data / "logs").mkdir(exist_ok=True)
        (self.data / "spec.json").write_text(json.dumps(asdict(self._spec())))
        self._add_cloud(ports)
        if not self.options.cloud_only:
            self._add_sandbox(ports)
            self._add_functions(ports)
        for child in self.children.values():
            child.start()
        said = {name: child.wait_ready() for name, child in self.children.items()}
        self.secrets = self._secrets(said)
        self._provision()
        live = self.options.live
        tenant.seed(self.world.database, live.changed(tenant.settings()) if live else None)
        if live is not None:
            tenant.change(self.world.database, live.changed)
        write_private(self.run_file, self.details())

    def _places(self, ports: Mapping[str, int]) -> Places:
        def url(name: str) -> str:
            return f"http://127.0.0.1:{ports[name]}" if name in ports else ""

        self.sandbox_admin_url = url("sandbox") + "/_admin"
        vendors = ("hubspot", "gmail", "calendar", "drive", "google-oauth", "openai")
        return Places(
            google=f"127.0.0.1:{ports['google']}",
            front_end=url("front_end"),
            functions=url("functions"),
            certs=url("admin") + "/oidc/certs",
            vendors={vendor: f"{url('sandbox')}/{vendor}" for vendor in vendors},
            separate={name: url(name) for name in self.catalogue.functions if name in ports},
        )

    def _environment(self) -> dict[str, str]:
        found = environment(self.catalogue, self.places, behind_front_end=False)
        found["CRM_LAG_S"] = str(CRM_LAG_S)
        if self.options.live is not None:
            found = self.options.live.environment(found)
        return found | dict(self.options.settings)

    def _spec(self) -> Any:
        return spec(self.catalogue, self.places, self.secrets, paused=self.options.paused)

    def _add_cloud(self, ports: Mapping[str, int]) -> None:
        self.children[_CLOUD] = Child(
            _CLOUD,
            [
                "scripts.local_cloud",
                *("--data", str(self.data / "cloud.sqlite")),
                *("--port", str(ports["google"])),
                *("--front-end-port", str(ports["front_end"])),
                *("--admin-port", str(ports["admin"])),
                *("--spec", str(self.data / "spec.json")),
            ],
            log=self.data / "logs" / "local_cloud.log",
            speaks=True,
        )

    def _add_sandbox(self, ports: Mapping[str, int]) -> None:
        self.children[_SANDBOX] = Child(
            _SANDBOX,
            [
                "scripts.sandbox",
                *("--data", str(self.data / "sandbox.sqlite")),
                *("--port", str(ports["sandbox"])),
                *("--pubsub", self.places.google),
                *("--oauth-redirect", self.places.url_of("connect_gmail")),
            ],
            log=self.data / "logs" / "sandbox.log",
            speaks=True,
        )

    def _add_functions(self, ports: Mapping[str, int]) -> None:
        """K_SERVICE as on Cloud Run: the local cloud's front end has checked the caller."""
        known = {one.alias for one in Settings.model_fields.values()}
        outside = {name: "" for name in os.environ if name in known}
        environ = {**outside, **self.environ, "K_SERVICE": "local"}
        if not self.options.separate_processes:
            self.children[_FUNCTIONS] = Child(
                _FUNCTIONS,
                ["scripts.stack.functions_server", "--port", str(ports["functions"])],
                log=self.data / "logs" / "functions.log",
                environ=environ,
                port=ports["functions"],
            )
            return
        for name in self.catalogue.functions:
            arguments = ["--target", name, "--source", str(source_of(name)), "--host", "127.0.0.1"]
            self.children[name] = Child(
                name,
                ["functions_framework", *arguments, "--port", str(ports[name])],
                log=self.data / "logs" / f"{name}.log",
                environ={**environ, "FUNCTION_NAME": name, "THREADS": "4"},
                port=ports[name],
            )

    def _secrets(self, said: Mapping[str, Any]) -> dict[str, str]:
        """The sandbox's credentials, and our own keys, which stay: contacts are kept and mails sent under them."""
        if self.options.cloud_only:
            return {}
        file = self.data / "secrets.json"
        kept = _json_of(file)
        found = {**tenant.secrets_of(said[_SANDBOX]["credentials"])}
        own = {name: kept.get(name) or secrets.token_hex(32) for name in tenant.OWN_KEYS}
        write_private(file, own)
        return found | own

    def _provision(self) -> None:
        live = self.options.live.secrets if self.options.live else {}
        wanted = spec(self.catalogue, self.places, {**self.secrets, **live}, paused=self.options.paused)
        self.ask_cloud("POST", "/provision", asdict(wanted))

    def _locked(self) -> IO[str]:
        file = (self.data / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise StackFailed(
                f"a stack already runs on {self.data} (process {holder}); end it, or give another --data"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def _forget(self) -> None:
        for name in _KEPT_DATA:
            for path in self.data.glob(f"{name}*"):
                path.unlink()
        for log in (self.data / "logs").glob("*.log"):
            log.unlink()

    # Stopping

    def _stop(self) -> None:
        self.run_file.unlink(missing_ok=True)
        for child in self.children.values():
            child.tell_to_stop()
        for child in self.children.values():
            child.wait_stopped()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _ask(method: str, url: str, body: Any) -> Any:
    try:
        with httpx.Client(trust_env=False, timeout=30.0) as client:
            answer = client.request(method, url, json=body)
    except httpx.HTTPError as error:
        raise StackFailed(f"{method} {url} was not answered: {type(error).__name__}") from error
    if answer.status_code >= 400:
        raise StackFailed(f"{method} {url} answered {answer.status_code}: {answer.text[:500]}")
    return answer.json() if answer.content else None


def _json_of(path: Path) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def write_private(path: Path, value: Any) -> None:
    """Written whole or not at all, for the owner's eyes."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(value, file, indent=1)
    fresh.replace(path)
