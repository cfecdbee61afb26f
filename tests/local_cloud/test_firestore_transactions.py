from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.local_cloud.clock import VirtualClock
from tests.local_cloud.firestore_server import Db, Server, served, together


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def db(server: Server) -> Db:
    return server.client()


def begun(db: Db, *, read_only: bool = False) -> firestore.Transaction:
    transaction = db.transaction(read_only=read_only)
    transaction._begin()
    return transaction


@firestore.transactional
def increment(transaction: firestore.Transaction, document: Any) -> None:
    """One function that all threads share, as module-level transactions are."""
    transaction.update(document, {"n": document.get(transaction=transaction).get("n") + 1})


@pytest.mark.parametrize(("threads", "rounds"), [(8, 5), (50, 2)])
def test_read_modify_writes_of_one_hot_document_all_succeed(db: Db, threads: int, rounds: int) -> None:
    hot = db.document("c/hot")
    hot.set({"n": 0})

    def work(_: int) -> None:
        for _round in range(rounds):
            increment(db.transaction(), hot)

    assert together(threads, work).errors == []
    assert hot.get().get("n") == threads * rounds


def test_fifty_workers_on_a_quota_of_ten_take_ten(db: Db) -> None:
    quota = db.document("quotas/mailbox")
    quota.set({"used": 0})

    @firestore.transactional
    def claim(transaction: firestore.Transaction, number: int) -> bool:
        used = quota.get(transaction=transaction).get("used")
        if used >= 10:
            return False
        transaction.update(quota, {"used": used + 1})
        transaction.create(db.document(f"sends/{number}"), {"at": used})
        return True

    result = together(50, lambda number: claim(db.transaction(), number))
    assert result.errors == []
    assert sum(result.answers) == 10
    assert quota.get().get("used") == len(list(db.collection("sends").stream())) == 10


def test_hot_documents_taken_in_any_order_neither_deadlock_nor_lose_an_update(db: Db) -> None:
    accounts = [db.document(f"accounts/{number}") for number in range(4)]
    for account in accounts:
        account.set({"n": 0})

    @firestore.transactional
    def move(transaction: firestore.Transaction, source: Any, target: Any) -> None:
        before, after = source.get(transaction=transaction), target.get(transaction=transaction)
        transaction.update(source, {"n": before.get("n") - 1})
        transaction.update(target, {"n": after.get("n") + 1})

    def work(number: int) -> None:
        choose = random.Random(number)
        for _ in range(8):
            move(db.transaction(), *choose.sample(accounts, 2))

    assert together(8, work).errors == []
    assert sum(account.get().get("n") for account in accounts) == 0
    assert len({account.get().update_time for account in accounts}) > 1


def test_what_appears_in_a_query_that_was_read_aborts_the_commit(db: Db) -> None:
    free = db.collection("seats").where(filter=FieldFilter("free", "==", True))
    transaction = begun(db)
    assert list(free.stream(transaction=transaction)) == []
    db.document("seats/1").set({"free": True})
    transaction.set(db.document("log/1"), {"none": "free"})
    with pytest.raises(exceptions.Aborted):
        transaction._commit()
    assert not db.document("log/1").get().exists


def test_what_a_query_did_not_see_does_not_abort_the_commit(db: Db) -> None:
    db.document("seats/1").set({"free": False})
    free = db.collection("seats").where(filter=FieldFilter("free", "==", True))
    transaction = begun(db)
    list(free.stream(transaction=transaction))
    db.document("seats/1").update({"by": "nobody"})
    transaction.set(db.document("log/1"), {"none": "free"})
    transaction._commit()
    assert db.document("log/1").get().exists


def test_a_count_that_was_read_is_held_to_at_the_commit(db: Db) -> None:
    @firestore.transactional
    def join(transaction: firestore.Transaction, number: int) -> bool:
        members = sum(1 for _ in db.collection("members").stream(transaction=transaction))
        if members < 5:
            transaction.create(db.document(f"members/{number}"), {"n": members})
        return members < 5

    result = together(20, lambda number: join(db.transaction(), number))
    assert result.errors == []
    assert sum(result.answers) == len(list(db.collection("members").stream())) == 5


@pytest.mark.parametrize(
    "change",
    [lambda d: d.update({"n": 2}), lambda d: d.delete()],
    ids=["updated", "deleted"],
)
def test_a_document_that_changed_since_it_was_read_aborts_the_commit(
    db: Db, change: Callable[[Any], Any]
) -> None:
    document = db.document("c/a")
    document.set({"n": 1})
    transaction = begun(db)
    document.get(transaction=transaction)
    change(document)
    transaction.set(document, {"n": 9})
    with pytest.raises(exceptions.Aborted):
        transaction._commit()
    assert document.get().to_dict() != {"n": 9}


def test_a_document_that_was_missing_when_read_must_be_missing_still(db: Db) -> None:
    transaction = begun(db)
    assert not db.document("c/a").get(transaction=transaction).exists
    db.document("c/a").set({"n": 1})
    transaction.set(db.document("c/b"), {"n": 1})
    with pytest.raises(exceptions.Aborted):
        transaction._commit()


def test_all_reads_of_a_transaction_show_one_moment(db: Db) -> None:
    first, second = db.document("c/first"), db.document("c/second")
    first.set({"n": 1})
    second.set({"n": 1})
    transaction = begun(db)
    first.get(transaction=transaction)
    batch = db.batch()
    batch.update(first, {"n": 2})
    batch.update(second, {"n": 2})
    batch.commit()
    assert second.get(transaction=transaction).get("n") == 1
    assert [s.get("n") for s in db.collection("c").stream(transaction=transaction)] == [1, 1]


def test_a_read_only_transaction_shows_one_moment_and_refuses_writes(db: Db) -> None:
    document = db.document("c/a")
    document.set({"n": 1})
    transaction = begun(db, read_only=True)
    document.set({"n": 2})
    db.document("c/b").set({"n": 2})
    assert document.get(transaction=transaction).get("n") == 1
    assert [s.id for s in db.collection("c").stream(transaction=transaction)] == ["a"]
    transaction._rollback()


def test_a_transaction_that_is_over_can_not_be_used_again(db: Db) -> None:
    transaction = begun(db)
    old_id = transaction._id
    transaction.set(db.document("c/a"), {"n": 1})
    transaction._commit()
    with pytest.raises(exceptions.InvalidArgument):
        db._firestore_api.commit(
            request={"database": f"projects/{db.project}/databases/(default)", "transaction": old_id}
        )


def spoil(db: Db, document: Any) -> None:
    """Make a document contended: a transaction on it fails."""
    transaction = begun(db)
    document.get(transaction=transaction)
    document.update({"n": firestore.Increment(1)})
    transaction.update(document, {"n": 0})
    with pytest.raises(exceptions.Aborted):
        transaction._commit()


def add_in_transaction(db: Db, document: Any) -> None:
    """Add without reading, so that nothing but the line keeps this from spoiling who reads."""
    transaction = begun(db)
    transaction.update(document, {"n": firestore.Increment(100)})
    transaction._commit()


@pytest.mark.parametrize(
    "add",
    [lambda db, document: document.update({"n": firestore.Increment(100)}), add_in_transaction],
    ids=["outside a transaction", "in a transaction"],
)
def test_writes_wait_for_the_holder_of_a_contended_document(db: Db, add: Callable[[Db, Any], None]) -> None:
    document = db.document("c/a")
    document.set({"n": 0})
    spoil(db, document)
    holder = begun(db)
    read = document.get(transaction=holder).get("n")
    waiting = threading.Thread(target=add, args=(db, document))
    waiting.start()
    waiting.join(0.1)
    holder.update(document, {"n": read + 10})
    holder._commit()
    waiting.join(10)
    assert document.get().get("n") == read + 110


def test_a_stalled_holder_of_a_contended_document_keeps_nobody_waiting_for_long() -> None:
    with served(lease_s=0.2) as server:
        db = server.client()
        document = db.document("c/a")
        document.set({"n": 0})
        spoil(db, document)
        stalled = begun(db)
        document.get(transaction=stalled)
        increment(db.transaction(), document)
        stalled.update(document, {"n": 99})
        with pytest.raises(exceptions.Aborted):
            stalled._commit()
        assert document.get().get("n") == 2


@pytest.mark.parametrize(
    "clock", [None, VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))], ids=["real", "virtual"]
)
def test_who_lost_its_place_commits_when_nothing_that_it_read_changed(clock: VirtualClock | None) -> None:
    """Else those who take one another's places could go on for ever, and nobody would ever commit."""
    with served(clock=clock, lease_s=0.05) as server:
        db = server.client()
        document = db.document("c/a")
        document.set({"n": 0})
        spoil(db, document)
        first, second = begun(db), begun(db)
        n = document.get(transaction=first).get("n")
        assert document.get(transaction=second).get("n") == n
        first.update(document, {"n": n + 1})
        first._commit()
        assert document.get().get("n") == n + 1
        second.update(document, {"n": n + 1})
        with pytest.raises(exceptions.Aborted):
            second._commit()


def test_on_a_virtual_clock_nobody_waits_for_anybody() -> None:
    with served(clock=VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))) as server:
        db = server.client()
        document = db.document("c/a")
        assert document.set({"n": 0}).update_time.date().isoformat() == "2026-01-01"
        spoil(db, document)
        abandoned = begun(db)
        document.get(transaction=abandoned)
        increment(db.transaction(), document)
        assert document.get().get("n") == 2


def test_a_transaction_outlives_the_history_and_is_still_held_to_what_it_read() -> None:
    with served(max_versions=2) as server:
        db = server.client()
        first, second = db.document("c/first"), db.document("d/second")
        transaction = begun(db)
        assert list(db.collection("c").stream(transaction=transaction)) == []
        first.set({"n": 1})
        for number in range(5):
            second.set({"n": number})
        assert second.get(transaction=transaction).get("n") == 4
        transaction.update(second, {"n": 9})
        with pytest.raises(exceptions.Aborted):
            transaction._commit()


def test_a_forgotten_transaction_expires() -> None:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    with served(clock=clock) as server:
        db = server.client()
        forgotten = begun(db)
        clock.advance(600)
        begun(db)
        with pytest.raises(exceptions.InvalidArgument):
            db.document("c/a").get(transaction=forgotten)
