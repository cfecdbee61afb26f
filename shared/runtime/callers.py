"""Who calls a private function: audience, issuer, expiry and exact service account, checked once more.

Cloud Run verifies the signature and replaces it with a marker before the container sees the token. The marker
is accepted only where Cloud Run is in front (K_SERVICE) and the function is private; every other token is
verified against Google's certificates.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, cast

from shared.runtime.settings import Settings

GOOGLE_CERTS_URL = "https://www.googleapis.com/oauth2/v1/certs"
MARKER = "SIGNATURE_REMOVED_BY_GOOGLE"
ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
CERTS_KEPT_S = 3600.0
CLOCK_SKEW_S = 30

Fetch = Callable[[str], Mapping[str, str]]


class Refused(Exception):
    """The caller is not who may call; the reason is for the log, never for the caller."""


class CannotTell(Exception):
    """Neither proven nor refuted: the caller may try again."""


class Certificates:
    """Google's signing certificates by key id, cached for an hour; an unknown key fetches them once more."""

    def __init__(self, url: str, fetch: Fetch) -> None:
        self._url = url
        self._fetch = fetch
        self._lock = threading.Lock()
        self._certs: Mapping[str, str] = {}
        self._fetched_at = float("-inf")

    def for_key(self, key_id: str) -> Mapping[str, str]:
        with self._lock:
            age = time.monotonic() - self._fetched_at
            if age > CERTS_KEPT_S or (key_id not in self._certs and age > 60):
                self._certs = self._fetch(self._url)
                self._fetched_at = time.monotonic()
            return self._certs


def fetch_certificates(url: str) -> Mapping[str, str]:
    """Download the certificates as `{key id: PEM}`. Errors: OSError, HTTPException, ValueError."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a constant, or a local setting
        found: Any = json.load(answer)
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in cast("Any", found).values()):
        raise ValueError("the answer is no map of certificates")
    return cast("Mapping[str, str]", found)


def check_caller(authorization: str, settings: Settings, certificates: Certificates, now_s: float) -> str:
    """The calling service account. Errors: Refused with the reason."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("no bearer token")
    parts = token.split(".")
    if len(parts) != 3:
        raise Refused("not a JWT")
    if parts[2] == MARKER:
        if not settings.k_service:
            raise Refused("a marker signature outside Cloud Run")
        claims = _json(parts[1])
    else:
        claims = _verified(token, _json(parts[0]), certificates)
    return _checked(claims, settings, now_s)


def verified_claims(token: str, certificates: Certificates) -> Mapping[str, Any]:
    """The claims of a token with a signature of Google's own: no marker stands in for it.

    Errors: Refused with the reason, CannotTell.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise Refused("not a JWT")
    return _verified(token, _json(parts[0]), certificates)


def certificates_url(settings: Settings) -> str:
    """Where the certificates come from: Google alone when deployed."""
    return GOOGLE_CERTS_URL if settings.deployed or not settings.certs_url else settings.certs_url


def _checked(claims: Mapping[str, Any], settings: Settings, now_s: float) -> str:
    allowed = settings.callers.get(settings.function_name, ())
    audience = settings.url_of(settings.function_name)
    expires, issued = claims.get("exp"), claims.get("iat")
    if claims.get("iss") not in ISSUERS:
        raise Refused("wrong issuer")
    if not audience or claims.get("aud") != audience:
        raise Refused("wrong audience")
    if not isinstance(expires, int) or expires < now_s - CLOCK_SKEW_S:
        raise Refused("expired")
    if not isinstance(issued, int) or issued > now_s + CLOCK_SKEW_S:
        raise Refused("issued in the future")
    if claims.get("email_verified") is not True:
        raise Refused("address of the caller is not verified")
    caller = claims.get("email")
    if not isinstance(caller, str) or caller not in allowed:
        raise Refused("wrong service account")
    return caller


def _verified(token: str, header: Mapping[str, Any], certificates: Certificates) -> Mapping[str, Any]:
    if header.get("alg") != "RS256":
        raise Refused("wrong signing algorithm")
    from google.auth import crypt

    key_id = str(header.get("kid", ""))
    try:
        certificate = certificates.for_key(key_id).get(key_id)
    except (OSError, ValueError, HTTPException) as error:
        raise CannotTell(f"Google's certificates cannot be fetched ({type(error).__name__})") from error
    if certificate is None:
        raise Refused("signed with an unknown key")
    signed, _, signature = token.rpartition(".")
    verify: Any = cast("Any", crypt).verify_signature
    try:
        proven = verify(signed.encode(), _bytes(signature), certificate)
    except ValueError as error:
        raise CannotTell("Google's certificate is none") from error
    if not proven:
        raise Refused("signature not verified")
    return _json(signed.rpartition(".")[2])


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise Refused("not a JWT") from None


def _json(part: str) -> Mapping[str, Any]:
    try:
        value: Any = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise Refused("not a JWT") from None
    if not isinstance(value, dict):
        raise Refused("not a JWT")
    return cast("Mapping[str, Any]", value)
