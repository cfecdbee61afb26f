"""A draft's moves, one by one, and the hash that an approval is bound to."""

from __future__ import annotations

import itertools

import pytest

from shared.jobs.draft import MOVES, OPEN, Draft, DraftState
from shared.jobs.facts import Verdict
from shared.policy.letter import compose
from tests.builders import NOW, SENDER, THREAD, draft

P, A, S, T, H, R, E, B = (
    DraftState.PENDING,
    DraftState.APPROVED,
    DraftState.SENDING,
    DraftState.SENT,
    DraftState.HELD,
    DraftState.REJECTED,
    DraftState.EXPIRED,
    DraftState.SENT_BY_HAND,
)
ALLOWED = {
    (P, P), (P, A), (P, R), (P, E), (P, B),
    (A, P), (A, S), (A, R), (A, E), (A, B),
    (S, T), (S, H), (S, A), (S, P),
    (H, T), (H, P),
    (R, B), (E, B),
}  # fmt: skip
"""Written out once more, so that no change of the table goes unseen."""


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(DraftState)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(DraftState, DraftState)))
def test_a_draft_moves_where_the_table_says_and_nowhere_else(old: DraftState, new: DraftState) -> None:
    before = draft(state=old).read_at(NOW)
    if (old, new) in ALLOWED:
        after = before.moved(new)
        assert after.state is new
        assert after.version == NOW
        assert after.but(state=old) == before
    else:
        with pytest.raises(ValueError, match=f"cannot go from {old} to {new}; allowed: "):
            before.moved(new)


def test_what_is_being_sent_cannot_be_rejected_expire_or_be_taken_for_sent_by_hand() -> None:
    assert MOVES[S] == {T, H, A, P}


@pytest.mark.parametrize("state", [T, B])
def test_a_final_state_is_final_and_says_so(state: DraftState) -> None:
    with pytest.raises(ValueError, match="nothing: it is final"):
        draft(state=state).moved(P)


@pytest.mark.parametrize("state", [R, E])
def test_one_that_was_taken_back_may_only_turn_out_to_have_been_sent_by_a_person_before(
    state: DraftState,
) -> None:
    assert MOVES[state] == {B}
    with pytest.raises(ValueError, match="allowed: SENT_BY_HAND"):
        draft(state=state).moved(P)


@pytest.mark.parametrize("state", list(DraftState))
def test_a_draft_is_open_until_it_is_decided(state: DraftState) -> None:
    over = {T, R, E, B}
    assert draft(state=state).is_open is (state not in over)
    assert set(DraftState) - over == OPEN
    assert all(MOVES[each] <= over for each in over), "what is over does not open again"


CHANGES: dict[str, Draft] = {
    "sender": draft().but(sender="ben@northwind.com"),
    "recipient": draft().but(recipient="eve@evil.example"),
    "thread head": draft().but(thread_head="m9"),
    "subject": draft(subject="Another subject"),
    "body": draft(body=draft().body + " "),
    "footer": draft(footer="Somebody else"),
    "way out": draft(opt_out_url="https://functions.example/receive_opt_out?t=eve"),
    "draft id": draft(id="d2"),
    "one byte": draft().but(raw=draft().raw + b"\n"),
}


@pytest.mark.parametrize("part", CHANGES)
def test_the_hash_changes_with_every_part_that_is_sent(part: str) -> None:
    assert CHANGES[part].hash != draft().hash


def test_no_two_changes_have_the_same_hash() -> None:
    assert len({each.hash for each in CHANGES.values()}) == len(CHANGES)


def test_what_is_answered_is_part_of_the_bytes() -> None:
    first = draft()
    answered = compose(
        draft_id=first.id,
        sender=SENDER,
        recipient=first.recipient,
        subject=first.subject,
        body=first.body,
        footer=first.footer,
        thread=THREAD,
    )
    assert first.but(raw=answered).hash != first.hash


@pytest.mark.parametrize(
    "changes",
    [
        {"state": A},
        {"revision": 2},
        {"gmail_draft_id": "r1", "gmail_revision": 1, "gmail_message_id": "m"},
        {"note_id": "n1", "task_id": "t1"},
        {"verdict": Verdict(revision=1)},
    ],
)
def test_the_hash_stays_when_only_our_own_bookkeeping_changes(changes: dict[str, object]) -> None:
    assert draft().but(**changes).hash == draft().hash


def test_parts_cannot_be_shifted_into_one_another() -> None:
    one = draft().but(recipient="a@b.example", thread_head="m")
    other = draft().but(recipient="a@b.example\0m", thread_head="")
    assert one.hash != other.hash
