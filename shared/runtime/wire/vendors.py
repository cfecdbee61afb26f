"""How vendors are reached: base URLs from settings, keys from Secret Manager, one client each per process."""

from __future__ import annotations

import json
from typing import cast

from shared.connectors import dialects
from shared.connectors.breaker import Breaker
from shared.connectors.dialects import CONNECT_AGAIN
from shared.connectors.google_auth import DelegatedTokens, ServiceAccountKey
from shared.connectors.google_oauth import OauthClient, RefreshedTokens, read_client, token_secret
from shared.connectors.http import VendorHttp
from shared.errors import Permanent
from shared.jobs.facts import Connection
from shared.runtime.wire.secrets import of_tenant, secrets
from shared.runtime.world import World

OAUTH_CLIENT = "gmail-oauth-client"


def breaker(world: World, vendor: str) -> Breaker:
    """One for each vendor and process: when a vendor is down, it is down for every tenant."""
    return world.once(("breaker", vendor), lambda: Breaker(vendor, lambda: world.clock().timestamp()))


def hubspot_http(world: World, tenant: str) -> VendorHttp:
    """HubSpot, with the tenant's key."""
    name = of_tenant("hubspot-service-key", tenant)
    return world.once(
        ("hubspot", tenant),
        lambda: VendorHttp(
            "hubspot",
            world.settings.hubspot_url,
            auth=lambda: {"authorization": f"Bearer {secrets(world).value(name)}"},
            renew=lambda: secrets(world).forget(name),
            dialect=dialects.hubspot,
            breaker=breaker(world, "hubspot"),
            transport=world.http,
            clock=lambda: world.clock().timestamp(),
        ),
    )


def google_http(
    world: World,
    tenant: str,
    vendor: str,
    user: str,
    scopes: tuple[str, ...],
    connection: Connection = Connection.DELEGATION,
) -> VendorHttp:
    """Gmail or Calendar, acting as one of the tenant's people."""
    urls = {"gmail": world.settings.gmail_url, "calendar": world.settings.calendar_url}

    def made() -> VendorHttp:
        acting = (
            _by_consent(world, tenant, user)
            if connection is Connection.OAUTH
            else _delegated(world, tenant).as_user(user, scopes)
        )
        return VendorHttp(
            vendor,
            urls[vendor],
            auth=acting.headers,
            renew=acting.forget,
            dialect=dialects.google_by_consent if connection is Connection.OAUTH else dialects.google,
            breaker=breaker(world, vendor),
            transport=world.http,
            clock=lambda: world.clock().timestamp(),
        )

    return world.once((vendor, tenant, user, connection), made)


def google_oauth_http(world: World) -> VendorHttp:
    """Google's token endpoint."""
    return world.once(
        "google-oauth",
        lambda: VendorHttp(
            "google-oauth",
            world.settings.google_oauth_url,
            transport=world.http,
            clock=lambda: world.clock().timestamp(),
            breaker=breaker(world, "google-oauth"),
        ),
    )


def oauth_client(world: World) -> OauthClient:
    """Who we are to Google when a mailbox's owner is asked. Errors: Failure."""
    return read_client(secrets(world).value(OAUTH_CLIENT))


def _delegated(world: World, tenant: str) -> DelegatedTokens:
    name = of_tenant("gmail-delegation", tenant)

    def key() -> ServiceAccountKey:
        try:
            return cast("ServiceAccountKey", json.loads(secrets(world).value(name)))
        except ValueError:
            raise Permanent(
                f"secret {name} is not a service account key in JSON; put the key file in"
            ) from None

    clock = lambda: world.clock().timestamp()  # noqa: E731
    return world.once(
        ("delegated", tenant), lambda: DelegatedTokens(key, google_oauth_http(world), clock=clock)
    )


def _by_consent(world: World, tenant: str, user: str) -> RefreshedTokens:
    name = token_secret(tenant, user)

    def refresh_token() -> str:
        try:
            return secrets(world).value(name)
        except Permanent as error:
            raise Permanent(f"{error.reason}, or {CONNECT_AGAIN}") from None

    def reread() -> None:
        secrets(world).forget(name)
        secrets(world).forget(OAUTH_CLIENT)

    return world.once(
        ("by consent", tenant, user),
        lambda: RefreshedTokens(
            lambda: oauth_client(world),
            refresh_token,
            google_oauth_http(world),
            reread=reread,
            clock=lambda: world.clock().timestamp(),
        ),
    )
