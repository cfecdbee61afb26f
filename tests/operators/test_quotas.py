"""What is left of a day or a week, and an admin's own limit for it: audited, and obeyed by the next claim (P4, P8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT, settings
from shared.jobs.audit import AuditEntry
from shared.jobs.quota import Period, periods, read_quota
from shared.operators.quotas import (
    HIGHEST_LIMIT,
    QuotaStatus,
    Span,
    clear_override,
    override_quota,
    quota_status,
)
from shared.operators.refusal import Forbidden, Missing, Refusal
from shared.operators.roles import Operator, Role
from shared.operators.versions import Stale
from tests import system

ANN = Operator("key:ann", Role.ADMIN)
BEN = Operator("key:ben", Role.APPROVER)
EVE = Operator("key:eve", Role.VIEWER)
MAILBOX = settings().default_sender


def period(simulation: Simulation, span: Span = "day") -> Period:
    day, week = periods(TENANT, settings().time_zone, MAILBOX, simulation.clock.now())
    return day if span == "day" else week


def put(simulation: Simulation, document: dict[str, Any], span: Span = "day") -> None:
    simulation.world.database.client.document(period(simulation, span).path).set(document)


def document(simulation: Simulation, span: Span = "day") -> dict[str, Any] | None:
    return simulation.world.database.raw_many([period(simulation, span).path])[0]


def override(simulation: Simulation, limit: int, *, span: Span = "day", **said: Any) -> QuotaStatus | Refusal:
    fields: dict[str, Any] = {"by": ANN, "why": "a fair", "now": simulation.clock.now(), **said}
    mailbox = fields.pop("mailbox", MAILBOX)
    return override_quota(simulation.world.database, TENANT, mailbox, span, limit, **fields)


def clear(simulation: Simulation, *, span: Span = "day", **said: Any) -> QuotaStatus | Refusal:
    fields: dict[str, Any] = {"by": ANN, "why": "over", "now": simulation.clock.now(), **said}
    return clear_override(simulation.world.database, TENANT, MAILBOX, span, **fields)


def status(
    simulation: Simulation, mailbox: str | None = MAILBOX, by: Operator = EVE
) -> tuple[QuotaStatus, ...]:
    found = quota_status(simulation.world.database, TENANT, mailbox, by=by, now=simulation.clock.now())
    assert not isinstance(found, Refusal)
    return found


def entries(simulation: Simulation) -> list[AuditEntry]:
    found: list[AuditEntry] = system.every(simulation, "audit", AuditEntry)
    return sorted(found, key=lambda entry: (entry.chain, entry.number))


def test_status_says_what_is_used_reserved_sent_by_hand_and_left(simulation: Simulation) -> None:
    put(simulation, {"used": 3, "reserved": 2, "by_hand": 1})
    put(simulation, {"used": 30}, "week")
    day, week = status(simulation)
    assert (day.quota.used, day.quota.reserved, day.quota.by_hand, day.quota.remaining) == (3, 2, 1, 44)
    assert (week.quota.used, week.quota.limit, week.quota.remaining) == (30, 200, 170)
    assert (day.resets_at - simulation.clock.now()) == timedelta(hours=15)
    assert (week.resets_at - simulation.clock.now()) == timedelta(days=6, hours=15)
    assert len(status(simulation, None)) == 2 * len(settings().senders)


def test_status_shows_garbage_and_that_nothing_is_left(simulation: Simulation) -> None:
    put(simulation, {"used": "3"})
    day, _ = status(simulation)
    assert day.quota.remaining == 0
    assert "used is '3'" in day.quota.garbage[0]


def test_an_override_holds_for_its_period_and_is_audited(simulation: Simulation) -> None:
    done = override(simulation, 80)
    assert isinstance(done, QuotaStatus)
    assert (done.quota.limit, done.quota.overridden) == (80, True)
    again = override(simulation, 90, why="more of it")
    assert isinstance(again, QuotaStatus)
    assert [(e.kind, e.actor, e.reason, e.before, e.after) for e in entries(simulation)] == [
        ("QUOTA_CHANGED", ANN.name, "a fair", "limit as set for all mailboxes", "limit=80"),
        ("QUOTA_CHANGED", ANN.name, "more of it", "limit=80", "limit=90"),
    ]
    simulation.clock.advance(timedelta(days=1).total_seconds())
    assert status(simulation)[0].quota.limit == 50


def test_an_override_leaves_what_is_counted_alone(simulation: Simulation) -> None:
    put(simulation, {"used": 3, "reserved": 2})
    override(simulation, 0)
    assert document(simulation) == {"used": 3, "reserved": 2, "limit": 0}
    assert status(simulation)[0].quota.remaining == 0
    clear(simulation)
    assert document(simulation) == {"used": 3, "reserved": 2}


def test_a_claim_that_counts_at_that_moment_is_not_undone(simulation: Simulation) -> None:
    put(simulation, {"reserved": 1})
    database = simulation.world.database
    real, met = database.commit, []

    def commit(documents: Any, **more: Any) -> None:
        if not met:
            met.append(1)
            database.client.document(period(simulation).path).update({"reserved": 2})
        real(documents, **more)

    database.commit = commit  # type: ignore[method-assign]
    assert isinstance(override(simulation, 80), QuotaStatus)
    assert document(simulation) == {"reserved": 2, "limit": 80}
    assert len(entries(simulation)) == 1


def test_clearing_what_has_no_override_is_refused(simulation: Simulation) -> None:
    assert isinstance(clear(simulation), Missing)
    put(simulation, {"used": 1})
    assert isinstance(clear(simulation), Missing)
    assert entries(simulation) == []


def test_an_override_mends_a_limit_that_was_garbage(simulation: Simulation) -> None:
    put(simulation, {"used": 1, "limit": "80"})
    assert isinstance(override(simulation, 80), QuotaStatus)
    assert read_quota(period(simulation), document(simulation), 50).garbage == ()
    assert entries(simulation)[0].before == "limit=garbage"


@pytest.mark.parametrize("limit", [-1, HIGHEST_LIMIT + 1, True])
def test_what_is_no_limit_is_refused(simulation: Simulation, limit: int) -> None:
    assert isinstance(override(simulation, limit), Refusal)
    assert document(simulation) is None


def test_only_an_admin_overrides_and_everybody_may_look(simulation: Simulation) -> None:
    for by in (BEN, EVE):
        assert isinstance(override(simulation, 80, by=by), Forbidden)
        assert isinstance(clear(simulation, by=by), Forbidden)
        status(simulation, by=by)
    assert document(simulation) is None


@pytest.mark.parametrize("why", ["", "  ", "ask ann@northwind.example", "x" * 501])
def test_a_reason_must_be_given_and_hold_no_address(simulation: Simulation, why: str) -> None:
    assert isinstance(override(simulation, 80, why=why), Refusal)
    assert document(simulation) is None


def test_a_mailbox_that_is_no_sender_has_no_quota(simulation: Simulation) -> None:
    assert isinstance(override(simulation, 80, mailbox="nobody@elsewhere.example"), Missing)
    refused = quota_status(
        simulation.world.database, TENANT, "nobody@elsewhere.example", by=ANN, now=simulation.clock.now()
    )
    assert isinstance(refused, Missing)


def test_a_change_of_another_version_than_the_one_seen_is_refused(simulation: Simulation) -> None:
    seen = status(simulation)[0].version
    assert isinstance(override(simulation, 80, seen=seen), QuotaStatus)
    assert isinstance(override(simulation, 90, seen=seen), Stale)
    assert isinstance(override(simulation, 90, seen=status(simulation)[0].version), QuotaStatus)
