"""No secret, mail body or address reaches a log, a dead letter or Sentry, whatever goes wrong (P11)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.sandbox import mails
from scripts.sandbox import world as vendors_world
from shared.jobs.draft import Draft
from shared.jobs.event import EventStatus
from shared.jobs.job import Job, Status
from shared.jobs.mailbox import MailboxRecord
from shared.jobs.rules import Suppression
from tests import system
from tests.conftest import CANARY
from tests.security.watched import LEAD, STRANGER, VENDORS, Loud, Make, Watched, audited, leaked


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
