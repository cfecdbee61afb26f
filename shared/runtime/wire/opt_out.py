"""The way out that each mail carries: its URL, and whom a token in one is about."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from shared.connectors.opt_out_token import Person, opened, sealed
from shared.errors import Permanent, Retryable
from shared.runtime.wire.secrets import secrets
from shared.runtime.world import World

FUNCTION = "receive_opt_out"
KEY = "opt-out-key"
_NEW_KEY_S = 60.0
"""How old the keys may be under which a token is none: made-up tokens read them no more often."""


def opt_out_url(world: World, tenant: str) -> Callable[[str], str]:
    """For a contact's id the URL by which they stop all mail to them.

    Its errors are Retryable: no mail is written without a way out, and none is given up for want of one.
    """

    def url(contact_id: str) -> str:
        try:
            token = sealed(secrets(world).value(KEY), Person(tenant, contact_id))
        except Permanent as error:
            raise Retryable(error.reason) from error
        except ValueError as error:
            raise Retryable(f"secret {KEY} cannot be used: {error}") from None
        return f"{_address(world)}?t={token}"

    return url


def person_of(world: World, token: str) -> Person | None:
    """Whom a token is about, under the newest key or the one before it. Errors: Failure for want of a key."""
    held = secrets(world)
    try:
        # A mail may carry a key that is newer than the ones kept here, and whoever presses presses once.
        return opened(held.values(KEY), token) or opened(held.values(KEY, kept_s=_NEW_KEY_S), token)
    except ValueError as error:
        raise Permanent(f"secret {KEY} cannot be used: {error}") from None


def _address(world: World) -> str:
    settings = world.settings
    address = settings.receive_opt_out_url or settings.url_of(FUNCTION)
    # Mail programs press the button only at an address of https.
    allowed = ("https",) if settings.deployed else ("https", "http")
    parts = urlsplit(address)
    if parts.scheme not in allowed or not parts.netloc or parts.query or parts.fragment:
        raise Retryable("RECEIVE_OPT_OUT_URL is no https address without a query; set it")
    return address
