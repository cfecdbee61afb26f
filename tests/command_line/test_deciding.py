"""`whisper drafts approve|reject|edit|snooze|force|settle|bytes`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from tests.command_line.parts import Answer, Terminal
from tests.faults.copies import in_a_copy
from tests.operators.desk import WORDS, Desk

CURLY = WORDS.replace("delivery notes", "“delivery notes”")
SEEN = ("--revision", "1")
REASON = ("--reason", "not our market")


class Office(Terminal):
    """A terminal at a system in which Ana's draft waits for a decision."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.simulation)
        self.desk = desk
        self.draft = desk.draft.id

    def decide(self, verb: str, *words: str, stdin: str | None = None) -> Any:
        """What it answers with --json; the same command for people works in another copy."""
        typed = ("drafts", verb, self.draft, *words)

        def shown() -> Answer:
            answer = self(*typed, stdin=stdin)
            assert answer.code == 0, answer
            return answer

        assert self.draft in in_a_copy(shown).out
        return self.json(*typed, stdin=stdin)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Tests change copies of it only."""
    desk = Desk()
    yield Office(desk)
    desk.simulation.close()


def play(work: Callable[[], None]) -> None:
    in_a_copy(work)


def test_approve_says_when_it_goes_out_and_it_does(office: Office) -> None:
    def work() -> None:
        desk = office.desk
        said = office.decide("approve", *SEEN, "--actor", "operator:ann")
        approval = desk.draft.approval
        assert approval is not None
        assert (said["state"], said["revision"], said["hash"]) == ("APPROVED", 1, desk.draft.hash)
        assert datetime.fromisoformat(said["send_at"]) == approval.send_at
        assert datetime.fromisoformat(said["expires_at"]) == approval.expires_at
        assert approval.actor == "operator:ann"
        desk.rest()
        assert (desk.sent, desk.draft.state) == (1, DraftState.SENT)
        assert "SENT" in office("drafts", "show", office.draft).out

    play(work)


def test_reject_takes_it_out_of_the_mailbox(office: Office) -> None:
    def work() -> None:
        desk = office.desk
        said = office.decide("reject", *SEEN, *REASON)
        assert said["state"] == "REJECTED"
        desk.rest()
        assert desk.in_gmail is None
        assert "not our market" in office("drafts", "show", office.draft).out

    play(work)


@pytest.mark.parametrize("subject", [None, "Re: Delivery forecasts for the Valencia hub"])
def test_edit_takes_the_words_from_a_file(office: Office, tmp_path: Path, subject: str | None) -> None:
    file = tmp_path / "words.txt"
    file.write_text(CURLY, encoding="utf-8")

    def work() -> None:
        desk, before = office.desk, office.desk.draft
        more = ("--subject", subject) if subject else ()
        said = office.decide("edit", *SEEN, "--body", str(file), *more)
        assert (said["state"], said["revision"], said["send_at"]) == ("PENDING", 2, None)
        assert (desk.draft.body, desk.draft.subject) == (CURLY, before.subject)
        desk.run()
        assert "“delivery notes”" in str(desk.in_gmail)

    play(work)


def test_edit_takes_the_words_from_standard_input(office: Office) -> None:
    def work() -> None:
        said = office.decide("edit", *SEEN, "--body", "-", stdin=WORDS)
        assert said["revision"] == 2
        assert office.desk.draft.body == WORDS

    play(work)


def test_snooze_names_the_time(office: Office) -> None:
    def work() -> None:
        now = office.desk.simulation.clock.now()
        said = office.decide("snooze", *SEEN, "--hours", "36.5")
        until = datetime.fromisoformat(said["snoozed_until"])
        assert (until - now).total_seconds() == 36.5 * 3600
        assert office.desk.draft.snoozed_until == until
        assert "put off until" in office("drafts", "show", office.draft).out

    play(work)


def test_force_sends_it_tonight(office: Office) -> None:
    def work() -> None:
        desk = office.desk
        desk.simulation.clock.advance(11 * 3600)
        office.json("drafts", "approve", office.draft, *SEEN)
        said = office.decide("force", *SEEN, "--reason", "they wait for it")
        now = desk.simulation.clock.now()
        assert datetime.fromisoformat(said["send_at"]) == now
        desk.go(minutes=2)
        assert desk.sent == 1

    play(work)


@pytest.mark.parametrize(("word", "state"), [("--sent", "SENT"), ("--not-sent", "PENDING")])
def test_settle_takes_a_persons_word(office: Office, word: str, state: str) -> None:
    def work() -> None:
        desk = office.desk
        desk.do("approve")
        desk.simulation.sandbox.faults.add(kind="timeout", vendor="gmail", path_regex="drafts/send", times=1)
        desk.rest(hours=6)
        assert desk.job.status is Status.HELD
        assert "whisper drafts settle" in office("jobs", "show", desk.job.id).out
        said = office.decide("settle", *SEEN, word, "--evidence", "I looked among the sent mails")
        assert said["state"] == state
        desk.rest()
        assert desk.draft.state == state

    play(work)


def test_bytes_are_exactly_what_would_be_sent(office: Office) -> None:
    draft = office.desk.draft
    data = office.json("drafts", "bytes", office.draft)
    assert data["raw"].encode() == draft.raw
    assert (data["hash"], data["revision"]) == (draft.hash, 1)
    shown = office("drafts", "bytes", office.draft)
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in shown.out
    assert "X-Whisper-Draft" in shown.out


COMMANDS: dict[str, tuple[str, ...]] = {
    "approve": (),
    "reject": REASON,
    "edit": ("--body", "-"),
    "snooze": ("--hours", "2"),
    "force": REASON,
    "settle": ("--sent", "--evidence", "seen"),
}


@pytest.mark.parametrize("verb", COMMANDS)
def test_what_is_not_there_is_said_so(office: Office, verb: str) -> None:
    error = office.refused("drafts", verb, "nope", *SEEN, *COMMANDS[verb], stdin=WORDS)
    assert "there is no draft nope" in error
    assert "draft" in office.refused(
        "drafts", verb, office.draft, "--tenant", "acme", *SEEN, *COMMANDS[verb], stdin=WORDS
    )


@pytest.mark.parametrize("verb", ["approve", "reject", "edit", "snooze"])
def test_another_revision_is_refused(office: Office, verb: str) -> None:
    error = office.refused("drafts", verb, office.draft, "--revision", "2", *COMMANDS[verb], stdin=WORDS)
    assert "revision 2 is not what lies there: it is revision 1 now" in error


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_revision_that_was_seen_must_be_named(office: Office, verb: str) -> None:
    answer = office("drafts", verb, office.draft, *COMMANDS[verb], "--json", stdin=WORDS)
    assert answer.code == 2
    assert "--revision" in json.loads(answer.out)["error"]


@pytest.mark.parametrize("verb", ["force", "settle"])
def test_what_cannot_be_done_in_this_state_says_in_which_it_can(office: Office, verb: str) -> None:
    error = office.refused("drafts", verb, office.draft, *SEEN, *COMMANDS[verb])
    assert "the draft is PENDING; this can be done while it is" in error


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "1e300", "2161", "soon"])
def test_a_draft_is_put_off_by_a_number_of_hours_that_makes_sense(office: Office, hours: str) -> None:
    answer = office("drafts", "snooze", office.draft, *SEEN, "--hours", hours, "--json")
    assert answer.code in (1, 2), answer
    assert json.loads(answer.out)["error"]


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_a_reason_with_an_address_is_refused(office: Office, name: str) -> None:
    error = office.refused("drafts", name, office.draft, *SEEN, "--reason", "ask ann@example.com")
    assert "no address" in error


def test_an_actor_with_an_address_is_refused(office: Office) -> None:
    error = office.refused("drafts", "approve", office.draft, *SEEN, "--actor", "ann@example.com")
    assert "address" in error


def test_an_edit_that_is_no_text_is_refused(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "words.bin"
    file.write_bytes(b"\xff\xfe\x00words")
    error = office.refused("drafts", "edit", office.draft, *SEEN, "--body", str(file))
    assert "UTF-8" in error


def test_an_edit_that_would_forge_a_header_is_refused(office: Office) -> None:
    subject = "Hi\r\nBcc: eve@evil.example"
    error = office.refused(
        "drafts", "edit", office.draft, *SEEN, "--body", "-", "--subject", subject, stdin=WORDS
    )
    assert "could forge a header" in error


def test_a_file_that_is_not_there_is_said_so(office: Office, tmp_path: Path) -> None:
    file = str(tmp_path / "nothing.txt")
    answer = office("drafts", "edit", office.draft, *SEEN, "--body", file, "--json")
    assert answer.code == 2
    assert "does not exist" in json.loads(answer.out)["error"]
