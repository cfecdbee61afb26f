"""Connecting a mailbox while others change the same documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from scripts.sandbox.world import ISABEL, MARCUS
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.connectors.google_oauth import Consent, Granted
from shared.jobs.audit import AuditEntry
from shared.jobs.document import Document
from shared.jobs.facts import Connection
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.pending_connection import PendingConnection, pending_path, state_of
from shared.jobs.tenant import Tenant
from shared.operators.mailboxes import (
    TRIES,
    Begun,
    Connected,
    Over,
    begin_connection,
    connect,
    disconnect,
    find_connection,
    finish_connection,
)
from shared.operators.refusal import Refusal
from shared.operators.roles import Operator, Role
from shared.store.database import Database
from tests import system

ANN = Operator("operator:ann", Role.ADMIN)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SCOPES = frozenset({"a", "b"})


@pytest.fixture
def database(simulation: Simulation) -> Database:
    return simulation.world.database


def tenant_of(database: Database) -> Tenant:
    found = database.get(f"tenants/{TENANT}", Tenant)
    assert found is not None
    return found


class Interrupted(Database):
    """Somebody else writes before each of our commits."""

    def __init__(self, inner: Database, meanwhile: Callable[[], None], times: int) -> None:
        super().__init__(inner.client)
        self._meanwhile, self._left = meanwhile, times
        self.commits = 0

    def commit(
        self, documents: Iterable[Document], *, increments: Mapping[str, Mapping[str, int]] | None = None
    ) -> None:
        self.commits += 1
        if self._left:
            self._left -= 1
            self._meanwhile()
        super().commit(documents, increments=increments)


def operators_edit(database: Database) -> None:
    """Another setting is changed in the Firestore console."""
    tenant = tenant_of(database)
    database.commit([tenant.but(forbidden_words=(*tenant.forbidden_words, "word"))])


def connected(database: Database) -> Connected | Refusal:
    return connect(database, TENANT, ISABEL, Connection.OAUTH, by=ANN, why="asked", now=NOW)


def test_a_setting_that_was_changed_meanwhile_is_not_lost(database: Database) -> None:
    interrupted = Interrupted(database, lambda: operators_edit(database), TRIES - 1)
    assert connected(interrupted) == Connected(TENANT, ISABEL, Connection.OAUTH)
    tenant = tenant_of(database)
    assert tenant.forbidden_words == ("word",) * (TRIES - 1)
    assert tenant.senders[ISABEL].connection is Connection.OAUTH
    assert tenant.senders[MARCUS].connection is Connection.DELEGATION


def test_who_is_always_beaten_is_told_so_and_changes_nothing(database: Database) -> None:
    interrupted = Interrupted(database, lambda: operators_edit(database), TRIES)
    assert isinstance(connected(interrupted), Refusal)
    assert interrupted.commits == TRIES
    assert tenant_of(database).senders[ISABEL].connection is Connection.DELEGATION


def test_a_mailbox_that_was_taken_out_meanwhile_is_not_put_back(database: Database) -> None:
    def without_isabel() -> None:
        tenant = tenant_of(database)
        left = {MARCUS: tenant.senders[MARCUS]}
        database.commit([tenant.but(senders=left, default_sender=MARCUS)])

    assert isinstance(connected(Interrupted(database, without_isabel, 1)), Refusal)
    assert set(tenant_of(database).senders) == {MARCUS}


def test_a_mailbox_that_asked_to_be_reconnected_goes_on_where_it_was(
    database: Database, simulation: Simulation
) -> None:
    record = MailboxRecord(
        id=mailbox_id(ISABEL),
        tenant=TENANT,
        address=ISABEL,
        status=MailboxStatus.RECONNECT,
        reason="refused",
        heard_since=NOW,
        history_id=7,
        synced_through=NOW,
        updated_at=NOW,
    )
    database.commit([record])
    assert isinstance(connected(database), Connected)
    (kept,) = system.every(simulation, "mailboxes", MailboxRecord)
    assert (kept.status, kept.reason) == (MailboxStatus.CONNECTED, "")
    assert (kept.history_id, kept.synced_through, kept.heard_since) == (7, NOW, NOW)


def test_connecting_again_in_the_same_way_is_no_change_of_the_settings(
    database: Database, simulation: Simulation
) -> None:
    connected(database)
    before = tenant_of(database).version
    connect(
        database,
        TENANT,
        ISABEL,
        Connection.OAUTH,
        by=ANN,
        why="again",
        now=NOW + timedelta(hours=1),
    )
    assert tenant_of(database).version == before
    assert len(system.every(simulation, "audit", AuditEntry)) == 2


# Giving the consent back


def heard(database: Database) -> MailboxRecord:
    record = MailboxRecord(
        id=mailbox_id(ISABEL),
        tenant=TENANT,
        address=ISABEL,
        status=MailboxStatus.CONNECTED,
        heard_since=NOW,
        history_id=7,
        synced_through=NOW,
        updated_at=NOW,
    )
    database.commit([record])
    return record


def a_sweep_writes(database: Database, path: str) -> None:
    record = database.get(path, MailboxRecord)
    assert record is not None
    database.commit([record.but(updated_at=record.updated_at + timedelta(seconds=1))])


@pytest.mark.parametrize(("lost", "written"), [(TRIES - 1, True), (TRIES, False)])
def test_a_consent_that_is_gone_is_written_down_though_others_write_the_record(
    database: Database, simulation: Simulation, lost: int, written: bool
) -> None:
    connected(database)
    path = heard(database).path
    interrupted = Interrupted(database, lambda: a_sweep_writes(database, path), lost)
    revoked: list[str] = []
    done = disconnect(
        interrupted, tenant_of(database), ISABEL, revoke=revoked.append, by=ANN, why="she left", now=NOW
    )
    assert (len(revoked), interrupted.commits) == (1, TRIES)
    assert isinstance(done, Refusal) is not written
    (record,) = system.every(simulation, "mailboxes", MailboxRecord)
    assert (record.status is MailboxStatus.RECONNECT) is written
    told = [entry.kind for entry in system.every(simulation, "audit", AuditEntry)]
    assert told.count("MAILBOX_DISCONNECTED") == int(written)


# The link


def begun(database: Database) -> Begun:
    found = begin_connection(database, tenant_of(database), ISABEL, by=ANN, now=NOW)
    assert isinstance(found, Begun)
    return found


def test_a_link_is_open_until_its_very_end(database: Database) -> None:
    link = begun(database)
    last = link.until - timedelta(microseconds=1)
    assert isinstance(find_connection(database, link.state, now=last), PendingConnection)
    assert isinstance(find_connection(database, link.state, now=link.until), Over)


def test_the_database_knows_neither_link_nor_state(database: Database, simulation: Simulation) -> None:
    link = begun(database)
    (pending,) = system.every(simulation, "connections", PendingConnection)
    assert link.state.partition(".")[2] not in pending.model_dump_json()
    assert link.state not in repr(link)
    assert pending.verifier not in repr(pending)


def test_every_link_is_another_one(database: Database) -> None:
    assert len({begun(database).state for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "state",
    [
        "",
        ".",
        "default",
        f"default.{'A' * 42}",
        f"default.{'A' * 44}",
        f"Default.{'A' * 43}",
        f"../x.{'A' * 43}",
        f"a/b.{'A' * 43}",
        f"default.{'/' * 43}",
        f"default.{'A' * 43}\n",
        f"{'a' * 41}.{'A' * 43}",
    ],
)
def test_what_is_no_state_never_becomes_a_path(state: str) -> None:
    assert pending_path(state) is None


def test_a_tenants_state_leads_to_that_tenant_alone(database: Database) -> None:
    link = begun(database)
    secret = link.state.partition(".")[2]
    assert isinstance(find_connection(database, state_of("other", secret), now=NOW), Refusal)


class FakeConsent(Consent):
    """Google, which always gives the same."""

    def __init__(self, scopes: frozenset[str] = SCOPES) -> None:
        self.granted = Granted("1//r", "ya29.x", scopes)
        self.asked: list[tuple[str, str]] = []

    def exchange(self, code: str, verifier: str) -> Granted:
        self.asked.append((code, verifier))
        return self.granted


def finished(
    database: Database, pending: PendingConnection, consent: FakeConsent, kept: list[str], owner: str = ISABEL
) -> Connected | Refusal:
    return finish_connection(
        database,
        pending,
        "code",
        consent=consent,
        scopes=SCOPES,
        owner_of=lambda token: owner,
        keep=lambda name, value: kept.append(value),
        now=NOW,
    )


def test_two_who_read_the_same_open_link_exchange_one_code(database: Database) -> None:
    pending = find_connection(database, begun(database).state, now=NOW)
    assert isinstance(pending, PendingConnection)
    consent, kept = FakeConsent(), list[str]()
    assert isinstance(finished(database, pending, consent, kept), Connected)
    assert isinstance(finished(database, pending, consent, kept), Over)
    assert (consent.asked, kept) == ([("code", pending.verifier)], ["1//r"])


@pytest.mark.parametrize(
    ("scopes", "owner"),
    [
        (SCOPES - {"a"}, ISABEL),
        (frozenset[str](), ISABEL),
        (SCOPES, MARCUS),
        (SCOPES, ""),
        (SCOPES, f"{ISABEL}.au"),
    ],
)
def test_an_answer_that_does_not_fit_keeps_no_token(
    database: Database, scopes: frozenset[str], owner: str
) -> None:
    pending = find_connection(database, begun(database).state, now=NOW)
    assert isinstance(pending, PendingConnection)
    kept: list[str] = []
    assert isinstance(finished(database, pending, FakeConsent(scopes), kept, owner), Refusal)
    assert kept == []
    assert tenant_of(database).senders[ISABEL].connection is Connection.DELEGATION


def test_a_mailbox_that_was_taken_out_of_the_settings_meanwhile_is_not_opened_nor_named(
    database: Database,
) -> None:
    pending = find_connection(database, begun(database).state, now=NOW)
    assert isinstance(pending, PendingConnection)
    tenant = tenant_of(database)
    left = {address: sender for address, sender in tenant.senders.items() if address != ISABEL}
    database.commit([tenant.but(senders=left, default_sender=MARCUS)])
    consent, kept = FakeConsent(), list[str]()
    refusal = finished(database, pending, consent, kept)
    assert isinstance(refusal, Refusal)
    assert (consent.asked, kept) == ([], [])
    assert "@" not in f"{refusal.reason} {refusal.mend}"


def test_more_scopes_than_were_asked_for_do_no_harm(database: Database) -> None:
    pending = find_connection(database, begun(database).state, now=NOW)
    assert isinstance(pending, PendingConnection)
    assert isinstance(finished(database, pending, FakeConsent(SCOPES | {"openid"}), []), Connected)
