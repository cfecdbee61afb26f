"""Lists ask only what the declared indexes can answer, and show every document or name it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.draft import DraftState
from shared.jobs.job import Kind, Status
from shared.operators.api_keys import list_api_keys
from shared.operators.audit_query import AuditFilter, query_audit
from shared.operators.contacts import contact_history
from shared.operators.dead_letters import list_dead_letters
from shared.operators.drafts import list_drafts, show_draft
from shared.operators.events import list_events
from shared.operators.jobs import list_jobs, show_job
from shared.operators.people import list_people
from shared.operators.roles import Operator, Role
from shared.store.newest import INDEXES, MOST
from tests import system


@pytest.fixture(scope="module")
def finished() -> Iterator[Simulation]:
    simulation = Simulation()
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    yield simulation
    simulation.close()


def test_every_list_is_answered_by_the_declared_indexes(finished: Simulation) -> None:
    database = finished.world.database
    finished.cloud.firestore.query_shapes.clear()
    for status in (None, Status.FAILED):
        for kind in (None, Kind.FOLLOWUP):
            list_jobs(database, TENANT, status=status, kind=kind)
    list_drafts(database, TENANT)
    list_drafts(database, TENANT, state=DraftState.PENDING)
    list_events(database, TENANT)
    list_dead_letters(database, TENANT)
    list_dead_letters(database, TENANT, waiting_only=False)
    list_api_keys(database, TENANT)
    list_people(database, TENANT)
    for field in ("contact_id", "company_id", "draft_id", "kind"):
        query_audit(database, TENANT, AuditFilter(**{field: "x"}), by=Operator("viewer", Role.VIEWER))
    contact_history(database, TENANT, "x", by=Operator("viewer", Role.VIEWER))
    declared = {(index.collection, index.equal, index.newest_by) for index in INDEXES}
    needed: set[tuple[str, str, str]] = set()
    for shape in finished.cloud.firestore.query_shapes:
        order = shape.orders[0][0]
        needed |= {(shape.collection_id, field, order) for field, _ in shape.filters}
    assert needed == declared


def test_a_list_has_its_limits(finished: Simulation) -> None:
    database = finished.world.database
    assert len(list_jobs(database, TENANT, limit=0).items) == 1
    assert len(list_jobs(database, TENANT, limit=MOST + 1).items) == 1


def test_one_of_each_is_shown_to_its_own_tenant_only(finished: Simulation) -> None:
    database, job = finished.world.database, system.job(finished)
    assert job.draft_id is not None
    found = show_job(database, TENANT, job.id)
    assert found is not None
    assert found.steps == job.steps
    assert show_job(database, "acme", job.id) is None
    shown = show_draft(database, TENANT, job.draft_id)
    assert shown is not None
    assert shown.state is DraftState.PENDING
    assert show_draft(database, "acme", job.draft_id) is None
