from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.types import ListenRequest, TargetChange

from tests.local_cloud.firestore_server import Db, Server, served

Kind = TargetChange.TargetChangeType


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def db(server: Server) -> Db:
    return server.client()


class Heard:
    """What a listener of the client was told, change by change."""

    def __init__(self) -> None:
        self._told: queue.Queue[list[tuple[str, str]]] = queue.Queue()

    def __call__(self, _snapshots: Any, changes: Any, _read_time: Any) -> None:
        self._told.put([(change.type.name, change.document.id) for change in changes])

    def next(self) -> list[tuple[str, str]]:
        return self._told.get(timeout=10)


def test_a_listener_to_a_query_hears_what_enters_changes_and_leaves(db: Db) -> None:
    db.document("jobs/a").set({"open": True})
    heard = Heard()
    watch = db.collection("jobs").where(filter=FieldFilter("open", "==", True)).on_snapshot(heard)
    try:
        assert heard.next() == [("ADDED", "a")]
        db.document("jobs/b").set({"open": True})
        assert heard.next() == [("ADDED", "b")]
        db.document("elsewhere/c").set({"open": True})
        db.document("jobs/a").update({"n": 1})
        assert heard.next() == [("MODIFIED", "a")]
        db.document("jobs/a").update({"open": False})
        assert heard.next() == [("REMOVED", "a")]
        db.document("jobs/b").delete()
        assert heard.next() == [("REMOVED", "b")]
    finally:
        watch.unsubscribe()


def test_a_listener_to_a_document_hears_it_come_change_and_go(db: Db) -> None:
    heard = Heard()
    watch = db.document("control/flags").on_snapshot(heard)
    try:
        assert heard.next() == []
        db.document("control/flags").set({"mode": "DRAFT_ONLY"})
        assert heard.next() == [("ADDED", "flags")]
        db.document("control/flags").update({"mode": "SEND_ALLOWED"})
        assert heard.next() == [("MODIFIED", "flags")]
        db.document("control/flags").delete()
        assert heard.next() == [("REMOVED", "flags")]
    finally:
        watch.unsubscribe()


class Stream:
    """A raw Listen stream, response by response."""

    def __init__(self, db: Db, collection: str, **resume: Any) -> None:
        database = f"projects/{db.project}/databases/(default)"
        query = {"from_": [{"collection_id": collection}]}
        target = {
            "query": {"parent": f"{database}/documents", "structured_query": query},
            "target_id": 7,
            **resume,
        }
        self._requests: queue.Queue[ListenRequest | None] = queue.Queue()
        # The client waits for the first answer before it hands out the stream.
        self._requests.put(ListenRequest(database=database, add_target=target))
        metadata = [("google-cloud-resource-prefix", database)]
        self._answers = db._firestore_api.listen(iter(self._requests.get, None), metadata=metadata)

    def until_quiet(self) -> tuple[list[str], bytes]:
        """What is said up to the next consistent snapshot, and the token to resume from there."""
        said: list[str] = []
        for answer in self._answers:
            change = answer.target_change
            if "document_change" in answer:
                said.append(answer.document_change.document.name.rpartition("/")[2])
            elif "document_delete" in answer:
                said.append("-" + answer.document_delete.document.rpartition("/")[2])
            elif change.target_change_type == Kind.NO_CHANGE and not change.target_ids:
                return said, change.resume_token
            else:
                said.append(Kind(change.target_change_type).name)
        raise AssertionError("the stream ended")

    def end(self) -> None:
        self._requests.put(None)


def test_a_resumed_listener_is_told_only_what_it_missed(db: Db) -> None:
    for name in ("a", "b", "c"):
        db.document(f"c/{name}").set({"n": 1})
    stream = Stream(db, "c")
    said, token = stream.until_quiet()
    assert said == ["ADD", "a", "b", "c", "CURRENT"]
    stream.end()
    db.document("c/b").update({"n": 2})
    db.document("c/c").delete()
    resumed = Stream(db, "c", resume_token=token)
    assert resumed.until_quiet()[0] == ["ADD", "b", "-c", "CURRENT"]
    resumed.end()


def test_a_listener_that_was_away_for_too_long_starts_afresh() -> None:
    with served(max_versions=2) as server:
        db = server.client()
        db.document("c/a").set({"n": 0})
        stream = Stream(db, "c")
        token = stream.until_quiet()[1]
        stream.end()
        for number in range(1, 5):
            db.document("c/a").set({"n": number})
        resumed = Stream(db, "c", resume_token=token)
        assert resumed.until_quiet()[0] == ["ADD", "RESET", "a", "CURRENT"]
        resumed.end()
