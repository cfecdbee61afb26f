"""A simulation whose person, mail and records carry a canary, and everything that it says about them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from shared.jobs.audit import AuditEntry
from tests import system
from tests.conftest import CANARY
from tests.fakes import FakeSentry

LEAD = {
    "email": system.ANA,
    "firstname": f"Ana {CANARY}",
    "lastname": CANARY,
    "company": f"Harbor {CANARY}",
    "message": f"We reconcile {CANARY} notes by hand. Could you show us how it works with SAP?",
}
STRANGER = {**LEAD, "email": f"nora.{CANARY}@fjordfreight.example"}
VENDORS = ("hubspot", "gmail", "calendar", "google-oauth")
_OUR_OWN = re.compile(r"public@127\.0\.0\.1|ann@example\.com")
"""The key of the test's Sentry, and the example of an address that a refusal gives."""

_ADDRESS = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+\.\w+")


class Watched:
    """A simulation whose person, mail and records carry the canary, and everything it says."""

    def __init__(
        self, simulation: Simulation, sentry: FakeSentry, capfd: pytest.CaptureFixture[str], caplog: Any
    ) -> None:
        self.simulation = simulation
        self.sentry = sentry
        self._capfd = capfd
        self._caplog = caplog
        sandbox = simulation.sandbox
        thread = f"Quick question: {CANARY}?\nThe code is {CANARY}.\n"
        sandbox.people.write(vendors_world.ISABEL, sender=system.ANA, subject=f"About {CANARY}", text=thread)
        with sandbox.changing():
            records = sandbox.hubspot.records(vendors_world.PORTAL)
            known = records.find("contacts", system.ANA, "email")
            assert known is not None
            records.update("contacts", known["id"], {"jobtitle": f"Head of {CANARY}"})

    def lead(self, fields: dict[str, str] = LEAD, *, minutes: float | None = None) -> None:
        """Submit, deliver and run until nothing is due, or for so long: what is stopped asks again for ever."""
        self.simulation.deliver(self.simulation.submit(fields)["requests"]["form"])
        end = None if minutes is None else self.simulation.clock.now() + timedelta(minutes=minutes)
        self.simulation.run(until=end)

    def secrets(self) -> list[str]:
        """Every secret there is, a key file by its parts, and the tokens that were given out."""
        found: list[str] = []
        for value in self.simulation.secrets.values():
            parts = json.loads(value) if value.startswith("{") else {"private_key": value}
            kept = parts.get("private_key") or parts["client_secret"]
            found += [line for line in str(kept).splitlines() if len(line) > 16]
        state = self.simulation.sandbox.state
        return [*found, *state.keys("google/tokens"), *state.keys("google/refresh_tokens")]

    def lines(self) -> list[str]:
        """All that was written and logged, by the product and by libraries, and all that Sentry was sent."""
        out, err = self._capfd.readouterr()
        lines = [*out.splitlines(), *err.splitlines()]
        form = logging.Formatter("%(name)s %(message)s")
        lines += [form.format(record) for record in self._caplog.records]
        return lines + [raw.decode() for raw in self.sentry.raw]

    def kept(self) -> list[str]:
        """What is kept for operators to read: dead letters, reasons of refusal, errors of steps, the outbox."""
        simulation = self.simulation
        found = [letter.model_dump_json() for letter in system.dead_letters(simulation)]
        found += [event.reason for event in system.events(simulation)]
        found += [step.error for job in system.jobs(simulation) for step in job.steps]
        for collection in ("outbox", "counted", "stats"):
            group = simulation.world.database.client.collection_group(collection)
            found += [str(snapshot.to_dict()) for snapshot in group.stream()]
        return found

    def check(self, *, least_lines: int = 2) -> list[str]:
        """Fails with the first thing that leaked; returns what was said."""
        lines = self.lines()
        assert len(lines) >= least_lines, "nothing was said, so nothing could leak"
        marks = [CANARY, *self.secrets()]
        assert leaked([*lines, *self.kept()], marks) == []
        return lines


def leaked(texts: list[str], marks: list[str]) -> list[str]:
    """The texts that hold a mark or an address."""

    def leaks(text: str) -> bool:
        return any(mark in text for mark in marks) or _ADDRESS.search(_OUR_OWN.sub("", text)) is not None

    return [text for text in texts if leaks(text)]


class Loud(httpx.BaseTransport):
    """Vendors that fail and say back, in every place where an answer has one, what they were asked."""

    def __init__(self, inner: httpx.BaseTransport, vendor: str, status: int, *, shape: str = "json") -> None:
        self.inner = inner
        self.vendor = vendor
        self.status = status
        self.shape = shape
        self.said = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read().decode(errors="replace")
        if f"/{self.vendor}/" not in str(request.url):
            return self.inner.handle_request(request)
        self.said += 1
        echo = f"{CANARY} {system.ANA} {request.url} {body} {request.headers.get('authorization', '')}"
        headers = {
            "x-request-id": CANARY,
            "x-hubspot-correlation-id": CANARY,
            "content-type": "application/json",
        }
        if self.shape == "html":
            return httpx.Response(self.status, headers=headers, content=f"<h1>{echo}</h1>", request=request)
        said: dict[str, Any] = dict.fromkeys(
            ("status", "message", "category", "errorType", "policyName", "correlationId", "id", "results"),
            echo,
        )
        said |= {
            "error_description": echo,
            "choices": echo,
            "messages": [{"id": echo}],
            "drafts": [{"id": echo}],
        }
        said["error"] = {"message": echo, "status": echo, "code": echo, "errors": [{"reason": echo}]}
        return httpx.Response(self.status, headers=headers, json=said, request=request)


Make = Callable[..., Watched]


def audited(here: Watched) -> list[str]:
    """The audit as it is kept."""
    return [entry.model_dump_json() for entry in system.every(here.simulation, "audit", AuditEntry)]
