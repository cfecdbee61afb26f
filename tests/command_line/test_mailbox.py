"""`whisper mailbox`: connect, disconnect, list, sync."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from scripts.local_cloud.in_process import secrets_client
from scripts.sandbox.world import ISABEL, MARCUS
from scripts.stack.tenant import TENANT
from shared.errors import Permanent
from shared.jobs.audit import AuditEntry
from shared.jobs.facts import Connection
from shared.jobs.mailbox import MailboxRecord, MailboxStatus
from shared.jobs.pending_connection import PendingConnection
from shared.runtime.wire.feed import feed_of
from tests import system
from tests.command_line.owner import (
    begun,
    connected,
    connection_of,
    tenant_of,
    versions_of,
)
from tests.command_line.parts import Terminal

# When Google takes it back


def test_a_consent_that_was_taken_back_is_shown_as_reconnect_and_mended_by_connecting_again(
    terminal: Terminal,
) -> None:
    simulation = terminal.simulation
    simulation.sweep("sync_mailboxes")
    connected(terminal)
    simulation.sandbox.people.revoke_grant(ISABEL)
    simulation.restart()
    simulation.sweep("sync_mailboxes")
    (row,) = [each for each in terminal.json("mailbox", "list") if each["mailbox"] == ISABEL]
    assert row["status"] == "reconnect"
    assert "whisper mailbox connect" in row["reason"]
    shown = terminal("mailbox", "list").out
    assert "reconnect" in shown
    # Not a new process: the old refresh token is still in memory.
    connected(terminal)
    (row,) = [each for each in terminal.json("mailbox", "list") if each["mailbox"] == ISABEL]
    assert (row["status"], row["reason"]) == ("connected", "")
    simulation.sweep("sync_mailboxes")
    (row,) = [each for each in terminal.json("mailbox", "list") if each["mailbox"] == ISABEL]
    assert row["status"] == "connected"
    assert row["synced_through"][:19] == simulation.clock.now().isoformat()[:19]


def test_an_access_token_is_kept_for_its_hour(terminal: Terminal) -> None:
    connected(terminal)
    simulation, tenant = terminal.simulation, tenant_of(terminal)
    feed = feed_of(simulation.world, tenant, tenant.senders[ISABEL])
    simulation.sandbox.requests.clear()

    def asked() -> int:
        feed.place()
        return len(simulation.sandbox.requests.listed("google-oauth"))

    assert (asked(), asked()) == (1, 1)
    simulation.clock.advance(55 * 60)
    assert asked() == 2


def test_a_mailbox_that_is_disconnected_lets_us_in_no_more_and_says_how_to_go_on(terminal: Terminal) -> None:
    simulation = terminal.simulation
    simulation.sweep("sync_mailboxes")
    connected(terminal)
    told = terminal.json("mailbox", "disconnect", ISABEL, "--reason", "she left", "--actor", "operator:ann")
    assert told["mailbox"] == ISABEL
    (row,) = [each for each in terminal.json("mailbox", "list") if each["mailbox"] == ISABEL]
    assert row["status"] == "reconnect"
    assert "whisper mailbox connect" in row["reason"]
    tenant = tenant_of(terminal)
    with pytest.raises(Permanent, match="whisper mailbox connect"):
        feed_of(simulation.world, tenant, tenant.senders[ISABEL]).place()
    entries = system.every(simulation, "audit", AuditEntry)
    assert {entry.kind for entry in entries} == {"MAILBOX_CONNECTED", "MAILBOX_DISCONNECTED"}
    # What is over already is no failure: Google and we say the same again.
    assert terminal("mailbox", "disconnect", ISABEL, "--reason", "again").code == 0


def test_only_an_owners_consent_can_be_given_back_and_only_for_a_reason(terminal: Terminal) -> None:
    assert "admin console" in terminal.refused("mailbox", "disconnect", ISABEL, "--reason", "she left")
    assert "mail address" in terminal.refused("mailbox", "disconnect", ISABEL, "--reason", f"by {ISABEL}")
    assert "senders" in terminal.refused("mailbox", "disconnect", "a@b.example", "--reason", "she left")
    assert system.every(terminal.simulation, "audit", AuditEntry) == []


# The command


def test_connect_says_how_long_its_link_is_good(terminal: Terminal) -> None:
    told = terminal.json("mailbox", "connect", ISABEL.upper())
    now = terminal.simulation.clock.now()
    assert told["mailbox"] == ISABEL
    assert told["valid_until"] == (now + timedelta(minutes=10)).isoformat()
    shown = terminal("mailbox", "connect", ISABEL).out
    assert "once, for 10 minutes" in shown
    assert "/connect_gmail?start=default." in shown


def test_connect_makes_the_secret_once_and_without_a_value(terminal: Terminal) -> None:
    begun(terminal)
    begun(terminal)
    assert versions_of(terminal.simulation) == []


def test_only_a_mailbox_of_the_tenant_is_connected(terminal: Terminal) -> None:
    for words in ([], ["--delegation"]):
        error = terminal.refused("mailbox", "connect", "somebody@else.example", *words)
        assert "add it under `senders`" in error
    assert system.every(terminal.simulation, "connections", PendingConnection) == []


def test_without_an_oauth_client_nothing_is_begun(terminal: Terminal) -> None:
    client: Any = secrets_client(terminal.simulation.cloud.channel())
    client.disable_secret_version(name="projects/local/secrets/gmail-oauth-client/versions/1")
    assert "gmail-oauth-client" in terminal.refused("mailbox", "connect", ISABEL)
    assert system.every(terminal.simulation, "connections", PendingConnection) == []


def test_delegation_is_taken_back_up_where_it_opens_the_mailbox(terminal: Terminal) -> None:
    connected(terminal)
    told = terminal.json("mailbox", "connect", ISABEL, "--delegation")
    assert told == {"mailbox": ISABEL, "connection": "delegation"}
    assert connection_of(terminal) is Connection.DELEGATION
    assert "by domain-wide delegation" in terminal("mailbox", "connect", ISABEL, "--delegation").out


def test_delegation_that_does_not_open_the_mailbox_changes_nothing(terminal: Terminal) -> None:
    connected(terminal)
    simulation = terminal.simulation
    key = json.loads(simulation.secrets[f"gmail-delegation-{TENANT}"])
    client: Any = secrets_client(simulation.cloud.channel())
    client.add_secret_version(
        parent=f"projects/local/secrets/gmail-delegation-{TENANT}",
        payload={"data": json.dumps({**key, "client_email": "somebody@else.example"}).encode()},
    )
    simulation.restart()
    assert "google-oauth" in terminal.refused("mailbox", "connect", ISABEL, "--delegation")
    assert connection_of(terminal) is Connection.OAUTH


def test_list_shows_every_mailbox_and_how_far_it_was_heard(terminal: Terminal) -> None:
    assert [row["status"] for row in terminal.json("mailbox", "list")] == ["not heard yet"] * 2
    assert "not heard yet" in terminal("mailbox", "list").out
    terminal.simulation.sweep("sync_mailboxes")
    rows = terminal.json("mailbox", "list")
    assert {row["mailbox"] for row in rows} == {ISABEL, MARCUS}
    assert {row["status"] for row in rows} == {MailboxStatus.CONNECTED.value}
    assert all(row["watch_expires_at"] for row in rows)


def test_sync_has_one_mailbox_looked_at(terminal: Terminal) -> None:
    simulation = terminal.simulation
    simulation.sweep("sync_mailboxes")
    simulation.run()
    simulation.clock.advance(120)
    terminal("mailbox", "sync", ISABEL)
    simulation.run()
    records = {record.address: record for record in system.every(simulation, "mailboxes", MailboxRecord)}
    assert records[ISABEL].synced_through > records[MARCUS].synced_through


def test_a_pkce_verifier_is_fresh_for_every_link(terminal: Terminal) -> None:
    begun(terminal)
    begun(terminal)
    first, second = system.every(terminal.simulation, "connections", PendingConnection)
    assert first.verifier != second.verifier
    assert len(base64.urlsafe_b64decode(first.verifier + "==")) == 64
