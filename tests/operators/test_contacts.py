"""A person's standing and history, and a company with who of it we know; nothing of another tenant's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import SUPPRESSION_CHANGED, AuditEntry
from shared.jobs.contact import Answering, Contact, Mailed
from shared.jobs.job import Job
from shared.jobs.rules import SuppressionReason
from shared.operators.companies import CompanyStanding, pause_company, show_company
from shared.operators.contacts import (
    ContactStanding,
    Happened,
    History,
    contact_history,
    show_contact,
)
from shared.operators.refusal import Missing, Refusal
from shared.operators.roles import Operator, Role
from shared.operators.suppressions import add_suppression
from shared.store.newest import Place
from tests import system

VIEWER = Operator("viewer", Role.VIEWER)
ANN = Operator("operator:ann", Role.ADMIN)
SOMEBODY = "s" * 40
START = datetime.fromisoformat("2026-11-20T09:00:00+00:00")


@pytest.fixture(scope="module")
def lead() -> Iterator[Simulation]:
    simulation = Simulation()
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    yield simulation
    simulation.close()


def stood(simulation: Simulation, key: str) -> ContactStanding:
    found = show_contact(simulation.world.database, TENANT, key, by=VIEWER, now=simulation.clock.now())
    assert isinstance(found, ContactStanding), found
    return found


def kept(simulation: Simulation) -> Contact:
    found = stood(simulation, system.job(simulation).contact_id).contact
    assert found is not None
    return found


def page(simulation: Simulation, key: str, **asked: Any) -> History:
    found = contact_history(simulation.world.database, TENANT, key, by=VIEWER, **asked)
    assert isinstance(found, History), found
    return found


def all_pages(simulation: Simulation, key: str, limit: int) -> list[Happened]:
    found: list[Happened] = []
    after: Place | None = None
    for _ in range(500):
        one = page(simulation, key, limit=limit, after=after)
        assert len(one.items) <= limit
        found += one.items
        after = one.next
        if after is None:
            return found
    raise AssertionError("the pages do not end")


def test_a_contact_is_shown_with_its_open_draft_company_and_next_touch(lead: Simulation) -> None:
    job = system.job(lead)
    found = stood(lead, job.contact_id)
    assert found.contact is not None
    assert found.contact.address == system.ANA
    assert found.contact.open_draft == job.draft_id
    assert (found.suppressed, found.company_paused) == (False, False)
    assert {one.at for one in found.next_touch} == {lead.clock.now()}


def test_what_went_out_and_what_stops_them_says_when_they_are_mailed_next(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    database, now = simulation.world.database, simulation.clock.now()
    person = kept(simulation)
    mail = Mailed(at=now - timedelta(days=2), draft_id="d-before", answering=Answering.FORM)
    database.commit([person.but(recent_mails=(mail,), away_until=now + timedelta(days=1))])
    at = {one.answering: one.at for one in stood(simulation, person.id).next_touch}
    assert at[Answering.NOTHING] == now + timedelta(days=5)
    assert at[Answering.FORM] == at[Answering.MAIL] == now + timedelta(days=1)
    assert person.company_crm_id is not None
    pause_company(database, TENANT, person.company_crm_id, until=None, by=ANN, why="they asked", now=now)
    found = stood(simulation, person.id)
    assert found.company_paused
    assert {one.at for one in found.next_touch} == {None}


def test_of_somebody_who_is_only_suppressed_that_is_shown(simulation: Simulation) -> None:
    database = simulation.world.database
    add_suppression(
        database, TENANT, SOMEBODY, reason=SuppressionReason.OPT_OUT, by=ANN, why="asked",
        now=simulation.clock.now(), routing=simulation.world.settings.routing,
    )  # fmt: skip
    found = stood(simulation, SOMEBODY)
    assert (found.contact, found.suppressed) == (None, True)
    assert {one.at for one in found.next_touch} == {None}
    nobody = show_contact(database, "acme", SOMEBODY, by=VIEWER, now=simulation.clock.now())
    assert isinstance(nobody, Missing)


def test_a_contact_that_has_expired_is_not_shown(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    person = kept(simulation)
    assert person.expire_at is not None
    late = show_contact(simulation.world.database, TENANT, person.id, by=VIEWER, now=person.expire_at)
    assert isinstance(late, Missing)


# History


@pytest.fixture(scope="module")
def busy(lead: Simulation) -> list[tuple[datetime, str]]:
    """Jobs and entries of one person, several of the same moment, as a history must show them."""
    pattern = system.job(lead)
    wanted: list[tuple[datetime, bool, str]] = []
    for number in range(40):
        at = START + timedelta(seconds=number // 5)
        id_ = f"job-{number:03d}"
        if number % 3:
            job = {**dict(pattern), "id": id_, "contact_id": SOMEBODY, "updated_at": at, "draft_id": None}
            lead.world.database.commit([Job.model_validate(job)])
            wanted.append((at, False, id_))
        else:
            entry = AuditEntry.of(
                tenant=TENANT, kind=SUPPRESSION_CHANGED, subject=SOMEBODY, actor="rule", reason="asked",
                before="not suppressed", after="MANUAL", at=at, job_id=id_, contact_id=SOMEBODY,
            )  # fmt: skip
            lead.world.database.commit([entry])
            wanted.append((at, True, f"{id_}-00000001"))
    return [(at, id_) for at, _, id_ in sorted(wanted, reverse=True)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 39, 40, 500])
def test_pages_of_a_history_show_everything_once_newest_first(
    lead: Simulation, busy: list[tuple[datetime, str]], limit: int
) -> None:
    assert [(one.at, one.id) for one in all_pages(lead, SOMEBODY, limit)] == busy


def test_a_history_is_of_that_person_and_tenant_alone_and_has_no_address(
    lead: Simulation, busy: list[tuple[datetime, str]]
) -> None:
    job = system.jobs(lead)[-1]
    found = all_pages(lead, next(one for one in system.drafts(lead)).contact_id, 500)
    assert {one.what for one in found} == {"job", "audit"}
    assert not [one for one in found if one.id in {id_ for _, id_ in busy}]
    assert "@" not in str([asdict(one) for one in found])
    other = contact_history(lead.world.database, "acme", job.contact_id, by=VIEWER)
    assert isinstance(other, Missing)


def test_documents_that_do_not_fit_are_named_and_hide_no_others(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    job = system.job(simulation)
    client = simulation.world.database.client
    for number in range(3):
        at = job.updated_at + timedelta(hours=1 + number)
        path = f"tenants/{TENANT}/jobs/spoilt-{number}"
        client.document(path).set({"contact_id": job.contact_id, "updated_at": at})
    first = page(simulation, job.contact_id, limit=2)
    assert (first.items, len(first.unreadable)) == ((), 2)
    shown = all_pages(simulation, job.contact_id, 2)
    assert [one.id for one in shown if one.what == "job"] == [job.id]
    assert [one for one in shown if one.what == "audit"]


@pytest.mark.parametrize("id_", ["x", "job.", "event.x", "job...", "."])
def test_a_place_that_is_none_of_a_history_is_refused(lead: Simulation, id_: str) -> None:
    found = contact_history(
        lead.world.database, TENANT, SOMEBODY, by=VIEWER, after=Place(lead.clock.now(), id_)
    )
    assert isinstance(found, Refusal)


# Companies


def test_a_company_is_shown_with_who_of_it_we_know(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    database, now = simulation.world.database, simulation.clock.now()
    person = kept(simulation)
    company_id = person.company_crm_id
    assert company_id is not None
    elsewhere = [person.but(id=f"k-{n}", company_crm_id=f"other-{n}") for n in range(2)]
    database.commit([Contact.model_validate(dict(one)) for one in elsewhere])
    found = show_company(database, TENANT, company_id, by=VIEWER, now=now)
    assert found == CompanyStanding(company_id, None, False, 1, (person.id,))
    pause_company(database, TENANT, company_id, until=None, by=ANN, why="they asked", now=now)
    held = show_company(database, TENANT, company_id, by=VIEWER, now=now)
    assert isinstance(held, CompanyStanding)
    assert held.paused
    assert held.contacts == 1
    for tenant, id_ in (("acme", company_id), (TENANT, "4711"), (TENANT, "../x"), (TENANT, "")):
        assert isinstance(show_company(database, tenant, id_, by=VIEWER, now=now), Missing)
