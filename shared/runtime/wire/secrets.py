"""Secrets, read through Secret Manager's client and kept for an hour."""

from __future__ import annotations

from shared.connectors.secrets import Secrets
from shared.errors import Permanent
from shared.policy.addresses import BadAddress, address_key
from shared.runtime.world import World


def secrets(world: World) -> Secrets:
    """The process's secrets."""

    def made() -> Secrets:
        from shared.runtime.clients.secrets import secrets_client

        return Secrets(
            lambda: secrets_client(world),
            project=world.settings.project,
            clock=lambda: world.clock().timestamp(),
        )

    return world.once("secrets", made)


def of_tenant(name: str, tenant: str) -> str:
    """The name of a secret that each tenant has its own of."""
    return f"{name}-{tenant}"


def address_key_of(world: World, address: str) -> str:
    """The keyed hash under which a person is kept. Errors: Failure when the key cannot be read."""
    try:
        return address_key(secrets(world).value("address-key").encode(), address)
    except BadAddress:
        raise
    except ValueError as error:
        raise Permanent(f"secret address-key cannot be used: {error}") from None
