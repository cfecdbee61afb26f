"""The whole system in one process on a virtual clock: real functions, real clients, no socket, no thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from werkzeug.test import Client

from scripts.catalogue import Catalogue, load
from scripts.local_cloud.clock import VirtualClock
from scripts.local_cloud.cloud import LocalCloud
from scripts.local_cloud.dispatcher import Ran
from scripts.local_cloud.due import HttpRequest, HttpResponse
from scripts.sandbox.in_process import transport
from scripts.sandbox.sandbox import Sandbox
from scripts.stack import tenant
from scripts.stack.apps import WsgiApp, mounted
from scripts.stack.deployment import Places, environment, spec
from scripts.stack.mail_pushes import into_topics
from shared.runtime.callers import Certificates
from shared.runtime.settings import read_settings
from shared.runtime.world import World, install

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning, in the week of Thanksgiving: weekends and a holiday are near."""

HOST = "http://functions.local"
CERTS = "http://certs.local"

_apps: dict[int, WsgiApp] = {}
_loaded = cache(load)


class Simulation:
    """A local cloud, a sandbox and all functions, stepped by `run_due`.

    `settings` are environment variables that differ from the local stack's. `on_request` sees every delivery
    and may raise to lose it. `channels` lead a service (`firestore`, `pubsub`) elsewhere, to Google's emulator.
    `lease_s` is for who calls from several threads at once: how long a transaction may keep others waiting.
    """

    def __init__(
        self,
        *,
        start: datetime = START,
        settings: dict[str, str] | None = None,
        on_request: Callable[[HttpRequest], None] | None = None,
        channels: Mapping[str, Any] | None = None,
        lease_s: float | None = None,
    ) -> None:
        self.catalogue: Catalogue = _loaded()
        self.clock = VirtualClock(start)
        self.sandbox = Sandbox(clock=self.clock)
        self.cloud = LocalCloud(None, clock=self.clock, http=self._deliver, lease_s=lease_s)
        self.sandbox.on_mail_push = into_topics(self.cloud)
        self.on_request = on_request
        self.on_vendor_request: Callable[[str, str], None] | None = None
        """Sees method and path of every request to a vendor; what it raises is the end of the process."""
        self.channels = dict(channels or {})
        vendors = self.sandbox.base_urls("http://vendors.local")
        self.places = Places("in-process", HOST, HOST, CERTS, vendors)
        with self.sandbox.changing():
            self.sandbox.google_oauth.consent.add_redirect(self.places.url_of("connect_gmail"))
        secrets = tenant.secrets_of(self.sandbox.credentials("http://vendors.local"))
        self.secrets = {
            **secrets,
            "address-key": "simulated-address-key-" + "0" * 24,
            "opt-out-key": "simulated-opt-out-key-" + "0" * 24,
        }
        self.cloud.provision(spec(self.catalogue, self.places, self.secrets, paused=True))
        self.environ = environment(self.catalogue, self.places, behind_front_end=False) | (settings or {})
        self.restart()
        tenant.seed(self.world.database)
        self.cloud.counts.reset()
        if 0 not in _apps:
            _apps[0] = mounted(self.catalogue)
        self._client = Client(_apps[0])

    def restart(self) -> None:
        """A new process of functions: no client, cache or breaker of the old one is left."""
        self.world = World(
            read_settings(self.environ),
            clock=self.clock.now,
            channel=lambda service: self.channels.get(service) or self.cloud.channel(),
            http=_Watched(transport(self.sandbox), lambda: self.on_vendor_request),
        )
        certificates = Certificates(CERTS, lambda _url: self.cloud.issuer.certificates())
        self.world.once(("certificates", CERTS), lambda: certificates)
        install(self.world)

    def close(self) -> None:
        install(None)

    def call(
        self, function: str, *, method: str = "POST", headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Any:
        """One HTTP request to a function; returns werkzeug's test response."""
        return self._client.open(f"/{function}", method=method, headers=headers, data=body, base_url=HOST)

    def submit(self, fields: dict[str, str], *, form: str = "") -> dict[str, Any]:
        """A person submits a form at HubSpot; returns the submission and its signed requests, undelivered."""
        return self.sandbox.people.submit_form(
            form or next(iter(tenant.settings().forms)),
            fields,
            webhook_url=self.places.url_of("receive_hubspot"),
            workflow_url=self.places.url_of("receive_hubspot"),
        )

    def deliver(self, signed: dict[str, Any]) -> Any:
        """Post one signed request to receive_hubspot."""
        body = signed["body"]
        raw = body if isinstance(body, bytes) else str(body).encode()
        return self.call("receive_hubspot", headers=dict(signed["headers"]), body=raw)

    def sweep(self, name: str) -> int | None:
        """Run a scheduled function now."""
        return self.cloud.run_now(name)

    def run(self, *, until: datetime | None = None, max_steps: int = 10_000, **kwargs: Any) -> Ran:
        """Deliver all that is due, moving the clock; pushes from Gmail arrive when they are due.

        Only with `until` does it wait for mail that people scheduled.
        """
        steps = 0
        while True:
            at_s = self._vendors_due_s(until)
            stop = until if at_s is None else datetime.fromtimestamp(at_s, UTC)
            ran = self.cloud.run_due(until=stop, max_steps=max_steps - steps, **kwargs)
            steps += ran.steps
            if not ran.quiet:
                return Ran(steps, quiet=False)
            if at_s is not None:
                self.clock.advance_to(at_s)
                self.sandbox.settle()
            elif self._vendors_due_s(until) is None:
                return Ran(steps, quiet=True)

    def _vendors_due_s(self, until: datetime | None) -> float | None:
        """When the vendors' world does something next of its own accord within a run."""
        at_s = self.sandbox.push_due_s() if until is None else self.sandbox.due_s()
        return at_s if at_s is not None and (until is None or at_s <= until.timestamp()) else None

    def redeliver(self, request: HttpRequest) -> HttpResponse:
        """Deliver a request that was delivered before, as at-least-once allows."""
        return self._deliver(request)

    def _deliver(self, request: HttpRequest) -> HttpResponse:
        if self.on_request is not None:
            self.on_request(request)
        name = urlsplit(request.url).path.lstrip("/")
        try:
            answer = self.call(name, method=request.method, headers=dict(request.headers), body=request.body)
        except Exception:
            raise
        except BaseException as died:
            if isinstance(died, KeyboardInterrupt):
                raise
            raise OSError("the process died") from died
        return HttpResponse(answer.status_code, dict(answer.headers), answer.get_data())


class _Watched(httpx.BaseTransport):
    """A transport that shows every request before it goes out."""

    def __init__(
        self, inner: httpx.BaseTransport, watcher: Callable[[], Callable[[str, str], None] | None]
    ) -> None:
        self._inner = inner
        self._watcher = watcher

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        watch = self._watcher()
        if watch is not None:
            watch(request.method, request.url.path)
        return self._inner.handle_request(request)
