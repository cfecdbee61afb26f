"""What a person may decide about a draft, where it stands, and what follows from each decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.jobs.contact import Answering, Mailed
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.jobs.playbooks import AWAIT_AT, SEND_FROM, WITHDRAW_FROM
from shared.operators.decisions import Decided
from shared.operators.refusal import Clash, Forbidden, Missing
from shared.operators.roles import Operator, Role
from shared.store.database import Changed
from tests import system
from tests.faults.copies import in_a_copy
from tests.operators.desk import DECISIONS, Desk

UNDECIDED = {DraftState.PENDING, DraftState.APPROVED}
ALLOWED = {
    "approve": {DraftState.PENDING},
    "reject": UNDECIDED,
    "edit": UNDECIDED,
    "snooze": {DraftState.PENDING},
    "force": {DraftState.APPROVED},
    "settle": {DraftState.SENDING, DraftState.HELD},
}
VIEWER, ADMIN = Operator("vera", Role.VIEWER), Operator("ada", Role.ADMIN)
NEXT = {
    "approve": (DraftState.APPROVED, SEND_FROM),
    "reject": (DraftState.REJECTED, WITHDRAW_FROM),
    "edit": (DraftState.PENDING, "gate_draft"),
    "snooze": (DraftState.PENDING, None),
    "force": (DraftState.APPROVED, SEND_FROM),
    "settle": (DraftState.PENDING, AWAIT_AT),
}


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Tests change copies of it only."""
    made = Desk()
    yield made
    made.simulation.close()


@pytest.mark.parametrize("state", DraftState)
def test_every_decision_in_every_state(desk: Desk, state: DraftState) -> None:
    def play() -> None:
        desk.plant(state)
        for name in DECISIONS:
            assert "needs the role approver" in desk.refused(name, by=VIEWER)
            if state not in ALLOWED[name]:
                assert f"the draft is {state}" in desk.refused(name)
                assert f"the draft is {state}" in desk.refused(name, by=ADMIN)

    in_a_copy(play)


def allowed() -> list[tuple[str, DraftState]]:
    return [(name, state) for name, states in ALLOWED.items() for state in sorted(states)]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN])
@pytest.mark.parametrize(("name", "state"), allowed())
def test_an_allowed_decision_leads_to_the_next_state_and_stage(
    desk: Desk, name: str, state: DraftState, role: Role
) -> None:
    def play() -> None:
        desk.plant(state)
        before = desk.draft
        done = desk.ask(name, by=Operator("olga", role))
        assert isinstance(done, Decided), str(done)
        after, stage = NEXT[name]
        assert (desk.draft.model_dump(), desk.draft.state) == (done.draft.model_dump(), after)
        assert desk.draft.revision == before.revision + (name == "edit")
        assert (done.job.stage if done.job else None) == stage
        if done.job is not None:
            assert desk.job.model_dump() == done.job.model_dump()
        told = [one for one in desk.entries if one.actor == "olga"]
        assert told[0].before == f"{state} {before.revision}"
        assert told[0].after == f"{after} {desk.draft.revision}"

    in_a_copy(play)


@pytest.mark.parametrize(("name", "state"), allowed())
@pytest.mark.parametrize("off", [-1, 1, 7])
def test_another_revision_than_the_one_that_lies_there_is_not_decided_about(
    desk: Desk, name: str, state: DraftState, off: int
) -> None:
    def play() -> None:
        desk.plant(state)
        seen = desk.draft.but(revision=desk.draft.revision + off)
        assert "it is revision 1 now" in desk.refused(name, draft=seen)

    in_a_copy(play)


@pytest.mark.parametrize("name", DECISIONS)
def test_what_is_not_there_cannot_be_decided_about(desk: Desk, name: str) -> None:
    answer = desk.ask(name, draft=desk.draft.but(id="nope"))
    assert isinstance(answer, Missing)
    assert "there is no draft nope" in str(answer)


def test_an_operator_who_may_only_look_is_not_told_whether_it_is_there(desk: Desk) -> None:
    assert isinstance(desk.ask("approve", draft=desk.draft.but(id="nope"), by=VIEWER), Forbidden)


# What may not be approved yet


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"gmail_draft_id": None, "gmail_revision": 0}, "not filed in the mailbox"),
        ({"gmail_revision": 0}, "not filed in the mailbox"),
        ({"verdict": None}, "not judged"),
    ],
)
def test_what_is_not_filed_or_not_judged_is_not_approved(
    desk: Desk, change: dict[str, Any], why: str
) -> None:
    def play() -> None:
        desk.write(desk.draft.but(**change))
        assert why in desk.refused("approve")

    in_a_copy(play)


def test_a_verdict_on_an_earlier_revision_does_not_count(desk: Desk) -> None:
    def play() -> None:
        assert desk.draft.verdict is not None
        later = desk.draft.but(revision=2, gmail_revision=2)
        desk.write(later)
        assert "not judged" in desk.refused("approve")

    in_a_copy(play)


def test_what_waited_too_long_is_neither_approved_nor_put_off(desk: Desk) -> None:
    def play() -> None:
        desk.simulation.clock.advance(72 * 3600)
        assert "waited too long" in desk.refused("approve")
        until = desk.simulation.clock.now() + timedelta(hours=1)
        assert "waited too long" in desk.refused("snooze", until=until)

    in_a_copy(play)


def test_what_they_wrote_after_is_taken_up_before_an_approval(desk: Desk) -> None:
    """Where their mail ends without a draft of its own; the claim would void the approval by the same rule."""

    def play() -> None:
        desk.simulation.clock.advance(3600)
        desk.write(desk.contact.but(last_wrote_at=desk.draft.revised_at))
        in_a_copy(lambda: desk.do("approve"))
        desk.write(desk.contact.but(last_wrote_at=desk.draft.revised_at + timedelta(seconds=1)))
        told = desk.refused("approve")
        assert "the person wrote after this revision was written" in told
        assert "edit the draft" in told
        desk.do("edit")
        desk.run()
        desk.do("approve")
        desk.rest()
        assert (desk.draft.state, desk.sent) == (DraftState.SENT, 1)
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_what_was_answered_already_is_not_approved(desk: Desk) -> None:
    def play() -> None:
        form = desk.job.submissions[0].conversion_id
        other = Mailed(at=desk.draft.created_at, draft_id="other", answering=Answering.FORM, event=form)
        desk.write(
            desk.contact.but(
                recent_mails=(other.but(event="another form"), other.but(draft_id=desk.draft.id))
            )
        )
        in_a_copy(lambda: desk.do("approve"))
        desk.write(desk.contact.but(recent_mails=(other,)))
        assert "what it answers was answered already; reject it" in desk.refused("approve")
        desk.do("reject")

    in_a_copy(play)


@pytest.mark.parametrize(
    ("name", "why"),
    [("approve", "not judged"), ("reject", "being worked on"), ("edit", "being worked on")],
)
def test_a_draft_whose_job_is_at_work_is_left_alone(desk: Desk, name: str, why: str) -> None:
    def play() -> None:
        desk.ask("edit")
        assert why in desk.refused(name)

    in_a_copy(play)


@pytest.mark.parametrize("status", [Status.FAILED, Status.HELD])
def test_a_draft_whose_job_stopped_on_the_way_says_so(desk: Desk, status: Status) -> None:
    def play() -> None:
        desk.write(desk.job.but(stage="log_task", status=status, next=None))
        assert f"{status} at log_task" in desk.refused("approve")
        desk.do("reject")
        desk.rest()
        assert desk.in_gmail is None

    in_a_copy(play)


@pytest.mark.parametrize("name", ["reject", "edit", "force"])
def test_an_approved_mail_that_is_due_now_is_left_to_its_send(desk: Desk, name: str) -> None:
    def play() -> None:
        desk.do("approve")
        assert desk.job.next is not None
        desk.simulation.clock.advance_to(desk.job.next.due.timestamp())
        assert "being worked on" in desk.refused(name)

    in_a_copy(play)


@pytest.mark.parametrize("name", ["approve", "edit", "force"])
def test_a_draft_without_a_job_cannot_go_anywhere(desk: Desk, name: str) -> None:
    def play() -> None:
        if name == "force":
            desk.do("approve")
        desk.simulation.world.database.client.document(desk.job.path).delete()
        assert "job is gone" in desk.refused(name)
        assert isinstance(desk.ask("reject"), Decided)

    in_a_copy(play)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2000, "ask ann@example.com"])
@pytest.mark.parametrize("name", ["approve", "reject", "force", "settle"])
def test_a_reason_that_the_audit_may_not_keep_is_refused(desk: Desk, name: str, reason: str) -> None:
    def play() -> None:
        desk.plant(min(ALLOWED[name]))
        words = {"evidence": reason} if name == "settle" else {"why": reason}
        assert "reason" in (told := desk.refused(name, **words)) or "evidence" in told

    in_a_copy(play)


# Once


@pytest.mark.parametrize(("name", "state"), allowed())
def test_two_decisions_at_the_same_moment_are_one(desk: Desk, name: str, state: DraftState) -> None:
    """Somebody else writes the draft between what this one reads and what it writes."""

    def play() -> None:
        desk.plant(state)
        database = desk.simulation.world.database
        commit = database.commit

        def raced(*args: Any, **words: Any) -> Any:
            client = database.client
            client.document(desk.draft.path).update({"note_revision": 99})
            return commit(*args, **words)

        database.commit = raced  # type: ignore[method-assign]
        answer = desk.ask(name)
        database.commit = commit  # type: ignore[method-assign]
        assert isinstance(answer, Clash)
        assert "changed by somebody else" in str(answer)
        assert (desk.draft.state, desk.draft.note_revision) == (state, 99)

    in_a_copy(play)


def test_a_commit_that_lost_is_told_as_such(desk: Desk) -> None:
    """The seam that the test above races at is the real one: a lost race is `Changed`."""

    def play() -> None:
        stale = desk.draft
        desk.simulation.world.database.client.document(stale.path).update({"note_revision": 99})
        with pytest.raises(Changed):
            desk.write(stale.but(note_revision=3))

    in_a_copy(play)


def test_an_approval_is_given_once(desk: Desk) -> None:
    def play() -> None:
        seen = desk.draft
        desk.do("approve")
        assert "the draft is APPROVED" in desk.refused("approve", draft=seen)
        desk.rest()
        assert "the draft is SENT" in desk.refused("approve", draft=seen)
        assert desk.sent == 1
        assert [one.kind for one in desk.entries].count("DRAFT_APPROVED") == 1

    in_a_copy(play)


# What follows


def test_an_approval_names_revision_hash_and_time(desk: Desk) -> None:
    def play() -> None:
        seen, now = desk.draft, desk.simulation.clock.now()
        answer = desk.ask("approve", why="as agreed on the phone")
        assert isinstance(answer, Decided)
        given = desk.draft.approval
        assert given is not None
        assert (given.revision, given.hash, given.actor) == (1, seen.hash, "tester")
        assert (given.by_rule, given.forced) == (False, False)
        assert given.expires_at == now + timedelta(hours=72)
        assert desk.last == (
            "DRAFT_APPROVED", "tester", "PENDING 1", "APPROVED 1", "as agreed on the phone",
        )  # fmt: skip
        assert desk.outbox == ["approved"]
        assert desk.job.next is not None
        assert desk.job.next.due == given.send_at
        assert desk.contact.open_draft == seen.id

    in_a_copy(play)


@pytest.mark.parametrize("first", [None, "approve"])
def test_a_rejected_draft_leaves_the_mailbox_and_its_person_is_free(desk: Desk, first: str | None) -> None:
    def play() -> None:
        if first:
            desk.do(first)
            desk.run()
        before = f"{desk.draft.state} 1"
        assert isinstance(desk.ask("reject", why="not our market"), Decided)
        assert desk.contact.open_draft is None
        assert desk.last == ("DRAFT_REJECTED", "tester", before, "REJECTED 1", "not our market")
        assert "rejected" in desk.outbox
        desk.rest()
        assert (desk.in_gmail, desk.sent) == (None, 0)
        assert desk.job.status is Status.STOPPED or desk.job.status is Status.DONE
        assert "The draft was not sent: not our market" in desk.note
        assert [one["properties"]["hs_task_status"] for one in desk.recorded("tasks")] == ["COMPLETED"]
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_a_person_who_is_free_gets_another_draft(desk: Desk) -> None:
    def play() -> None:
        desk.do("reject")
        desk.rest()
        again = system.lead(message="Could we see it for two more warehouses?")
        desk.simulation.deliver(desk.simulation.submit(again)["requests"]["form"])
        desk.run()
        states = sorted(draft.state.value for draft in system.drafts(desk.simulation))
        assert states == ["PENDING", "REJECTED"]

    in_a_copy(play)


def test_a_decision_that_is_never_enqueued_is_started_by_the_sweep(desk: Desk) -> None:
    def play() -> None:
        desk.ask("approve")
        desk.rest(hours=6)
        assert (desk.draft.state, desk.sent) == (DraftState.SENT, 1)
        assert desk.witness.violations() == []

    in_a_copy(play)


# Put off


def test_a_draft_that_is_put_off_neither_goes_out_nor_expires_before(desk: Desk) -> None:
    def play() -> None:
        until = desk.simulation.clock.now() + timedelta(days=10)
        assert isinstance(desk.ask("snooze", until=until), Decided)
        assert desk.draft.snoozed_until == until
        assert desk.last[:4] == ("DRAFT_SNOOZED", "tester", "PENDING 1", "PENDING 1")
        desk.simulation.clock.advance(9 * 86400)
        desk.simulation.sweep("expire_drafts")
        assert desk.draft.state is DraftState.PENDING
        done = desk.do("approve")
        assert done.draft.snoozed_until is None

    in_a_copy(play)


@pytest.mark.parametrize(
    ("off", "fits"),
    [
        (timedelta(0), False),
        (timedelta(seconds=-1), False),
        (timedelta(seconds=1), True),
        (timedelta(days=90), True),
        (timedelta(days=90, seconds=1), False),
    ],
)
def test_it_is_put_off_to_a_time_within_ninety_days(desk: Desk, off: timedelta, fits: bool) -> None:
    answer = in_a_copy(lambda: str(desk.ask("snooze", until=desk.simulation.clock.now() + off)))
    assert ("is no time to put it off to" not in answer) is fits


def test_it_is_put_off_again_and_again(desk: Desk) -> None:
    def play() -> None:
        for hours in (5, 1, 30):
            until = desk.simulation.clock.now() + timedelta(hours=hours)
            assert isinstance(desk.ask("snooze", until=until), Decided)
            assert desk.draft.snoozed_until == until
        assert [one.kind for one in desk.entries].count("DRAFT_SNOOZED") == 3

    in_a_copy(play)
