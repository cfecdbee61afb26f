"""The vendors' world in one object: requests in, answers out, with time, a log and faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.local_cloud.clock import Clock, RealClock
from scripts.sandbox import world as seeded_world
from scripts.sandbox.admin import Admin
from scripts.sandbox.calendar import Calendar
from scripts.sandbox.drive import Drive
from scripts.sandbox.effects import Effects
from scripts.sandbox.exchange import Answer, Json, Query, Refused, Request, json_answer, parse_query
from scripts.sandbox.faults import ConnectionBroken, Faults, Rule
from scripts.sandbox.gmail import Gmail
from scripts.sandbox.gmail_pushes import PushChaos
from scripts.sandbox.google_oauth import GoogleOauth
from scripts.sandbox.hubspot import HubSpot
from scripts.sandbox.openai_api import OpenAi
from scripts.sandbox.people import People
from scripts.sandbox.request_log import RequestLog
from scripts.sandbox.state import State
from scripts.sandbox.vendor import Surroundings, Vendor

if TYPE_CHECKING:
    from scripts.sandbox.server import Server

MailPush = Callable[[str, Json], None]
"""Called with the topic and `{emailAddress, historyId}` when a watched mailbox changed."""

_GARBAGE = b"<html><head><title>502</title></head><body>upstream sent something else</body></html>"


class Sandbox:
    """All vendors on one state.

    With `data` the state survives the process. `world` fills an empty sandbox, None leaves it empty.
    `search_lag_s` is how far HubSpot's search index is behind. `oauth_redirects` are the addresses that
    Google's consent may send people back to.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        data: Path | None = None,
        seed: int = 1,
        search_lag_s: float = 0.0,
        world: Callable[[Sandbox], None] | None = seeded_world.seed,
        on_mail_push: MailPush | None = None,
        push_chaos: PushChaos | None = None,
        oauth_redirects: Sequence[str] = (),
    ) -> None:
        self.clock = clock or RealClock()
        self.state = State(data)
        self.effects = Effects(self.state)
        self.surroundings = Surroundings(self.state, self.clock, self.effects, seed)
        self.faults = Faults()
        self.requests = RequestLog(self.state)
        self.hubspot = HubSpot(self.surroundings, search_lag_s=search_lag_s)
        self.google_oauth = GoogleOauth(self.surroundings)
        self.gmail = Gmail(self.surroundings, self.google_oauth)
        self.calendar = Calendar(self.surroundings, self.google_oauth)
        self.drive = Drive(self.surroundings, self.google_oauth)
        self.openai = OpenAi(self.surroundings)
        self.people = People(self)
        self._vendors: dict[str, Vendor] = {
            vendor.name: vendor
            for vendor in (
                self.hubspot,
                self.google_oauth,
                self.gmail,
                self.calendar,
                self.drive,
                self.openai,
            )
        }
        self._admin = Admin(self)
        self._lock = threading.RLock()
        self.on_mail_push = on_mail_push
        self.gmail.pushes.chaos = push_chaos or PushChaos()
        self._server: Server | None = None
        with self.state.transaction():
            for uri in oauth_redirects:
                self.google_oauth.consent.add_redirect(uri)
        if self.state.get("sandbox", "seeded") is None:
            with self.state.transaction():
                self.openai.add_key(f"sk-sandbox-{self.surroundings.digest('openai key')[:40]}")
                if world is not None:
                    world(self)
                self.state.put("sandbox", "seeded", {"seed": seed})

    # Requests

    def handle(
        self,
        method: str,
        path: str,
        query: Query = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request; the first segment of the path names the vendor.

        Raises ConnectionBroken where a fault keeps the answer from arriving whole.
        """
        answer, _ = self.exchange(method, path, query, headers, body)
        return answer.status, answer.headers, answer.body

    def exchange(
        self,
        method: str,
        path: str,
        query: Query = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> tuple[Answer, float]:
        """As `handle`, and how long the answer is delayed by a fault, in seconds."""
        name, _, rest = path.lstrip("/").partition("/")
        lower = {key.lower(): value for key, value in (headers or {}).items()}
        request = Request(method.upper(), f"/{rest}", parse_query(query), lower, body)
        try:
            with self._lock:
                self._settle()
                if name == "_admin":
                    with self.state.transaction():
                        return self._admin.answer(request), 0.0
                vendor = self._vendors.get(name)
                if vendor is None:
                    return json_answer({"error": f"no vendor {name!r} here"}, 404), 0.0
                rule = self.faults.match(name, request.method, request.url())
                return self._exchanged(vendor, request, rule)
        finally:
            self._push()

    def settle(self) -> None:
        """Let everything take effect whose time has come; every request does this first.

        That is late requests, mail that was scheduled, and pushes on their way.
        """
        with self._lock:
            self._settle()
        self._push()

    def push_due_s(self) -> float | None:
        """When the next push arrives, or None when none is on its way."""
        with self._lock:
            return self.gmail.pushes.due_s()

    def due_s(self) -> float | None:
        """When `settle` has something to do next: a push that arrives, or a scheduled mail."""
        with self._lock:
            times = [row["due_s"] for row in self.state.all("gmail/scheduled")]
            push_s = self.gmail.pushes.due_s()
        return min(times if push_s is None else [*times, push_s], default=None)

    def _settle(self) -> None:
        now_s = self.clock.time_s()
        if self.state.keys("gmail/scheduled"):
            with self.state.transaction():
                self.gmail.send_scheduled()
        for key in self.state.keys("late"):
            late = self.state.get("late", key)
            if late is not None and late["due_s"] <= now_s:
                query = tuple((name, value) for name, value in late["query"])
                body = late["body"].encode("latin-1")
                request = Request(late["method"], late["path"], query, late["headers"], body)
                with self.state.transaction():
                    self.state.delete("late", key)
                    answer = self._applied(self._vendors[late["vendor"]], request)
                    self.requests.note(late["vendor"], request, answer, now_s, "late", applied=True)

    def _exchanged(self, vendor: Vendor, request: Request, rule: Rule | None) -> tuple[Answer, float]:
        """Apply a request as far as the rule lets it take effect, log it, and answer or break."""
        kind = rule.kind if rule else ""
        applied = rule is None or bool(rule.applied)
        with self.state.transaction():
            answer = self._applied(vendor, request) if applied else None
            if kind == "late" and rule:
                self._keep_for_later(vendor.name, request, rule.delay_s)
            if rule and kind in ("429", "429_retry_after", "403_rate", "500", "503"):
                wait_s = rule.retry_after_s
                if kind == "429_retry_after" and wait_s is None:
                    wait_s = 1.0
                answer = vendor.refusal("429" if kind == "429_retry_after" else kind, wait_s)
            elif kind == "garbage":
                answer = Answer(200, _GARBAGE, {"content-type": "text/html"})
            elif answer is None and kind not in ("timeout", "drop_before", "lost_answer", "late"):
                answer = Answer(200, b"", {"content-type": "application/json; charset=UTF-8"})
            self.requests.note(vendor.name, request, answer, self.clock.time_s(), kind, applied=applied)
        delay_s = rule.delay_s if rule else 0.0
        if kind == "timeout":
            raise ConnectionBroken("timeout", delay_s=delay_s)
        if kind in ("drop_before", "lost_answer", "late"):
            raise ConnectionBroken("dropped", delay_s=0.0 if kind == "late" else delay_s)
        assert answer is not None
        if kind == "half":
            raise ConnectionBroken("half", answer=answer, delay_s=delay_s)
        return answer, delay_s

    def _applied(self, vendor: Vendor, request: Request) -> Answer:
        try:
            with self.state.transaction():
                return vendor.answer(request)
        except Refused as refused:
            return refused.answer

    def _keep_for_later(self, vendor: str, request: Request, delay_s: float) -> None:
        self.state.append(
            "late",
            {
                "vendor": vendor,
                "method": request.method,
                "path": request.path,
                "query": [list(pair) for pair in request.query],
                "headers": request.headers,
                "body": request.body.decode("latin-1"),
                "due_s": self.clock.time_s() + delay_s,
            },
        )

    def _push(self) -> None:
        """Tell who listens what changed in watched mailboxes, outside the lock."""
        with self._lock:
            if self.state.in_transaction() or self.gmail.pushes.idle():
                return  # the change around this one will tell
            with self.state.transaction():
                due = self.gmail.pushes.take_due()
        for topic, notice in due:
            if self.on_mail_push is not None:
                self.on_mail_push(topic, notice)

    # What a test or a person can do

    @contextmanager
    def changing(self) -> Generator[None]:
        """Change the world directly: `with sandbox.changing(): …` is kept whole or not at all."""
        with self._lock, self.state.transaction():
            yield
        self._push()

    def access_token(self, mailbox: str, scopes: list[str] | None = None) -> str:
        """A Google access token for a mailbox; by default for everything the sandbox speaks."""
        wide = [
            "https://mail.google.com/",
            "https://www.googleapis.com/auth/calendar",
            "https://www.googleapis.com/auth/drive",
        ]
        with self.changing():
            return self.google_oauth.mint(mailbox, wide if scopes is None else scopes)

    def shift_clock(self, offset_s: float) -> None:
        """Set how far the sandbox's clock is ahead of the machine's. ValueError for a virtual clock."""
        if not isinstance(self.clock, RealClock):
            raise ValueError("a virtual clock is moved by who made it")
        self.clock.offset_s = offset_s

    def credentials(self, base_url: str) -> Json:
        """Everything that a configuration needs to use the vendors here."""
        portal = self.hubspot.portal_details(seeded_world.PORTAL)
        with self.changing():
            service_account = self.google_oauth.service_account(f"{base_url}/google-oauth/token")
            oauth_client = self.google_oauth.consent.client()
        return {
            "hubspot_portal_id": portal["portal"],
            "hubspot_service_key": portal["key"],
            "hubspot_webhook_secret": portal["webhook_secret"],
            "google_service_account": service_account,
            "google_oauth_client": oauth_client,
            "google_mailboxes": self.google_oauth.mailboxes(),
            "openai_api_key": self.openai.keys()[0],
        }

    def base_urls(self, base_url: str) -> dict[str, str]:
        return {name: f"{base_url}/{name}" for name in self._vendors}

    # Over HTTP

    def serve(self, port: int = 0) -> str:
        """Listen on loopback, port 0 for a free one; the base URL has no slash at its end."""
        from scripts.sandbox.server import Server

        if self._server is None:
            self._server = Server(self, port)
            self._server.start()
        return self._server.base_url

    def stop(self) -> None:
        """Stop listening and close the file; the state in it stays."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        with self._lock:
            self.state.close()
