"""Every change of a job document: the epoch grows, the history is kept, intents live until they are decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.jobs import moves
from shared.jobs.job import CHECK_SHARDS, KEPT_STEPS, Job, Status, shard_of
from shared.jobs.moves import TASK_HORIZON, Route
from shared.jobs.outcome import Advance, Hold, Merge, Outcome, Stop, Wait
from tests.builders import NOW, ROUTING, attempt, job

LEASE = timedelta(seconds=90)
PATIENCE = timedelta(seconds=300)
LATER = NOW + timedelta(minutes=5)


def running(stage: str = "gate_draft", **changes: object) -> Job:
    """A job with its next step, as intake or a commit leaves it."""
    return moves.begun(job(stage=stage, **changes), ROUTING, NOW)


def decided(of: Job, outcome: Outcome, *, took_s: float = 0.25) -> Job:
    return moves.decided(of, outcome, ROUTING, attempt(LATER, took_s=took_s))


def merged(into: Job) -> Merge:
    return Merge(into, ["it takes this up"], hands_over={"notes": ("from the other",)})


MOVES: dict[str, Callable[[Job], Job]] = {
    "advances": lambda one: decided(one, Advance("file_draft")),
    "waits": lambda one: decided(one, Wait(LATER, ["later"])),
    "waits for a person": lambda one: decided(one, Wait(None, ["a person"])),
    "stops": lambda one: decided(one, Stop(Status.STOPPED, ["no"])),
    "is held": lambda one: decided(one, Hold(["look"])),
    "is merged": lambda one: decided(one, merged(running(id="j0"))),
    "takes up": lambda one: moves.taken_up(one, merged(one), ROUTING, LATER),
    "is led on": lambda one: moves.led_to(one, "log_outcome", ROUTING, LATER, draft_id="d1"),
    "records an intent": lambda one: moves.intended(one, ROUTING, LATER, LEASE),
    "is paused": lambda one: moves.paused(one, LATER, ("stopped",), ROUTING, attempt(LATER)),
    "tries again": lambda one: moves.again(one, LATER, ROUTING, attempt(LATER, error="no")),
    "is carried": lambda one: moves.carried(one, ROUTING, LATER),
    "fails": lambda one: moves.ended(one, Status.FAILED, ("no",), attempt(LATER, error="no")),
    "is replayed": lambda one: moves.replayed(one, ROUTING, LATER),
}


@pytest.mark.parametrize("name", MOVES)
def test_every_move_grows_the_epoch_by_one_so_that_older_tasks_are_stale(name: str) -> None:
    before = running(epoch=7)
    after = MOVES[name](before)
    assert after.epoch == 8
    assert after.updated_at >= LATER
    assert after.next is None or after.next.epoch == 8


@pytest.mark.parametrize("name", MOVES)
def test_every_move_keeps_the_version_that_was_read_so_that_it_is_written_only_if_unchanged(
    name: str,
) -> None:
    assert MOVES[name](running().read_at(NOW)).version == NOW


@pytest.mark.parametrize("name", MOVES)
def test_every_move_keeps_a_field_that_a_newer_release_wrote(name: str) -> None:
    newer = Job.model_validate({**dict(running()), "from_the_future": 7})
    assert MOVES[name](newer).model_dump()["from_the_future"] == 7


def test_a_new_job_is_due_at_once_and_checked_when_its_task_can_no_longer_be_alive() -> None:
    first = running("resolve_identity").next
    assert first is not None
    assert (first.stage, first.epoch, first.due, first.check_at) == (
        "resolve_identity",
        1,
        NOW,
        NOW + PATIENCE,
    )
    assert first.shard == shard_of("j1")


def test_each_stage_is_checked_after_its_own_patience() -> None:
    slow = {**ROUTING, "file_draft": Route(queue="outward", deadline_s=60, patience_s=900)}
    after = moves.decided(running(), Advance("file_draft"), slow, attempt(LATER))
    assert after.next is not None
    assert after.next.check_at == LATER + timedelta(seconds=900)


# What a stage decided


def test_advancing_goes_to_the_stage_at_once_with_what_the_job_now_knows() -> None:
    after = decided(running(draft_id=None), Advance("file_draft", draft_id="d9"))
    assert (after.stage, after.status, after.draft_id) == ("file_draft", Status.RUNNING, "d9")
    assert after.next is not None
    assert (after.next.stage, after.next.due) == ("file_draft", LATER)


@pytest.mark.parametrize("to", ["log_task", "resolve_identity", "gate_draft", "send_draft", ""])
def test_a_stage_that_the_playbook_does_not_allow_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match="may not go to"):
        decided(running(), Advance(to))


def test_a_wait_until_a_time_is_due_then_and_says_why() -> None:
    after = decided(running(), Wait(LATER + timedelta(hours=1), ["the index lags"], crm_looks=1))
    assert (after.status, after.reasons, after.stage) == (Status.WAITING, ("the index lags",), "gate_draft")
    assert after.next is not None
    assert (after.next.stage, after.next.due) == ("gate_draft", LATER + timedelta(hours=1))
    assert after.crm_looks == 1


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Wait(None, ["why"]), Status.WAITING),
        (Hold(["why"]), Status.HELD),
        (Stop(Status.REJECTED, ["why"]), Status.REJECTED),
        (Stop(Status.STOPPED, ["why"]), Status.STOPPED),
        (Stop(Status.DONE, ["why"]), Status.DONE),
    ],
)
def test_what_rests_or_ends_has_nothing_next_and_says_why(outcome: Outcome, status: Status) -> None:
    after = decided(running(), outcome)
    assert (after.status, after.reasons, after.next) == (status, ("why",), None)
    assert after.stage == "gate_draft", "where it stopped can be seen"


def test_a_merged_job_names_the_one_that_goes_on() -> None:
    after = decided(running(), merged(running(id="j0")))
    assert (after.status, after.merged_into, after.next) == (Status.MERGED, "j0", None)
    assert after.is_final


def test_progress_forgets_the_attempts_the_requeues_and_the_old_reasons() -> None:
    after = decided(running(attempts=4, requeues=2, reasons=("it was late",)), Advance("file_draft"))
    assert (after.attempts, after.requeues, after.reasons) == (0, 0, ())


def test_a_decision_clears_the_intent_of_its_own_stage_and_keeps_the_others() -> None:
    acting = moves.intended(running("file_draft"), ROUTING, NOW, LEASE)
    other = acting.intents["file_draft"].but(stage="log_note")
    after = decided(acting.but(intents={**acting.intents, "log_note": other}), Advance("log_note"))
    assert set(after.intents) == {"log_note"}


def test_what_is_no_outcome_is_a_bug_that_names_the_outcomes() -> None:
    with pytest.raises(ValueError, match="return Advance, Wait, Stop, Hold or Merge"):
        decided(running(), Outcome((), (), {}))


def test_a_fact_of_the_wrong_type_is_not_written() -> None:
    with pytest.raises(ValueError, match="mends"):
        decided(running(), Advance("file_draft", mends="many"))


# History


def test_every_run_is_a_line_of_the_history() -> None:
    after = decided(running(attempts=2), Advance("file_draft"), took_s=1.5)
    (step,) = after.steps
    assert (step.number, step.stage, step.status, step.attempt) == (1, "gate_draft", "advanced", 3)
    assert (step.duration_ms, step.error) == (1500, "")
    (failed,) = moves.again(running(), LATER, ROUTING, attempt(LATER, error="hubspot: answered 503")).steps
    assert (failed.status, failed.error) == ("retrying", "hubspot: answered 503")


def test_a_clock_that_goes_back_gives_no_negative_duration() -> None:
    assert moves.Attempt(LATER, NOW).duration_ms == 0


def test_the_history_is_capped_and_its_numbers_go_on() -> None:
    one = running()
    for _ in range(KEPT_STEPS + 5):
        one = moves.again(one, LATER, ROUTING, attempt(LATER))
    assert len(one.steps) == KEPT_STEPS
    assert one.steps[-1].number == KEPT_STEPS + 5
    assert one.steps[0].number == 6


# Long waits


def test_a_wait_beyond_what_cloud_tasks_keeps_is_looked_at_long_before_it_is_due() -> None:
    until = LATER + TASK_HORIZON + timedelta(days=40)
    after = decided(running(), Wait(until, ["next quarter"]))
    assert after.next is not None
    assert after.next.due == until
    assert after.next.check_at == LATER + TASK_HORIZON / 2


def test_a_wait_within_the_horizon_is_left_to_its_task() -> None:
    until = LATER + TASK_HORIZON
    after = decided(running(), Wait(until, ["next month"]))
    assert after.next is not None
    assert after.next.check_at == until + PATIENCE


def test_a_carried_wait_moves_nothing_but_its_check() -> None:
    until = LATER + timedelta(days=45)
    before = decided(running(attempts=0, reasons=("next quarter",)), Wait(until, ["next quarter"]))
    looked = before.next
    assert looked is not None
    after = moves.carried(before, ROUTING, looked.check_at)
    assert after.next is not None
    assert after.next.due == until
    assert after.next.check_at == looked.check_at + TASK_HORIZON / 2
    same = {"epoch", "next", "updated_at"}
    assert after.model_dump(exclude=same) == before.model_dump(exclude=same)


def test_a_wait_that_has_come_within_the_horizon_is_checked_after_it_is_due() -> None:
    until = LATER + timedelta(days=45)
    before = decided(running(), Wait(until, ["next quarter"]))
    after = moves.carried(before, ROUTING, until - timedelta(days=3))
    assert after.next is not None
    assert after.next.check_at == until + PATIENCE


# Intents


def test_an_intent_stands_before_the_effect_and_a_rerun_comes_after_the_lease() -> None:
    after = moves.intended(running("file_draft"), ROUTING, LATER, LEASE)
    intent = after.intents["file_draft"]
    assert (intent.epoch, intent.recorded_at, intent.lease_until) == (after.epoch, LATER, LATER + LEASE)
    assert after.next is not None
    assert (after.next.stage, after.next.due) == ("file_draft", LATER + LEASE)
    assert after.steps == (), "an intent is no run"


def test_a_run_that_failed_keeps_its_intent_and_gives_its_lease_back() -> None:
    acting = moves.intended(running("file_draft"), ROUTING, NOW, timedelta(hours=1))
    intent = moves.again(acting, LATER + LEASE, ROUTING, attempt(LATER)).intents["file_draft"]
    assert (intent.epoch, intent.recorded_at, intent.lease_until) == (acting.epoch, NOW, LATER)


def test_a_lease_that_is_over_is_not_made_longer_by_a_failure() -> None:
    acting = moves.intended(running("file_draft"), ROUTING, NOW, LEASE)
    assert moves.again(acting, LATER, ROUTING, attempt(LATER)).intents == acting.intents


def test_a_stage_that_may_still_be_acting_is_looked_at_when_its_lease_is_over() -> None:
    acting = moves.intended(running("file_draft", attempts=2), ROUTING, NOW, LEASE)
    after = moves.after_lease(acting, ROUTING, NOW + timedelta(seconds=10))
    assert after.epoch == acting.epoch + 1
    assert after.next is not None
    assert (after.next.stage, after.next.due, after.next.epoch) == ("file_draft", NOW + LEASE, after.epoch)
    assert (after.intents, after.attempts, after.steps) == (acting.intents, 2, acting.steps)


@pytest.mark.parametrize(
    "name", ["is paused", "is replayed", "fails", "takes up", "tries again", "is carried"]
)
def test_what_may_have_happened_is_remembered_over_every_move_that_is_no_decision(name: str) -> None:
    acting = moves.intended(running("file_draft"), ROUTING, NOW, LEASE)
    after = MOVES[name](acting).intents
    assert set(after) == {"file_draft"}
    assert after["file_draft"].epoch == acting.intents["file_draft"].epoch


def test_a_pause_is_a_visible_wait_that_counts_no_attempt() -> None:
    after = MOVES["is paused"](running("file_draft", attempts=2))
    assert (after.status, after.reasons, after.attempts) == (Status.WAITING, ("stopped",), 2)
    assert after.next is not None
    assert (after.next.stage, after.next.due) == ("file_draft", LATER)
    assert after.steps[-1].status == "paused"


# Again, the end, and new beginnings


def test_trying_again_counts_the_attempt_and_stays_at_its_stage() -> None:
    after = moves.again(running(attempts=1), LATER + LEASE, ROUTING, attempt(LATER, error="no"))
    assert (after.attempts, after.status, after.stage) == (2, Status.RUNNING, "gate_draft")
    assert after.next is not None
    assert after.next.due == LATER + LEASE


@pytest.mark.parametrize("status", [Status.FAILED, Status.HELD])
def test_a_job_that_the_runtime_ends_says_why_and_has_nothing_next(status: Status) -> None:
    after = moves.ended(running(attempts=5, requeues=1), status, ("no",), attempt(LATER, error="no"))
    assert (after.status, after.reasons, after.next) == (status, ("no",), None)
    assert (after.requeues, after.steps[-1].attempt) == (1, 6)


@pytest.mark.parametrize("requeues", [0, 2])
def test_a_replay_begins_anew_at_the_stage_where_the_job_stopped(requeues: int) -> None:
    stopped = moves.ended(running("file_draft", attempts=5), Status.FAILED, ("no",), attempt(LATER))
    after = moves.replayed(stopped, ROUTING, LATER, requeues=requeues)
    assert (after.status, after.attempts, after.reasons) == (Status.RUNNING, 0, ())
    assert after.requeues == requeues
    assert after.next is not None
    assert (after.next.stage, after.next.due) == ("file_draft", LATER)
    assert after.steps == stopped.steps, "its history stays"


@pytest.mark.parametrize("status", [Status.WAITING, Status.HELD, Status.FAILED, Status.RUNNING])
def test_a_job_that_takes_up_what_is_new_writes_its_draft_again_from_the_start(status: Status) -> None:
    owner = job(
        stage="log_task", status=status, reasons=("a person",), attempts=3, mends=1, draft_id="d1", next=None
    )
    after = moves.taken_up(owner, merged(owner), ROUTING, LATER)
    assert (after.stage, after.status, after.reasons) == ("write_draft", Status.RUNNING, ())
    assert (after.attempts, after.mends) == (0, 0), "the new revision has its own round of mending"
    assert (after.draft_id, after.notes) == ("d1", ("from the other",))
    assert after.next is not None
    assert (after.next.stage, after.next.due) == ("write_draft", LATER)


AT_REST = {Status.HELD, Status.FAILED, Status.MERGED, Status.STOPPED, Status.REJECTED, Status.DONE}


@settings(max_examples=100)
@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=25))
def test_a_job_that_runs_always_has_a_next_and_one_that_ended_never(names: list[str]) -> None:
    one = running()
    for name in names:
        if one.next is None and name not in ("takes up", "is replayed"):
            continue  # nothing runs a job that rests but a person, the sweep or a newer job
        before = one.but(stage="gate_draft")
        one = MOVES[name](before)
        assert one.epoch == before.epoch + 1
        assert (one.next is None) is (one.status in AT_REST or name == "waits for a person")
        numbers = [step.number for step in one.steps]
        assert numbers == sorted(set(numbers))


def test_checks_are_spread_evenly_over_the_shards() -> None:
    counted = [0] * CHECK_SHARDS
    for number in range(8000):
        counted[shard_of(f"job-{number}")] += 1
    assert min(counted) > 850
    assert max(counted) < 1150


def test_a_job_stays_in_its_shard() -> None:
    one = running()
    for name in ("waits", "is carried", "tries again"):
        one = MOVES[name](one)
        assert one.next is not None
        assert one.next.shard == shard_of(one.id)


def test_the_gate_sends_a_draft_back_once() -> None:
    assert job(mends=0).revisions_left
    assert not job(mends=1).revisions_left


def test_a_note_is_kept_once_and_an_empty_one_never() -> None:
    assert job(notes=("one",)).noting("one", "", "two", "two") == ("one", "two")
