"""What became of the drafts in a range of days, how the contacts stand, and what a draft should be mended by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.draft import DraftState
from shared.jobs.facts import Severity, Verdict, Violation
from shared.jobs.rules import Suppression, SuppressionReason
from shared.operators.drafts import suggestions
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role
from shared.operators.stats import (
    MOST_DAYS,
    OUTCOMES,
    ContactNumbers,
    Outcomes,
    contact_stats,
    outcome_stats,
)
from tests.builders import contact, draft

VIEWER = Operator("viewer", Role.VIEWER)
FIRST = date(2026, 11, 1)


def count(simulation: Simulation, day: int, **numbers: Any) -> None:
    path = f"tenants/{TENANT}/stats/{FIRST + timedelta(days=day - 1)}"
    simulation.world.database.client.document(path).set(numbers)


def outcomes(simulation: Simulation, first: int, last: int) -> Outcomes:
    found = outcome_stats(
        simulation.world.database, TENANT, date(2026, 11, first), date(2026, 11, last), by=VIEWER
    )
    assert isinstance(found, Outcomes), found
    return found


def test_outcomes_are_added_up_over_just_the_days_that_were_asked_for(simulation: Simulation) -> None:
    count(simulation, 1, drafted=100, sent=100)
    count(simulation, 2, drafted=8, approved=6, rejected=1, sent=3)
    count(simulation, 4, drafted=2, sent_by_hand=1, replied=1, out_of_office=5, bounced=True)
    count(simulation, 5, drafted=100)
    found = outcomes(simulation, 2, 4)
    expected = {"drafted": 10, "approved": 6, "rejected": 1, "sent": 3, "sent_by_hand": 1, "replied": 1}
    assert found.totals == {**dict.fromkeys(OUTCOMES, 0), **expected}
    assert found.rates == {
        "approved/drafted": 0.6,
        "rejected/drafted": 0.1,
        "expired/drafted": 0.0,
        "sent/approved": 0.5,
        "replied/sent": 0.25,
        "opted_out/sent": 0.0,
        "complained/sent": 0.0,
        "bounced/sent": 0.0,
    }


def test_where_there_is_nothing_to_compare_with_there_is_no_rate(simulation: Simulation) -> None:
    assert set(outcomes(simulation, 2, 2).rates.values()) == {None}


@pytest.mark.parametrize("days", [-1, 0, MOST_DAYS + 1])
def test_a_range_has_its_limits(simulation: Simulation, days: int) -> None:
    last = FIRST + timedelta(days=days - 1)
    assert isinstance(outcome_stats(simulation.world.database, TENANT, FIRST, last, by=VIEWER), Refusal)


def test_contacts_are_counted_as_they_stand(simulation: Simulation) -> None:
    now = simulation.clock.now()
    people = [
        contact(id="k1", open_draft="d1"),
        contact(id="k2", away_until=now + timedelta(days=1)),
        contact(id="k3", away_until=now - timedelta(days=1)),
        contact(id="k4"),
        contact(id="k5", tenant="acme", open_draft="d2"),
    ]
    entries = [
        Suppression(id=f"s{n}", tenant=TENANT, reason=reason, actor="rule", created_at=now)
        for n, reason in enumerate(
            (SuppressionReason.OPT_OUT, SuppressionReason.OPT_OUT, SuppressionReason.ERASED)
        )
    ]
    simulation.world.database.commit([*people, *entries])
    found = contact_stats(simulation.world.database, TENANT, by=VIEWER, now=now)
    none = {reason.value: 0 for reason in SuppressionReason}
    assert found == ContactNumbers(4, {**none, "OPT_OUT": 2, "ERASED": 1}, away=1, with_open_draft=1)


def test_suggestions_are_of_the_revision_that_is_there_and_say_why_it_was_rejected() -> None:
    broken = Violation(rule="one question", severity=Severity.FAIL, found="two", mend="ask only one")
    judged = draft(revision=2).but(verdict=Verdict(revision=2, violations=(broken,)))
    found = suggestions(judged)
    assert (found.judged, found.outcome, found.violations) == (True, "FAIL", (broken,))
    assert found.rejected_because == ""
    edited = suggestions(judged.but(revision=3))
    assert (edited.judged, edited.outcome, edited.violations) == (False, "", ())
    rejected = suggestions(judged.but(state=DraftState.REJECTED, end_reason="not our market"))
    assert (rejected.violations, rejected.rejected_because) == ((broken,), "not our market")
    assert suggestions(judged.but(end_reason="not our market")).rejected_because == ""
