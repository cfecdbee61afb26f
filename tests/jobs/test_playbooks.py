"""The order of stages: every path ends, everything can be reached, by a move or by what a person does."""

from __future__ import annotations

import pytest

from shared.jobs.job import Kind
from shared.jobs.playbooks import (
    AWAIT_AT,
    END_FROM,
    JUDGE_FROM,
    LOG_SEND_FROM,
    PLAYBOOKS,
    REVISE_FROM,
    SEND_FROM,
    WITHDRAW_FROM,
    Playbook,
)

ENTRIES = (REVISE_FROM, JUDGE_FROM, END_FROM, AWAIT_AT, SEND_FROM, LOG_SEND_FROM, WITHDRAW_FROM)
"""Where a job goes on because of an event: a newer job's news, or a person's deed in Gmail."""

EACH = pytest.mark.parametrize("kind", list(Kind))


def test_every_kind_of_job_has_a_playbook() -> None:
    assert set(PLAYBOOKS) == set(Kind)


@EACH
def test_every_stage_can_be_reached_from_the_first_or_by_an_event(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    reached, left = set[str](), [playbook.first, *ENTRIES]
    while left:
        stage = left.pop()
        if stage not in reached:
            reached.add(stage)
            left += playbook.moves[stage]
    assert reached == set(playbook.stages)


@EACH
def test_every_move_leads_to_a_stage_of_the_playbook(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    assert {to for moves in playbook.moves.values() for to in moves} <= set(playbook.stages)


@EACH
def test_from_every_stage_there_is_a_way_to_an_end(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    ends = {"log_outcome", "close_task"}
    grown = True
    while grown:
        more = {stage for stage, moves in playbook.moves.items() if set(moves) & ends} - ends
        grown, ends = bool(more), ends | more
    assert ends == set(playbook.stages)


@EACH
def test_a_job_can_go_back_to_revise_and_its_draft_is_judged_again(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    assert playbook.moves[REVISE_FROM] == ("gate_draft", SEND_FROM), "no draft goes round the gate"
    assert playbook.allows("gate_draft", REVISE_FROM)


@EACH
def test_nothing_reaches_a_mailbox_or_the_crms_log_except_through_the_gate(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    assert [stage for stage in playbook.stages if playbook.allows(stage, "file_draft")] == ["gate_draft"]
    assert [stage for stage in playbook.stages if playbook.allows(stage, "log_note")] == ["file_draft"]
    assert [stage for stage in playbook.stages if playbook.allows(stage, "log_task")] == ["log_note"]


@EACH
def test_nothing_is_sent_except_through_an_approval(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    """A job whose draft is being sent already goes back there to find out what became of it."""
    assert {stage for stage in playbook.stages if playbook.allows(stage, SEND_FROM)} == {
        AWAIT_AT,
        REVISE_FROM,
    }


@EACH
def test_events_lead_to_stages_that_every_playbook_has(kind: Kind) -> None:
    assert set(ENTRIES) <= set(PLAYBOOKS[kind].stages)


@EACH
def test_only_the_end_of_a_draft_is_reached_by_an_event_alone(kind: Kind) -> None:
    playbook = PLAYBOOKS[kind]
    led_to = {to for moves in playbook.moves.values() for to in moves} | {playbook.first}
    assert set(playbook.stages) - led_to <= {END_FROM}


@EACH
def test_nothing_but_another_draft_follows_the_end_of_one(kind: Kind) -> None:
    moves = PLAYBOOKS[kind].moves
    assert moves[END_FROM] == ("close_task", REVISE_FROM)
    assert moves["close_task"] == (REVISE_FROM,)


@EACH
def test_a_mail_that_was_sent_is_recorded_before_its_job_ends(kind: Kind) -> None:
    assert PLAYBOOKS[kind].moves["log_send"] == (END_FROM,)


@EACH
def test_a_draft_is_withdrawn_by_a_mail_that_says_so_or_by_whichever_stage_finds_it_closed(
    kind: Kind,
) -> None:
    moves = PLAYBOOKS[kind].moves
    at_a_draft = {"gate_draft", "file_draft", "log_note", "log_task", "await_approval", "send_draft"}
    wanted = ({"read_reply"} & set(moves)) | at_a_draft
    assert {stage for stage in moves if "withdraw_draft" in moves[stage]} == wanted
    assert moves["withdraw_draft"] == ("log_outcome",)


def test_a_reply_begins_with_reading_the_mail_and_goes_on_as_a_followup() -> None:
    reply, followup = PLAYBOOKS[Kind.REPLY], PLAYBOOKS[Kind.FOLLOWUP]
    assert reply.first == "read_reply"
    assert reply.allows("read_reply", followup.first)
    assert {stage: reply.moves[stage] for stage in followup.stages} == dict(followup.moves)


def test_a_followup_goes_through_its_stages_in_order() -> None:
    assert PLAYBOOKS[Kind.FOLLOWUP].stages == (
        "resolve_identity", "create_contact", "read_thread", "gather_context", "plan_next_step",
        "write_draft", "gate_draft", "file_draft", "log_note", "log_task", "await_approval", "send_draft",
        "withdraw_draft", "log_send", "log_outcome", "close_task",
    )  # fmt: skip


def test_what_is_not_listed_is_not_allowed() -> None:
    playbook = Playbook(first="a", moves={"a": ("b",), "b": ()})
    assert playbook.allows("a", "b")
    assert not playbook.allows("b", "a")
    assert not playbook.allows("a", "a")
    assert not playbook.allows("nowhere", "a")
