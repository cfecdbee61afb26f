"""Outreach is forced past a wait, and never past a rule (P3, P4, P5, P9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from scripts.stack.tenant import TENANT
from shared.jobs.company import CompanyRecord
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.jobs.rules import SuppressionReason
from shared.operators.companies import pause_company
from shared.operators.decisions import Decided
from shared.operators.quotas import QuotaStatus, override_quota
from shared.operators.roles import Operator, Role
from shared.operators.suppressions import Suppressed, add_suppression
from tests.faults.copies import in_a_copy
from tests.operators.desk import Desk

ANN = Operator("key:ann", Role.ADMIN)
OWN = f"tenants/{TENANT}"


@pytest.fixture(scope="module")
def evening() -> Iterator[Desk]:
    """Approved at nine in the evening where the sender is: it waits for the next morning."""
    made = Desk()
    made.simulation.clock.advance(11 * 3600)
    made.do("approve")
    yield made
    made.simulation.close()


def by_hand(desk: Desk, path: str, **fields: object) -> None:
    desk.simulation.world.database.client.document(path).set(fields, merge=True)


def now(desk: Desk) -> datetime:
    return desk.simulation.clock.now()


def test_what_nobody_forces_waits_for_the_morning(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        desk.go(minutes=10 * 60)
        assert (desk.sent, desk.draft.state) == (0, DraftState.APPROVED)
        desk.go(minutes=3 * 60)
        assert desk.sent == 1

    in_a_copy(play)


def test_what_is_forced_goes_out_now(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        seen = desk.draft
        desk.do("force", why="they wait for it tonight")
        assert desk.last == (
            "DRAFT_FORCED", "tester", "APPROVED 1", "APPROVED 1", "they wait for it tonight",
        )  # fmt: skip
        given = desk.draft.approval
        assert given is not None
        assert seen.approval is not None
        assert given == seen.approval.but(forced=True, send_at=now(desk))
        desk.rest(hours=0.1)
        assert (desk.sent, desk.draft.state) == (1, DraftState.SENT)
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_it_is_forced_once(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        desk.do("force")
        assert "being worked on" in desk.refused("force")
        desk.rest()
        assert "the draft is SENT" in desk.refused("force")
        assert desk.sent == 1

    in_a_copy(play)


def test_an_edit_voids_what_was_forced(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        by_hand(desk, "control/flags", kill_switch=True)
        desk.do("force")
        desk.go(minutes=1)
        desk.do("edit")
        by_hand(desk, "control/flags", kill_switch=False)
        desk.rest(hours=24)
        assert (desk.sent, desk.draft.approval) == (0, None)
        done = desk.do("approve")
        assert done.draft.approval is not None
        assert not done.draft.approval.forced

    in_a_copy(play)


def suppressed(desk: Desk) -> None:
    done = add_suppression(
        desk.simulation.world.database, TENANT, desk.draft.contact_id, reason=SuppressionReason.MANUAL, by=ANN,
        why="asked on the phone", now=now(desk), routing=desk.simulation.world.settings.routing,
    )  # fmt: skip
    assert isinstance(done, Suppressed)


def quota(period: str) -> Callable[[Desk], None]:
    def used_up(desk: Desk) -> None:
        database, mailbox = desk.simulation.world.database, desk.draft.sender
        done = override_quota(database, TENANT, mailbox, period, 0, by=ANN, why="warming up", now=now(desk))
        assert isinstance(done, QuotaStatus)

    return used_up


def paused_company(desk: Desk) -> None:
    company = desk.contact.company_crm_id
    assert company is not None
    done = pause_company(
        desk.simulation.world.database, TENANT, company, until=None, by=ANN, why="in talks", now=now(desk)
    )
    assert isinstance(done, CompanyRecord)


def excluded_company(desk: Desk) -> None:
    rule = {"type": "EXCLUDED_COMPANY_IDS", "value": [desk.contact.company_crm_id], "active": True}
    by_hand(desk, f"{OWN}/guardrails/out", **rule)


def flag(path: str, **fields: object) -> Callable[[Desk], None]:
    return lambda desk: by_hand(desk, path, **fields)


RULES: dict[str, tuple[Callable[[Desk], None], DraftState]] = {
    "suppressed": (suppressed, DraftState.REJECTED),
    "day quota": (quota("day"), DraftState.APPROVED),
    # The week turns after the approval has expired, so somebody decides again.
    "week quota": (quota("week"), DraftState.PENDING),
    "kill switch": (flag("control/flags", kill_switch=True), DraftState.APPROVED),
    "own kill switch": (flag(f"{OWN}/control/flags", kill_switch=True), DraftState.APPROVED),
    "mode": (flag("control/flags", mode="DRAFT_ONLY"), DraftState.APPROVED),
    "own mode": (flag(f"{OWN}/control/flags", mode="DRAFT_ONLY"), DraftState.APPROVED),
    "garbage": (flag(f"{OWN}/control/flags", mode="SEND"), DraftState.APPROVED),
    "playbook": (flag(OWN, draft_only_playbooks=["followup"]), DraftState.APPROVED),
    "company": (paused_company, DraftState.PENDING),
    "guardrail": (excluded_company, DraftState.PENDING),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("rule", RULES)
def test_force_skips_no_rule(evening: Desk, rule: str, when: str) -> None:
    """Whether the rule came before the force, or between the force and its send."""
    stop, state = RULES[rule]

    def play() -> None:
        desk = evening
        if when == "after":
            assert isinstance(desk.ask("force"), Decided)
        stop(desk)
        if when == "before":
            answer = desk.ask("force")
            assert isinstance(answer, Decided) or rule == "suppressed", str(answer)
        desk.simulation.sweep("requeue_stuck")
        desk.go(minutes=40)
        desk.simulation.sweep("requeue_stuck")
        desk.go(minutes=20)
        assert (desk.sent, desk.draft.state) == (0, state)
        assert desk.job.reasons or desk.job.is_final
        assert (desk.in_gmail is None) is (rule == "suppressed")
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_a_kill_switch_that_is_lifted_lets_what_was_forced_go(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        by_hand(desk, "control/flags", kill_switch=True)
        desk.do("force")
        desk.go(minutes=30)
        assert desk.sent == 0
        by_hand(desk, "control/flags", kill_switch=False)
        desk.go(minutes=30)
        assert desk.sent == 1

    in_a_copy(play)


def test_a_voided_approval_is_given_anew_once_the_rule_is_gone(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        excluded_company(desk)
        desk.do("force")
        desk.go(minutes=5)
        assert (desk.draft.state, desk.job.status) == (DraftState.PENDING, Status.HELD)
        assert "APPROVAL_VOIDED" in [one.kind for one in desk.entries]
        desk.simulation.world.database.client.document(f"{OWN}/guardrails/out").delete()
        desk.do("approve")
        desk.rest(hours=14)
        assert (desk.sent, desk.draft.state) == (1, DraftState.SENT)
        assert desk.witness.violations() == []

    in_a_copy(play)


def test_a_day_after_the_morning_it_is_too_late_to_force(evening: Desk) -> None:
    def play() -> None:
        desk = evening
        by_hand(desk, "control/flags", kill_switch=True)
        desk.simulation.clock.advance(timedelta(hours=72).total_seconds())
        desk.go(minutes=10)
        desk.ask("force")
        by_hand(desk, "control/flags", kill_switch=False)
        desk.rest(hours=12)
        assert (desk.sent, desk.draft.state) == (0, DraftState.EXPIRED)
        assert desk.in_gmail is None

    in_a_copy(play)
