"""One task about the draft, once, on the owner's list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.errors import Unclear
from shared.jobs.draft import Draft
from shared.jobs.outcome import Advance, Outcome
from shared.stages.log_task import DUE, SUBJECT, log_task
from tests.builders import IDENTITY, NOW, SENDER, draft, expect, job
from tests.fakes import FakeCrm, FakeDrafts, Trouble
from tests.policy.test_answered import heard


def logged(crm: FakeCrm, subject: Draft, *, again: bool = False, owner: str | None = None) -> Advance:
    known = job(stage="log_task", draft_id=subject.id, identity=IDENTITY.but(owner_address=owner))
    outcome = log_task(known, drafts=FakeDrafts(subject), crm=crm, may_have_happened=again, now=NOW)
    on = expect(Advance, outcome)
    assert on.stage == "await_approval"
    return on


def written(outcome: Outcome) -> Draft:
    (document,) = outcome.writes
    assert isinstance(document, Draft)
    return document


def test_the_task_is_due_in_a_day_and_says_where_the_draft_is() -> None:
    crm = FakeCrm()
    kept = written(logged(crm, draft(gmail_message_id="18c")))
    task = crm.tasks["task-1"]
    assert (task.contact_id, task.subject, task.due) == ("501", SUBJECT, NOW + DUE)
    assert f"authuser={SENDER.mailbox}#drafts/18c" in task.body
    assert "[whisper:d1]" in task.body
    assert kept.task_id == "task-1"


@pytest.mark.parametrize(
    ("owner", "owner_id"), [("ben@northwind.com", "77"), ("gone@northwind.com", None), (None, None)]
)
def test_the_task_is_the_crm_owners_where_there_is_one(owner: str | None, owner_id: str | None) -> None:
    crm = FakeCrm(owners={"77": "ben@northwind.com"})
    logged(crm, draft(), owner=owner)
    assert crm.tasks["task-1"].owner_id == owner_id


def test_a_revised_draft_has_no_second_task() -> None:
    crm = FakeCrm()
    kept = written(logged(crm, draft()))
    outcome = logged(crm, kept.but(revision=2))
    assert outcome.writes == ()
    assert list(crm.tasks) == ["task-1"]


def test_a_rerun_finds_the_task_whose_answer_was_lost() -> None:
    crm = FakeCrm(trouble=Trouble(loses={"create_task"}))
    with pytest.raises(Unclear):
        logged(crm, draft())
    assert written(logged(crm, draft(), again=True)).task_id == "task-1"
    assert list(crm.tasks) == ["task-1"]


def test_a_rerun_that_finds_nothing_makes_the_task() -> None:
    crm = FakeCrm()
    assert written(logged(crm, draft(), again=True)).task_id == "task-1"


def test_a_task_about_another_draft_is_left_alone() -> None:
    crm = FakeCrm()
    logged(crm, draft(id="d2"))
    logged(crm, draft(), again=True)
    assert len(crm.tasks) == 2


def test_the_task_of_a_reply_speaks_of_the_reply() -> None:
    crm = FakeCrm()
    known = job(stage="log_task", draft_id="d1", submissions=(), mails=(heard(),))
    log_task(known, drafts=FakeDrafts(draft()), crm=crm, may_have_happened=False, now=NOW)
    task = crm.tasks["task-1"]
    assert (task.subject, task.due) == ("Follow up on their reply", NOW + timedelta(hours=24))
