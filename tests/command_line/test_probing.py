"""`whisper doctor --probe-gmail`: the one part of the doctor that sends, and only when a person asks."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox.gmail_sending import Sending
from scripts.sandbox.world import ISABEL
from shared.jobs.audit import MAILBOX_PROBED, AuditEntry
from shared.jobs.mailbox import MailboxRecord
from tests import system
from tests.command_line.parts import Terminal

PROBE = ("doctor", "--probe-gmail", ISABEL, "--wait-s", "0")


@pytest.fixture
def heard(terminal: Terminal) -> Terminal:
    terminal.simulation.sweep("sync_mailboxes")
    return terminal


def record_of(terminal: Terminal) -> MailboxRecord:
    records = system.every(terminal.simulation, "mailboxes", MailboxRecord)
    return next(each for each in records if each.address == ISABEL)


@pytest.mark.parametrize(
    ("repeats", "mails", "words"), [("single", 1, "one mail went out"), ("double", 2, "two mails went out")]
)
def test_it_says_what_two_sends_did_and_keeps_it(
    heard: Terminal, repeats: Any, mails: int, words: str
) -> None:
    heard.simulation.sandbox.gmail.sending = Sending(repeats=repeats)
    told = heard.json(*PROBE, "--actor", "operator:ada")
    probe = record_of(heard).probe
    assert probe is not None
    assert told == {
        "mailbox": ISABEL,
        **probe.model_dump(mode="json"),
        "single_send": mails == 1,
        "keeps_marker": True,
        "replaces_message_id": True,
        "mails": mails,
        "left_draft": False,
    }
    entries = system.every(heard.simulation, "audit", AuditEntry)
    assert [(each.kind, each.actor) for each in entries if each.kind == MAILBOX_PROBED] == [
        (MAILBOX_PROBED, "operator:ada")
    ]
    shown = heard(*PROBE)
    assert shown.code == 0
    assert words in shown.out


def test_what_could_not_be_found_out_is_an_error_and_is_not_kept(heard: Terminal) -> None:
    heard.simulation.sandbox.faults.add(vendor="gmail", path_regex="drafts/send", kind="lost_answer", nth=1)
    answer = heard(*PROBE, "--json")
    assert answer.code == 1
    assert "nothing is kept" in answer.data["error"]
    assert record_of(heard).probe is None


def test_a_mailbox_that_is_not_ours_is_refused(heard: Terminal) -> None:
    reason = heard.refused("doctor", "--probe-gmail", "nobody@x.example")
    assert "none of the mailboxes" in reason
    assert heard.simulation.sandbox.effects.entries("draft_created") == []


def test_the_doctor_alone_sends_nothing(heard: Terminal) -> None:
    heard("doctor")
    assert record_of(heard).probe is None
    assert heard.simulation.sandbox.effects.entries("mail_sent") == []
    assert heard.simulation.sandbox.effects.entries("draft_created") == []


def test_the_mail_that_it_sends_starts_no_job(heard: Terminal) -> None:
    heard.json(*PROBE)
    heard.simulation.clock.advance(600)
    heard.simulation.sweep("sync_mailboxes")
    heard.simulation.sweep("watch_drafts")
    heard.simulation.run()
    assert system.jobs(heard.simulation) == []
    assert record_of(heard).probe is not None
