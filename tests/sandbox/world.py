"""A sandbox at a fixed time, and clients that talk to it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import httpx

from scripts.local_cloud.clock import VirtualClock
from scripts.sandbox.in_process import transport
from scripts.sandbox.sandbox import Sandbox
from scripts.sandbox.world import PORTAL
from scripts.sandbox.world_mail import ISABEL
from tests.sandbox.discovery import Judged

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GMAIL = "https://gmail.googleapis.com/gmail/v1/users/me"
HUBSPOT = "https://api.hubapi.com"


@dataclass
class Outside:
    """A sandbox, its clock, and one client per vendor that is already let in."""

    sandbox: Sandbox
    clock: VirtualClock
    google: httpx.Client
    hubspot: httpx.Client
    openai: httpx.Client
    judge: Judged

    def draft(self, raw: bytes, thread_id: str = "") -> dict[str, Any]:
        """Create a draft and return the answer."""
        message = {"raw": encoded(raw), **({"threadId": thread_id} if thread_id else {})}
        answer = self.google.post(f"{GMAIL}/drafts", json={"message": message})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def as_mailbox(self, mailbox: str, scopes: list[str] | None = None) -> httpx.Client:
        """A judged client for another mailbox or with other scopes."""
        token = self.sandbox.access_token(mailbox, scopes)
        return httpx.Client(transport=self.judge, headers={"authorization": f"Bearer {token}"})


def outside(**options: Any) -> Outside:
    """A fresh seeded world; the Google client acts for Isabel."""
    clock = VirtualClock(START)
    sandbox = Sandbox(clock=clock, **options)
    judge = Judged(transport(sandbox))
    keys = {
        "google": sandbox.access_token(ISABEL),
        "hubspot": sandbox.hubspot.portal_details(PORTAL)["key"],
        "openai": sandbox.openai.keys()[0],
    }
    clients = {
        name: httpx.Client(transport=judge, headers={"authorization": f"Bearer {key}"})
        for name, key in keys.items()
    }
    return Outside(sandbox, clock, clients["google"], clients["hubspot"], clients["openai"], judge)


def mail(**headers: str) -> bytes:
    """A mail; `body` is its text, names with `_` become headers with `-`."""
    message = EmailMessage()
    message.set_content(headers.pop("body", "Hello\n"))
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message.as_bytes()


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def header(message: dict[str, Any], name: str) -> str:
    """A header of a message as Gmail prints it, or an empty string."""
    headers = message["payload"]["headers"]
    return next((each["value"] for each in headers if each["name"].lower() == name.lower()), "")
