"""What the owner's browser sees on its way to Google's consent and back, and what is kept of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from scripts.local_cloud.in_process import secrets_client
from scripts.sandbox.world import ISABEL, MARCUS
from shared.jobs.audit import AuditEntry
from shared.jobs.facts import Connection
from shared.jobs.mailbox import mailbox_id
from shared.jobs.pending_connection import PendingConnection
from shared.runtime.wire.consent import SCOPES
from shared.runtime.wire.feed import feed_of
from tests import system
from tests.command_line.owner import (
    answered,
    at_google,
    begun,
    connected,
    connection_of,
    look,
    nothing_kept,
    tenant_of,
    versions_of,
)
from tests.command_line.parts import Terminal
from tests.conftest import CANARY

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
