"""Which queries the code makes, and which indexes Firestore would want for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from scripts.local_cloud.firestore.query import QueryShape
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.draft import DraftState
from shared.jobs.job import Kind, Status
from shared.operators.api_keys import list_api_keys
from shared.operators.audit_query import AuditFilter, query_audit
from shared.operators.audit_verifying import verify_audit
from shared.operators.companies import show_company
from shared.operators.contacts import ContactStanding, contact_history, show_contact
from shared.operators.dead_letters import list_dead_letters
from shared.operators.drafts import list_drafts
from shared.operators.jobs import list_jobs
from shared.operators.people import list_people
from shared.operators.roles import Operator, Role
from shared.operators.stats import contact_stats
from shared.store.audit import entries_between, first_moment
from shared.store.due import has_job
from shared.store.newest import Place
from tests import system

GROUP = "COLLECTION_GROUP"
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, order=True)
class Index:
    """Fields in their order, of one collection or of all collections of a name."""

    collection: str
    scope: str
    fields: Fields


def shapes_made(simulation: Simulation) -> set[QueryShape]:
    """The shapes of every query: the playbook, each sweep, and each list that operators can ask for."""
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    for name, row in simulation.catalogue.functions.items():
        if row.trigger.schedule:
            simulation.sweep(name)
    database = simulation.world.database
    has_job(database, TENANT, "nobody", Kind.FOLLOWUP)
    for waiting_only in (True, False):
        list_dead_letters(database, TENANT, waiting_only=waiting_only)
    for status in (None, Status.HELD):
        for kind in (None, Kind.FOLLOWUP):
            list_jobs(database, TENANT, status=status, kind=kind)
    for state in (None, DraftState.PENDING):
        list_drafts(database, TENANT, state=state)
    viewer = Operator("viewer", Role.VIEWER)
    for wanted in ("contact_id", "company_id", "draft_id", "kind"):
        query_audit(database, TENANT, AuditFilter(**{wanted: "nobody"}), by=viewer)
    since = simulation.clock.now() - timedelta(days=1)
    query_audit(database, TENANT, AuditFilter(kind="nothing", since=since, until=since), by=viewer)
    first_moment(database, TENANT)
    entries_between(database, TENANT, since, since)
    verify_audit(database, TENANT, archive=None, by=viewer)
    contact_history(database, TENANT, "nobody", by=viewer, after=Place(since, "job.nobody"))
    company_id = _company_of_the_lead(simulation)
    show_company(database, TENANT, company_id, by=viewer, now=since)
    contact_stats(database, TENANT, by=viewer, now=since)
    list_api_keys(database, TENANT)
    list_people(database, TENANT)
    return set(simulation.cloud.firestore.query_shapes)


def _company_of_the_lead(simulation: Simulation) -> str:
    found = show_contact(
        simulation.world.database,
        TENANT,
        system.job(simulation).contact_id,
        by=Operator("viewer", Role.VIEWER),
        now=simulation.clock.now(),
    )
    assert isinstance(found, ContactStanding)
    assert found.contact is not None
    assert found.contact.company_crm_id is not None
    return found.contact.company_crm_id


def parts_of(shape: QueryShape) -> tuple[list[str], Fields]:
    """The fields that are compared for equality, and those that the answer is sorted by."""
    equal = sorted(field for field, op in shape.filters if op in ("EQUAL", "IN", "IS_NULL"))
    ranges = [field for field, op in shape.filters if field not in equal]
    orders = tuple((field, way) for field, way in shape.orders if field != "__name__")
    ordered = {field for field, _ in orders}
    return equal, tuple((field, "ASCENDING") for field in ranges if field not in ordered) + orders


def composite_alternatives(shape: QueryShape) -> list[set[Index]]:
    """Sets of composite indexes of which any one serves the query; none are needed when the list is empty.

    Firestore merges indexes that end in the same order, so several equal fields can have one index each.
    """
    equal, order = parts_of(shape)
    if len(equal) + len(order) < 2 or not order:
        return []

    def index(*fields: str) -> Index:
        return Index(shape.collection_id, shape.scope, (*((name, "ASCENDING") for name in fields), *order))

    return [{index(*equal)}, {index(name) for name in equal}] if equal else [{index()}]


def group_fields(shape: QueryShape) -> set[tuple[str, str, str]]:
    """Single fields that need an index across collections, which Firestore does not make by itself."""
    equal, order = parts_of(shape)
    if shape.scope != GROUP or composite_alternatives(shape):
        return set()
    return {(shape.collection_id, field, way) for field, way in (*((f, "ASCENDING") for f in equal), *order)}


def missing(shapes: Iterable[QueryShape], declared: dict[str, Any]) -> list[str]:
    """The queries that would fail for want of an index."""
    composite, fields = set(composites(declared)), field_overrides(declared)
    lacking: list[str] = []
    for shape in shapes:
        alternatives = composite_alternatives(shape)
        if alternatives and not any(wanted <= composite for wanted in alternatives):
            lacking.append(f"{shape} needs {alternatives[0]}")
        for collection, field, way in group_fields(shape):
            if (GROUP, way) not in fields.get((collection, field), set()):
                lacking.append(f"{shape} needs {collection}.{field} {way} across collections")
        if shape.scope != GROUP and not alternatives:
            equal, order = parts_of(shape)
            for field, way in (*((f, "ASCENDING") for f in equal), *order):
                override = fields.get((shape.collection_id, field))
                if override is not None and ("COLLECTION", way) not in override:
                    lacking.append(f"{shape} needs {shape.collection_id}.{field}, which is exempt")
    return sorted(lacking)


def unused(shapes: Iterable[QueryShape], declared: dict[str, Any]) -> list[str]:
    """Declared indexes that no query wants."""
    known = list(shapes)
    wanted = {index for shape in known for choice in composite_alternatives(shape) for index in choice}
    groups = {one for shape in known for one in group_fields(shape)}
    return sorted(
        [str(index) for index in composites(declared) if index not in wanted]
        + [
            f"{collection}.{field} {way}"
            for (collection, field), ways in field_overrides(declared).items()
            for scope, way in ways
            if scope == GROUP and (collection, field, way) not in groups
        ]
    )


def read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def composites(declared: dict[str, Any]) -> Iterator[Index]:
    for one in declared["composite"]:
        fields = tuple(pair for field in one["fields"] for pair in field.items())
        yield Index(one["collection"], one["scope"], fields)


def field_overrides(declared: dict[str, Any]) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """The indexes of each field that differs from Firestore's own choice."""
    return {
        (one["collection"], one["field"]): {(index["scope"], index["order"]) for index in one["indexes"]}
        for one in declared["fields"]
    }
