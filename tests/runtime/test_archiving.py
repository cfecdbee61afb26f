"""Days of the audit are archived once and in order, and show what the database alone cannot (P11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from scripts.stack.deployment import spec
from scripts.stack.simulation import START, Simulation
from scripts.stack.tenant import TENANT
from shared.connectors.s3_archive import S3Archive
from shared.jobs.audit import hash_of
from shared.operators import archiving
from shared.operators.audit_verifying import Verified, verify_audit
from shared.operators.roles import Operator, Role
from shared.policy.audit_archive import key
from shared.policy.audit_chain import Wrong
from shared.policy.merkle import included, proof
from shared.runtime.wire.archive import archive as wired
from tests.operators.test_audit import entry, head, write
from tests.s3 import BUCKET, KEY, RETENTION, Store, s3_server

MONDAY = START.date()
NIGHT = datetime(2026, 11, 24, 1, 37, tzinfo=START.tzinfo)


@pytest.fixture
def store() -> Iterator[Store]:
    with s3_server() as made:
        yield made


@pytest.fixture
def kept(store: Store) -> Iterator[Simulation]:
    """A system that archives there."""
    made = Simulation(settings=store.settings())
    secrets = {**made.secrets, "audit-archive-key": KEY}
    made.cloud.provision(spec(made.catalogue, made.places, secrets, paused=True))
    yield made
    made.close()


def archive_at(simulation: Simulation, now: datetime) -> None:
    simulation.clock.advance_to(now.timestamp())
    assert simulation.sweep("archive_audit") == 200


def verified(simulation: Simulation) -> Verified:
    by = Operator("vera", Role.VIEWER)
    done = verify_audit(simulation.world.database, TENANT, archive=wired(simulation.world), by=by)
    assert isinstance(done, Verified)
    return done


def found(simulation: Simulation) -> list[tuple[str, int, Wrong]]:
    return [(one.chain, one.number, one.wrong) for one in verified(simulation).breaks]


def summary(store: Store, day: date, tenant: str = TENANT) -> dict[str, Any]:
    content = store.archive().get(key(tenant, day, "summary.json"))
    assert content is not None
    return json.loads(content)


def lines(store: Store, day: date, tenant: str = TENANT) -> list[bytes]:
    content = store.archive().get(key(tenant, day, "entries.jsonl"))
    assert content is not None
    return content.splitlines()


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_nothing_is_archived_without_a_bucket(simulation: Simulation) -> None:
    write(simulation.world.database, "job-1", 1)
    archive_at(simulation, NIGHT)
    assert wired(simulation.world) is None


def test_a_day_that_is_over_is_kept_and_locked(kept: Simulation, store: Store) -> None:
    write(kept.world.database, "job-1", 3)
    write(kept.world.database, "flags", 1, tenant="")
    archive_at(kept, NIGHT)
    assert store.kept() == [
        f"{whose}{MONDAY}/{part}"
        for whose in ("everyone/", f"tenants/{TENANT}/")
        for part in ("entries.jsonl", "summary.json")
    ]
    said, leaves = summary(store, MONDAY), lines(store, MONDAY)
    assert said["count"] == len(leaves) == 3
    assert said["first"].endswith("job-1-00000001")
    assert said["heads"]["job-1"]["number"] == 3
    assert said["previous"] is None
    assert included(leaves[1], 1, 3, proof(leaves, 1), bytes.fromhex(said["root"]))
    for name in store.kept():
        locked = store.client.head_object(Bucket=BUCKET, Key=name)
        assert locked["ObjectLockMode"] == "COMPLIANCE"
        assert abs(locked["ObjectLockRetainUntilDate"] - (NIGHT + RETENTION)) < timedelta(minutes=1)
    done = verified(kept)
    assert done.breaks == ()
    assert done.archived_days == 2
    assert done.archived_through == {"": MONDAY, TENANT: MONDAY}


def test_today_and_what_may_still_be_committed_is_not_archived(kept: Simulation, store: Store) -> None:
    write(kept.world.database, "job-1", 1)
    archive_at(kept, START.replace(hour=23, minute=59))
    archive_at(kept, NIGHT.replace(hour=0, minute=30))
    assert store.kept() == []


def test_days_that_were_missed_are_caught_up_in_order(kept: Simulation, store: Store) -> None:
    write(kept.world.database, "job-1", 1)
    archive_at(kept, NIGHT)
    write(kept.world.database, "job-1", 2, at=START + timedelta(days=3))
    archive_at(kept, NIGHT + timedelta(days=4))
    days = [MONDAY + timedelta(days=number) for number in range(5)]
    counts = [summary(store, day)["count"] for day in days]
    assert counts == [1, 0, 0, 2, 0]
    for before, day in pairwise(days):
        assert summary(store, day)["previous"]["root"] == summary(store, before)["root"]
    assert verified(kept).breaks == ()


def test_lines_that_somebody_else_put_there_are_found(kept: Simulation, store: Store) -> None:
    write(kept.world.database, "job-1", 1)
    paths = ("tenants", f"tenants/{TENANT}/audit/", "a//b", f"tenants/{TENANT}/audit/..", "")
    said = b"".join(json.dumps({"path": path, "fields": {}}).encode() + b"\n" for path in paths)
    store.archive().put(key(TENANT, MONDAY, "entries.jsonl"), said)
    archive_at(kept, NIGHT)
    assert {wrong for _, _, wrong in found(kept)} == {Wrong.ARCHIVE, Wrong.DELETED, Wrong.UNARCHIVED}


def test_a_long_absence_is_caught_up_in_several_runs(
    kept: Simulation, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "DAYS_A_RUN", 2)
    write(kept.world.database, "job-1", 1)
    later = NIGHT + timedelta(days=2)
    for days in (2, 3, 3):
        archive_at(kept, later)
        assert sum("summary" in name for name in store.kept()) == days
    assert verified(kept).breaks == ()


def test_a_run_that_dies_between_the_two_objects_is_repeated(
    kept: Simulation, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(kept.world.database, "job-1", 3)
    put = S3Archive.put

    def dies(self: S3Archive, key: str, content: bytes) -> bytes:
        if key.endswith("summary.json"):
            raise SystemExit("killed")
        return put(self, key, content)

    with monkeypatch.context() as patched:
        patched.setattr(S3Archive, "put", dies)
        with pytest.raises(SystemExit):
            archiving.archive_audit(kept.world.database, store.archive(), TENANT, now=NIGHT)
    assert [name.rsplit("/", 1)[-1] for name in store.kept()] == ["entries.jsonl"]
    archive_at(kept, NIGHT)
    assert len(store.kept()) == 2
    assert verified(kept).breaks == ()


def test_a_day_that_changed_before_it_was_finished_alerts_and_keeps_the_evidence(
    kept: Simulation, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    write(kept.world.database, "job-1", 3)
    store.archive().put(key(TENANT, MONDAY, "entries.jsonl"), b"")
    archive_at(kept, NIGHT)
    (alert,) = [one for one in events(capsys.readouterr().out) if one["event"] == "archive_differs"]
    assert alert["severity"] == "ALERT"
    assert alert["document"] == key(TENANT, MONDAY, "entries.jsonl")
    assert summary(store, MONDAY)["count"] == 0
    assert found(kept) == [("job-1", number, Wrong.UNARCHIVED) for number in (1, 2, 3)]
    archive_at(kept, NIGHT + timedelta(days=1))
    assert summary(store, MONDAY + timedelta(days=1))["previous"]["day"] == MONDAY.isoformat()


def test_a_chain_that_was_rewritten_as_a_whole_is_found_by_the_archive_alone(
    kept: Simulation, store: Store
) -> None:
    database = kept.world.database
    write(database, "job-1", 1)
    archive_at(kept, NIGHT)
    forged = entry(database, "job-1", 1).get().to_dict() | {"actor": "somebody else"}
    forged["hash"] = hash_of(forged)
    entry(database, "job-1", 1).set(forged)
    head(database, "job-1").update({"hash": forged["hash"]})
    by = Operator("vera", Role.VIEWER)
    alone = verify_audit(database, TENANT, archive=None, by=by)
    assert isinstance(alone, Verified)
    assert alone.breaks == ()
    assert found(kept) == [("job-1", 1, Wrong.EDITED)]


def test_a_chain_that_was_cut_off_with_its_head_is_found_by_the_archive_alone(
    kept: Simulation, store: Store
) -> None:
    database = kept.world.database
    write(database, "job-1", 3)
    write(database, "job-2", 1)
    archive_at(kept, NIGHT)
    second = entry(database, "job-1", 2).get().to_dict()
    entry(database, "job-1", 3).delete()
    head(database, "job-1").update({"number": 2, "hash": second["hash"]})
    entry(database, "job-2", 1).delete()
    head(database, "job-2").delete()
    by = Operator("vera", Role.VIEWER)
    alone = verify_audit(database, TENANT, archive=None, by=by)
    assert isinstance(alone, Verified)
    assert alone.breaks == ()
    assert found(kept) == [("job-1", 3, Wrong.DELETED), ("job-2", 1, Wrong.DELETED)]


def test_an_entry_that_was_dated_back_is_found(kept: Simulation, store: Store) -> None:
    write(kept.world.database, "job-1", 1)
    archive_at(kept, NIGHT)
    write(kept.world.database, "job-2", 1)
    assert found(kept) == [("job-2", 1, Wrong.UNARCHIVED)]


def test_an_entry_that_was_moved_to_another_day_is_found(kept: Simulation, store: Store) -> None:
    database = kept.world.database
    write(database, "job-1", 1)
    archive_at(kept, NIGHT)
    moved = entry(database, "job-1", 1).get().to_dict() | {"at": START + timedelta(days=30)}
    moved["hash"] = hash_of(moved)
    entry(database, "job-1", 1).set(moved)
    head(database, "job-1").update({"hash": moved["hash"]})
    assert found(kept) == [("job-1", 1, Wrong.EDITED)]


def test_an_archived_day_that_does_not_follow_is_found(kept: Simulation, store: Store) -> None:
    """Whoever has the key can add days, and no day that fits among those that are there."""
    write(kept.world.database, "job-1", 1)
    archive_at(kept, NIGHT)
    forged = MONDAY + timedelta(days=1)
    store.archive().put(key(TENANT, forged, "summary.json"), b"{}")
    assert [(one.chain, one.wrong) for one in verified(kept).breaks] == [(str(forged), Wrong.ARCHIVE)]


@pytest.mark.parametrize("days", [1, 400])
def test_a_day_that_somebody_put_there_before_us_is_told(
    kept: Simulation, store: Store, capsys: pytest.CaptureFixture[str], days: int
) -> None:
    """Also one far ahead: the archive goes on until there."""
    write(kept.world.database, "job-1", 1)
    archive_at(kept, NIGHT)
    forged = key(TENANT, MONDAY + timedelta(days=days), "summary.json")
    store.archive().put(forged, b"{}")
    for number in (1, 2):
        archive_at(kept, NIGHT + timedelta(days=number))
    told = [one["document"] for one in events(capsys.readouterr().out) if one["event"] == "archive_differs"]
    assert told[:1] == ([forged] if days == 1 else [])
    assert lines(store, MONDAY + timedelta(days=2)) == []
    assert Wrong.ARCHIVE in [one.wrong for one in verified(kept).breaks]


def test_what_is_changed_in_the_newest_archived_day_is_told_by_the_next_run(
    kept: Simulation, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    write(kept.world.database, "job-1", 1)
    archive_at(kept, NIGHT)
    entry(kept.world.database, "job-1", 1).update({"actor": "somebody else"})
    archive_at(kept, NIGHT + timedelta(days=1))
    told = [one["document"] for one in events(capsys.readouterr().out) if one["event"] == "archive_differs"]
    assert told == [key(TENANT, MONDAY, "entries.jsonl")]


def test_a_bucket_that_fails_is_told_and_caught_up_later(
    kept: Simulation, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    write(kept.world.database, "job-1", 1)
    secrets = {**kept.secrets, "audit-archive-key": "no key"}
    kept.cloud.provision(spec(kept.catalogue, kept.places, secrets, paused=True))
    archive_at(kept, NIGHT)
    failed = [one for one in events(capsys.readouterr().out) if one["event"] == "archive_failed"]
    assert {one["tenant"] for one in failed} == {"", TENANT}
    assert store.kept() == []
    secrets["audit-archive-key"] = KEY
    kept.cloud.provision(spec(kept.catalogue, kept.places, secrets, paused=True))
    kept.restart()
    archive_at(kept, NIGHT + timedelta(hours=1))
    assert len(store.kept()) == 2
