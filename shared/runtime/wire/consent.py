"""A mailbox owner's consent at Google, and where what it gives is kept."""

from __future__ import annotations

from shared.connectors import dialects, gmail, google_calendar
from shared.connectors.gmail_feed import GmailFeed
from shared.connectors.google_oauth import Consent
from shared.connectors.http import VendorHttp
from shared.connectors.secret_versions import SecretVersions
from shared.runtime.wire.vendors import breaker, google_oauth_http, oauth_client
from shared.runtime.world import World

SCOPES = frozenset({*gmail.SCOPES, *google_calendar.SCOPES})
"""What we do in a mailbox: read it, file drafts in it, and see when its owner is busy."""


def consent(world: World) -> Consent:
    """Google's consent page and token endpoint."""
    return Consent(
        lambda: oauth_client(world),
        google_oauth_http(world),
        redirect_uri=callback_url(world),
        accounts_url=world.settings.google_accounts_url,
    )


def callback_url(world: World) -> str:
    """Where a browser comes back to, and where it begins."""
    return world.settings.connect_gmail_url or world.settings.url_of("connect_gmail")


def owner_of(world: World, access_token: str) -> str:
    """The address of the mailbox that a token opens."""
    http = VendorHttp(
        "gmail",
        world.settings.gmail_url,
        auth=lambda: {"authorization": f"Bearer {access_token}"},
        dialect=dialects.google_by_consent,
        breaker=breaker(world, "gmail"),
        transport=world.http,
        clock=lambda: world.clock().timestamp(),
    )
    try:
        return GmailFeed(http).address()
    finally:
        http.close()


def secret_versions(world: World) -> SecretVersions:
    """Secrets to write to."""
    from shared.runtime.clients.secrets import secrets_client

    return SecretVersions(lambda: secrets_client(world), world.settings.project)
