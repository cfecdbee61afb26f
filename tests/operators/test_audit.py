"""What is done to the audit behind our back is found on the real documents, and the audit is read page by page."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from scripts.stack.simulation import START, Simulation
from scripts.stack.tenant import TENANT
from shared.jobs.audit import AuditEntry, hash_of
from shared.operators.audit_query import AuditFilter, export_csv, query_audit, show_chain
from shared.operators.audit_verifying import Verified, verify_audit
from shared.operators.refusal import Forbidden, Missing, Refusal
from shared.operators.roles import Operator, Role
from shared.policy.audit_chain import Wrong
from shared.store import audit as store
from shared.store.database import Database
from shared.store.newest import Page, Place

VIEWER = Operator("vera", Role.VIEWER)
ADMIN = Operator("adam", Role.ADMIN)


def write(database: Database, chain: str, count: int, *, tenant: str = TENANT, **fields: Any) -> None:
    """Entries at the end of a chain, each in a commit of its own as the product writes them."""
    for number in range(count):
        said = {
            "kind": "DRAFT_APPROVED",
            "subject": chain,
            "actor": "ana",
            "reason": f"reason {number}",
            "before": "PENDING",
            "after": "APPROVED",
            "at": START + timedelta(minutes=number),
            **fields,
        }
        database.commit([AuditEntry.of(tenant=tenant, **said)])


def verified(database: Database) -> Verified:
    done = verify_audit(database, TENANT, archive=None, by=VIEWER)
    assert isinstance(done, Verified)
    return done


def found(database: Database) -> list[tuple[str, int, Wrong]]:
    return [(one.chain, one.number, one.wrong) for one in verified(database).breaks]


def entry(database: Database, chain: str, number: int) -> Any:
    return database.client.document(f"tenants/{TENANT}/audit/{chain}-{number:08d}")


def head(database: Database, chain: str) -> Any:
    return database.client.document(f"tenants/{TENANT}/audit_heads/{chain}")


@pytest.fixture
def database(simulation: Simulation) -> Database:
    made = simulation.world.database
    write(made, "job-1", 4, contact_id="c1", draft_id="d1")
    write(made, "job-2", 2, company_id="acme")
    return made


def test_what_the_product_wrote_is_sound(database: Database) -> None:
    write(database, "flags", 2, tenant="")
    done = verified(database)
    assert done.breaks == ()
    assert (done.chains, done.entries) == (3, 8)
    assert done.archived_through == {}


def test_an_edit_by_hand_is_found(database: Database) -> None:
    entry(database, "job-1", 2).update({"actor": "somebody else"})
    assert found(database) == [("job-1", 2, Wrong.EDITED)]


def test_a_time_that_became_a_text_is_found(database: Database) -> None:
    reference = entry(database, "job-1", 2)
    at = reference.get().to_dict()["at"]
    reference.update({"at": at.isoformat()})
    assert found(database) == [("job-1", 2, Wrong.EDITED)]


def test_a_deletion_by_hand_is_found(database: Database) -> None:
    entry(database, "job-1", 2).delete()
    assert found(database) == [("job-1", 2, Wrong.DELETED)]


def test_a_chain_of_which_only_the_head_is_left_is_found(database: Database) -> None:
    for number in (1, 2):
        entry(database, "job-2", number).delete()
    assert found(database) == [("job-2", 1, Wrong.TRUNCATED)]


def test_entries_in_another_order_are_found(database: Database) -> None:
    two, three = entry(database, "job-1", 2), entry(database, "job-1", 3)
    second, third = two.get().to_dict(), three.get().to_dict()
    two.set(third)
    three.set(second)
    assert found(database) == [("job-1", 2, Wrong.REORDERED), ("job-1", 3, Wrong.REORDERED)]


def test_a_chain_that_was_cut_off_is_found(database: Database) -> None:
    entry(database, "job-1", 4).delete()
    assert found(database) == [("job-1", 4, Wrong.TRUNCATED)]


def test_a_fork_is_found(database: Database) -> None:
    twin = entry(database, "job-1", 4).get().to_dict() | {"number": 5, "reason": "another"}
    twin["hash"] = hash_of(twin)
    entry(database, "job-1", 5).set(twin)
    assert found(database) == [("job-1", 5, Wrong.FORKED), ("job-1", 5, Wrong.FORKED)]
    head(database, "job-1").update({"number": 5, "hash": twin["hash"]})
    assert found(database) == [("job-1", 5, Wrong.FORKED)]


def test_a_missing_head_and_a_foreign_document_are_found(database: Database) -> None:
    head(database, "job-2").delete()
    database.client.document(f"tenants/{TENANT}/audit/notes").set({"a": 1})
    entry(database, "job-1", 5).set(entry(database, "job-2", 1).get().to_dict())
    assert sorted(found(database)) == [
        ("", 0, Wrong.FOREIGN),
        ("job-1", 5, Wrong.FOREIGN),
        ("job-1", 5, Wrong.FORKED),
        ("job-2", 2, Wrong.NO_HEAD),
    ]


@pytest.mark.parametrize("id_", [".-00000001", "..-00000001", "__x__-00000001"])
def test_an_entry_of_a_chain_that_can_have_no_head_is_found(database: Database, id_: str) -> None:
    database.client.document(f"tenants/{TENANT}/audit/{id_}").set({"at": START})
    assert found(database) == [("", 0, Wrong.FOREIGN)]
    assert isinstance(show_chain(database, TENANT, id_.rpartition("-")[0], by=VIEWER), Missing)


def test_what_concerns_everybody_is_verified_too(database: Database) -> None:
    write(database, "flags", 2, tenant="")
    database.client.document("audit/flags-00000001").update({"reason": "none"})
    (broken,) = verified(database).breaks
    assert (broken.tenant, broken.chain, broken.number) == ("", "flags", 1)


def test_a_chain_whose_name_looks_like_an_entry_of_another_is_no_break(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, "job-1-00000002", 3)
    monkeypatch.setattr(store, "PAGE", 2)
    done = verified(database)
    assert done.breaks == ()
    assert (done.chains, done.entries) == (3, 9)


def test_a_chain_that_grows_under_the_reader_is_no_break(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw_many, grown = database.raw_many, list[str]()

    def growing(paths: Any) -> Any:
        if not grown:
            grown.append("once")
            write(database, "job-1", 1)
        return raw_many(paths)

    monkeypatch.setattr(database, "raw_many", growing)
    assert verified(database).breaks == ()
    assert grown


def test_entries_are_found_by_what_they_are_about(database: Database) -> None:
    def ids(**wanted: Any) -> list[str]:
        page = query_audit(database, TENANT, AuditFilter(**wanted), by=VIEWER)
        assert isinstance(page, Page)
        return sorted(one.id for one in page.items)

    first = [f"job-1-{number:08d}" for number in range(1, 5)]
    assert ids(contact_id="c1") == ids(draft_id="d1") == ids(contact_id="c1", draft_id="d1") == first
    assert ids(company_id="acme") == ["job-2-00000001", "job-2-00000002"]
    assert ids(kind="DRAFT_SENT") == ids(contact_id="c1", company_id="acme") == ids(everyone=True) == []
    minute = timedelta(minutes=1)
    assert ids(draft_id="d1", since=START + minute, until=START + 3 * minute) == first[1:3]


def test_pages_have_every_entry_once(database: Database) -> None:
    seen: list[str] = []
    after: Place | None = None
    while True:
        page = query_audit(database, TENANT, AuditFilter(), limit=4, after=after, by=VIEWER)
        assert isinstance(page, Page)
        seen += [one.id for one in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 6


def test_an_export_is_csv_that_runs_no_formula(database: Database) -> None:
    for said in (
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        'a "word", and\nmore',
        "so;=1+1",
        "＝1",
        "a\n+1",
        "a; -1",
    ):
        write(database, "job-3", 1, reason=said, kind="FLAG_CHANGED")
    lines = export_csv(database, TENANT, AuditFilter(kind="FLAG_CHANGED"), by=ADMIN)
    assert not isinstance(lines, Refusal)
    text = "".join(lines)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert text.count("\r\n") == 11
    assert sorted(row["reason"] for row in rows) == sorted(
        [
            "'=1+1",
            "'+1",
            "'-1",
            "'@SUM(A1)",
            "'\tx",
            'a "word", and\nmore',
            "so;'=1+1",
            "'＝1",
            "a\n'+1",
            "a; -1",
        ]
    )
    assert all(row["chain"] == "job-3" and len(row["hash"]) == 64 for row in rows)


def test_only_an_admin_exports(database: Database) -> None:
    assert isinstance(export_csv(database, TENANT, AuditFilter(), by=VIEWER), Forbidden)


def test_one_chain_is_shown_as_it_lies_there(database: Database) -> None:
    shown = show_chain(database, TENANT, "job-1", by=VIEWER)
    assert not isinstance(shown, Refusal)
    assert [one.id for one in shown.chain.entries] == [f"job-1-{n:08d}" for n in range(1, 5)]
    assert isinstance(show_chain(database, TENANT, "job-9", by=VIEWER), Missing)
    assert isinstance(show_chain(database, TENANT, "a/b", by=VIEWER), Missing)
