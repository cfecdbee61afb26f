"""`whisper mailbox`, and what the owner's browser sees on its way to Google's consent and back."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from scripts.local_cloud.in_process import secrets_client
from scripts.sandbox.in_process import transport
from scripts.sandbox.world import ISABEL, MARCUS
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.connectors.google_oauth import token_secret
from shared.jobs.audit import AuditEntry
from shared.jobs.facts import Connection
from shared.jobs.mailbox import MailboxRecord, MailboxStatus, mailbox_id
from shared.jobs.pending_connection import PendingConnection
from shared.jobs.tenant import Tenant
from shared.runtime.wire.consent import SCOPES
from shared.runtime.wire.feed import feed_of
from tests import system
from tests.command_line.parts import Terminal
from tests.conftest import CANARY


def tenant_of(terminal: Terminal) -> Tenant:
    found = terminal.simulation.world.database.get(f"tenants/{TENANT}", Tenant)
    assert found is not None
    return found


def connection_of(terminal: Terminal, address: str = ISABEL) -> Connection:
    return tenant_of(terminal).senders[address].connection


def versions_of(simulation: Simulation, address: str = ISABEL) -> list[str]:
    client: Any = secrets_client(simulation.cloud.channel())
    name = f"projects/local/secrets/{token_secret(TENANT, address)}"
    return [
        client.access_secret_version(name=version.name).payload.data.decode()
        for version in client.list_secret_versions(parent=name)
    ]


def look(simulation: Simulation, url: str, *, method: str = "GET", body: bytes = b"") -> Any:
    """A browser opens one of our links."""
    parts = urlsplit(url)
    name = f"{parts.path.lstrip('/')}?{parts.query}"
    return simulation.call(name, method=method, body=body)


def at_google(simulation: Simulation, url: str) -> str:
    """A browser comes to Google; returns where it is sent back to."""
    with httpx.Client(transport=transport(simulation.sandbox)) as browser:
        answer = browser.get(url)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def begun(terminal: Terminal, address: str = ISABEL) -> str:
    url: str = terminal.json("mailbox", "connect", address)["url"]
    return url


def answered(terminal: Terminal, url: str, account: str = ISABEL, scopes: list[str] | None = None) -> str:
    """The owner opens the link and answers at Google; returns the link that comes back."""
    simulation = terminal.simulation
    start = look(simulation, url)
    assert start.status_code == 302
    simulation.sandbox.people.consent(account, scopes=scopes)
    return at_google(simulation, start.headers["Location"])


def connected(terminal: Terminal, address: str = ISABEL) -> str:
    """A mailbox whose owner let us in; returns the link that came back from Google."""
    back = answered(terminal, begun(terminal, address), address)
    page = look(terminal.simulation, back)
    assert page.status_code == 200, page.text
    return back


def nothing_kept(terminal: Terminal) -> bool:
    return not versions_of(terminal.simulation) and connection_of(terminal) is Connection.DELEGATION


# The whole way


def test_an_owner_lets_us_in_and_from_then_on_their_consent_opens_the_mailbox(terminal: Terminal) -> None:
    back = connected(terminal)
    simulation = terminal.simulation
    (token,) = versions_of(simulation)
    assert token.startswith("1//")
    assert connection_of(terminal) is Connection.OAUTH
    assert connection_of(terminal, MARCUS) is Connection.DELEGATION
    (pending,) = system.every(simulation, "connections", PendingConnection)
    assert pending.used_at == simulation.clock.now()
    assert parse_qs(urlsplit(back).query)["state"][0] not in str(pending)
    # Without the service account's key the mailbox opens all the same.
    simulation.sandbox.requests.clear()
    tenant = tenant_of(terminal)
    assert feed_of(simulation.world, tenant, tenant.senders[ISABEL]).place() > 0
    assert len(simulation.sandbox.requests.listed("google-oauth")) == 1


def test_a_lead_is_answered_from_a_mailbox_that_its_owner_let_us_into(terminal: Terminal) -> None:
    connected(terminal)
    simulation = terminal.simulation
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    (draft,) = system.drafts(simulation)
    assert draft.gmail_draft_id
    assert draft.sender == ISABEL


def test_connecting_is_in_the_audit_without_an_address(terminal: Terminal) -> None:
    url = terminal.json("mailbox", "connect", ISABEL, "--actor", "operator:ann")["url"]
    look(terminal.simulation, answered(terminal, url))
    (entry,) = system.every(terminal.simulation, "audit", AuditEntry)
    assert (entry.kind, entry.actor) == ("MAILBOX_CONNECTED", "operator:ann")
    assert (entry.before, entry.after) == ("delegation", "oauth")
    assert entry.subject == mailbox_id(ISABEL)
    assert "@" not in str(entry)


def test_the_browser_is_led_to_google_with_everything_that_is_needed(terminal: Terminal) -> None:
    start = look(terminal.simulation, begun(terminal))
    parts = urlsplit(start.headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.path.endswith("/o/oauth2/v2/auth")
    assert set(asked["scope"].split()) == SCOPES
    assert asked["login_hint"] == ISABEL
    assert asked["access_type"] == "offline"
    assert asked["prompt"] == "consent"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == terminal.simulation.places.url_of("connect_gmail")
    (pending,) = system.every(terminal.simulation, "connections", PendingConnection)
    assert pending.verifier not in start.headers["Location"]
    assert start.data == b""


def test_the_link_may_be_opened_twice_before_it_is_answered(terminal: Terminal) -> None:
    url = begun(terminal)
    assert [look(terminal.simulation, url).status_code for _ in range(2)] == [302, 302]


# What is refused, and leaves nothing


@pytest.mark.parametrize(
    "query",
    [
        "",
        "start=",
        "start=x",
        f"start=default.{'A' * 43}",
        f"start={CANARY}",
        f"start=../../control/{'A' * 43}",
        f"code=c&state=default.{'A' * 43}",
        f"code={CANARY}&state={CANARY}",
        f"error={CANARY}&state=default.{'A' * 43}",
        "code=a&code=b",
        "&".join(f"a{n}=1" for n in range(30)),
    ],
)
def test_a_link_that_is_none_of_ours_is_refused_and_never_echoed(terminal: Terminal, query: str) -> None:
    begun(terminal)
    page = terminal.simulation.call(f"connect_gmail?{query}", method="GET")
    assert page.status_code == 400
    assert "whisper mailbox connect" in page.text
    assert CANARY not in page.text
    assert nothing_kept(terminal)


def test_an_answer_counts_once(terminal: Terminal) -> None:
    back = connected(terminal)
    page = look(terminal.simulation, back)
    assert page.status_code == 410
    assert "used already" in page.text
    assert len(versions_of(terminal.simulation)) == 1


def test_a_link_that_was_answered_leads_nowhere(terminal: Terminal) -> None:
    url = begun(terminal)
    look(terminal.simulation, answered(terminal, url))
    assert look(terminal.simulation, url).status_code == 410


def test_after_ten_minutes_the_link_and_its_answer_are_over(terminal: Terminal) -> None:
    url = begun(terminal)
    back = answered(terminal, url)
    terminal.simulation.clock.advance(600)
    assert look(terminal.simulation, url).status_code == 410
    assert look(terminal.simulation, back).status_code == 410
    assert nothing_kept(terminal)


def test_the_account_of_somebody_else_is_not_connected(terminal: Terminal) -> None:
    back = answered(terminal, begun(terminal), MARCUS)
    page = look(terminal.simulation, back)
    assert page.status_code == 400
    assert "another Google account" in page.text
    assert MARCUS not in page.text
    assert nothing_kept(terminal)
    assert look(terminal.simulation, back).status_code == 410


@pytest.mark.parametrize("left_out", sorted(SCOPES))
def test_all_that_is_needed_must_be_allowed(terminal: Terminal, left_out: str) -> None:
    back = answered(terminal, begun(terminal), scopes=sorted(SCOPES - {left_out}))
    page = look(terminal.simulation, back)
    assert page.status_code == 400
    assert "tick every box" in page.text
    assert nothing_kept(terminal)


def test_an_owner_who_declines_may_open_the_link_again(terminal: Terminal) -> None:
    url = begun(terminal)
    start = look(terminal.simulation, url)
    terminal.simulation.sandbox.people.refuse_consent()
    page = look(terminal.simulation, at_google(terminal.simulation, start.headers["Location"]))
    assert page.status_code == 400
    assert "open the link again" in page.text
    assert nothing_kept(terminal)
    assert look(terminal.simulation, answered(terminal, url)).status_code == 200


def test_a_code_of_another_link_does_not_fit_this_ones_verifier(terminal: Terminal) -> None:
    first, second = answered(terminal, begun(terminal)), answered(terminal, begun(terminal))
    codes = [parse_qs(urlsplit(back).query) for back in (first, second)]
    mixed = urlencode({"code": codes[0]["code"][0], "state": codes[1]["state"][0]})
    page = terminal.simulation.call(f"connect_gmail?{mixed}", method="GET")
    assert page.status_code == 400
    assert nothing_kept(terminal)


def test_a_vendor_that_is_down_uses_the_link_up_and_says_so(terminal: Terminal) -> None:
    back = answered(terminal, begun(terminal))
    terminal.simulation.sandbox.faults.add(vendor="google-oauth", kind="503")
    page = look(terminal.simulation, back)
    assert page.status_code == 400
    assert "ask for a new link" in page.text
    terminal.simulation.sandbox.faults.clear()
    assert look(terminal.simulation, back).status_code == 410
    assert nothing_kept(terminal)


def test_two_answers_at_once_count_once(terminal: Terminal) -> None:
    """The second comes in while the first asks Google."""
    back = answered(terminal, begun(terminal))
    inner: list[int] = []

    def watch(method: str, path: str) -> None:
        if path.endswith("/token") and not inner:
            inner.append(0)
            inner[0] = look(terminal.simulation, back).status_code

    terminal.simulation.on_vendor_request = watch
    assert look(terminal.simulation, back).status_code == 200
    assert inner == [410]
    assert len(versions_of(terminal.simulation)) == 1


# The page itself


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_only_a_get_is_answered(terminal: Terminal, method: str) -> None:
    url = begun(terminal)
    page = look(terminal.simulation, url, method=method)
    assert page.status_code == 405
    assert page.headers["Allow"] == "GET"


def test_a_get_brings_no_body(terminal: Terminal) -> None:
    assert look(terminal.simulation, begun(terminal), body=b"x").status_code == 400


def test_every_page_is_plain_and_kept_by_nobody(terminal: Terminal) -> None:
    simulation, url = terminal.simulation, begun(terminal)
    back = answered(terminal, url)
    pages = [look(simulation, each) for each in (url, back, back, "/connect_gmail?start=x")]
    pages.append(look(simulation, url, method="POST", body=b"x" * 1_100_000))
    assert [page.status_code for page in pages] == [302, 200, 410, 400, 413]
    for page in pages:
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "<script" not in page.text
        assert "style" not in page.text
        assert ISABEL not in page.text


def test_a_failure_of_ours_is_a_page_too(terminal: Terminal) -> None:
    url = begun(terminal)
    client: Any = secrets_client(terminal.simulation.cloud.channel())
    client.disable_secret_version(name="projects/local/secrets/gmail-oauth-client/versions/1")
    terminal.simulation.restart()
    page = look(terminal.simulation, url)
    assert page.status_code == 503
    assert page.headers["Content-Type"].startswith("text/html")


def test_no_address_code_or_token_is_logged(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    back = connected(terminal)
    refused = answered(terminal, begun(terminal), MARCUS)
    look(terminal.simulation, refused)
    logged = capsys.readouterr().out
    assert "mailbox_connected" in logged
    assert "mailbox_not_connected" in logged
    query = parse_qs(urlsplit(back).query)
    (token,) = versions_of(terminal.simulation)
    for secret in (ISABEL, MARCUS, token, query["code"][0], query["state"][0]):
        assert secret not in logged


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
