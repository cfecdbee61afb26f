"""Access tokens for a user's mailbox and calendar, by domain-wide delegation (RFC 7523 as Google has it)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.connectors.http import Reply, VendorHttp
from shared.errors import Failure, Permanent, Retryable

BASE_URL = "https://oauth2.googleapis.com"
AUDIENCE = "https://oauth2.googleapis.com/token"

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME_S = 3600
RENEW_BEFORE_S = 300.0
"""A token is renewed so long before it expires."""

_LATER = frozenset({"internal_failure", "temporarily_unavailable", "server_error"})
_ALLOW_SCOPES = (
    "allow the service account these scopes in the Workspace admin console (domain-wide delegation)"
)
_MENDS = {
    "invalid_grant": "check that the user exists, that the key was not deleted, and that this clock is right",
    "unauthorized_client": _ALLOW_SCOPES,
    "access_denied": _ALLOW_SCOPES,
    "invalid_scope": "one of the scopes does not exist",
    "invalid_client": "the service account does not exist any more",
    "disabled_client": "enable the service account",
    "org_internal": "the user is not in the organisation of the service account",
    "admin_policy_enforced": "a policy of the Workspace administrator forbids this",
}

ServiceAccountKey = Mapping[str, str]
"""A key file's content: `client_email`, `private_key`, `private_key_id`."""


class AccessToken(BaseModel):
    """What Google's token endpoint gives; `expires_in` is in seconds."""

    model_config = ConfigDict(frozen=True, defer_build=True)
    access_token: str = Field(min_length=1, repr=False)
    expires_in: float = Field(gt=0)


class _Refusal(BaseModel):
    error: str = ""


@dataclass(frozen=True)
class AsUser:
    """One user's credentials for some scopes: what `VendorHttp` takes as `auth` and `renew`."""

    tokens: DelegatedTokens
    user: str
    scopes: tuple[str, ...]

    def headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.tokens.token(self.user, self.scopes)}"}

    def forget(self) -> None:
        self.tokens.forget(self.user, self.scopes)


class DelegatedTokens:
    """Tokens by user and scopes, each kept until five minutes before it expires.

    `key` gives the key file's content whenever a token is made, so that a rotated key is taken up. `clock` is
    the time in seconds since 1970.
    """

    def __init__(
        self,
        key: Callable[[], ServiceAccountKey],
        http: VendorHttp,
        *,
        clock: Callable[[], float],
        audience: str = AUDIENCE,
    ) -> None:
        self._key = key
        self._http = http
        self._clock = clock
        self._audience = audience
        self._kept: dict[tuple[str, tuple[str, ...]], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def as_user(self, user: str, scopes: Sequence[str]) -> AsUser:
        """The credentials of one user."""
        return AsUser(self, user, tuple(sorted(scopes)))

    def token(self, user: str, scopes: tuple[str, ...]) -> str:
        """A token that is good for five more minutes. Errors: Retryable, Permanent with what to mend."""
        with self._lock:
            token, until_s = self._kept.get((user, scopes), ("", 0.0))
        if self._clock() < until_s:
            return token
        asked_s = self._clock()
        form = {"grant_type": _GRANT, "assertion": self._assertion(user, scopes, int(asked_s))}
        reply = self._http.read("mint_token", "POST", "/token", form=form, allowed=(400, 401, 403))
        if reply.status != 200:
            otherwise = "check the service account and its domain-wide delegation"
            raise refused(reply, "mint_token", _MENDS, otherwise)
        minted = reply.parsed(AccessToken)
        with self._lock:
            until_s = asked_s + minted.expires_in - RENEW_BEFORE_S
            self._kept[(user, scopes)] = (minted.access_token, until_s)
        return minted.access_token

    def forget(self, user: str, scopes: tuple[str, ...]) -> None:
        """Drop a token that was refused."""
        with self._lock:
            self._kept.pop((user, scopes), None)

    def _assertion(self, user: str, scopes: tuple[str, ...], now_s: int) -> str:
        # google.oauth2 sleeps between tries of its own and reads the machine's clock; its signer does not.
        from google.auth import jwt  # pyright: ignore[reportMissingTypeStubs]

        key = self._key()
        try:
            claims: dict[str, str | int] = {
                "iss": key["client_email"],
                "sub": user,
                "scope": " ".join(scopes),
                "aud": self._audience,
                "iat": now_s,
                "exp": now_s + _LIFETIME_S,
            }
            signer = _signer(key["private_key"], key.get("private_key_id"))
            assertion: bytes = jwt.encode(signer, claims)  # pyright: ignore[reportUnknownMemberType]
        except (ValueError, KeyError, TypeError):
            assertion = b""
        if not assertion:
            raise Permanent(
                "google-oauth: the service account's key is not a valid key file; mend its secret"
            )
        return assertion.decode("ascii")


@lru_cache(maxsize=4)
def _signer(private_key: str, key_id: str | None) -> Any:
    """Reading a key proves its primes, which takes longer than everything else about a token."""
    from google.auth import crypt  # pyright: ignore[reportMissingTypeStubs]

    return crypt.RSASigner.from_string(private_key, key_id)  # pyright: ignore[reportUnknownMemberType]


def error_of(reply: Reply) -> str:
    """The error's code as Google has it (RFC 6749); empty when there is none."""
    return reply.parsed(_Refusal).error if isinstance(reply.body, dict) else ""


def refused(reply: Reply, operation: str, mends: Mapping[str, str], otherwise: str) -> Failure:
    """What a refusal of the token endpoint means; `mends` by Google's code, `otherwise` for all others."""
    error = error_of(reply)
    if error in _LATER:
        return Retryable(f"google-oauth: {operation} answered {reply.status} {error}")
    known = error if error in mends else "an error that we do not know"
    mend = mends.get(error, otherwise)
    return Permanent(f"google-oauth: {operation} answered {reply.status} {known}; {mend}")
