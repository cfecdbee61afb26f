"""Suppressions hold until they are taken back by the right word, and every change leaves its record (P9, P11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scripts.local_cloud.faults import Fault
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import AuditEntry
from shared.jobs.company import CompanyRecord
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.companies import pause_company
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role
from shared.operators.suppressions import (
    Suppressed,
    add_suppression,
    check_suppression,
    remove_suppression,
)
from shared.runtime.settle import settle
from shared.store.database import Database
from tests import system

ANN = Operator("operator:ann", Role.ADMIN)

KEY = "k" * 40


def add(
    simulation: Simulation,
    reason: SuppressionReason,
    *,
    database: Database | None = None,
    why: str = "asked",
    key: str = KEY,
) -> Suppressed | Refusal:
    return add_suppression(
        database or simulation.world.database,
        TENANT,
        key,
        reason=reason,
        by=ANN,
        why=why,
        now=simulation.clock.now(),
        routing=simulation.world.settings.routing,
    )


def remove(simulation: Simulation, *, force: bool = False, why: str = "mistaken") -> Suppression | Refusal:
    return remove_suppression(
        simulation.world.database,
        TENANT,
        KEY,
        by=ANN,
        why=why,
        force=force,
        now=simulation.clock.now(),
    )


def suppressed(simulation: Simulation) -> bool:
    return check_suppression(simulation.world.database, TENANT, KEY, now=simulation.clock.now()).suppressed


def audit(simulation: Simulation) -> list[AuditEntry]:
    return sorted(system.every(simulation, "audit", AuditEntry), key=lambda entry: entry.id)


def pass_days(simulation: Simulation, days: int) -> None:
    simulation.clock.advance(timedelta(days=days).total_seconds())


def test_each_change_is_audited_with_before_and_after(simulation: Simulation) -> None:
    add(simulation, SuppressionReason.OPT_OUT, why="wrote to us")
    pass_days(simulation, 1)
    remove(simulation, force=True, why="signed up again")
    told = [(e.kind, e.subject, e.actor, e.reason, e.before, e.after) for e in audit(simulation)]
    assert told == [
        ("SUPPRESSION_CHANGED", KEY, "operator:ann", "wrote to us", "not suppressed", "OPT_OUT"),
        ("SUPPRESSION_CHANGED", KEY, "operator:ann", "signed up again", "OPT_OUT", "not suppressed"),
    ]


@pytest.mark.parametrize("why", ["", "  ", "said bob@example.com", "x" * 501])
def test_a_change_without_a_fit_reason_is_none(simulation: Simulation, why: str) -> None:
    assert isinstance(add(simulation, SuppressionReason.MANUAL, why=why), Refusal)
    assert not suppressed(simulation)
    add(simulation, SuppressionReason.COMPLAINT)
    assert isinstance(remove(simulation, force=True, why=why), Refusal)
    assert suppressed(simulation)
    assert len(audit(simulation)) == 1


def test_a_manual_one_ends_after_a_year_unless_renewed(simulation: Simulation) -> None:
    add(simulation, SuppressionReason.MANUAL)
    pass_days(simulation, 300)
    again = add(simulation, SuppressionReason.MANUAL)
    assert isinstance(again, Suppressed)
    assert again.changed
    pass_days(simulation, 364)
    assert suppressed(simulation)
    pass_days(simulation, 1)
    assert not suppressed(simulation)


def test_after_it_ended_a_new_one_counts_from_now(simulation: Simulation) -> None:
    add(simulation, SuppressionReason.OPT_OUT)
    remove(simulation, force=True)
    added = add(simulation, SuppressionReason.BOUNCED)
    assert isinstance(added, Suppressed)
    assert added.entry.reason is SuppressionReason.BOUNCED
    assert added.entry.created_at == simulation.clock.now()
    assert suppressed(simulation)


def test_an_opt_out_that_comes_during_a_removal_stands(simulation: Simulation) -> None:
    add(simulation, SuppressionReason.MANUAL)

    class Meanwhile(Database):
        """The person opts out between the operator's read and write."""

        def commit(self, documents: Any, **more: Any) -> None:
            add(simulation, SuppressionReason.OPT_OUT)
            super().commit(documents, **more)

    refused = remove_suppression(
        Meanwhile(simulation.world.database.client),
        TENANT,
        KEY,
        by=ANN,
        why="mistaken",
        force=False,
        now=simulation.clock.now(),
    )
    assert isinstance(refused, Refusal)
    assert suppressed(simulation)


def test_nobody_is_removed_who_is_not_there(simulation: Simulation) -> None:
    assert isinstance(remove(simulation, force=True), Refusal)
    assert audit(simulation) == []


def test_the_open_draft_of_who_is_suppressed_leaves_the_mailbox(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.lead())["requests"]["form"])
    simulation.run()
    (draft,) = system.drafts(simulation)
    box = simulation.sandbox.gmail.mailbox(draft.sender)
    assert [each["id"] for each in box.drafts()] == [draft.gmail_draft_id]
    done = add(simulation, SuppressionReason.OPT_OUT, key=draft.contact_id)
    assert isinstance(done, Suppressed)
    assert done.withdraws is not None
    settle(simulation.world, done.withdraws)
    simulation.run()
    (after,) = system.drafts(simulation)
    assert (after.state, box.drafts()) == (DraftState.REJECTED, [])
    assert system.job(simulation).status is Status.STOPPED
    again = add(simulation, SuppressionReason.OPT_OUT, key=draft.contact_id)
    assert isinstance(again, Suppressed)
    assert again.withdraws is None


def test_a_stop_that_meets_another_writer_is_written_after_it(simulation: Simulation) -> None:
    simulation.cloud.faults.add(Fault(service="Firestore", method="Commit", mode="refuse", code="ABORTED"))
    assert isinstance(add(simulation, SuppressionReason.MANUAL), Suppressed)
    assert check_suppression(simulation.world.database, TENANT, KEY, now=simulation.clock.now()).suppressed
    simulation.cloud.faults.add(Fault(service="Firestore", method="Commit", mode="refuse", code="ABORTED"))
    paused = pause_company(
        simulation.world.database, TENANT, "7", until=None, by=ANN, why="asked", now=simulation.clock.now()
    )
    assert isinstance(paused, CompanyRecord)
