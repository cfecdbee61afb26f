"""The doctor's look at the delegation: whether a token can be had for each sender with exactly our scopes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

from scripts.command_line.checking import Check, Wrong, look
from scripts.command_line.connection import Connection
from shared.connectors import gmail, google_calendar
from shared.connectors.google_auth import DelegatedTokens, ServiceAccountKey
from shared.connectors.http import VendorHttp
from shared.errors import Permanent
from shared.jobs.facts import Connection as By
from shared.jobs.tenant import Tenant
from shared.runtime.wire.secrets import of_tenant, secrets

SCOPES = tuple(sorted((*gmail.SCOPES, *google_calendar.SCOPES)))
_WHERE = "Workspace admin console, Security, API controls, Domain-wide delegation"
_KEY = "put the service account's key file into its secret; see terraform/README.md, Gmail and Calendar"

Mint = Callable[[str, tuple[str, ...]], str]
"""From a mailbox and scopes to a token. Errors: Permanent, Retryable."""


def delegation_checks(tenant: Tenant, mint: Mint, client_id: str) -> list[Check]:
    """One check of each delegated sender; where the scopes are refused together, each is asked for alone."""
    senders = tenant.senders.values()
    mailboxes = sorted({each.mailbox for each in senders if each.connection is By.DELEGATION})
    return [
        look(f"delegation {mailbox}", lambda mailbox=mailbox: _delegated(mailbox, mint, client_id), _KEY)
        for mailbox in mailboxes
    ]


def _delegated(mailbox: str, mint: Mint, client_id: str) -> str:
    try:
        mint(mailbox, SCOPES)
    except Permanent as refused:
        missing = [scope for scope in SCOPES if not _had(mint, mailbox, scope)]
        if len(missing) == len(SCOPES):
            raise Wrong(
                f"no scope is granted for it: {refused.reason}",
                f"check that the mailbox exists; then {_WHERE}: client {client_id}, scopes {','.join(SCOPES)}",
            ) from refused
        raise Wrong(
            f"not granted: {', '.join(missing) or 'all of them together'}",
            f"{_WHERE}: edit client {client_id} so that it has exactly {','.join(SCOPES)}",
        ) from refused
    return f"a token for exactly {', '.join(scope.rpartition('/')[2] for scope in SCOPES)}"


def _had(mint: Mint, mailbox: str, scope: str) -> bool:
    try:
        mint(mailbox, (scope,))
    except Permanent:
        return False
    return True


def tokens_of(connection: Connection) -> tuple[Mint, str]:
    """How tokens of the tenant's service account are had, and its client id. Errors: Failure, Wrong."""
    world, name = connection.world, of_tenant("gmail-delegation", connection.tenant)
    try:
        key = cast("dict[str, str]", json.loads(secrets(world).value(name)))
    except ValueError:
        raise Wrong(f"secret {name} is not JSON", _KEY) from None
    http = VendorHttp(
        "google-oauth",
        connection.settings.google_oauth_url,
        transport=world.http,
        clock=lambda: world.clock().timestamp(),
    )
    tokens = DelegatedTokens(
        lambda: cast("ServiceAccountKey", key), http, clock=lambda: world.clock().timestamp()
    )
    return tokens.token, str(key.get("client_id", "(its client_id)"))
