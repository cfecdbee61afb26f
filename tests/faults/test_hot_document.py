"""A document that many threads read and write at once makes progress, and no write is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.store.database import Database
from tests.local_cloud.firestore_server import served

THREADS, ROUNDS = 8, 5


def test_eight_threads_with_five_read_modify_writes_each_all_succeed() -> None:
    with served() as server:
        database = Database(server.client())
        hot = database.client.document("hot/one")
        hot.set({"number": 0})

        def add_one(transaction: Any) -> int:
            number = hot.get(transaction=transaction).get("number") + 1
            transaction.update(hot, {"number": number})
            return number

        def work(_: int) -> list[int]:
            return [database.transact(add_one)[0] for _ in range(ROUNDS)]

        with ThreadPoolExecutor(THREADS) as pool:
            seen = [number for numbers in pool.map(work, range(THREADS)) for number in numbers]
        assert sorted(seen) == list(range(1, THREADS * ROUNDS + 1))
        assert hot.get().get("number") == THREADS * ROUNDS
