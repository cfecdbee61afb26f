"""What becomes of a send whose end nobody knows is a person's word, with evidence (P2, P4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from scripts.stack.tenant import TENANT
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.jobs.playbooks import AWAIT_AT
from shared.operators.decisions import Decided
from shared.runtime.world import install
from tests import system
from tests.faults.copies import in_a_copy
from tests.operators.desk import Desk

OWN = f"tenants/{TENANT}"


@pytest.fixture(scope="module")
def _held() -> Iterator[Desk]:
    """The answer to the send was lost, and the draft lies there still."""
    made = Desk()
    made.do("approve")
    made.simulation.sandbox.faults.add(kind="timeout", vendor="gmail", path_regex="drafts/send", times=1)
    made.rest(hours=6)
    assert (made.draft.state, made.job.status, made.sent) == (DraftState.HELD, Status.HELD, 0)
    yield made
    made.simulation.close()


@pytest.fixture(scope="module")
def _gone() -> Iterator[Desk]:
    """The answer to the send was lost, the draft is gone, and no mail is to be found."""
    made = Desk()
    gmail = made.simulation.sandbox.gmail
    gmail.sending = replace(gmail.sending, shown_after_s=30 * 86400)
    made.do("approve")
    made.simulation.sandbox.faults.add(kind="lost_answer", vendor="gmail", path_regex="drafts/send", times=1)
    made.rest(hours=6)
    assert (made.draft.state, made.job.status, made.sent) == (DraftState.HELD, Status.HELD, 1)
    yield made
    made.simulation.close()


@pytest.fixture
def held(_held: Desk) -> Desk:
    install(_held.simulation.world)
    return _held


@pytest.fixture
def gone(_gone: Desk) -> Desk:
    install(_gone.simulation.world)
    return _gone


def quotas(desk: Desk) -> list[tuple[int, int]]:
    """Used and reserved, of the day and of the week."""
    found = desk.simulation.world.database.collection(f"{OWN}/quotas")
    return [(one.get("used", 0), one.get("reserved", 0)) for one in found.values()]


def test_a_held_send_keeps_its_quota_reserved(held: Desk) -> None:
    assert quotas(held) == [(0, 1), (0, 1)]
    assert held.entries[-1].kind == "SEND_HELD"


@pytest.mark.parametrize("name", ["approve", "reject", "edit", "snooze", "force"])
def test_what_is_held_is_settled_before_anything_else(held: Desk, name: str) -> None:
    assert "the draft is HELD" in held.refused(name)


def test_what_was_not_sent_waits_for_a_new_decision_and_gives_its_quota_back(held: Desk) -> None:
    def play() -> None:
        desk = held
        seen = desk.draft
        desk.do("settle", was_sent=False, evidence="it is still among the drafts")
        assert quotas(desk) == [(0, 0), (0, 0)]
        kinds = [(one.kind, one.before, one.after) for one in desk.entries[-2:]]
        assert kinds == [
            ("SEND_SETTLED", "HELD 1", "PENDING 1"), ("APPROVAL_VOIDED", "HELD 1", "PENDING 1"),
        ]  # fmt: skip
        assert desk.entries[-2].reason == "not sent: it is still among the drafts"
        draft = desk.draft
        assert (draft.claim, draft.approval, draft.end_reason) == (None, None, "")
        assert draft.fence == seen.fence
        assert desk.contact.open_draft == draft.id
        desk.rest()
        assert (desk.job.stage, desk.job.status, desk.sent) == (AWAIT_AT, Status.WAITING, 0)
        assert "the draft is PENDING" in desk.refused("settle", draft=seen)
        desk.do("approve")
        desk.rest(hours=24)
        assert (desk.sent, desk.draft.state) == (1, DraftState.SENT)
        assert desk.draft.fence == seen.fence + 1
        assert quotas(desk) == [(1, 0), (1, 0)] or sorted(quotas(desk)) == [(0, 0), (1, 0), (1, 0)]
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_what_was_sent_is_recorded_and_uses_its_quota(gone: Desk) -> None:
    def play() -> None:
        desk = gone
        seen = desk.draft
        assert seen.claim is not None
        (went,) = desk.simulation.sandbox.effects.entries("mail_sent")
        done = desk.ask("settle", was_sent=True, evidence="I see it in Sent", message_id=went["message_id"])
        assert isinstance(done, Decided)
        assert desk.outbox == ["sent"]
        assert desk.last == ("SEND_SETTLED", "tester", "HELD 1", "SENT 1", "sent: I see it in Sent")
        draft, ana = desk.draft, desk.contact
        assert (draft.sent_at, draft.sent_message_id) == (seen.claim.at, went["message_id"])
        assert quotas(desk) == [(1, 0), (1, 0)]
        assert ana.open_draft is None
        assert [one.draft_id for one in ana.recent_mails] == [draft.id]
        desk.rest()
        assert desk.job.status is Status.DONE
        assert len(desk.recorded("emails")) == 1
        assert "The draft was sent on" in desk.note
        assert "the draft is SENT" in desk.refused("settle", draft=seen)
        assert desk.sent == 1
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_a_send_whose_job_is_gone_is_recorded_too_and_its_person_is_free(gone: Desk) -> None:
    def play() -> None:
        desk = gone
        desk.simulation.world.database.client.document(desk.job.path).delete()
        desk.ask("settle", was_sent=True, evidence="I see it in Sent", message_id="m1")
        assert (desk.draft.state, quotas(desk)) == (DraftState.SENT, [(1, 0), (1, 0)])
        assert desk.contact.open_draft is None
        assert [one.draft_id for one in desk.contact.recent_mails] == [desk.draft.id]

    in_a_copy(play)


def test_a_person_who_settled_wrongly_sends_nothing_by_that_alone(gone: Desk) -> None:
    """The draft is the token that sending used up: an approval after a wrong word finds none, and asks again."""

    def play() -> None:
        desk = gone
        desk.do("settle", was_sent=False, evidence="I see nothing")
        desk.rest()
        desk.ask("approve")
        desk.rest(hours=24)
        assert desk.sent == 1

    in_a_copy(play)


def test_a_send_whose_job_still_runs_is_not_settled() -> None:
    made = Desk()
    try:
        made.do("approve")
        made.simulation.sandbox.faults.add(kind="timeout", vendor="gmail", path_regex="drafts/send", times=1)
        for _ in range(60):
            made.go(minutes=1)
            if made.draft.state is DraftState.SENDING:
                break
        assert made.draft.state is DraftState.SENDING
        assert "being worked on" in made.refused("settle")
    finally:
        made.simulation.close()


@pytest.mark.parametrize("message_id", ["", "18c0ffee"])
def test_the_id_of_the_mail_that_went_out_may_be_left_out(gone: Desk, message_id: str) -> None:
    words: dict[str, Any] = {"was_sent": True, "evidence": "I see it in Sent", "message_id": message_id}

    def play() -> str | None:
        gone.do("settle", **words)
        gone.rest()
        assert gone.job.status is Status.DONE
        assert system.effects(gone.simulation)["sent"] == 1
        return gone.draft.sent_message_id

    assert in_a_copy(play) == message_id
