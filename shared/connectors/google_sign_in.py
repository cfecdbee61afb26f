"""A person's sign-in at Google: what an ID token's claims must say before its bearer is somebody (OIDC).

Its signature is verified before this is asked, against Google's certificates and never by a front end's marker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
CLOCK_SKEW_S = 30
LONGEST_S = 3600 + CLOCK_SKEW_S
"""Google's ID tokens are valid for an hour; one that claims more is not one of them."""


class NotSignedIn(Exception):
    """The token is nobody's here; the reason is for the log and holds no address."""


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and until when the token says so (seconds since 1970)."""

    address: str = field(repr=False)
    until_s: int


def signed_in(claims: Mapping[str, Any], *, client_id: str, domain: str, now_s: float) -> SignedIn:
    """The person that verified claims speak of. Errors: NotSignedIn with the rule.

    `client_id` is our OAuth client, `domain` the Workspace domain that its people are of; without both nobody
    signs in.
    """
    expires, issued = claims.get("exp"), claims.get("iat")
    address = claims.get("email")
    if not client_id or not domain:
        raise NotSignedIn("sign-in is off: OPERATORS_CLIENT_ID and OPERATORS_DOMAIN are not both set")
    if claims.get("iss") not in ISSUERS:
        raise NotSignedIn("wrong issuer")
    if claims.get("aud") != client_id:
        raise NotSignedIn("wrong audience")
    if not isinstance(expires, int) or expires < now_s - CLOCK_SKEW_S:
        raise NotSignedIn("expired")
    if not isinstance(issued, int) or issued > now_s + CLOCK_SKEW_S or expires - issued > LONGEST_S:
        raise NotSignedIn("issued in the future, or for too long")
    if claims.get("email_verified") is not True:
        raise NotSignedIn("address not verified")
    if claims.get("hd") != domain:
        raise NotSignedIn("wrong domain")
    if not isinstance(address, str) or not address:
        raise NotSignedIn("no address")
    return SignedIn(address, expires)
