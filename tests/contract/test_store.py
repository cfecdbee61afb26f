"""What the store promises, whoever keeps the documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from scripts.stack.simulation import Simulation
from shared.errors import Permanent
from shared.jobs.contact import Contact
from shared.jobs.job import Job, Kind
from shared.jobs.moves import begun
from shared.runtime.stats import CountedEvent
from shared.store.database import Changed, Database, Unreachable
from shared.store.due import due_dead_letters, jobs_to_check

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


def contact(name: str = "c1", **changes: Any) -> Contact:
    given = {"address": "a@b.example", "created_at": NOW, "updated_at": NOW, **changes}
    return Contact(id=name, tenant="default", **given)


def stored(database: Database, name: str = "c1") -> Contact:
    found = database.get(f"tenants/default/contacts/{name}", Contact)
    assert found is not None
    return found


@pytest.fixture
def database(system_on: Simulation) -> Database:
    return system_on.world.database


def test_a_document_comes_back_as_it_was_written(database: Database) -> None:
    database.commit([contact(last_mailed_at=NOW)])
    assert stored(database).model_dump() == contact(last_mailed_at=NOW).model_dump()
    assert stored(database).updated_at == NOW


def test_a_new_document_is_created_once(database: Database) -> None:
    database.commit([contact()])
    with pytest.raises(Changed):
        database.commit([contact(address="other@b.example")])
    assert stored(database).address == "a@b.example"


def test_a_document_that_was_read_is_written_only_if_it_has_not_changed(database: Database) -> None:
    database.commit([contact()])
    first, second = stored(database), stored(database)
    database.commit([first.but(open_draft="d1")])
    with pytest.raises(Changed):
        database.commit([second.but(open_draft="d2")])
    assert stored(database).open_draft == "d1"


def test_a_batch_is_applied_whole_or_not_at_all(database: Database) -> None:
    database.commit([contact("c1")])
    with pytest.raises(Changed):
        database.commit([contact("c2"), contact("c1")])
    assert database.get("tenants/default/contacts/c2", Contact) is None


def test_a_deleted_document_is_not_written_again(database: Database) -> None:
    database.commit([contact()])
    known = stored(database)
    database.client.document(known.path).delete()
    with pytest.raises(Changed):
        database.commit([known.but(open_draft="d1")])
    assert database.get(known.path, Contact) is None


def test_unknown_fields_are_kept(database: Database) -> None:
    database.commit([contact()])
    database.client.document(contact().path).update({"from_a_newer_function": {"a": 1}})
    database.commit([stored(database).but(open_draft="d1")])
    raw = database.client.document(contact().path).get().to_dict()
    assert raw["from_a_newer_function"] == {"a": 1}


def test_a_document_that_does_not_fit_is_named_by_its_fields_and_not_its_values(database: Database) -> None:
    database.client.document("tenants/default/contacts/c9").set({"id": "c9", "address": 7})
    with pytest.raises(Permanent) as refused:
        database.get("tenants/default/contacts/c9", Contact)
    assert "address" in refused.value.reason
    assert "7" not in refused.value.reason


def test_an_increment_rides_with_a_document_that_is_created_once(database: Database) -> None:
    event = CountedEvent(id="e1", tenant="default", type="drafted", at=NOW, expire_at=NOW)
    for _ in range(10):
        try:
            database.commit([event], increments={"tenants/default/stats/2026-11-23": {"drafted": 1}})
        except Changed:
            continue
    assert database.raw_many(["tenants/default/stats/2026-11-23"]) == [{"drafted": 1}]


def test_a_transaction_returns_the_version_it_wrote(database: Database) -> None:
    database.commit([contact()])
    known = stored(database)

    def work(transaction: Any) -> str:
        reference = database.client.document(known.path)
        list(database.client.get_all([reference], transaction=transaction))
        transaction.update(reference, {"open_draft": "d1"})
        return "done"

    result, version = database.transact(work)
    assert result == "done"
    assert stored(database).version == version
    database.commit([known.but(open_draft="d2").read_at(version)])


def test_a_transaction_that_cannot_begin_says_why(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google's client rolls it back nevertheless, and tells of that in the place of the reason."""

    def down(**_words: Any) -> None:
        raise ServiceUnavailable("down")

    monkeypatch.setattr(vars(database.client)["_firestore_api_internal"], "begin_transaction", down)
    with pytest.raises(Unreachable, match="ServiceUnavailable"):
        database.transact(lambda _transaction: None)


def test_missing_documents_are_none_in_their_place(database: Database) -> None:
    database.commit([contact("c2")])
    paths = [f"tenants/default/contacts/{name}" for name in ("c1", "c2", "c3")]
    assert [found and found.id for found in database.get_many(paths, Contact)] == [None, "c2", None]


def test_the_sweep_finds_what_is_past_its_check_in_each_shard(system_on: Simulation) -> None:
    database, routing = system_on.world.database, system_on.world.settings.routing
    for number in range(20):
        job = Job(
            id=f"j{number}",
            tenant="default",
            kind=Kind.FOLLOWUP,
            contact_id="c",
            address="a@b.example",
            event_ids=(),
            trace_id="",
            created_at=NOW,
            updated_at=NOW,
            stage="read_thread",
        )
        database.commit([begun(job, routing, NOW + timedelta(minutes=number))])
    patience = timedelta(seconds=routing["read_thread"].patience_s)
    found = [
        job for s in range(8) for job in jobs_to_check(database, s, NOW + timedelta(minutes=9) + patience)
    ]
    assert sorted(job.id for job in found) == sorted(f"j{number}" for number in range(10))
    assert list(due_dead_letters(database, NOW)) == []
