from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import And, FieldFilter, Or
from google.cloud.firestore_v1.base_vector_query import DistanceMeasure
from google.cloud.firestore_v1.vector import Vector

from tests.local_cloud.firestore_server import Db, Server, served


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def db(server: Server) -> Db:
    return server.client()


def where(field: str, op: str, value: Any) -> FieldFilter:
    return FieldFilter(field, op, value)


def ids(query: Any) -> list[str]:
    return [snapshot.id for snapshot in query.stream()]


def keep(db: Db, documents: dict[str, dict[str, Any]], collection: str = "c") -> Any:
    batch = db.batch()
    for name, data in documents.items():
        batch.set(db.collection(collection).document(name), data)
    batch.commit()
    return db.collection(collection)


def test_types_have_one_order(db: Db) -> None:
    in_order: list[Any] = [
        None,
        False,
        True,
        math.nan,
        -math.inf,
        -1.5,
        0,
        0.5,
        1,
        datetime(2020, 1, 1, tzinfo=UTC),
        "",
        "Z",
        "a",
        "é",
        b"",
        b"\xff",
        db.document("a/a"),
        db.document("a/b"),
        firestore.GeoPoint(-1, 5),
        firestore.GeoPoint(0, 0),
        [],
        [1],
        [1, 2],
        [2],
        Vector([9.0]),
        Vector([1.0, 2.0]),
        {"a": 1},
        {"a": 1, "b": 0},
        {"b": 0},
    ]
    names = [f"{number:02}" for number in range(len(in_order))]
    backwards = dict(zip(reversed(names), ({"v": value} for value in reversed(in_order)), strict=True))
    collection = keep(db, backwards)
    assert ids(collection.order_by("v")) == names
    assert ids(collection.order_by("v", direction="DESCENDING")) == names[::-1]


def test_a_document_without_the_field_of_the_order_is_not_in_the_answer(db: Db) -> None:
    collection = keep(db, {"a": {"x": 1}, "b": {"y": 1}, "c": {"x": None}})
    assert ids(collection.order_by("x")) == ["c", "a"]


def test_negative_filters_leave_out_null_and_missing(db: Db) -> None:
    documents: dict[str, dict[str, Any]] = {
        "null": {"x": None},
        "nan": {"x": math.nan},
        "one": {"x": 1},
        "two": {"x": 2.0},
        "missing": {},
    }
    collection = keep(db, documents)
    assert set(ids(collection.where(filter=where("x", "!=", 1)))) == {"nan", "two"}
    assert set(ids(collection.where(filter=where("x", "not-in", [1.0, 5])))) == {"nan", "two"}
    assert set(ids(collection.where(filter=where("x", "!=", math.nan)))) == {"one", "two"}
    assert set(ids(collection.where(filter=where("x", "!=", None)))) == {"nan", "one", "two"}
    assert ids(collection.where(filter=where("x", "==", None))) == ["null"]
    assert ids(collection.where(filter=where("x", "==", math.nan))) == ["nan"]


def test_a_range_matches_values_of_its_own_type_only(db: Db) -> None:
    collection = keep(db, {"nan": {"x": math.nan}, "one": {"x": 1}, "text": {"x": "1"}, "list": {"x": [9]}})
    assert ids(collection.where(filter=where("x", ">=", 0))) == ["one"]
    assert ids(collection.where(filter=where("x", "<", 5))) == ["one"]
    assert ids(collection.where(filter=where("x", ">", "0"))) == ["text"]


def test_membership_filters(db: Db) -> None:
    collection = keep(
        db, {"a": {"n": 1, "tags": ["x", "y"]}, "b": {"n": 2, "tags": ["y"]}, "c": {"n": 3.0, "tags": "y"}}
    )
    assert ids(collection.where(filter=where("n", "in", [3, 1.0]))) == ["a", "c"]
    assert ids(collection.where(filter=where("tags", "array_contains", "y"))) == ["a", "b"]
    assert ids(collection.where(filter=where("tags", "array_contains_any", ["x", "q"]))) == ["a"]


def test_and_binds_within_or(db: Db) -> None:
    collection = keep(db, {f"{n:02}": {"n": n, "even": n % 2 == 0} for n in range(10)})
    either = Or([And([where("even", "==", True), where("n", "<", 4)]), where("n", "==", 9)])
    assert ids(collection.where(filter=either)) == ["00", "02", "09"]


def test_inequality_fields_and_then_the_name_are_appended_to_the_order(db: Db) -> None:
    collection = keep(
        db, {"a": {"n": 2, "k": 0}, "b": {"n": 1, "k": 0}, "c": {"n": 1, "k": 0}, "d": {"n": 0, "k": 1}}
    )
    assert ids(collection.where(filter=where("n", ">=", 0))) == ["d", "b", "c", "a"]
    down = collection.where(filter=where("n", ">=", 0)).order_by("k", direction="DESCENDING")
    assert ids(down) == ["d", "a", "c", "b"]


def test_cursors_offset_and_limits_cut_the_answer(db: Db) -> None:
    collection = keep(db, {f"{n:02}": {"n": n // 2, "m": n % 2} for n in range(10)})
    ordered = collection.order_by("n").order_by("m", direction="DESCENDING")
    assert ids(ordered) == ["01", "00", "03", "02", "05", "04", "07", "06", "09", "08"]
    assert ids(ordered.start_at({"n": 1, "m": 0}).end_before({"n": 3, "m": 0})) == ["02", "05", "04", "07"]
    assert ids(ordered.start_after({"n": 1}).limit(2)) == ["05", "04"]
    assert ids(ordered.start_after({"n": 1, "m": 1}).end_at({"n": 2})) == ["02", "05", "04"]
    assert ids(ordered.offset(8)) == ["09", "08"]
    assert [snapshot.id for snapshot in ordered.limit_to_last(3).get()] == ["06", "09", "08"]
    middle = collection.document("05").get()
    assert ids(collection.order_by("n").start_after(middle).limit(2)) == ["06", "07"]


def test_a_collection_group_takes_every_collection_of_that_id_and_no_other(db: Db) -> None:
    for path in ("t/1/jobs/a", "t/2/jobs/b", "jobs/c", "t/1/jobsx/d", "t/1/jobs/a/notes/e"):
        db.document(path).set({"x": 1})
    assert sorted(ids(db.collection_group("jobs"))) == ["a", "b", "c"]
    assert ids(db.collection("t/1/jobs")) == ["a"]
    below_one_tenant = {
        "parent": f"projects/{db.project}/databases/(default)/documents/t/1",
        "structured_query": {"from_": [{"collection_id": "jobs", "all_descendants": True}]},
    }
    names = [answer.document.name for answer in db._firestore_api.run_query(request=below_one_tenant)]
    assert [name.rpartition("/")[2] for name in names] == ["a"]


def test_numeric_ids_stand_before_others_and_in_order_of_the_numbers(db: Db) -> None:
    collection = keep(db, {name: {"x": 1} for name in ("b", "__id10__", "a", "__id9__", "__id-1__")})
    assert ids(collection) == ["__id-1__", "__id9__", "__id10__", "a", "b"]


def test_large_collections_answer_the_same_after_their_documents_change(db: Db) -> None:
    collection = keep(db, {f"{n:03}": {"status": n % 4, "n": n} for n in range(200)})
    waiting = collection.where(filter=where("status", "==", 1)).where(filter=where("n", "<", 20))
    assert ids(waiting) == ["001", "005", "009", "013", "017"]
    collection.document("001").update({"status": 2})
    collection.document("002").update({"status": 1.0})
    collection.document("005").delete()
    collection.document("0055").set({"status": 1, "n": 5})
    assert ids(waiting) == ["002", "0055", "009", "013", "017"]


def test_a_projection_holds_the_chosen_fields_only(db: Db) -> None:
    collection = keep(db, {"a": {"x": 1, "y": {"z": 2, "w": 3}}})
    assert [snapshot.to_dict() for snapshot in collection.select(["y.z"]).stream()] == [{"y": {"z": 2}}]
    assert [snapshot.to_dict() for snapshot in collection.select(["__name__"]).stream()] == [{}]


def test_an_empty_answer_still_has_a_read_time(db: Db) -> None:
    request = {
        "parent": f"projects/{db.project}/databases/(default)/documents",
        "structured_query": {"from_": [{"collection_id": "none"}]},
    }
    answers = list(db._firestore_api.run_query(request=request))
    assert [bool(answer.document.name) for answer in answers] == [False]
    assert answers[0].read_time is not None


def test_a_read_time_shows_documents_and_queries_as_they_were(db: Db) -> None:
    collection = keep(db, {"a": {"n": 1}, "b": {"n": 1}})
    then = collection.document("a").get().read_time
    collection.document("a").update({"n": 2})
    collection.document("b").delete()
    collection.document("c").set({"n": 1})
    assert collection.document("a").get(read_time=then).to_dict() == {"n": 1}
    assert not collection.document("c").get(read_time=then).exists
    one = collection.where(filter=where("n", "==", 1))
    assert [snapshot.id for snapshot in one.stream(read_time=then)] == ["a", "b"]
    assert ids(one) == ["c"]


def test_counts_sums_and_averages(db: Db) -> None:
    collection = keep(db, {"a": {"n": 1}, "b": {"n": 2.5}, "c": {"n": "text"}, "d": {}})

    def values(aggregation: Any) -> dict[str, Any]:
        return {value.alias: value.value for row in aggregation.get() for value in row}

    assert values(collection.count("all")) == {"all": 4}
    # What is summed has to be there, so documents without the field are not counted beside it.
    assert values(collection.sum("n", "sum").avg("n", "avg").count("all")) == {
        "sum": 3.5,
        "avg": 1.75,
        "all": 3,
    }
    nothing = collection.where(filter=where("n", "==", 99))
    # The average of nothing is null, which the client reads as zero.
    assert values(nothing.sum("n", "sum").avg("n", "avg")) == {"sum": 0, "avg": 0}


VECTORS = {
    "east": {"v": Vector([1.0, 0.0]), "kind": "x"},
    "north": {"v": Vector([0.0, 3.0]), "kind": "x"},
    "far": {"v": Vector([9.0, 9.0]), "kind": "y"},
    "flat": {"v": Vector([1.0, 0.0, 0.0]), "kind": "x"},
    "none": {"kind": "x"},
}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (DistanceMeasure.EUCLIDEAN, {"east": 0.0, "north": math.sqrt(10), "far": math.sqrt(145)}),
        (DistanceMeasure.COSINE, {"east": 0.0, "far": 1 - 1 / math.sqrt(2), "north": 1.0}),
        (DistanceMeasure.DOT_PRODUCT, {"far": 9.0, "east": 1.0, "north": 0.0}),
    ],
)
def test_nearest_neighbours_by_each_measure(
    db: Db, measure: DistanceMeasure, expected: dict[str, float]
) -> None:
    nearest = keep(db, VECTORS).find_nearest(
        "v", Vector([1.0, 0.0]), 10, measure, distance_result_field="distance"
    )
    found = {snapshot.id: snapshot.get("distance") for snapshot in nearest.stream()}
    assert list(found) == list(expected)
    assert found == pytest.approx(expected)


def test_nearest_neighbours_obey_filter_threshold_and_limit(db: Db) -> None:
    collection = keep(db, VECTORS)

    def nearest(query: Any, **options: Any) -> list[str]:
        return ids(
            query.find_nearest("v", Vector([1.0, 0.0]), distance_measure=DistanceMeasure.EUCLIDEAN, **options)
        )

    assert nearest(collection, limit=1) == ["east"]
    assert nearest(collection, limit=5, distance_threshold=4.0) == ["east", "north"]
    assert nearest(collection.where(filter=where("kind", "==", "y")), limit=5) == ["far"]
    with pytest.raises(exceptions.InvalidArgument):
        nearest(collection, limit=1001)


def test_more_values_than_firestore_compares_with_are_refused(db: Db) -> None:
    collection = keep(db, {"a": {"n": 1}})
    assert ids(collection.where(filter=where("n", "in", list(range(30))))) == ["a"]
    with pytest.raises(exceptions.InvalidArgument):
        ids(collection.where(filter=where("n", "in", list(range(31)))))
    with pytest.raises(exceptions.InvalidArgument):
        ids(collection.where(filter=where("n", "not-in", list(range(11)))))


def test_partitions_split_a_group_into_parts_that_hold_everything_once(db: Db) -> None:
    keep(db, {f"{n:03}": {"n": n} for n in range(150)}, "parts")
    group = db.collection_group("parts")
    parts = [ids(partition.query()) for partition in group.get_partitions(3)]
    assert len(parts) == 4
    assert sorted(name for part in parts for name in part) == [f"{n:03}" for n in range(150)]


def test_the_shapes_of_queries_are_kept(server: Server, db: Db) -> None:
    collection = db.collection("shaped")
    query = collection.where(filter=where("status", "==", "a")).where(filter=where("due", "<=", 3))
    for limit in (1, 2):
        ids(query.order_by("due", direction="DESCENDING").limit(limit))
    ids(db.collection_group("shaped").where(filter=where("x", "==", 1)))
    ids(collection.find_nearest("v", Vector([1.0, 0.0]), 1, DistanceMeasure.COSINE))
    shapes = sorted(shape for shape in server.engine.query_shapes if shape.collection_id == "shaped")
    assert [(shape.scope, shape.filters, shape.orders, shape.vector) for shape in shapes] == [
        ("COLLECTION", (), (), ("v", 2)),
        (
            "COLLECTION",
            (("due", "LESS_THAN_OR_EQUAL"), ("status", "EQUAL")),
            (("due", "DESCENDING"),),
            (),
        ),
        ("COLLECTION_GROUP", (("x", "EQUAL"),), (), ()),
    ]
