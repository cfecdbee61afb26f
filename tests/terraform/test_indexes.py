"""Every query has its index and everything that expires its TTL policy: no emulator enforces either."""

from __future__ import annotations

import ast
import copy
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import shared
from scripts.catalogue import ROOT
from scripts.local_cloud.firestore.query import QueryShape
from scripts.stack.simulation import Simulation
from shared.jobs.document import Document
from tests.terraform import queries

DECLARED = queries.read(ROOT / "terraform" / "whisper" / "indexes.yaml")
INDEXES = [("composite", number) for number in range(len(DECLARED["composite"]))] + [
    ("fields", number) for number, one in enumerate(DECLARED["fields"]) if one["indexes"]
]


@pytest.fixture(scope="module")
def shapes() -> Iterator[set[QueryShape]]:
    made = Simulation()
    yield queries.shapes_made(made)
    made.close()


def test_every_query_has_its_index(shapes: set[QueryShape]) -> None:
    assert queries.missing(shapes, DECLARED) == []


def test_every_declared_index_is_wanted_by_a_query(shapes: set[QueryShape]) -> None:
    assert queries.unused(shapes, DECLARED) == []


@pytest.mark.parametrize(("kind", "number"), INDEXES)
def test_an_index_that_is_removed_is_missed(shapes: set[QueryShape], kind: str, number: int) -> None:
    fewer = copy.deepcopy(DECLARED)
    del fewer[kind][number]
    assert queries.missing(shapes, fewer)


def test_a_query_on_an_exempt_field_is_found() -> None:
    shape = QueryShape("jobs", "COLLECTION", (), (("created_at", "DESCENDING"),))
    assert queries.missing([shape], DECLARED)


def test_no_query_in_the_code_went_unseen(shapes: set[QueryShape]) -> None:
    """Each field that shared/store compares or sorts by stands in a query that was made."""
    seen = {field for shape in shapes for field, _ in (*shape.filters, *shape.orders)}
    said = {
        argument.value
        for path in (ROOT / "shared" / "store").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _called(node) in ("FieldFilter", "order_by", "collection_group")
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    assert said - seen - {shape.collection_id for shape in shapes} == set()


def test_queries_are_made_in_the_store_alone() -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in (*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and _called(node) in ("FieldFilter", "order_by", "collection_group", "find_nearest")
        and path.parent != ROOT / "shared" / "store"
    ]
    assert elsewhere == []


def test_what_expires_has_a_ttl_policy() -> None:
    expiring = {
        _collection(type_) for type_ in _documents() if "expire_at" in type_.model_fields
    }  # fmt: skip
    declared = {one["collection"] for one in DECLARED["fields"] if one.get("ttl")}
    assert declared == expiring
    assert {one["field"] for one in DECLARED["fields"] if one.get("ttl")} == {"expire_at"}


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _documents() -> set[type[Document]]:
    """Every kind of document that there is."""
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        importlib.import_module(module.name)
    found: set[type[Document]] = set()
    todo: list[type[Document]] = [Document]
    while todo:
        below: list[Any] = todo.pop().__subclasses__()
        found.update(type_ for type_ in below if type_.__module__.startswith("shared."))
        todo += below
    return found


def _collection(type_: type[Document]) -> str:
    """The collection of a kind of document, from the path of one that has nothing but words."""
    words: dict[str, Any] = dict.fromkeys(type_.model_fields, "x")
    document: Any = type_.model_construct(None, **words)
    return str(document.path).split("/")[-2]
