"""A mailbox's owner in front of a browser: our link, Google's consent, and the way back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from scripts.local_cloud.in_process import secrets_client
from scripts.sandbox.in_process import transport
from scripts.sandbox.world import ISABEL
from scripts.stack.simulation import Simulation
from scripts.stack.tenant import TENANT
from shared.connectors.google_oauth import token_secret
from shared.jobs.facts import Connection
from shared.jobs.tenant import Tenant
from tests.command_line.parts import Terminal


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
