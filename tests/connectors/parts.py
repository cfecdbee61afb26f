"""What the connectors' tests are made of: time that stands still, answers from a script, and the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import httpx

from scripts.local_cloud.clock import VirtualClock
from scripts.sandbox.in_process import transport
from scripts.sandbox.sandbox import Sandbox
from scripts.sandbox.world import PORTAL
from shared.connectors import dialects, gmail, google_calendar
from shared.connectors.breaker import Breaker
from shared.connectors.gmail import GmailMailbox
from shared.connectors.gmail_feed import GmailFeed
from shared.connectors.google_auth import DelegatedTokens
from shared.connectors.google_calendar import GoogleCalendar
from shared.connectors.http import VendorHttp
from shared.connectors.hubspot import CompanyProperties, HubSpotCrm
from shared.connectors.hubspot_forms import HubSpotForms
from shared.ports.calendar import Calendar
from shared.ports.crm import Crm
from shared.ports.forms import Forms
from shared.ports.mailbox import Mailbox
from tests.sandbox import discovery

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ISABEL = "isabel.perez@brightpath.example"
ANA = "ana.ruiz@harborlogistics.example"

Answerer = Callable[[httpx.Request], httpx.Response]


@dataclass
class Time:
    """A clock that moves when somebody sleeps, and remembers how long they did."""

    now_s: float = NOW.timestamp()
    slept: list[float] = field(default_factory=list[float])

    def clock(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


class Script(httpx.BaseTransport):
    """Answers in order, the last one again and again; an exception is raised. Every request is kept."""

    def __init__(self, *answers: httpx.Response | Exception | Answerer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A response is read once, so that each request gets its own.
            answer.read()
            kept = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
            return httpx.Response(answer.status_code, headers=kept, content=answer.content)
        return answer(request)


class Recorder(httpx.BaseTransport):
    """Passes requests on and keeps them; those to Google are judged by its own description of its APIs."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.requests: list[httpx.Request] = []
        self.methods: list[str] = []
        """Ids of the Google methods that were called, such as `gmail.users.drafts.create`."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body, url = request.read(), str(request.url)
        self.requests.append(request)
        if discovery.is_described(url):
            self.methods.append(discovery.validate_request(request.method, url, body))
        return self._inner.handle_request(request)


def answer(status: int, body: Any = None, **headers: str) -> httpx.Response:
    """A JSON answer; underscores in header names are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body if body is not None else {}, headers=named)


def mail(body: str = "Hello\n", **headers: str) -> bytes:
    """A mail from Isabel to Ana; underscores in header names are dashes."""
    message = EmailMessage()
    for name, value in {"From": ISABEL, "To": ANA, "Subject": "A question", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def vendor_http(script: httpx.BaseTransport, time: Time | None = None, **settings: Any) -> VendorHttp:
    """A vendor under test whose waits are not waited for."""
    time = time or Time()
    given: dict[str, Any] = {
        "clock": time.clock,
        "sleep": time.sleep,
        "jitter": lambda low, high: 1.0,
        "breaker": Breaker("vendor", time.clock, failures=1000),
    }
    return VendorHttp("vendor", "https://api.vendor.example", transport=script, **{**given, **settings})


@dataclass
class Rig:
    """Every connector on one sandbox, without a socket."""

    sandbox: Sandbox
    clock: VirtualClock
    recorder: Recorder
    time: Time
    crm: Crm
    forms: Forms
    mailbox: Mailbox
    feed: GmailFeed
    calendar: Calendar
    tokens: DelegatedTokens

    def count(self, vendor: str, method: str = "") -> int:
        """How many requests a vendor got, applied or not."""
        rows = self.sandbox.requests.listed(vendor)
        return sum(not method or row["method"] == method for row in rows)


def rig(key: Mapping[str, str] | None = None) -> Rig:
    """A fresh world with its connectors; nothing waits for real."""
    clock = VirtualClock(NOW)
    sandbox = Sandbox(clock=clock)
    recorder = Recorder(transport(sandbox))
    time = Time()
    credentials = sandbox.credentials("https://oauth2.googleapis.com")

    def http(vendor: str, base_url: str, **settings: Any) -> VendorHttp:
        return VendorHttp(
            vendor,
            base_url,
            transport=recorder,
            clock=time.clock,
            sleep=time.sleep,
            breaker=Breaker(vendor, time.clock, failures=1000),
            **settings,
        )

    hubspot = http(
        "hubspot",
        "https://api.hubapi.com",
        auth=lambda: {"authorization": f"Bearer {credentials['hubspot_service_key']}"},
        dialect=dialects.hubspot,
    )
    tokens = DelegatedTokens(
        lambda: key or credentials["google_service_account"],
        http("google-oauth", "https://oauth2.googleapis.com"),
        clock=time.clock,
    )
    mail_user = tokens.as_user(ISABEL, gmail.SCOPES)
    gmail_http = http(
        "gmail",
        gmail.BASE_URL,
        auth=mail_user.headers,
        renew=mail_user.forget,
        dialect=dialects.google,
    )
    calendar_user = tokens.as_user(ISABEL, google_calendar.SCOPES)
    return Rig(
        sandbox=sandbox,
        clock=clock,
        recorder=recorder,
        time=time,
        crm=HubSpotCrm(hubspot, company_properties=CompanyProperties(stage="funding_stage")),
        forms=HubSpotForms(hubspot, PORTAL),
        mailbox=GmailMailbox(gmail_http),
        feed=GmailFeed(gmail_http),
        calendar=GoogleCalendar(
            http(
                "calendar",
                google_calendar.BASE_URL,
                auth=calendar_user.headers,
                renew=calendar_user.forget,
                dialect=dialects.google,
            )
        ),
        tokens=tokens,
    )
