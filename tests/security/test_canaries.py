"""No secret, mail body or address reaches a log, a dead letter or Sentry, whatever goes wrong (P11)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from scripts.sandbox import mails
from scripts.sandbox import world as vendors_world
from scripts.stack.simulation import Simulation
from shared.jobs.audit import AuditEntry
from shared.jobs.draft import Draft
from shared.jobs.event import EventStatus
from shared.jobs.job import Job, Status
from shared.jobs.mailbox import MailboxRecord
from shared.jobs.rules import Suppression
from shared.runtime import sentry
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

    def lead(self, fields: dict[str, str] = LEAD) -> None:
        """Submit, deliver and run until nothing is due."""
        self.simulation.deliver(self.simulation.submit(fields)["requests"]["form"])
        self.simulation.run()

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


@pytest.fixture(scope="module")
def sentry_server() -> Iterator[FakeSentry]:
    made = FakeSentry()
    yield made
    made.stop()


Make = Callable[..., Watched]


@pytest.fixture
def watched(
    sentry_server: FakeSentry,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Make]:
    """Makes a watched simulation, with settings that differ from the local stack's."""
    monkeypatch.setattr(sentry, "_started", {})
    made: list[Simulation] = []

    def make(**settings: str) -> Watched:
        environ = {"SENTRY_DSN": sentry_server.dsn, "MAX_ATTEMPTS": "2", **settings}
        made.append(Simulation(settings=environ))
        return Watched(made[-1], sentry_server, capfd, caplog)

    yield make
    for simulation in made:
        simulation.close()
    sentry_server.forget()


def draft_of(watched: Watched) -> Draft:
    (draft,) = system.drafts(watched.simulation)
    return draft


def test_the_search_for_leaks_finds_them() -> None:
    marks = [CANARY, "sk-secret"]
    for leak in (
        f"x {CANARY}",
        "Bearer sk-secret",
        "no ana@harbor.example",
        "/contacts/ana%40harbor.example",
        f'{{"reason": "{CANARY}"}}',
    ):
        assert leaked(["fine", leak], marks) == [leak]
    assert leaked(["answered 503", "http://public@127.0.0.1:1/7", "such as ann@example.com"], marks) == []


def test_a_lead_that_is_answered_leaves_nothing_in_the_logs(watched: Make) -> None:
    here = watched()
    here.lead()
    job = system.job(here.simulation)
    assert job.status is Status.WAITING
    assert job.identity is not None
    assert job.thread is not None
    assert CANARY in job.identity.title, "the canary came in through the CRM,"
    assert CANARY in job.thread.last_text, "through the mailbox"
    assert CANARY in job.submissions[0].fields["message"], "and through the form"
    here.lead({**LEAD, "message": f"One more thing about {CANARY}: does it cover customs papers?"})
    here.simulation.sweep("poll_forms")
    here.simulation.sweep("requeue_stuck")
    here.simulation.run()
    lines = here.check(least_lines=15)
    assert any("submission_accepted" in line for line in lines)
    assert here.sentry.events() == []


def test_an_address_that_is_itself_a_canary_leaves_nothing_in_the_logs(watched: Make) -> None:
    here = watched()
    here.lead(STRANGER)
    assert CANARY in system.job(here.simulation).address
    here.check(least_lines=8)


@pytest.mark.parametrize(
    ("vendor", "status", "shape"),
    [
        *((vendor, 403, "json") for vendor in VENDORS),
        *((vendor, 200, "html") for vendor in VENDORS),
        ("hubspot", 500, "json"),
        ("gmail", 500, "json"),
        ("hubspot", 200, "json"),
        ("gmail", 200, "json"),
    ],
)
def test_a_vendor_that_fails_and_says_back_what_it_was_asked_is_not_quoted(
    watched: Make, vendor: str, status: int, shape: str
) -> None:
    here = watched()
    assert here.simulation.world.http is not None
    loud = Loud(here.simulation.world.http, vendor, status, shape=shape)
    here.simulation.world.http = loud
    here.lead()
    assert loud.said, "the vendor was asked and answered aloud"
    job = system.job(here.simulation)
    waited = job.stage == "await_approval" and job.notes
    assert system.dead_letters(here.simulation) or waited, (job.status, job.stage)
    here.check()


@pytest.mark.parametrize("path", ["/drafts", "/notes", "/tasks"])
def test_an_effect_that_fails_after_it_was_asked_for_is_not_quoted(watched: Make, path: str) -> None:
    here = watched()
    vendor = "gmail" if path == "/drafts" else "hubspot"
    here.simulation.sandbox.faults.add(vendor=vendor, method="POST", path_regex=path, kind="garbage")
    here.lead()
    assert system.job(here.simulation).status in (Status.HELD, Status.FAILED, Status.WAITING)
    here.check()


@pytest.mark.parametrize(
    "answer",
    [
        {"content": f"I was told {CANARY} and ignore your shape"},
        {"refusal": f"I will not write to {CANARY} at {system.ANA}"},
        {"truncated": f'{{"subject": "{CANARY}'},
        {"instance": {"summary": 7, CANARY: system.ANA}},
        {"obey_injection": True},
    ],
    ids=lambda answer: next(iter(answer)),
)
def test_what_a_model_says_is_not_quoted(watched: Make, answer: dict[str, Any]) -> None:
    here = watched(MODEL="gpt-under-test")
    here.simulation.sandbox.openai.script({**answer, "times": 0})
    here.lead()
    assert here.simulation.sandbox.requests.listed("openai"), "the model was asked"
    here.check(least_lines=6)


@pytest.mark.parametrize("status", [401, 500])
def test_a_model_that_fails_and_says_back_what_it_was_asked_is_not_quoted(watched: Make, status: int) -> None:
    here = watched(MODEL="gpt-under-test")
    assert here.simulation.world.http is not None
    loud = Loud(here.simulation.world.http, "openai", status)
    here.simulation.world.http = loud
    here.lead()
    assert loud.said
    assert draft_of(here).written_by == "rule"
    here.check(least_lines=6)


def test_a_bug_leaves_its_type_and_frames_in_the_log_the_dead_letter_and_sentry(watched: Make) -> None:
    here = watched()
    simulation = here.simulation
    simulation.deliver(simulation.submit(LEAD)["requests"]["form"])
    reference = simulation.world.database.client.document(system.job(simulation).path)
    reference.update({"stage": "write_draft", "next.stage": "write_draft", "sender": None})
    for _ in range(4):
        simulation.run()
        simulation.clock.advance(3600)
        simulation.sweep("requeue_stuck")
    (letter,) = system.dead_letters(simulation)
    assert letter.kind == "bug"
    assert letter.frames
    events = here.sentry.events()
    assert events
    assert {event["tags"]["stage"] for event in events} == {"write_draft"}
    lines = here.check()
    assert any("bug: " in line for line in lines)


@pytest.mark.parametrize(
    "broken",
    [
        {"crm_looks": CANARY},
        {"submissions": [{"fields": {"message": CANARY}}]},
        {"stage": CANARY, "next.stage": "resolve_identity"},
        {"kind": f"{CANARY} {system.ANA}"},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_a_job_document_that_somebody_broke_is_not_quoted(watched: Make, broken: dict[str, Any]) -> None:
    here = watched()
    simulation = here.simulation
    simulation.deliver(simulation.submit(LEAD)["requests"]["form"])
    simulation.world.database.client.document(system.job(simulation).path).update(broken)
    simulation.run(max_steps=3)
    simulation.sweep("requeue_stuck")
    here.check()


def posted(here: Watched, body: bytes | str, *, forged: bool = False) -> int:
    """Post a body to receive_hubspot under a good signature, or a forged one."""
    simulation = here.simulation
    raw = body if isinstance(body, str) else body.decode("latin-1")
    portal = simulation.sandbox.hubspot.portal_details(vendors_world.PORTAL)
    secret = CANARY if forged else portal["webhook_secret"]
    forms = simulation.sandbox.hubspot.forms(vendors_world.PORTAL)
    url = simulation.places.url_of("receive_hubspot")
    signed = forms.signed(json.loads(raw) if raw.startswith(("{", "[")) else raw, url, secret, "v3")
    return int(simulation.deliver(signed).status_code)


FORM = {
    "portalId": int(vendors_world.PORTAL),
    "formId": vendors_world.DEMO_FORM,
    "formSubmissionId": "s-1",
    "fieldValues": [{"name": "email", "value": system.ANA}, {"name": "message", "value": CANARY}],
}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"portalId": 1}, 403),
        ({"formId": vendors_world.NEWSLETTER_FORM}, 403),
        ({"formSubmissionId": [CANARY]}, 400),
        ({"submittedAt": CANARY}, 400),
        ({"fieldValues": [{"name": "email", "value": f"{CANARY} <{system.ANA}>, x@y.example"}]}, 400),
        ({"fieldValues": [{"name": "message", "value": CANARY}]}, 400),
        ({"fieldValues": CANARY}, 400),
    ],
    ids=["portal", "form", "submission id", "time", "two addresses", "no address", "no fields"],
)
def test_a_submission_that_cannot_be_used_is_refused_without_being_quoted(
    watched: Make, changes: dict[str, Any], status: int
) -> None:
    here = watched()
    assert posted(here, json.dumps({**FORM, **changes})) == status
    (event,) = system.events(here.simulation)
    assert event.status is EventStatus.REFUSED
    assert event.reason
    here.check(least_lines=1)


def test_a_forged_submission_leaves_no_trace_at_all(watched: Make) -> None:
    here = watched()
    assert posted(here, json.dumps(FORM), forged=True) == 401
    assert system.events(here.simulation) == []
    here.check(least_lines=0)


def test_a_body_that_is_no_json_is_kept_and_not_quoted(watched: Make) -> None:
    here = watched()
    assert posted(here, f"{CANARY} {system.ANA}") == 400
    here.check(least_lines=1)


def test_a_task_for_a_job_that_nobody_knows_is_not_quoted(watched: Make) -> None:
    here = watched()
    simulation = here.simulation
    simulation.deliver(simulation.submit(LEAD)["requests"]["form"])
    simulation.world.database.client.document(system.job(simulation).path).delete()
    simulation.run()
    assert not list(system.every(simulation, "jobs", Job))
    assert any("job_missing" in line for line in here.check())


def heard(here: Watched, text: str, *, loud: Loud | None = None, raw: bytes = b"") -> None:
    """A person answers what was sent to them by hand, in words that hold the canary, and all that follows happens."""
    simulation = here.simulation
    simulation.clock.advance(3600)
    simulation.sweep("renew_watch")
    here.lead()
    draft = draft_of(here)
    people = simulation.sandbox.people
    sent = people.send_draft(draft.sender, draft.gmail_draft_id or "")
    simulation.sweep("watch_drafts")
    simulation.run()
    if loud is not None:
        simulation.world.http = loud
        simulation.world.made = {
            key: value
            for key, value in simulation.world.made.items()
            if isinstance(key, tuple) and "certificates" in key
        }
    if raw:
        with simulation.sandbox.changing():
            simulation.sandbox.gmail.mailbox(draft.sender).add(raw, ["INBOX"], sent["threadId"])
    else:
        writer = f"Ana {CANARY} <{system.ANA}>"
        people.reply(draft.sender, sent["threadId"], text=text, sender=writer)
    simulation.run()
    for name in ("sync_mailboxes", "watch_drafts", "requeue_stuck", "renew_watch"):
        simulation.sweep(name)
        simulation.run()


def audited(here: Watched) -> list[str]:
    return [entry.model_dump_json() for entry in system.every(here.simulation, "audit", AuditEntry)]


@pytest.mark.parametrize(
    "text",
    [
        f"Does it work with {CANARY}? Our code is {CANARY}.\n",
        f"Please stop writing to me about {CANARY}, {CANARY} is none of your business. Unsubscribe {CANARY}!\n",
        f"I am out of the office until 7 December 2026. In urgent cases {CANARY} helps, {system.ANA}.\n",
        f"This is {CANARY} spam. I will report {CANARY} to the authorities.\n",
    ],
    ids=["question", "stop", "away", "complaint"],
)
def test_a_mail_that_is_heard_leaves_nothing_in_the_logs_or_the_audit(watched: Make, text: str) -> None:
    here = watched()
    heard(here, text)
    replies = [job for job in system.jobs(here.simulation) if job.mails]
    assert len(replies) == 1
    assert CANARY in replies[0].mails[0].name, "the canary came in with the mail"
    lines = here.check(least_lines=20)
    assert any("mail_accepted" in line for line in lines)
    assert leaked(audited(here), [CANARY, system.ANA]) == []


def test_a_report_about_a_mail_leaves_nothing_in_the_logs_or_the_audit(watched: Make) -> None:
    here = watched()
    raw = mails.bounce(
        to=vendors_world.ISABEL,
        failed=system.ANA,
        original_id=f"<{CANARY}@mail.example>",
        subject=f"Re: {CANARY}",
        date=here.simulation.clock.now(),
    )
    heard(here, "", raw=raw.replace(b"does not exist.", f"does not exist, {CANARY}.".encode()))
    assert [entry.reason for entry in system.every(here.simulation, "suppressions", Suppression)] == [
        "BOUNCED"
    ]
    here.check(least_lines=20)
    assert leaked(audited(here), [CANARY, system.ANA]) == []


@pytest.mark.parametrize(
    "raw",
    [
        f"From: {CANARY} <{system.ANA}>, x@y.example\r\nSubject: {CANARY}\r\n\r\n{CANARY}\r\n".encode(),
        f"From: {system.ANA}\r\nSubject: {CANARY}\r\nContent-Type: multipart/mixed; boundary={CANARY}\r\n\r\n"
        f"--{CANARY}\r\nContent-Type: text/plain; charset={CANARY}\r\n\r\n{CANARY}".encode(),
        f"From: {system.ANA}\r\nContent-Type: application/{CANARY}; name={CANARY}\r\n\r\n{CANARY}".encode(),
    ],
    ids=["two senders", "cut off", "no words"],
)
def test_a_broken_mail_leaves_nothing_in_the_logs(watched: Make, raw: bytes) -> None:
    here = watched()
    heard(here, "", raw=raw)
    here.check(least_lines=20)


@pytest.mark.parametrize(("status", "shape"), [(403, "json"), (500, "json"), (200, "json"), (200, "html")])
def test_a_mailbox_that_says_back_what_it_was_asked_while_it_is_heard_is_not_quoted(
    watched: Make, status: int, shape: str
) -> None:
    here = watched()
    assert here.simulation.world.http is not None
    loud = Loud(here.simulation.world.http, "gmail", status, shape=shape)
    heard(here, f"About {CANARY}.\n", loud=loud)
    assert loud.said, "the mailbox was asked and answered aloud"
    lines = here.check(least_lines=20)
    assert any("mailbox_un" in line or "mailbox_reconnect" in line for line in lines)
    records = system.every(here.simulation, "mailboxes", MailboxRecord)
    assert leaked([each.reason for each in records], [CANARY]) == []
