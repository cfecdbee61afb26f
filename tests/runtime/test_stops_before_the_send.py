"""What people change by hand, and what a company or a person does, is obeyed by the next claim (P5, P8, P9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from scripts.stack.tenant import TENANT
from shared.jobs.company import CompanyRecord
from shared.jobs.contact import Contact
from shared.jobs.draft import DraftState
from shared.jobs.job import Status
from shared.jobs.rules import SuppressionReason
from shared.operators.companies import pause_company, resume_company
from shared.operators.quotas import QuotaStatus, override_quota
from shared.operators.roles import Operator, Role
from shared.operators.suppressions import Suppressed, add_suppression
from tests import system
from tests.faults.sending import ReadyToSend

ANN = Operator("key:ann", Role.ADMIN)
OWN = f"tenants/{TENANT}/control/flags"
COLLEAGUE = "c" * 40


@pytest.fixture
def ready() -> Any:
    made = ReadyToSend()
    yield made
    made.simulation.close()


def sent(ready: ReadyToSend) -> int:
    return system.effects(ready.simulation)["sent"]


def by_hand(ready: ReadyToSend, path: str, **fields: object) -> None:
    ready.simulation.world.database.client.document(path).set(fields, merge=True)


def person(ready: ReadyToSend) -> Contact:
    (found,) = [
        one for one in system.every(ready.simulation, "contacts", Contact) if one.id == ready.draft.contact_id
    ]
    assert isinstance(found, Contact)
    return found


def test_where_nobody_does_anything_it_goes_out(ready: ReadyToSend) -> None:
    ready.rest()
    assert sent(ready) == 1


@pytest.mark.parametrize(
    ("path", "stop", "lift"),
    [
        ("control/flags", {"kill_switch": True}, {"kill_switch": False}),
        (OWN, {"kill_switch": True}, {"kill_switch": False}),
        ("control/flags", {"mode": "DRAFT_ONLY"}, {"mode": "SEND_ALLOWED"}),
        (OWN, {"mode": "send_allowed"}, {"mode": "SEND_ALLOWED"}),
        (OWN, {"kill_switch": "no"}, {"kill_switch": False}),
    ],
)
def test_a_flip_by_hand_stops_the_next_claim_and_is_audited(
    ready: ReadyToSend, path: str, stop: dict[str, object], lift: dict[str, object]
) -> None:
    ready.simulation.sweep("watch_controls")
    by_hand(ready, path, **stop)
    ready.simulation.sweep("watch_controls")
    ready.rest()
    assert sent(ready) == 0
    assert ready.draft.state is DraftState.APPROVED
    by_hand(ready, path, **lift)
    ready.simulation.sweep("watch_controls")
    ready.rest()
    assert sent(ready) == 1
    database = ready.simulation.world.database
    where = "" if path == "control/flags" else f"tenants/{TENANT}/"
    kept = database.collection(f"{where}audit")
    flips = [entry for _, entry in sorted(kept.items()) if entry["kind"] == "FLAG_CHANGED"]
    assert [entry["subject"] for entry in flips] == [path, path]
    assert flips[0]["before"] == flips[1]["after"]
    assert flips[0]["after"] == flips[1]["before"]


def test_a_playbook_that_is_mistyped_stops_all_until_it_is_mended(ready: ReadyToSend) -> None:
    path = f"tenants/{TENANT}"
    by_hand(ready, path, draft_only_playbooks=["followups"])
    ready.go(minutes=30)
    assert sent(ready) == 0, "nobody can tell which one was meant"
    assert "draft_only_playbooks" in "; ".join(ready.job.reasons)
    by_hand(ready, path, draft_only_playbooks=["reply"])
    ready.rest()
    assert sent(ready) == 1


def test_a_guardrail_that_is_put_there_by_hand_voids_the_approval(ready: ReadyToSend) -> None:
    company = person(ready).company_crm_id
    by_hand(
        ready, f"tenants/{TENANT}/guardrails/out", type="EXCLUDED_COMPANY_IDS", value=[company], active=True
    )
    ready.rest()
    assert sent(ready) == 0
    assert (ready.draft.state, ready.draft.approval) == (DraftState.PENDING, None)
    assert ready.job.status is Status.HELD


def test_a_limit_of_zero_waits_for_the_day_to_turn(ready: ReadyToSend) -> None:
    simulation = ready.simulation
    done = override_quota(
        simulation.world.database,
        TENANT,
        ready.draft.sender,
        "day",
        0,
        by=ANN,
        why="warming up",
        now=simulation.clock.now(),
    )
    assert isinstance(done, QuotaStatus)
    ready.rest()
    assert sent(ready) == 0
    assert ready.job.next is not None
    assert ready.job.next.due.date() == simulation.clock.now().date() + timedelta(days=1)
    ready.simulation.run(until=ready.job.next.due + timedelta(minutes=1))
    assert sent(ready) == 1


def test_a_paused_company_waits_until_its_time(ready: ReadyToSend) -> None:
    simulation = ready.simulation
    company, until = person(ready).company_crm_id, simulation.clock.now() + timedelta(days=1)
    assert company is not None
    asked: dict[str, Any] = {"by": ANN, "why": "in talks", "now": simulation.clock.now()}
    paused = pause_company(simulation.world.database, TENANT, company, until=until, **asked)
    assert isinstance(paused, CompanyRecord)
    ready.rest()
    assert (sent(ready), ready.draft.state) == (0, DraftState.APPROVED)
    simulation.run(until=until + timedelta(minutes=30))
    assert sent(ready) == 1


def test_a_company_that_is_resumed_is_mailed_again(ready: ReadyToSend) -> None:
    simulation = ready.simulation
    company = person(ready).company_crm_id
    assert company is not None
    asked: dict[str, Any] = {"by": ANN, "why": "in talks", "now": simulation.clock.now()}
    pause_company(simulation.world.database, TENANT, company, until=None, **asked)
    resume_company(simulation.world.database, TENANT, company, **asked)
    ready.rest()
    assert sent(ready) == 1


@pytest.mark.parametrize("on", [True, False])
def test_a_colleague_who_opts_out_pauses_the_company_where_the_settings_want_it(
    ready: ReadyToSend, on: bool
) -> None:
    simulation, ana = ready.simulation, person(ready)
    database, now = simulation.world.database, simulation.clock.now()
    database.client.document(f"tenants/{TENANT}").update({"pause_company_on_reply": on})
    colleague = Contact(
        id=COLLEAGUE, tenant=TENANT, address="luis@harborlogistics.example",
        company_crm_id=ana.company_crm_id, created_at=now, updated_at=now,
    )  # fmt: skip
    database.commit([colleague])
    done = add_suppression(
        database, TENANT, COLLEAGUE, reason=SuppressionReason.OPT_OUT, by=ANN, why="by phone", now=now,
        routing=simulation.world.settings.routing,
    )  # fmt: skip
    assert isinstance(done, Suppressed)
    ready.rest()
    assert sent(ready) == (0 if on else 1)
    assert (ready.job.status is Status.HELD) is on


def test_an_out_of_office_puts_the_mail_off_to_the_return_and_is_no_reply(ready: ReadyToSend) -> None:
    simulation = ready.simulation
    simulation.sweep("sync_mailboxes")
    notice = EmailMessage()
    notice["From"], notice["To"] = system.ANA, ready.draft.sender
    notice["Subject"] = "Automatic reply: out of office"
    notice["Auto-Submitted"] = "auto-replied"
    notice["Date"] = simulation.clock.now()
    notice.set_content("I am out of the office. I am back on Wednesday, November 25, 2026.")
    simulation.sandbox.people.deliver_raw(ready.draft.sender, notice.as_bytes())
    simulation.sweep("sync_mailboxes")
    for _ in range(10):
        simulation.run(until=simulation.clock.now() + timedelta(seconds=5))
        if person(ready).away_until is not None:
            break
    ana = person(ready)
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)  # where the sender is
    assert (ana.away_until, ana.last_wrote_at) == (midnight, None)
    back = datetime(2026, 11, 25, 8, tzinfo=UTC)  # nine in the morning where the sender is
    simulation.run(until=back - timedelta(seconds=1))
    assert (sent(ready), ready.draft.state) == (0, DraftState.APPROVED)
    simulation.run(until=back + timedelta(hours=1))
    assert sent(ready) == 1
