"""The task about a draft leaves the owner's list once the draft is over."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Retryable, Unclear
from shared.jobs.draft import OPEN, Draft, DraftState
from shared.jobs.job import Status
from shared.jobs.outcome import Advance, Outcome, Stop
from shared.stages.close_task import close_task
from tests.builders import NOW, draft, expect, job
from tests.fakes import FakeCrm, FakeDrafts, Task, Trouble


def tasked(crm: FakeCrm, number: int = 1, **changes: Any) -> Draft:
    """A draft that a task tells of."""
    crm.tasks[f"task-{number}"] = Task("501", "Follow up", "Decide.", NOW, None)
    return draft(**{"id": f"d{number}", "task_id": f"task-{number}", **changes})


def closed(crm: FakeCrm, *subjects: Draft, **known: Any) -> Outcome:
    of = job(**{"stage": "close_task", "draft_id": subjects[0].id, **known})
    return close_task(of, drafts=FakeDrafts(*subjects), crm=crm)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (DraftState.SENT, Status.DONE),
        (DraftState.SENT_BY_HAND, Status.DONE),
        (DraftState.REJECTED, Status.STOPPED),
        (DraftState.EXPIRED, Status.STOPPED),
    ],
)
def test_the_task_of_a_draft_that_is_over_is_done_and_the_job_ends(state: DraftState, status: Status) -> None:
    crm = FakeCrm()
    stop = expect(Stop, closed(crm, tasked(crm, state=state, end_reason="for a reason")))
    assert (stop.status, stop.reasons) == (status, ("for a reason",))
    assert crm.tasks["task-1"].completed


@pytest.mark.parametrize("state", sorted(OPEN))
def test_the_task_of_a_draft_that_is_open_stays_on_the_list(state: DraftState) -> None:
    crm = FakeCrm()
    closed(crm, tasked(crm, state=state))
    assert not crm.tasks["task-1"].completed


def test_a_task_that_somebody_deleted_is_no_trouble() -> None:
    crm = FakeCrm()
    subject = tasked(crm, state=DraftState.SENT)
    crm.tasks.clear()
    assert expect(Stop, closed(crm, subject)).status is Status.DONE
    assert crm.tasks == {}


def test_every_draft_that_was_withdrawn_has_its_task_closed() -> None:
    crm = FakeCrm()
    drafts = [tasked(crm, number, state=DraftState.REJECTED) for number in (1, 2)]
    without = draft(id="d3", state=DraftState.REJECTED)
    closed(crm, *drafts, without, draft_id=None, withdrawn=("d1", "d3", "d2"))
    assert all(task.completed for task in crm.tasks.values())


def test_a_job_that_has_more_to_answer_goes_on_with_another_draft() -> None:
    crm = FakeCrm()
    outcome = closed(crm, tasked(crm, state=DraftState.SENT_BY_HAND), begins_anew=True)
    advance = expect(Advance, outcome)
    assert (advance.stage, advance.known) == ("write_draft", {"begins_anew": False})
    assert crm.tasks["task-1"].completed


def test_a_run_whose_answer_was_lost_is_repeated_to_the_same_end() -> None:
    crm = FakeCrm(trouble=Trouble(loses={"complete_task"}))
    subject = tasked(crm, state=DraftState.SENT)
    with pytest.raises(Unclear):
        closed(crm, subject)
    expect(Stop, closed(crm, subject))
    assert crm.tasks["task-1"].completed


def test_a_crm_that_cannot_be_reached_is_tried_again() -> None:
    crm = FakeCrm(trouble=Trouble(fails={"complete_task": Retryable("hubspot: answered 503")}))
    with pytest.raises(Retryable):
        closed(crm, tasked(crm, state=DraftState.SENT))
