from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions

from scripts.local_cloud.clock import RealClock, VirtualClock
from scripts.local_cloud.counts import WORK_HEADER, Counts
from scripts.local_cloud.disk import Disk
from scripts.local_cloud.firestore.engine import FirestoreEngine
from scripts.local_cloud.firestore.protos import Write
from tests.local_cloud.firestore_server import Db, Server, client_at, served

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The local cloud as a process of its own, and its address; killed at the end if it still runs."""
    command = [sys.executable, "-m", "scripts.local_cloud", "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running, json.loads(running.stdout.readline())["grpc"]
        finally:
            running.kill()


def test_what_was_acknowledged_survives_kill_9_and_batches_are_whole(tmp_path: Path) -> None:
    data = tmp_path / "cloud.sqlite"
    acknowledged: list[int] = []
    enough = threading.Event()

    def write(db: Db) -> None:
        for number in range(100_000):
            batch = db.batch()
            batch.set(db.document(f"jobs/{number}"), {"n": number})
            batch.set(db.document(f"events/{number}"), {"n": number})
            batch.set(db.document("c/last"), {"n": number})
            try:
                batch.commit(retry=None, timeout=5)
            except exceptions.GoogleAPICallError:
                return
            acknowledged.append(number)
            if number == 50:
                enough.set()

    with process(data) as (running, address):
        writer = threading.Thread(target=write, args=(client_at(address, "durable"),))
        writer.start()
        assert enough.wait(30)
        running.kill()
        running.wait(10)
        writer.join(30)
    with process(data) as (_, address):
        db = client_at(address, "durable")
        jobs = {snapshot.get("n") for snapshot in db.collection("jobs").stream()}
        events = {snapshot.get("n") for snapshot in db.collection("events").stream()}
        last = db.document("c/last").get().get("n")
    assert set(acknowledged) <= jobs
    assert jobs == events == set(range(last + 1))


class FullDisk(Disk):
    """A disk that takes a few more writes and then no more."""

    writes_left = 2

    def write(self, sql: str, values: Iterable[Any] = ()) -> None:
        if not self.writes_left:
            raise OSError("no space left on device")
        self.writes_left -= 1
        super().write(sql, values)


def test_a_batch_that_the_disk_takes_in_part_is_neither_on_disk_nor_seen(tmp_path: Path) -> None:
    data = tmp_path / "cloud.sqlite"
    disk = FullDisk(data)
    engine = FirestoreEngine(disk, RealClock(), Counts())
    root = "projects/p/databases/(default)/documents"
    writes = [Write(update={"name": f"{root}/c/{number}"}) for number in range(3)]
    with pytest.raises(OSError, match="no space"):
        engine.commit(writes)
    assert engine.store.get(f"{root}/c/0") is None
    disk.close()
    reopened = Disk(data)
    assert FirestoreEngine(reopened, RealClock(), Counts()).store.get(f"{root}/c/0") is None
    reopened.close()


def test_a_restart_keeps_times_values_and_deletions(tmp_path: Path) -> None:
    data = tmp_path / "cloud.sqlite"
    with served(path=data) as server:
        db = server.client("kept")
        db.document("c/gone").set({"x": 1})
        db.document("c/gone").delete()
        written = db.document("c/a").set({"x": {"y": [1, None]}})
    with served(path=data) as server:
        db = server.client("kept")
        found = db.document("c/a").get()
        assert found.to_dict() == {"x": {"y": [1, None]}}
        assert found.update_time == written.update_time
        assert [snapshot.id for snapshot in db.collection("c").stream()] == ["a"]
        assert db.document("c/a").set({"x": 2}).update_time > written.update_time


def test_a_restart_forgets_history_and_says_so(tmp_path: Path) -> None:
    data = tmp_path / "cloud.sqlite"
    with served(path=data) as server:
        db = server.client("kept")
        then = db.document("c/a").set({"x": 1}).update_time
        db.document("c/a").set({"x": 2})
    with served(path=data) as server, pytest.raises(exceptions.FailedPrecondition):
        server.client("kept").document("c/a").get(read_time=then)


def test_history_is_kept_for_an_hour_and_no_longer() -> None:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    with served(clock=clock) as server:
        db = server.client()
        document = db.document("c/a")
        then = document.set({"n": 1}).update_time
        clock.advance(60)
        document.set({"n": 2})
        clock.advance(3_000)
        document.set({"n": 3})
        assert document.get(read_time=then).get("n") == 1
        clock.advance(3_000)
        document.set({"n": 4})
        with pytest.raises(exceptions.FailedPrecondition):
            document.get(read_time=then)


def test_times_come_from_the_clock_and_never_repeat() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = VirtualClock(start)
    with served(clock=clock) as server:
        db = server.client()
        stamps = [db.document("c/a").set({"n": number}).update_time for number in range(3)]
        assert stamps == sorted(set(stamps))
        assert (stamps[-1] - start).total_seconds() < 0.001
        clock.advance(86_400)
        assert db.document("c/a").set({"n": 9}).update_time.day == 2


def test_a_reset_empties_one_project_and_leaves_the_others(tmp_path: Path) -> None:
    data = tmp_path / "cloud.sqlite"
    with served(path=data) as server:
        one, other = server.client("one"), server.client("other")
        one.document("c/a").set({"x": 1})
        other.document("c/a").set({"x": 1})
        server.engine.reset("one")
        assert [collection.id for collection in one.collections()] == []
        assert other.document("c/a").get().exists
    with served(path=data) as server:
        assert not server.client("one").document("c/a").get().exists
        assert server.client("other").document("c/a").get().exists


@pytest.fixture
def counted() -> Iterator[tuple[Server, Db]]:
    with served() as server:
        yield server, server.client()


def test_reads_writes_and_deletes_are_counted_as_they_are_billed(
    counted: tuple[Server, Db],
) -> None:
    server, db = counted
    batch = db.batch()
    for number in range(3):
        batch.set(db.document(f"c/{number}"), {"n": number})
    batch.delete(db.document("c/none"))
    batch.commit()
    assert server.counts.total()["writes"] == 3
    assert server.counts.total()["deletes"] == 1
    list(db.get_all([db.document("c/0"), db.document("c/missing")]))
    assert server.counts.total()["reads"] == 2
    list(db.collection("c").stream())
    assert server.counts.total()["reads"] == 5
    list(db.collection("empty").stream())
    assert server.counts.total()["reads"] == 6
    db.collection("c").count().get()
    assert server.counts.total()["reads"] == 7


def test_a_refused_commit_counts_no_write(counted: tuple[Server, Db]) -> None:
    server, db = counted
    with pytest.raises(exceptions.NotFound):
        db.document("c/missing").update({"x": 1})
    assert server.counts.total()["writes"] == 0


def test_costs_are_counted_for_the_work_that_caused_them(counted: tuple[Server, Db]) -> None:
    server, db = counted
    database = f"projects/{db.project}/databases/(default)"
    write = {"update": {"name": f"{database}/documents/c/a", "fields": {"x": {"integer_value": 1}}}}
    metadata = [(WORK_HEADER, "job-1/gate_draft")]
    db._firestore_api.commit(request={"database": database, "writes": [write]}, metadata=metadata)
    db.document("c/a").get()
    by_work = server.counts.by_work()
    assert (by_work["job-1/gate_draft"]["writes"], by_work["job-1/gate_draft"]["reads"]) == (1, 0)
    assert (by_work[""]["writes"], by_work[""]["reads"]) == (0, 1)
