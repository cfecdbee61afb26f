"""AUTO_SEND_FOLLOWUP from a lead to a sent mail, and everything that still stops one (P3, P5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import AuditEntry
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.runtime.world import install
from tests import system
from tests.faults.copies import in_a_copy
from tests.faults.witness import Witness
from tests.operators.desk import Desk

OWN = f"tenants/{TENANT}/control/flags"
ON = {"AUTO_SEND_FOLLOWUP": {"enabled": True, "rollout_percent": 100}}
OFF = {"AUTO_SEND_FOLLOWUP": {"enabled": False, "rollout_percent": 100}}
NOBODY = {"AUTO_SEND_FOLLOWUP": {"enabled": True, "rollout_percent": 0}}
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


class Automatic:
    """Nothing has happened yet; everybody lets mail out and approves by rule."""

    def __init__(self, **words: Any) -> None:
        self.simulation = Simulation(**words)
        self.set("control/flags", mode="SEND_ALLOWED", features=ON)
        self.set(OWN, mode="SEND_ALLOWED", features=ON)
        self.witness = Witness(self.simulation)

    def set(self, path: str, **fields: object) -> None:
        self.simulation.world.database.client.document(path).set(fields, merge=True)

    def go(self, hours: float = 3, fields: dict[str, str] = system.LEAD) -> None:
        """A form is submitted, and time goes by."""
        simulation = self.simulation
        simulation.deliver(simulation.submit(fields)["requests"]["form"])
        end = simulation.clock.now() + timedelta(hours=hours)
        simulation.run(until=simulation.clock.now() + timedelta(hours=hours / 2))
        simulation.sweep("requeue_stuck")
        simulation.run(until=end)
        assert self.witness.violations() == []

    @property
    def sent(self) -> int:
        return system.effects(self.simulation)["sent"]

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.entries]

    @property
    def entries(self) -> list[AuditEntry]:
        found = [one for one in system.every(self.simulation, "audit", AuditEntry) if one.draft_id]
        return sorted(found, key=lambda one: one.number)


@pytest.fixture(scope="module")
def _auto() -> Iterator[Automatic]:
    made = Automatic()
    yield made
    made.simulation.close()


@pytest.fixture
def auto(_auto: Automatic) -> Automatic:
    """Tests change copies of it only."""
    install(_auto.simulation.world)
    return _auto


def test_a_lead_becomes_a_sent_mail_and_the_audit_names_the_rule(auto: Automatic) -> None:
    def play() -> None:
        auto.go()
        (draft,) = system.drafts(auto.simulation)
        assert (draft.state, auto.sent) == (DraftState.SENT, 1)
        given = draft.approval
        assert given is not None
        assert (given.by_rule, given.actor, given.hash) == (True, "rule", draft.hash)
        assert auto.kinds == ["DRAFT_CREATED", "DRAFT_APPROVED", "SEND_CLAIMED", "DRAFT_SENT"]
        (entry,) = [one for one in auto.entries if one.kind == "DRAFT_APPROVED"]
        assert entry.actor == "rule"
        assert "AUTO_SEND_FOLLOWUP" in entry.reason
        assert system.job(auto.simulation).status is Status.DONE

    in_a_copy(play)


@pytest.mark.parametrize("path", ["control/flags", OWN])
@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "DRAFT_ONLY"}, {"kill_switch": True}, {"mode": "SEND"}, {"features": OFF}, {"features": NOBODY},
        {"features": {"AUTO_SEND_FOLLOWUP": {"enabled": "yes", "rollout_percent": 100}}},
        {"features": {"AUTO_SEND_FOLLOWUP": {"enabled": True, "rollout_percent": 101}}},
    ],
    ids=str,
)  # fmt: skip
def test_nothing_is_sent_where_one_document_says_no(
    auto: Automatic, path: str, fields: dict[str, Any]
) -> None:
    def play() -> None:
        auto.set(path, **fields)
        auto.go(hours=1)
        assert auto.sent == 0
        assert "DRAFT_APPROVED" not in auto.kinds

    in_a_copy(play)


def test_nothing_is_sent_where_the_environment_says_draft_only() -> None:
    made = Automatic(settings={"MODE_CEILING": "DRAFT_ONLY"})
    try:
        made.go(hours=1)
        (draft,) = system.drafts(made.simulation)
        assert (draft.state, made.sent) == (DraftState.PENDING, 0)
    finally:
        made.simulation.close()


def test_nothing_is_sent_for_a_playbook_that_only_drafts(auto: Automatic) -> None:
    def play() -> None:
        auto.set(f"tenants/{TENANT}", draft_only_playbooks=["followup"])
        auto.go(hours=1)
        assert auto.sent == 0

    in_a_copy(play)


def test_a_mode_that_falls_back_holds_what_the_rule_approved(auto: Automatic) -> None:
    def play() -> None:
        simulation = auto.simulation
        simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
        for _ in range(200):
            simulation.run(until=simulation.clock.now() + timedelta(seconds=5))
            if "DRAFT_APPROVED" in auto.kinds:
                break
        auto.set(OWN, mode="DRAFT_ONLY")
        simulation.run(until=simulation.clock.now() + timedelta(hours=3))
        assert (system.drafts(simulation)[0].state, auto.sent) == (DraftState.APPROVED, 0)
        assert "DRAFT_ONLY" in " ".join(system.job(simulation).reasons)
        auto.set(OWN, mode="SEND_ALLOWED")
        simulation.run(until=simulation.clock.now() + timedelta(hours=1))
        assert auto.sent == 1

    in_a_copy(play)


def test_what_a_person_edited_is_approved_by_a_person() -> None:
    desk = Desk()
    try:
        for path in ("control/flags", OWN):
            desk.simulation.world.database.client.document(path).set({"features": ON}, merge=True)
        desk.do("edit")
        desk.rest(hours=24)
        assert (desk.sent, desk.draft.state, desk.draft.approval) == (0, DraftState.PENDING, None)
    finally:
        desk.simulation.close()


@pytest.fixture(scope="module")
def _weekend() -> Iterator[Automatic]:
    made = Automatic(start=SATURDAY)
    yield made
    made.simulation.close()


@pytest.fixture
def weekend(_weekend: Automatic) -> Automatic:
    install(_weekend.simulation.world)
    return _weekend


@pytest.mark.parametrize(
    ("zone", "opens"),
    [
        ("Europe/Madrid", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 23, 14, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 11, 22, 20, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 23, 3, 30, tzinfo=UTC)),
    ],
)
def test_what_is_approved_on_a_saturday_goes_out_on_monday_morning_of_the_senders_zone(
    weekend: Automatic, zone: str, opens: datetime
) -> None:
    def play() -> None:
        simulation = weekend.simulation
        document = simulation.world.database.client.document(f"tenants/{TENANT}")
        senders = document.get().to_dict()["senders"]
        document.update({"senders": {key: {**one, "time_zone": zone} for key, one in senders.items()}})
        simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
        simulation.run(until=opens - timedelta(seconds=1))
        (draft,) = system.drafts(simulation)
        assert (draft.state, weekend.sent) == (DraftState.APPROVED, 0)
        simulation.run(until=opens + timedelta(minutes=21))
        (draft,) = system.drafts(simulation)
        assert (draft.state, weekend.sent) == (DraftState.SENT, 1)
        assert draft.sent_at is not None
        local = draft.sent_at.astimezone(ZoneInfo(zone))
        assert (local.weekday(), local.hour) == (0, 9)

    in_a_copy(play)


def test_a_mail_that_comes_in_the_evening_is_answered_in_the_morning(auto: Automatic) -> None:
    def play() -> None:
        auto.simulation.clock.advance(10 * 3600)
        auto.go(hours=11)
        assert auto.sent == 0
        auto.simulation.run(until=auto.simulation.clock.now() + timedelta(hours=3))
        (draft,) = system.drafts(auto.simulation)
        assert draft.sent_at is not None
        assert draft.sent_at.astimezone(MADRID).strftime("%A %H") == "Tuesday 09"

    in_a_copy(play)
