"""The door for HubSpot's webhooks."""

from __future__ import annotations

from shared.connectors.hubspot_door import HubSpotDoor
from shared.ports.door import LeadDoor
from shared.runtime.wire.secrets import secrets
from shared.runtime.world import World


def door(world: World) -> LeadDoor:
    """HubSpot's webhook, checked with the app's client secret."""
    return HubSpotDoor(
        secrets=lambda: secrets(world).values("hubspot-client-secret"),
        url=world.settings.receive_hubspot_url,
        clock=world.clock,
    )
