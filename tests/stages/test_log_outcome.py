"""The note that told of a draft tells what became of it, once the draft is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import Retryable
from shared.jobs.draft import OPEN, Draft, DraftState
from shared.jobs.job import Status
from shared.jobs.outcome import Advance, Stop
from shared.stages.log_outcome import log_outcome
from tests.builders import NOW, SENDER, draft, expect, job
from tests.fakes import FakeCrm, FakeDrafts, Note, Trouble


def noted(crm: FakeCrm, **changes: Any) -> Draft:
    """A draft that a note tells of."""
    crm.notes["note-1"] = Note("501", None, "A draft waits for approval.", NOW)
    return draft(**{"note_id": "note-1", **changes})


def told(crm: FakeCrm, subject: Draft) -> Stop:
    of = job(stage="log_outcome", draft_id=subject.id)
    return expect(Stop, log_outcome(of, drafts=FakeDrafts(subject), crm=crm))


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        (DraftState.SENT_BY_HAND, Status.DONE, f"sent by hand from {SENDER.mailbox} on 2026-03-16 14:05 UTC"),
        (DraftState.SENT, Status.DONE, "The draft was sent on 2026-03-16 14:05 UTC"),
        (DraftState.REJECTED, Status.STOPPED, "not sent: somebody deleted it"),
        (DraftState.EXPIRED, Status.STOPPED, "nobody decided about it in time"),
    ],
)
def test_the_note_says_what_became_of_the_draft(state: DraftState, status: Status, words: str) -> None:
    crm = FakeCrm()
    sent_at = NOW + timedelta(minutes=5) if status is Status.DONE else None
    stop = told(crm, noted(crm, state=state, sent_at=sent_at, end_reason="somebody deleted it"))
    assert stop.status is status
    body = crm.notes["note-1"].body
    assert words in body
    assert f"Subject: {draft().subject}" in body
    assert "[whisper:d1]" in body, "the note is found again by its marker"


def test_a_note_that_somebody_deleted_is_not_written_anew() -> None:
    crm = FakeCrm()
    subject = noted(crm, state=DraftState.SENT_BY_HAND)
    crm.notes.clear()
    assert told(crm, subject).status is Status.DONE
    assert crm.notes == {}


def test_without_a_note_there_is_nothing_to_tell() -> None:
    crm = FakeCrm()
    stop = told(crm, draft(state=DraftState.REJECTED))
    assert stop.status is Status.STOPPED
    assert crm.trouble.asked == []


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_draft_that_is_open_is_not_said_to_be_over(state: DraftState) -> None:
    crm = FakeCrm()
    told(crm, noted(crm, state=state))
    assert crm.trouble.asked == []


def test_the_job_ends_for_the_reason_that_the_draft_did() -> None:
    crm = FakeCrm()
    assert told(crm, noted(crm, state=DraftState.REJECTED, end_reason="opted out")).reasons == ("opted out",)
    assert told(crm, noted(crm, state=DraftState.EXPIRED)).reasons == ("the draft is EXPIRED",)


def test_a_run_that_is_repeated_says_the_same() -> None:
    crm = FakeCrm()
    subject = noted(crm, state=DraftState.SENT_BY_HAND, sent_at=NOW)
    told(crm, subject)
    once = crm.notes["note-1"].body
    told(crm, subject)
    assert crm.notes["note-1"].body == once


def test_a_crm_that_cannot_be_reached_is_tried_again() -> None:
    crm = FakeCrm()
    subject = noted(crm, state=DraftState.SENT_BY_HAND)
    crm.trouble = Trouble(fails={"update_note": Retryable("hubspot: answered 503")})
    with pytest.raises(Retryable):
        told(crm, subject)


def test_a_job_that_has_more_to_answer_goes_on_once_the_crm_knows() -> None:
    crm = FakeCrm()
    subject = noted(crm, state=DraftState.SENT_BY_HAND)
    of = job(stage="log_outcome", draft_id=subject.id, begins_anew=True)
    advance = expect(Advance, log_outcome(of, drafts=FakeDrafts(subject), crm=crm))
    assert (advance.stage, advance.known) == ("write_draft", {"begins_anew": False})
    assert "sent by hand" in crm.notes["note-1"].body


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("state", [DraftState.SENT, DraftState.REJECTED])
def test_a_draft_with_a_task_has_it_closed_next_whatever_follows(state: DraftState, anew: bool) -> None:
    crm = FakeCrm()
    subject = noted(crm, state=state, task_id="task-1")
    of = job(stage="log_outcome", draft_id=subject.id, begins_anew=anew)
    advance = expect(Advance, log_outcome(of, drafts=FakeDrafts(subject), crm=crm))
    assert (advance.stage, advance.known) == ("close_task", {})
    assert "update_note" in crm.trouble.asked


def test_of_several_drafts_one_task_is_enough() -> None:
    crm = FakeCrm()
    first = noted(crm, state=DraftState.REJECTED)
    second = draft(id="d2", state=DraftState.REJECTED, task_id="task-2")
    of = job(stage="log_outcome", draft_id="d1", withdrawn=("d1", "d2"))
    advance = expect(Advance, log_outcome(of, drafts=FakeDrafts(first, second), crm=crm))
    assert advance.stage == "close_task"


def test_the_task_of_a_draft_that_is_open_is_left_alone() -> None:
    crm = FakeCrm()
    told(crm, noted(crm, state=DraftState.HELD, task_id="task-1"))
