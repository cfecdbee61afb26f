"""Google's tokens: for service accounts with domain-wide delegation, and for whom an owner let in."""

from __future__ import annotations

import base64
import json
import time
from functools import cache
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from scripts.sandbox.exchange import Answer, Json, Refused, Request, json_answer
from scripts.sandbox.google_consent import GoogleConsent, refused
from scripts.sandbox.google_errors import limited, scope_missing, unauthenticated
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME_S = 3600
_SKEW_S = 300


class GoogleOauth:
    """Gives access tokens that are bound to one mailbox and some scopes.

    A signed assertion buys one for the mailbox named in `sub`, a code or refresh token of `consent` one for
    the account whose owner consented.
    """

    name = "google-oauth"

    def __init__(self, world: Surroundings) -> None:
        self._world = world
        self._state = world.state
        self.consent = GoogleConsent(world, self.mint)

    def add_mailbox(self, address: str) -> None:
        """A user of the domain, whom the service account may impersonate."""
        self._state.put("google/mailboxes", address, {"address": address})

    def mailboxes(self) -> list[str]:
        return self._state.keys("google/mailboxes")

    def service_account(self, token_uri: str) -> Json:
        """The key file of the service account that has domain-wide delegation."""
        return {
            "type": "service_account",
            "project_id": "sandbox",
            "private_key_id": self._world.digest("key id")[:40],
            "private_key": self._private_key_pem(),
            "client_email": self._client_email(),
            "client_id": str(int(self._world.digest("client id")[:16], 16)),
            "token_uri": token_uri,
        }

    def mint(self, mailbox: str, scopes: list[str], refresh_token: str = "") -> str:
        """An access token as it stands; it dies with the refresh token that it is made from."""
        number = self._state.next_number("google/tokens")
        token = f"ya29.sandbox-{self._world.digest('token', number)[:48]}"
        # Google's client measures a token's age by the machine's clock, whatever the sandbox's clock says.
        expires_s = time.time() + _LIFETIME_S
        row: Doc = {"sub": mailbox, "scopes": scopes, "expires_s": expires_s}
        self._state.put("google/tokens", token, {**row, "refresh_token": refresh_token})
        return token

    def revoke_all(self) -> None:
        """Every token that was given out is refused from now on."""
        self._state.clear("google/tokens")

    def check(self, request: Request, allowed_scopes: set[str]) -> str:
        """The mailbox that a request acts for; refuses 401 or 403."""
        token: Doc | None = self._state.get("google/tokens", request.bearer())
        if token is None or token["expires_s"] < time.time():
            raise unauthenticated()
        if not allowed_scopes & set(token["scopes"]):
            raise scope_missing()
        return str(token["sub"])

    def answer(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode(errors="replace")))
        match request.method, request.path:
            case "GET", "/o/oauth2/v2/auth":
                return self.consent.authorize(request)
            case "POST", "/token":
                return self._token(request, form)
            case "POST", "/revoke":
                return self.consent.end({"token": request.one("token"), **form})
            case _:
                raise Refused(json_answer({"error": "not_found"}, 404))

    def _token(self, request: Request, form: dict[str, str]) -> Answer:
        match form.get("grant_type"):
            case "authorization_code":
                return self.consent.exchange(request, form)
            case "refresh_token":
                return self.consent.refresh(request, form)
            case str(kind) if kind == GRANT:
                claims = self._claims(form.get("assertion", ""))
                token = self.mint(str(claims["sub"]), str(claims["scope"]).split())
                return json_answer(
                    {"access_token": token, "expires_in": _LIFETIME_S - 1, "token_type": "Bearer"}
                )
            case kind:
                raise refused("unsupported_grant_type", f"Invalid grant_type: {kind}")

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        return limited(kind, retry_after_s)

    def _claims(self, assertion: str) -> Json:
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            signed = _decoded(signature)
        except ValueError:
            raise refused("invalid_grant", "Invalid JWT: it is not three base64url parts with JSON") from None
        if header.get("alg") != "RS256":
            raise refused("invalid_grant", "Invalid JWT: RS256 is expected")
        for name in ("iss", "scope", "aud", "sub", "iat", "exp"):
            if not claims.get(name):
                raise refused("invalid_grant", f"Invalid JWT: {name} is missing")
        if claims["iss"] != self._client_email():
            raise refused("invalid_grant", "Invalid grant: account not found")
        key = _key(self._private_key_pem()).public_key()
        try:
            key.verify(signed, f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise refused("invalid_grant", "Invalid JWT Signature.") from None
        if not str(claims["aud"]).endswith("/token"):
            raise refused("invalid_grant", "Invalid JWT: aud is not the token endpoint")
        issued_s, expires_s = float(claims["iat"]), float(claims["exp"])
        nows_s = (time.time(), self._world.clock.time_s())
        in_time = any(issued_s - _SKEW_S <= now_s <= expires_s + _SKEW_S for now_s in nows_s)
        if expires_s - issued_s > _LIFETIME_S or not in_time:
            raise refused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim.",
            )
        if claims["sub"] not in self.mailboxes():
            raise refused("invalid_grant", "Invalid email or User ID")
        return claims

    def _client_email(self) -> str:
        return f"whisperer-{self._world.digest('client')[:8]}@sandbox.iam.gserviceaccount.com"

    def _private_key_pem(self) -> str:
        kept = self._state.get("google/service_account", "key")
        if kept is None:
            with self._state.transaction():
                kept = self._state.put("google/service_account", "key", {"pem": _fresh_key_pem()})
        return str(kept["pem"])


@cache
def _fresh_key_pem() -> str:
    """One key for the whole process: making one takes a while."""
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


@cache
def _key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
