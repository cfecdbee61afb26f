"""How vendors are reached: base URLs from settings, keys from Secret Manager, one client each per process."""

from __future__ import annotations

import json
from typing import cast

from shared.connectors import dialects
from shared.connectors.breaker import Breaker
from shared.connectors.google_auth import DelegatedTokens, ServiceAccountKey
from shared.connectors.http import VendorHttp
from shared.errors import Permanent
from shared.runtime.wire.secrets import of_tenant, secrets
from shared.runtime.world import World


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


def google_http(world: World, tenant: str, vendor: str, user: str, scopes: tuple[str, ...]) -> VendorHttp:
    """Gmail or Calendar, acting as one of the tenant's people."""
    urls = {"gmail": world.settings.gmail_url, "calendar": world.settings.calendar_url}

    def made() -> VendorHttp:
        acting = _tokens(world, tenant).as_user(user, scopes)
        return VendorHttp(
            vendor,
            urls[vendor],
            auth=acting.headers,
            renew=acting.forget,
            dialect=dialects.google,
            breaker=breaker(world, vendor),
            transport=world.http,
            clock=lambda: world.clock().timestamp(),
        )

    return world.once((vendor, tenant, user), made)


def _tokens(world: World, tenant: str) -> DelegatedTokens:
    name = of_tenant("gmail-delegation", tenant)

    def key() -> ServiceAccountKey:
        try:
            return cast("ServiceAccountKey", json.loads(secrets(world).value(name)))
        except ValueError:
            raise Permanent(
                f"secret {name} is not a service account key in JSON; put the key file in"
            ) from None

    def made() -> DelegatedTokens:
        clock = lambda: world.clock().timestamp()  # noqa: E731
        http = VendorHttp(
            "google-oauth",
            world.settings.google_oauth_url,
            transport=world.http,
            clock=clock,
            breaker=breaker(world, "google-oauth"),
        )
        return DelegatedTokens(key, http, clock=clock)

    return world.once(("google-oauth", tenant), made)
