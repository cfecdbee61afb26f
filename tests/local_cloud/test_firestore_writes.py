from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.bulk_writer import BulkWriteFailure
from google.cloud.firestore_v1.vector import Vector

from tests.local_cloud.firestore_server import Db, Server, served


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def db(server: Server) -> Db:
    return server.client()


def test_every_type_of_value_comes_back_as_it_was_written(db: Db) -> None:
    data = {
        "none": None,
        "flag": True,
        "whole": 2**63 - 1,
        "real": 1.5,
        "time": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        "text": "é",
        "raw": b"\0\1",
        "place": firestore.GeoPoint(1, 2),
        "list": [1, "a", {"in": 1}],
        "map": {"k": {"z": 1}},
        "vector": Vector([1.0, 2.5]),
    }
    db.document("c/a").set(data | {"reference": db.document("c/b")})
    found = db.document("c/a").get()
    assert found.to_dict() == data | {"reference": db.document("c/b")}
    assert found.create_time == found.update_time <= found.read_time


def test_create_refuses_a_document_that_exists(db: Db) -> None:
    db.document("c/a").create({"x": 1})
    with pytest.raises(exceptions.AlreadyExists):
        db.document("c/a").create({"x": 2})
    assert db.document("c/a").get().to_dict() == {"x": 1}


def test_update_and_a_guarded_delete_refuse_a_document_that_is_missing(db: Db) -> None:
    with pytest.raises(exceptions.NotFound):
        db.document("c/missing").update({"x": 1})
    with pytest.raises(exceptions.NotFound):
        db.document("c/missing").delete(option=db.write_option(exists=True))
    db.document("c/missing").delete()


def test_a_stale_update_time_is_refused_and_the_current_one_is_not(db: Db) -> None:
    document = db.document("c/a")
    first = document.set({"x": 1}).update_time
    second = document.set({"x": 2}).update_time
    stale, current = (db.write_option(last_update_time=stamp) for stamp in (first, second))
    with pytest.raises(exceptions.FailedPrecondition):
        document.update({"x": 3}, option=stale)
    with pytest.raises(exceptions.FailedPrecondition):
        document.delete(option=stale)
    document.update({"x": 3}, option=current)
    assert document.get().get("x") == 3


def test_an_update_time_in_the_future_is_no_precondition(db: Db) -> None:
    stamp = db.document("c/a").set({"x": 1}).update_time
    later = stamp.timestamp_pb()
    later.FromDatetime(datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(exceptions.InvalidArgument):
        db.document("c/a").update({"x": 2}, option=db.write_option(last_update_time=later))


def test_an_identical_rewrite_keeps_the_update_time(db: Db) -> None:
    document = db.document("c/a")
    first = document.set({"x": 1, "m": {"a": [1]}}).update_time
    assert document.set({"x": 1, "m": {"a": [1]}}).update_time == first
    assert document.set({"x": 2, "m": {"a": [1]}}).update_time > first


def test_a_batch_with_one_refused_write_changes_nothing(db: Db) -> None:
    db.document("c/there").set({"x": 1})
    batch = db.batch()
    batch.set(db.document("c/new"), {"x": 1})
    batch.delete(db.document("c/there"))
    batch.create(db.document("c/there"), {"x": 2})
    batch.create(db.document("c/there"), {"x": 3})
    with pytest.raises(exceptions.AlreadyExists):
        batch.commit()
    assert not db.document("c/new").get().exists
    assert db.document("c/there").get().to_dict() == {"x": 1}


def test_writes_of_one_batch_see_each_other_and_share_one_time(db: Db) -> None:
    batch = db.batch()
    batch.create(db.document("c/a"), {"n": 1})
    batch.update(db.document("c/a"), {"n": firestore.Increment(4)})
    batch.set(db.document("c/b"), {"n": 1})
    results = batch.commit()
    assert db.document("c/a").get().get("n") == 5
    assert len({result.update_time for result in results}) == 1


def test_a_mask_replaces_what_it_names_and_deletes_what_is_absent(db: Db) -> None:
    document = db.document("c/a")
    document.set({"a": {"x": 1, "y": 2}, "k": 1, "scalar": 3})
    document.set({"a": {"x": 5}}, merge=True)
    assert document.get().to_dict() == {"a": {"x": 5, "y": 2}, "k": 1, "scalar": 3}
    document.update({"a.y": firestore.DELETE_FIELD, "new.z": 3, "scalar.deep": 1})
    assert document.get().to_dict() == {"a": {"x": 5}, "k": 1, "new": {"z": 3}, "scalar": {"deep": 1}}
    document.update({"a": {"w": 1}, "absent.y": firestore.DELETE_FIELD})
    assert document.get().to_dict() == {"a": {"w": 1}, "k": 1, "new": {"z": 3}, "scalar": {"deep": 1}}


def test_a_merge_makes_a_document_that_is_missing(db: Db) -> None:
    db.document("c/a").set({"x": {"y": 1}}, merge=True)
    assert db.document("c/a").get().to_dict() == {"x": {"y": 1}}


def test_field_paths_with_dots_backticks_and_backslashes_are_one_name(db: Db) -> None:
    document = db.document("c/a")
    names = ["we`ird", "a.b", "back\\slash", "1st", "é ü"]
    document.set(dict.fromkeys(names, 1))
    for name in names:
        document.update({db.field_path(name): 2})
    assert document.get().to_dict() == dict.fromkeys(names, 2)


def test_increments_saturate_and_replace_what_is_no_number(db: Db) -> None:
    document = db.document("c/a")
    document.set({"top": 2**63 - 1, "bottom": -(2**63), "text": "x", "whole": 1})
    document.update(
        {
            "top": firestore.Increment(5),
            "bottom": firestore.Increment(-5),
            "text": firestore.Increment(4),
            "whole": firestore.Increment(0.5),
            "absent": firestore.Increment(2),
        }
    )
    expected = {"top": 2**63 - 1, "bottom": -(2**63), "text": 4, "whole": 1.5, "absent": 2}
    assert document.get().to_dict() == expected


def test_maximum_and_minimum_keep_the_more_extreme_number(db: Db) -> None:
    document = db.document("c/a")
    document.set({"up": 1, "down": 1, "still": 7})
    document.update(
        {
            "up": firestore.Maximum(10),
            "down": firestore.Minimum(-1.5),
            "still": firestore.Maximum(7.0),
        }
    )
    found = document.get().to_dict()
    assert found == {"up": 10, "down": -1.5, "still": 7}
    assert found is not None
    assert isinstance(found["still"], int)


def test_arrays_gain_what_is_missing_and_lose_every_equal_element(db: Db) -> None:
    document = db.document("c/a")
    document.set({"list": [1, 2, 1]})
    document.update({"list": firestore.ArrayUnion([2.0, 3, 3, {"a": 1}]), "new": firestore.ArrayUnion(["x"])})
    assert document.get().to_dict() == {"list": [1, 2, 1, 3, {"a": 1}], "new": ["x"]}
    document.update({"list": firestore.ArrayRemove([1.0, {"a": 1}])})
    assert document.get().get("list") == [2, 3]


def test_a_server_timestamp_is_the_commit_to_the_millisecond(db: Db) -> None:
    result = db.document("c/a").set({"t": firestore.SERVER_TIMESTAMP, "n": {"t": firestore.SERVER_TIMESTAMP}})
    found = db.document("c/a").get().to_dict()
    assert found is not None
    assert found["t"] == found["n"]["t"]
    committed = result.update_time
    assert found["t"] == committed.replace(microsecond=committed.microsecond // 1000 * 1000)


def test_transform_results_come_back_in_the_order_of_the_transforms(db: Db) -> None:
    document = db.document("c/a")
    document.set({"b": 1, "a": 10, "list": []})
    transforms = [
        {"field_path": "b", "increment": {"integer_value": 1}},
        {"field_path": "list", "append_missing_elements": {"values": [{"integer_value": 1}]}},
        {"field_path": "a", "increment": {"integer_value": 1}},
        {"field_path": "b", "increment": {"integer_value": 1}},
    ]
    database = f"projects/{db.project}/databases/(default)"
    update = {"name": f"{database}/documents/c/a"}
    write = {"update": update, "update_mask": {}, "update_transforms": transforms}
    answer = db._firestore_api.commit(request={"database": database, "writes": [write]})
    results = answer.write_results[0].transform_results
    assert [value.integer_value for value in results] == [2, 0, 11, 3]
    assert document.get().to_dict() == {"b": 3, "a": 11, "list": [1]}


@pytest.mark.parametrize(
    "data",
    [{"list": [[1]]}, {"big": "x" * 1_048_577}, {"m": {"deep": [{"list": [[1]]}]}}],
    ids=["array in array", "more than 1 MiB", "array in array further down"],
)
def test_what_firestore_cannot_keep_is_refused(db: Db, data: dict[str, object]) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        db.document("c/a").set(data)
    assert not db.document("c/a").get().exists


@pytest.mark.parametrize("name", ["__reserved__", ".", ".."])
def test_reserved_document_ids_are_refused(db: Db, name: str) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        db.collection("c").document(name).set({"x": 1})


def test_reads_name_what_is_missing_and_honour_a_mask(db: Db) -> None:
    db.document("c/a").set({"x": 1, "y": {"z": 2, "w": 3}})
    found = {
        snapshot.id: snapshot
        for snapshot in db.get_all([db.document("c/a"), db.document("c/missing")], field_paths=["y.z"])
    }
    assert found["a"].to_dict() == {"y": {"z": 2}}
    assert not found["missing"].exists


def test_each_write_of_a_bulk_writer_stands_for_itself(db: Db) -> None:
    db.document("c/taken").set({"x": 0})
    refused: list[str] = []
    writer = db.bulk_writer()

    def on_error(failure: BulkWriteFailure, _: object) -> bool:
        refused.append(failure.operation.reference.id)  # pyright: ignore[reportAttributeAccessIssue]
        return False

    writer.on_write_error(on_error)
    for number in range(30):
        writer.set(db.document(f"c/{number}"), {"n": number})
    writer.create(db.document("c/taken"), {"x": 1})
    writer.close()
    assert refused == ["taken"]
    assert len(list(db.collection("c").stream())) == 31


def test_listings_name_parents_that_only_have_documents_below(db: Db) -> None:
    db.document("parents/ghost/children/c").set({"x": 1})
    db.document("parents/real").set({"x": 1})
    assert [document.id for document in db.collection("parents").list_documents(page_size=1)] == [
        "ghost",
        "real",
    ]
    assert [collection.id for collection in db.document("parents/ghost").collections()] == ["children"]
    assert [collection.id for collection in db.collections()] == ["parents"]
    assert [snapshot.id for snapshot in db.collection("parents").stream()] == ["real"]


def test_a_recursive_delete_takes_everything_below_and_nothing_beside(db: Db) -> None:
    db.document("a/1/b/2").set({"x": 1})
    db.document("a/1").set({"x": 1})
    db.document("ab/1").set({"x": 1})
    db.recursive_delete(db.collection("a"))
    assert [collection.id for collection in db.collections()] == ["ab"]
