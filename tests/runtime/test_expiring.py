"""expire_drafts: what nobody decided about in time, and approvals that were not used, are over (P3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.tenant import TENANT
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.runtime.expiring import expire_drafts
from shared.runtime.publish import publish
from tests import system
from tests.faults.copies import in_a_copy
from tests.operators.desk import Desk

HOUR_S = 3600.0
OWN = f"tenants/{TENANT}"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Tests change copies of it only."""
    made = Desk()
    yield made
    made.simulation.close()


def swept(desk: Desk) -> dict[str, Any]:
    """What one run of the sweep did."""
    return dict(expire_drafts(desk.simulation.world, publish))


def at(desk: Desk, moment: Any) -> dict[str, Any]:
    desk.simulation.clock.advance_to(moment.timestamp())
    return swept(desk)


def sending_is_off(desk: Desk) -> None:
    system.set_flags(desk.simulation, kill_switch=True)


def test_a_pending_draft_expires_72_hours_after_its_last_revision_and_not_before(desk: Desk) -> None:
    def play() -> None:
        end = desk.draft.revised_at + timedelta(hours=72)
        assert at(desk, end - timedelta(milliseconds=1)) == {"drafts": 1, "ended": 0, "left_alone": 0}
        assert desk.draft.state is DraftState.PENDING
        assert at(desk, end) == {"drafts": 1, "ended": 1, "left_alone": 0}
        assert desk.draft.state is DraftState.EXPIRED
        assert desk.last == (
            "DRAFT_EXPIRED", "rule", "PENDING 1", "EXPIRED 1", "nobody decided about it in time",
        )  # fmt: skip
        assert desk.contact.open_draft is None

    in_a_copy(play)


def test_a_revision_begins_the_hours_anew(desk: Desk) -> None:
    def play() -> None:
        first = desk.draft.revised_at
        desk.simulation.clock.advance(71 * HOUR_S)
        desk.do("edit")
        desk.run()
        again = desk.draft.revised_at
        assert again > first
        assert at(desk, first + timedelta(hours=73))["ended"] == 0
        assert at(desk, again + timedelta(hours=72))["ended"] == 1

    in_a_copy(play)


def test_it_leaves_the_mailbox_and_the_note_says_so(desk: Desk) -> None:
    def play() -> None:
        assert desk.in_gmail is not None
        at(desk, desk.draft.revised_at + timedelta(hours=72))
        desk.rest()
        assert desk.in_gmail is None
        assert "The draft was not sent: nobody decided about it in time." in desk.note
        assert [one["properties"]["hs_task_status"] for one in desk.recorded("tasks")] == ["COMPLETED"]
        assert desk.job.status is Status.STOPPED
        assert desk.sent == 0
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_its_person_gets_another_draft(desk: Desk) -> None:
    def play() -> None:
        at(desk, desk.draft.revised_at + timedelta(hours=72))
        desk.rest()
        again = system.lead(message="Are you still there? We have a third warehouse now.")
        desk.simulation.deliver(desk.simulation.submit(again)["requests"]["form"])
        desk.run()
        assert sorted(one.state for one in system.drafts(desk.simulation)) == ["EXPIRED", "PENDING"]

    in_a_copy(play)


def test_an_approval_expires_72_hours_after_it_was_given(desk: Desk) -> None:
    def play() -> None:
        desk.simulation.clock.advance(50 * HOUR_S)
        given = desk.simulation.clock.now()
        sending_is_off(desk)
        desk.do("approve")
        end = given + timedelta(hours=72)
        assert at(desk, desk.draft.revised_at + timedelta(hours=73))["ended"] == 0
        desk.simulation.clock.advance_to((end - timedelta(minutes=1)).timestamp())
        desk.go(minutes=0)
        assert swept(desk)["ended"] == 0
        assert desk.draft.state is DraftState.APPROVED
        desk.go(minutes=1)
        assert swept(desk) == {"drafts": 1, "ended": 1, "left_alone": 0}
        assert desk.last[:4] == ("DRAFT_EXPIRED", "rule", "APPROVED 1", "EXPIRED 1")
        assert desk.last[4] == "it was approved, and could not be sent in time"
        system.set_flags(desk.simulation, kill_switch=False)
        desk.rest(hours=6)
        assert (desk.sent, desk.in_gmail) == (0, None)
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_an_approval_that_is_too_old_is_refused_by_the_claim_where_no_sweep_ran(desk: Desk) -> None:
    def play() -> None:
        sending_is_off(desk)
        desk.do("approve")
        desk.simulation.clock.advance(72 * HOUR_S)
        system.set_flags(desk.simulation, kill_switch=False)
        desk.rest()
        assert (desk.draft.state, desk.sent, desk.in_gmail) == (DraftState.EXPIRED, 0, None)
        assert desk.contact.open_draft is None
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_the_hours_are_the_tenants(desk: Desk) -> None:
    def play() -> None:
        client = desk.simulation.world.database.client
        client.document(OWN).update({"draft_hours": 1.5, "approval_hours": 0.5})
        assert at(desk, desk.draft.revised_at + timedelta(hours=1.49))["ended"] == 0
        sending_is_off(desk)
        given = desk.simulation.clock.now()
        desk.do("approve")
        assert at(desk, given + timedelta(minutes=29))["ended"] == 0
        desk.go(minutes=1)
        assert swept(desk)["ended"] == 1

    in_a_copy(play)


def test_one_that_is_put_off_expires_72_hours_after_that(desk: Desk) -> None:
    def play() -> None:
        until = desk.simulation.clock.now() + timedelta(days=20)
        desk.ask("snooze", until=until)
        assert at(desk, until)["ended"] == 0
        assert at(desk, until + timedelta(hours=72, seconds=-1))["ended"] == 0
        assert at(desk, until + timedelta(hours=72))["ended"] == 1

    in_a_copy(play)


def test_one_that_is_under_way_is_left_to_the_next_run(desk: Desk) -> None:
    def play() -> None:
        end = desk.draft.revised_at + timedelta(hours=72)
        desk.simulation.clock.advance_to(end.timestamp() - 1)
        desk.ask("edit")
        desk.write(desk.draft.but(revised_at=end - timedelta(hours=72)))
        assert at(desk, end) == {"drafts": 1, "ended": 0, "left_alone": 1}
        assert desk.draft.state is DraftState.PENDING
        desk.rest()
        assert swept(desk)["ended"] == 1
        desk.rest()
        assert desk.in_gmail is None

    in_a_copy(play)


def test_a_send_that_is_due_is_left_to_the_claim(desk: Desk) -> None:
    def play() -> None:
        desk.do("approve")
        approval = desk.draft.approval
        assert approval is not None
        desk.write(desk.draft.but(approval=approval.but(expires_at=approval.send_at)))
        assert at(desk, approval.send_at) == {"drafts": 1, "ended": 0, "left_alone": 1}

    in_a_copy(play)


@pytest.mark.parametrize("state", [s for s in DraftState if s not in ("PENDING", "APPROVED")])
def test_nothing_else_expires(desk: Desk, state: DraftState) -> None:
    def play() -> None:
        desk.plant(state)
        desk.simulation.clock.advance(100 * 24 * HOUR_S)
        assert swept(desk)["ended"] == 0
        assert desk.draft.state is state

    in_a_copy(play)


def test_a_second_run_finds_nothing_more_to_do(desk: Desk) -> None:
    def play() -> None:
        at(desk, desk.draft.revised_at + timedelta(hours=72))
        before = desk.everything()
        assert swept(desk) == {"drafts": 0, "ended": 0, "left_alone": 0}
        assert desk.everything() == before
        desk.rest()
        assert swept(desk)["ended"] == 0
        assert [one.kind for one in desk.entries].count("DRAFT_EXPIRED") == 1

    in_a_copy(play)


def test_two_runs_at_the_same_moment_end_it_once(desk: Desk) -> None:
    def play() -> None:
        desk.simulation.clock.advance(73 * HOUR_S)
        database = desk.simulation.world.database
        commit = database.commit

        def raced(*args: Any, **words: Any) -> Any:
            database.commit = commit  # type: ignore[method-assign]
            assert swept(desk)["ended"] == 1
            return commit(*args, **words)

        database.commit = raced  # type: ignore[method-assign]
        assert swept(desk) == {"drafts": 1, "ended": 0, "left_alone": 1}
        assert [one.kind for one in desk.entries].count("DRAFT_EXPIRED") == 1
        desk.rest()
        assert desk.witness.violations() == []

    in_a_copy(play)


GARBAGE: dict[str, dict[str, Any]] = {
    f"{OWN}/drafts/a-garbage": {"state": "PENDING", "revised_at": "yesterday"},
    f"{OWN}/drafts/zz-garbage": {"state": "APPROVED", "approval": 7},
    "tenants/garbage": {"senders": 3},
    "tenants/garbage/drafts/one": {"state": "PENDING"},
}


@pytest.mark.parametrize("path", GARBAGE)
def test_garbage_keeps_nobody_else_waiting(desk: Desk, path: str) -> None:
    def play() -> None:
        draft = desk.draft
        desk.simulation.world.database.client.document(path).set(GARBAGE[path])
        assert at(desk, draft.revised_at + timedelta(hours=72))["ended"] == 1
        kept = desk.simulation.world.database.client.document(path).get().to_dict()
        assert kept == GARBAGE[path]

    in_a_copy(play)


@pytest.mark.parametrize("kind", ["jobs", "contacts"])
def test_a_draft_whose_job_or_contact_is_garbage_stays_and_the_others_end(desk: Desk, kind: str) -> None:
    def play() -> None:
        draft = desk.draft
        other = draft.but(id="draft-other", job_id="nobody", contact_id="c" * 40, gmail_draft_id=None)
        desk.write(type(draft).model_validate(other.model_dump()))
        id_ = draft.job_id if kind == "jobs" else draft.contact_id
        desk.simulation.world.database.client.document(f"{OWN}/{kind}/{id_}").update({"updated_at": "never"})
        desk.simulation.clock.advance(73 * HOUR_S)
        assert swept(desk) == {"drafts": 2, "ended": 1, "left_alone": 1}
        states = {one.id: one.state for one in system.drafts(desk.simulation)}
        assert states == {draft.id: DraftState.PENDING, "draft-other": DraftState.EXPIRED}

    in_a_copy(play)


def test_the_schedule_runs_it(desk: Desk) -> None:
    def play() -> None:
        desk.simulation.clock.advance(73 * HOUR_S)
        assert desk.simulation.sweep("expire_drafts") == 200
        assert desk.draft.state is DraftState.EXPIRED
        assert desk.outbox == []

    in_a_copy(play)
